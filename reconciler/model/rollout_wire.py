"""A rollout in JSON form, the same for `stxr rollout`, the API and whoever reads either. Times are Unix seconds."""

from __future__ import annotations

from typing import Any

from reconciler.model.forecast import Forecast
from reconciler.model.forecast_wire import forecast_json
from reconciler.model.rollout import MemberState, Rollout


def rollout_json(one: Rollout) -> dict[str, Any]:
    """How far it is, why it stands, and when it may end; without its sites."""
    return {
        "id": one.id,
        "commit": one.commit,
        "started": one.started,
        "ended": one.ended,
        "expected_end": one.expected_end,
        "expected": _foreseen(one.expected),
        "foreseen": _foreseen(one.foreseen),
        "forecast_error": one.error,
        "wave": one.wave + 1,
        "waves": one.waves,
        "counts": counts(one),
        "soaks_until": one.soaks_until,
        "stopped": "" if one.ended else one.stopped,
        "max_concurrent": one.strategy.max_concurrent,
        "may_fail": one.budget,
    }


def waves_json(one: Rollout) -> list[dict[str, Any]]:
    """Each wave: its sites by state, how many it waits for no longer, and until when it is watched."""
    return [_wave(one, wave) for wave in range(one.waves)]


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
        "waits_for": "" if one.may_go(site) else one.tells(site),
    }


def counts(one: Rollout) -> dict[str, int]:
    """Its sites by state; only what is not zero."""
    return {str(state): n for state in MemberState if (n := one.count(state))}


def _foreseen(one: Forecast | None) -> dict[str, Any] | None:
    return forecast_json(one) if one else None


def _wave(one: Rollout, wave: int) -> dict[str, Any]:
    members = [m for m in one.members.values() if m.wave == wave]
    soaks = wave == one.wave and one.ended is None and one.strategy.soak_s
    states = {str(state): n for state in MemberState if (n := sum(m.state is state for m in members))}
    return {
        "wave": wave + 1,
        "sites": len(members),
        "settled": sum(m.is_settled for m in members),
        "counts": states,
        "soaks_until": one.soaks_until if soaks else None,
    }
