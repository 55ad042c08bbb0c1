"""Drift as StarlingX's own alarms on the system controller: what should stand, and the way there. Pure.

260.002 is "not synchronized": minor, and never held against an orchestration. 260.001, its neighbour, would stop every
one of them (starlingx/fault fm-doc/fm_doc/events.yaml: Management_Affecting_Severity).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from reconciler.model.alarm import TEXT_LIMIT, Alarm, AlarmSeverity
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.words import Cause

ALARM = "260.002"
OWN = "resource=stx-reconciler,name="  # what we raised, and nobody else's
ALONE_UP_TO = 10  # sites of one cause that have an alarm each; above it the cause has one


@dataclass(frozen=True, slots=True)
class Moves:
    """Alarms to clear, then alarms to raise: a change is both, no update works."""

    clear: tuple[Alarm, ...] = ()
    set: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True)
class Drifted:
    """A site and what it changed, by name."""

    site: str
    differences: list[Difference]

    @property
    def since(self) -> float:
        return min(d.since for d in self.differences)

    @property
    def in_words(self) -> str:
        first, more = self.differences[0], len(self.differences) - 1
        return f"{_told(first)} and {more} more" if more else _told(first)


def wanted(verdicts: Iterable[Verdict]) -> tuple[Alarm, ...]:
    """The alarms of sites that drifted: one a site, or one for each cause and group that reaches more than ten.

    None for a site of which Git says that this alarm is suppressed.
    """
    causes: dict[tuple[str, str], list[Drifted]] = defaultdict(list)
    for verdict in verdicts:
        if ALARM not in verdict.suppressed and (differences := _drift(verdict)):
            causes[(verdict.group, _cause(differences))].append(Drifted(verdict.site, differences))
    found = (alarm for (group, cause), sites in causes.items() for alarm in _alarms(group, cause, sites))
    return tuple(sorted(found, key=lambda alarm: alarm.entity))


def moves(want: Iterable[Alarm], standing: Iterable[Alarm]) -> Moves:
    """From what stands to what should. Of equal alarms that stand twice one stays; alarms of others are not touched."""
    due = {alarm.key: alarm for alarm in want}
    clear, kept = [], set()
    for alarm in (a for a in standing if a.id == ALARM and a.entity.startswith(OWN)):
        said = due.get(alarm.key)
        if said is None or alarm.key in kept or (alarm.severity, alarm.reason) != (said.severity, said.reason):
            clear.append(alarm)
        else:
            kept.add(alarm.key)
    return Moves(tuple(clear), tuple(alarm for key, alarm in due.items() if key not in kept))


def _alarms(group: str, cause: str, sites: list[Drifted]) -> Iterator[Alarm]:
    if len(sites) <= ALONE_UP_TO:
        for one in sites:
            yield _alarm(one.site, f"{one.site} drifted: {one.in_words}", one.since, f"stxr status {one.site}")
        return
    # the number of sites is not in it: the alarm would be raised anew with each that comes or goes
    reason = f"more than {ALONE_UP_TO} sites of {group} drifted alike: {sites[0].in_words}"
    yield _alarm(f"{group}.{cause}", reason, min(one.since for one in sites), "stxr status")


def _alarm(name: str, reason: str, since: float, command: str) -> Alarm:
    at = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    text = reason if len(reason) <= TEXT_LIMIT else f"{reason[: TEXT_LIMIT - 1]}…"
    repair = f"Merge or accept what the site changed: {command}"
    return Alarm("", ALARM, f"{OWN}{name}"[:TEXT_LIMIT], AlarmSeverity.MINOR, text, at, repair=repair[:TEXT_LIMIT])


def _drift(verdict: Verdict) -> list[Difference]:
    return sorted((d for d in verdict.differences if d.cause is Cause.DRIFTED), key=lambda d: (d.resource, d.attribute))


def _cause(differences: list[Difference]) -> str:
    """The same word for the same change, on whichever site."""
    said = [(d.resource, d.attribute, d.observed, d.desired) for d in differences]
    return sha256(repr(said).encode()).hexdigest()[:10]


def _told(difference: Difference) -> str:
    what = " ".join(filter(None, (difference.resource, difference.attribute)))
    place = f" ({difference.origin})" if difference.origin else ""
    return f"{what} is {difference.observed or 'absent'}, Git says {difference.desired or 'nothing'}{place}"
