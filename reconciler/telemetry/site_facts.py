"""One site as numbers: from its verdict, what is known of its drift, and who is not called for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.alarm import AlarmSeverity
from reconciler.model.drift import Drift, DriftCause, SiteDrift
from reconciler.model.drift_steps import began_before
from reconciler.model.gate import GateName
from reconciler.model.quiet import Quiet, Silence
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.words import Cause, Disruption, Severity, State
from reconciler.telemetry.catalogue import ANY
from reconciler.telemetry.sight import Sight

RELEASE = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,3}")
SYSTEM_MODES = frozenset(("simplex", "duplex", "duplex-direct"))
UNKNOWN = "unknown"  # what a site says and is none of the words that it may say
MIXED = frozenset((State.IN_SYNC, State.PENDING, State.DRIFTED, State.UNVERIFIED, State.HELD))  # true of a time
LONGEST = 120  # of a label that names a field
_WORST = 2  # of `states.Detail`: from here on one severity or disruption a site
Named = tuple[str, tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What is counted of one site. loud: fields that moved away and that somebody is called for."""

    verdict: Verdict
    state: State
    loud: tuple[Drift, ...]
    quiet: Mapping[Quiet, int]
    pending: tuple[Drift, ...]
    causes: Mapping[DriftCause, int]
    is_going: bool
    converged_at: float | None
    now: float = 0.0

    @property
    def site(self) -> str:
        return self.verdict.site

    @property
    def group(self) -> str:
        return self.verdict.group

    def samples(self, detail: int) -> Iterator[Named]:
        """(family, labels but for site and group, value)."""
        yield from self._vital(detail)
        yield from self._dates()
        yield from self._numbers()
        yield from self._alarms()
        yield from self._ends()
        powers = Counter(sight.power for sight in self.verdict.boards)
        yield from (("subcloud_dark_hosts", (power,), float(powers[power])) for power in sorted(powers))
        ill = Counter(sight.health for sight in self.verdict.ailing)
        yield from (("subcloud_ailing_hosts", (health,), float(ill[health])) for health in sorted(ill))
        if not detail:
            yield from self._places()
        yield "subcloud_info", (self.verdict.mode, mode_of(self.verdict), release_of(self.verdict)), 1.0
        prices = Counter((str(d.difference.area), str(d.difference.disruption)) for d in self.pending)
        for (area, price), number in _split(prices, detail, list(map(str, Disruption))):
            yield "subcloud_pending_changes", (area, price), number

    def _vital(self, detail: int) -> Iterator[Named]:
        verdict = self.verdict
        if verdict.observed_at is not None:
            yield "subcloud_in_sync", (), float(verdict.is_in_sync)
            yield "subcloud_observation_timestamp_seconds", (), verdict.observed_at
        if verdict.reachable is not None:
            yield "subcloud_reachable", (), float(verdict.reachable)
        grave = Counter((str(d.difference.area), str(d.difference.severity)) for d in self.loud)
        for (area, severity), number in _split(grave, detail, list(map(str, Severity))):
            yield "subcloud_drift_fields", (area, severity), number

    def _places(self) -> Iterator[Named]:
        """Of each severity the field that moved away first: an alarm that names none sends its reader searching."""
        for severity in Severity:
            of_it = [drift for drift in self.loud if drift.difference.severity is severity]
            if of_it:
                first = min(of_it, key=lambda drift: (drift.first_seen, drift.place))
                yield "subcloud_drift_info", (severity, field_of(first.difference), first.difference.origin), 1.0

    def _dates(self) -> Iterator[Named]:
        ends = [one.until for one in self.verdict.ignored if one.until is not None]
        dates = {
            "drift_since": min((d.first_seen for d in self.loud), default=None),
            "pending_since": min((d.first_seen for d in self.pending), default=None),
            "converged_commit": self.converged_at,
            "ignore_expiry": min(ends, default=None),
            "window_deadline": min(self.verdict.due.values(), default=None),
        }
        yield from ((f"subcloud_{name}_timestamp_seconds", (), at) for name, at in dates.items() if at is not None)
        stuck = {c.name: c.since for c in sorted(self.verdict.conditions, key=lambda c: -c.since)}
        yield from (("subcloud_condition_timestamp_seconds", (name,), at) for name, at in stuck.items())
        since = {hold.gate: hold.since for hold in reversed(self.verdict.holds)}
        for gate in (gate for gate in GateName if gate in since):
            yield "subcloud_held_timestamp_seconds", (gate,), since[gate] or self.verdict.judged_at

    def _alarms(self) -> Iterator[Named]:
        if alarms := self.verdict.alarms:
            counted = ((s, alarms.counts.get(s, 0)) for s in AlarmSeverity)
            yield from (("subcloud_alarms", (severity,), float(number)) for severity, number in counted if number)
            if alarms.affecting:
                yield "subcloud_alarms_affecting_management", (), float(alarms.affecting)

    def _ends(self) -> Iterator[Named]:
        if backup := self.verdict.backup:
            yield "backup_last_success_timestamp_seconds", (), backup.good_at or 0.0
            if backup.late_at is not None and backup.is_late(self.now):
                yield "backup_late_timestamp_seconds", (), backup.late_at
        for one in self.verdict.certificates:
            if self.now >= one.told_from:
                yield "certificate_expiry_timestamp_seconds", (one.type,), one.at

    def _numbers(self) -> Iterator[Named]:
        numbers = {
            "drift_flapping": self.quiet.get(Quiet.FLAPPING, 0),
            "failed_fields": self.causes.get(DriftCause.FAILED_APPLY, 0),
            "unverified_fields": self.causes.get(DriftCause.UNVERIFIED, 0),
            "ignored_fields": len(self.verdict.ignored),
            "in_rollout": int(self.is_going),
            "applying": int(self.verdict.state is State.APPLYING),
            "locked_hosts": len(self.verdict.due),
        }
        yield from ((f"subcloud_{name}", (), float(number)) for name, number in numbers.items() if number)


def field_of(difference: Difference) -> str:
    """What differs, the host left out, no longer than a label should be."""
    resource = difference.resource.removeprefix(f"{difference.host}/")
    return " ".join(filter(None, (resource, difference.attribute)))[:LONGEST]


def site_facts(sight: Sight) -> Iterator[SiteFacts]:
    """Every site's, by name."""
    now, drifts, silence = sight.now(), sight.drift(), sight.silence()
    for verdict in sorted(sight.verdicts(), key=lambda v: v.site):
        yield _facts(verdict, drifts.get(verdict.site) or began_before(verdict.site, verdict), sight, silence, now)


def state_at(verdict: Verdict, now: float, stale_after_s: float) -> State:
    """Its state, or stale: looked at too long ago to say."""
    is_old = verdict.observed_at is not None and now - verdict.observed_at > stale_after_s
    return State.STALE if is_old and verdict.state in MIXED else verdict.state


def mode_of(verdict: Verdict) -> str:
    """Of the platform's own words; a site says it, and may say anything."""
    return verdict.system_mode if verdict.system_mode in SYSTEM_MODES else UNKNOWN


def release_of(verdict: Verdict) -> str:
    return verdict.release if RELEASE.fullmatch(verdict.release) else UNKNOWN


def _facts(verdict: Verdict, known: SiteDrift, sight: Sight, silence: Silence, now: float) -> SiteFacts:
    drifts = tuple(known.open.values())
    drifted = [d for d in drifts if d.difference.cause is Cause.DRIFTED]
    quiet = {d.place: silence.of(verdict.site, d, now) for d in drifted}
    return SiteFacts(
        verdict=verdict,
        state=state_at(verdict, now, sight.stale_after_s),
        loud=tuple(d for d in drifted if quiet[d.place] is None),
        quiet=Counter(why for why in quiet.values() if why),
        pending=tuple(d for d in drifts if d.difference.cause is Cause.PENDING),
        causes=Counter(d.why for d in drifts),
        is_going=silence.is_going(verdict.site),
        converged_at=sight.authored_at(verdict.converged) if verdict.converged else None,
        now=now,
    )


def _split(
    tally: Mapping[tuple[str, str], int], detail: int, words: list[str]
) -> Iterable[tuple[tuple[str, str], float]]:
    """The numbers by area and word; by word alone, and by the worst word alone, where the cap wants it."""
    if detail == 0:
        return [(key, float(number)) for key, number in sorted(tally.items())]
    by_word: Counter[str] = Counter()
    for (_, word), number in tally.items():
        by_word[word] += number
    if detail >= _WORST and by_word:
        return [((ANY, max(by_word, key=words.index)), float(by_word.total()))]
    return [((ANY, word), float(number)) for word, number in sorted(by_word.items())]
