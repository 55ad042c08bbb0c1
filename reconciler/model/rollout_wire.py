"""A rollout in JSON form, the same for `stxr rollout`, the API and whoever reads either. Times are Unix seconds."""

from __future__ import annotations

from typing import Any

from reconciler.model.rollout import MemberState, Rollout
from reconciler.model.rollout_steps import expected_end


def rollout_json(one: Rollout, now: float) -> dict[str, Any]:
    """How far it is, why it stands, and when it may end; without its sites."""
    return {
        "id": one.id,
        "commit": one.commit,
        "started": one.started,
        "ended": one.ended,
        "expected_end": expected_end(one, now),
        "wave": one.wave + 1,
        "waves": one.waves,
        "counts": counts(one),
        "soaks_until": one.soaks_until,
        "stopped": one.stopped,
    }


def member_json(one: Rollout, site: str) -> dict[str, Any]:
    """One of its sites, and what that waits for."""
    member = one.members[site]
    return {
        "site": site,
        "wave": member.wave + 1,
        "state": member.state,
        "plan": member.plan,
        "began": member.began,
        "ended": member.ended,
        "message": member.told,
        "waits_for": "" if one.may_go(site) else one.waits_for(site),
    }


def counts(one: Rollout) -> dict[str, int]:
    """Its sites by state; only what is not zero."""
    return {str(state): n for state in MemberState if (n := one.count(state))}
