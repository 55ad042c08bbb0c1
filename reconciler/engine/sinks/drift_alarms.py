"""Drift as StarlingX's own alarms on the system controller: what should stand, and the way there. Pure.

260.002 is "not synchronized": minor, and never held against an orchestration. 260.001, its neighbour, would stop every
one of them (starlingx/fault fm-doc/fm_doc/events.yaml: Management_Affecting_Severity). There is no free range of ids
for third parties, so it is shared with the Deployment Manager, whose alarms name another resource.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from reconciler.engine.notices import TOLD
from reconciler.model.alarm import TEXT_LIMIT, Alarm, AlarmSeverity
from reconciler.model.drift import Drift, SiteDrift
from reconciler.model.drift_groups import RANKS, OneCause, Sited, Wanted, causes
from reconciler.model.verdict import Verdict

ALARM = "260.002"
OWN = "resource=stx-reconciler,name="  # what we raised, and nobody else's
APART_UP_TO = 10  # sites of one cause that have an alarm each
_LONGEST_PLACE = 100
_LINE = re.compile(r":\d+\)")


@dataclass(frozen=True, slots=True)
class Known:
    """What the alarms are made of.

    causes: of the drift that people are called for. suppressed: sites of which Git says that they have no alarm of
    this id. unseen: sites of Git that nobody has looked at yet, of which nothing can be said. apart_up_to: more sites
    than these of one cause have one alarm together.
    """

    causes: tuple[OneCause, ...] = ()
    suppressed: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()
    apart_up_to: int = APART_UP_TO

    @classmethod
    def of(cls, drift: Mapping[str, SiteDrift], verdicts: Collection[Verdict], sites: frozenset[str]) -> Known:
        """drift: that people are called for. sites: of Git. Takes long with thousands of drifts: call it off the loop."""
        groups = {verdict.site: verdict.group for verdict in verdicts}
        looked_at = {verdict.site for verdict in verdicts if verdict.observed_at is not None}
        suppressed = frozenset(verdict.site for verdict in verdicts if ALARM in verdict.suppressed)
        return cls(causes(drift, groups, Wanted()), suppressed, sites - looked_at)


@dataclass(frozen=True, slots=True)
class Move:
    """One call: an alarm is raised, or cleared."""

    alarm: Alarm
    raises: bool


@dataclass(slots=True)
class _Sorted:
    """Drift by what its alarm is about."""

    together: dict[tuple[str, str], list[Sited]] = field(default_factory=lambda: defaultdict(list))
    apart: dict[str, list[Drift]] = field(default_factory=lambda: defaultdict(list))


def wanted(known: Known, standing: Iterable[Alarm] = ()) -> tuple[Alarm, ...]:
    """The alarms that should stand: one a site, and one for a cause and group that reaches more than a few.

    standing: what does stand. An alarm of many sites stands until the last of them has healed: when ten are left they
    are no news, and ten alarms more would be.
    """
    stand = {alarm.entity for alarm in standing}
    found = _sorted(known, lambda fingerprint, group: _entity(_of_many(fingerprint, group)) in stand)
    alarms = [
        *(_together(group, fingerprint, members) for (fingerprint, group), members in found.together.items()),
        *(_apart(site, drifts) for site, drifts in found.apart.items()),
    ]
    return tuple(sorted(alarms, key=lambda alarm: alarm.entity))


def moves(known: Known, standing: Iterable[Alarm]) -> tuple[Move, ...]:
    """The calls from what stands to what should, in this order; none where nothing is to be done.

    A change is a clear and a raise: no update works. Of equal alarms that stand one stays. Alarms of others are not
    touched, and neither is that of a site that nobody has looked at yet.
    """
    ours = [alarm for alarm in standing if alarm.id == ALARM and alarm.entity.startswith(OWN)]
    unseen = {_entity(site) for site in known.unseen}
    stand: dict[str, list[Alarm]] = defaultdict(list)
    for alarm in ours:
        stand[alarm.entity].append(alarm)
    due = {alarm.entity: alarm for alarm in wanted(known, ours)}
    entities = sorted((stand.keys() - unseen) | due.keys())
    return tuple(move for entity in entities for move in _moves(due.get(entity), stand.get(entity, [])))


def _moves(due: Alarm | None, stand: list[Alarm]) -> Iterator[Move]:
    kept = next((alarm for alarm in stand if due and _says(alarm) == _says(due)), None)
    yield from (Move(alarm, raises=False) for alarm in stand if alarm is not kept)
    if due and not kept:
        yield Move(due, raises=True)


def _says(alarm: Alarm) -> tuple[str, str]:
    """What makes it another alarm: not that a line has moved within its file."""
    return alarm.severity, _LINE.sub(")", alarm.reason)


def _sorted(known: Known, stands: Callable[[str, str], bool]) -> _Sorted:
    found = _Sorted()
    for (fingerprint, group), members in _by_group(known).items():
        sites = {member.site for member in members}
        if len(sites) > known.apart_up_to or stands(fingerprint, group):
            found.together[fingerprint, group] = members
            continue
        for member in members:
            found.apart[member.site].append(member.drift)
    return found


def _by_group(known: Known) -> Mapping[tuple[str, str], list[Sited]]:
    found: dict[tuple[str, str], list[Sited]] = defaultdict(list)
    for cause in known.causes:
        for member in cause.members if cause.why in TOLD else ():
            if member.site not in known.suppressed:
                found[cause.fingerprint, member.group].append(member)
    return found


def _apart(site: str, drifts: list[Drift]) -> Alarm:
    first = min(drifts, key=lambda drift: (-RANKS[drift.difference.severity], drift.place))
    more = f" and {len(drifts) - 1} more" if len(drifts) > 1 else ""
    reason = _in_words(f"{site} drifted: ", first, more)
    return _alarm(site, reason, min(drift.first_seen for drift in drifts), f"stxr drift {site}")


def _together(group: str, fingerprint: str, members: list[Sited]) -> Alarm:
    """The number of sites is not in it: the alarm would be raised anew with each that comes or goes."""
    first = min(members, key=lambda member: (member.site, member.drift.place)).drift
    reason = _in_words(f"sites of {group} drifted alike: ", first, "")
    since = min(member.drift.first_seen for member in members)
    return _alarm(_of_many(fingerprint, group), reason, since, f"stxr drift --fingerprint {fingerprint}")


def _of_many(fingerprint: str, group: str) -> str:
    return f"{fingerprint}/{group}"  # no site has a slash in its name


def _entity(name: str) -> str:
    """A name that is too long for the platform's column is cut, and told from others by a digest."""
    whole = f"{OWN}{name}"
    if len(whole) <= TEXT_LIMIT:
        return whole
    return f"{whole[: TEXT_LIMIT - 11]}~{sha256(name.encode()).hexdigest()[:10]}"


def _alarm(name: str, reason: str, since: float, command: str) -> Alarm:
    at = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    repair = f"Set it back, or take it over into Git: {command}"
    return Alarm("", ALARM, _entity(name), AlarmSeverity.MINOR, reason, at, repair=repair[:TEXT_LIMIT])


def _in_words(before: str, drift: Drift, after: str) -> str:
    """What differs and where Git says otherwise, cut to what the platform keeps: the values give way first."""
    difference = drift.difference
    place = f" ({_cut_front(difference.origin)})" if difference.origin else ""
    what = " ".join(filter(None, (difference.resource, difference.attribute)))
    around = f"{before}{what} is , Git says {after}"
    room = (TEXT_LIMIT - len(around) - len(_LINE.sub(":00000)", place))) // 2
    observed, desired = difference.observed or "absent", difference.desired or "nothing"
    text = f"{before}{what} is {_cut(observed, room)}, Git says {_cut(desired, room)}{place}{after}"
    return _cut(text, TEXT_LIMIT)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: max(most - 1, 0)]}…"


def _cut_front(text: str) -> str:
    return text if len(text) <= _LONGEST_PLACE else f"…{text[1 - _LONGEST_PLACE :]}"
