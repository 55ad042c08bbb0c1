"""What a look at a site does to the drift that is known of it: what came, what goes on, what ended and how. Pure.

A look that could not tell ends nothing: a dark site, a list that was not read, an error in Git leave all as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.model.alarm import Noted
from reconciler.model.drift import (
    Deed,
    Deeds,
    Drift,
    DriftCause,
    DriftEvent,
    Place,
    Resolution,
    SiteDrift,
    Turning,
    by_place,
    why,
)
from reconciler.model.outcome import StepResult
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.words import Cause

FLAPS = 3  # times that a field comes within the time below, from which on it is one flapping drift
FLAPS_WITHIN_S = 7_200.0  # twelve looks of ten minutes
CHANGED = "250.001"  # "Configuration is out-of-date": a host has yet to take a change up (starlingx/fault events.yaml)
MOST_CLUES = 5


@dataclass(frozen=True, slots=True)
class Look:
    """One verdict, and what our plans did to each resource since the drift that is known began."""

    verdict: Verdict
    deeds: Deeds
    at: float

    @property
    def seen(self) -> Mapping[Place, Difference]:
        return {d.place: d for d in (*self.verdict.differences, *self.verdict.strangers)}

    def is_blind(self, difference: Difference) -> bool:
        """Whether the look could not tell of this one."""
        kind = "/".join(filter(None, (difference.host, difference.kind)))
        return difference.resource in self.verdict.unjudged or kind in self.verdict.unread

    def deed(self, drift: Drift) -> Deed | None:
        """The last deed on it since it came."""
        deed = self.deeds.get(drift.difference.resource)
        return deed if deed and deed.at >= drift.onsets[-1] else None


def step(known: SiteDrift, verdict: Verdict, deeds: Deeds = {}) -> tuple[SiteDrift, tuple[DriftEvent, ...]]:  # noqa: B006 - only read
    """The drift of a site after a verdict, and what happened to it.

    A verdict that rests on no reading, or on the one that is known already, only brings what plans did.
    """
    at = verdict.observed_at
    if at is None or at == known.looked_at:
        look = Look(verdict, deeds, known.looked_at or 0.0)
        return replace(known, open={p: _caused(d, look) for p, d in known.open.items()}), ()
    look = Look(verdict, deeds, at)
    events = (*_away(known, look), *_here(known, look))
    left = {e.drift.place for e in events if e.turning is Turning.ENDED}
    here = by_place(_kept(known, look, left))
    return SiteDrift(known.site, at, here, _rested(known, events, here, at)), events


def dated(verdict: Verdict, known: SiteDrift) -> Verdict:
    """The verdict with the look that showed each of its differences first."""

    def of(differences: Iterable[Difference]) -> tuple[Difference, ...]:
        return tuple(replace(d, since=known.open[d.place].first_seen) for d in differences)

    is_known = all(d.place in known.open for d in (*verdict.differences, *verdict.strangers))
    if not is_known:  # it rests on no reading
        return verdict
    return replace(verdict, differences=of(verdict.differences), strangers=of(verdict.strangers))


def began_before(site: str, verdict: Verdict | None) -> SiteDrift:
    """The drift of a site of which only a verdict is known: kept by an earlier program, or restored."""
    if verdict is None or verdict.observed_at is None:
        return SiteDrift(site)
    at, commit = verdict.observed_at, verdict.commit
    seen = (*verdict.differences, *verdict.strangers)
    return SiteDrift(site, at, by_place(Drift(d, why(d, None), at, commit, (d.since,)) for d in seen))


def _kept(known: SiteDrift, look: Look, left: set[Place]) -> Iterator[Drift]:
    seen = look.seen
    yield from (_present(known, difference, look) for difference in seen.values())
    for place, drift in known.open.items():
        if place in seen or place in left:
            continue
        if look.is_blind(drift.difference) or drift.absent_since is not None:
            yield drift
        else:
            yield replace(drift, absent_since=look.at)


def _here(known: SiteDrift, look: Look) -> Iterator[DriftEvent]:
    """What came, and what has come too often."""
    for place, difference in look.seen.items():
        before, now = known.open.get(place), _present(known, difference, look)
        if now.is_flapping and not (before and before.is_flapping):
            yield DriftEvent(Turning.FLAPS, known.site, now, look.at)
        elif before is None or not _goes_on(before, difference):
            yield DriftEvent(Turning.BEGAN, known.site, now, look.at)


def _away(known: SiteDrift, look: Look) -> Iterator[DriftEvent]:
    """What ended. What flaps ends when it was away for as long as its comings count."""
    seen = look.seen
    for place, drift in known.open.items():
        now = seen.get(place)
        if now is not None and not _goes_on(drift, now):
            yield DriftEvent(Turning.ENDED, known.site, drift, look.at, _overtaken(drift))
        elif now is None and not look.is_blind(drift.difference):
            how = _how(drift, look)
            if how in _FOR_GOOD or not drift.is_flapping or look.at - (drift.absent_since or look.at) >= FLAPS_WITHIN_S:
                yield DriftEvent(Turning.ENDED, known.site, drift, look.at, how)


_FOR_GOOD = {Resolution.ACCEPTED, Resolution.IGNORED}


def _how(drift: Drift, look: Look) -> Resolution:
    if drift.place in {one.difference.place for one in look.verdict.ignored}:
        return Resolution.IGNORED
    if drift.place in look.verdict.accepted:
        return Resolution.ACCEPTED
    deed = look.deed(drift)
    if deed and deed.result in {StepResult.DONE, StepResult.UNVERIFIED}:
        return Resolution.APPLIED if drift.difference.cause is Cause.PENDING else Resolution.HEALED
    return Resolution.VANISHED


def _overtaken(drift: Drift) -> Resolution:
    """The field differs still, for another reason: the other side moved."""
    return Resolution.ACCEPTED if drift.why is DriftCause.UNMANAGED else Resolution.VANISHED


def _goes_on(drift: Drift, difference: Difference) -> bool:
    """Whether a difference is the same drift still: by the side that moved, whatever the values are by now."""
    return drift.difference.cause is difference.cause


def _present(known: SiteDrift, difference: Difference, look: Look) -> Drift:
    """The drift of a difference that was just seen."""
    before = known.open.get(difference.place)
    if before is None or not _goes_on(before, difference):
        recent = (*known.rested.get(difference.place, ()), *(before.onsets if before else ()))
        return _came(difference, look, recent)
    onsets = before.onsets if before.absent_since is None else (*_recent(before.onsets, look.at), look.at)
    on = replace(
        before,
        difference=replace(difference, since=before.first_seen),
        last_seen=look.at,
        commit=look.verdict.commit,
        onsets=onsets[-FLAPS:],
        absent_since=None,
    )
    return _caused(on, look)


def _came(difference: Difference, look: Look, before: Iterable[float]) -> Drift:
    onsets = (*_recent(before, look.at), look.at)[-FLAPS:]
    flaps = len(onsets) >= FLAPS
    first = replace(difference, since=onsets[0] if flaps else look.at)
    return Drift(first, why(first, None), look.at, look.verdict.commit, onsets, flaps, clues=tuple(_clues(first, look)))


def _clues(difference: Difference, look: Look) -> Iterable[Noted]:
    """What was noted of its host, or of any where it is of none; what the platform itself calls a change, first."""
    if difference.cause is not Cause.DRIFTED:
        return ()
    near = [n for n in look.verdict.noted if not difference.host or n.host in {"", difference.host}]
    return sorted(near, key=lambda noted: (noted.id != CHANGED, -noted.at))[:MOST_CLUES]


def _caused(drift: Drift, look: Look) -> Drift:
    """The drift with the cause that the last deed gives it; what was left out of a plan says nothing."""
    deed = look.deed(drift)
    if deed is None or deed.result in {StepResult.SKIPPED, StepResult.DROPPED}:
        return drift
    found = why(drift.difference, deed)
    return drift if found is drift.why else replace(drift, why=found)


def _recent(onsets: Iterable[float], at: float) -> tuple[float, ...]:
    return tuple(sorted(onset for onset in onsets if at - onset < FLAPS_WITHIN_S))


def _rested(
    known: SiteDrift, events: Iterable[DriftEvent], here: Mapping[Place, Drift], at: float
) -> dict[Place, tuple[float, ...]]:
    """The comings of what is gone, for as long as they count."""
    ended = {e.drift.place: e.drift.onsets for e in events if e.turning is Turning.ENDED}
    left = {place: _recent(onsets, at) for place, onsets in {**known.rested, **ended}.items() if place not in here}
    return {place: onsets for place, onsets in left.items() if onsets}
