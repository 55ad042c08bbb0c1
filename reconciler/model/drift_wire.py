"""Drift as plain data for JSON, and back where the store needs it. Keys are an interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reconciler.model.alarm import Noted
from reconciler.model.drift import Drift, DriftCause, DriftEvent, SiteDrift, by_place
from reconciler.model.wire import difference_json, difference_of


def drift_json(drift: Drift) -> dict[str, Any]:
    """One field of a site, its difference's members beside its own. Times are Unix seconds."""
    facts = difference_json(drift.difference)
    moved, first = facts.pop("cause"), facts.pop("since")
    return facts | {
        "moved": moved,
        "cause": drift.why,
        "fingerprint": drift.fingerprint,
        "first_seen": first,
        "last_seen": drift.last_seen,
        "commit": drift.commit,
        "onsets": list(drift.onsets),
        "is_flapping": drift.is_flapping,
        "absent_since": drift.absent_since,
        "clues": [asdict(clue) for clue in drift.clues],
    }


def drift_of(content: Mapping[str, Any]) -> Drift:
    """The inverse of `drift_json`. Raises ValueError for a word that this program does not know."""
    difference = difference_of({**content, "cause": content["moved"], "since": content["first_seen"]})
    return Drift(
        difference=difference,
        why=DriftCause(content["cause"]),
        last_seen=content["last_seen"],
        commit=content["commit"],
        onsets=tuple(content["onsets"]),
        is_flapping=content["is_flapping"],
        absent_since=content["absent_since"],
        clues=tuple(Noted(**clue) for clue in content["clues"]),
    )


def site_drift_json(known: SiteDrift) -> dict[str, Any]:
    """All that is known of a site's drift."""
    return {
        "site": known.site,
        "looked_at": known.looked_at,
        "open": [drift_json(drift) for drift in known.open.values()],
        "rested": [[*place, *onsets] for place, onsets in known.rested.items()],
    }


def site_drift_of(content: Mapping[str, Any]) -> SiteDrift:
    """The inverse of `site_drift_json`. Raises ValueError for a word that this program does not know."""
    rested = {(resource, attribute): tuple(onsets) for resource, attribute, *onsets in content["rested"]}
    return SiteDrift(content["site"], content["looked_at"], by_place(map(drift_of, content["open"])), rested)


def ended_json(event: DriftEvent) -> dict[str, Any]:
    """Drift that ended, when and how."""
    return {"site": event.site, **drift_json(event.drift), "resolved_at": event.at, "resolution": event.resolution}
