"""Drift as it is told: each cause once, with who set the value in Git, asked only for what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from reconciler.model.drift_groups import OneCause
from reconciler.model.drift_wire import drift_json
from reconciler.model.origin import Origin
from reconciler.sources.commits import CommitFacts

SetBy = Callable[[str, Origin], CommitFacts | None]  # the commit that was read, and a place in it


def unknown(commit: str, origin: Origin) -> CommitFacts | None:  # noqa: ARG001
    """Nobody asks Git."""
    return None


def causes_json(causes: Iterable[OneCause], set_by: SetBy) -> list[dict[str, Any]]:
    """Each cause with its places in Git, and each field of each site that has it. Blocking where set_by is."""
    return [_cause(one, set_by) for one in causes]


def _cause(one: OneCause, set_by: SetBy) -> dict[str, Any]:
    first = one.members[0].drift.difference
    return {
        "fingerprint": one.fingerprint,
        "cause": one.why,
        "severity": one.severity,
        "area": first.area,
        "what": one.what,
        "action": first.action,
        "observed": first.observed,
        "desired": first.desired,
        "is_flapping": one.is_flapping,
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
        "sites": one.sites,
        "origins": [_place(place, facts) for place, facts in places(one, set_by)],
        "fields": [{"site": s.site, "group": s.group, **drift_json(s.drift)} for s in one.members],
    }


def places(one: OneCause, set_by: SetBy, most: int = 20) -> list[tuple[str, CommitFacts | None]]:
    """The places that say the value, so many at most, each with the commit that set it."""
    found = []
    for place, commit in list(one.origins.items())[:most]:
        origin = Origin.of(place)
        # of a folder with edits the lines are those of the folder: `+edits` follows, and no commit is known to set them
        found.append((place, set_by(commit, origin) if origin else None))
    return found


def _place(place: str, facts: CommitFacts | None) -> dict[str, Any]:
    by = facts and {
        "commit": facts.commit,
        "author": facts.author,
        "at": facts.at.isoformat(),
        "subject": facts.subject,
    }
    return {"place": place, "set_by": by or None}
