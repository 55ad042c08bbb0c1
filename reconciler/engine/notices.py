"""What people are told of the fleet as it stands, by cause, and what is news since they were told last. Pure.

Told from the state and not from events: a notice that was lost, or that fell into a restart, is made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.model.drift import DriftCause, SiteDrift
from reconciler.model.drift_groups import Wanted, causes
from reconciler.model.gate import GateName, Hold
from reconciler.model.notice import Notice, Topic
from reconciler.model.rollout import MemberState, Rollout
from reconciler.model.verdict import Verdict
from reconciler.model.words import Severity, State

ASK_PEOPLE = frozenset(
    (GateName.APPROVAL, GateName.MASS)
)  # the other gates open by themselves, or were somebody's word
TOLD = frozenset((DriftCause.OUT_OF_BAND, DriftCause.FAILED_APPLY, DriftCause.UNVERIFIED))
LATELY_S = 86_400.0  # how long a rollout that ended is part of what stands

Standing = Mapping[str, Notice]


@dataclass(frozen=True, slots=True)
class Fleet:
    """What is known of all sites at one moment."""

    drift: Mapping[str, SiteDrift]
    verdicts: tuple[Verdict, ...]
    rollouts: tuple[Rollout, ...]
    at: float


def standing(fleet: Fleet) -> Standing:
    """Every notice that holds now, by its key. Takes long with thousands of drifts: call it off the event loop."""
    found = (*_drift(fleet), *_held(fleet), *_failed(fleet), *_rollouts(fleet))
    return {notice.key: notice for notice in found}


def turned(before: Standing, now: Standing, at: float) -> Iterator[Notice]:
    """What came and what moved, then what is over."""
    yield from (notice for key, notice in now.items() if not _is_same(before.get(key), notice))
    yield from (_over(notice, at) for key, notice in before.items() if key not in now and not notice.is_over)


def _is_same(before: Notice | None, now: Notice) -> bool:
    return before is not None and replace(now, at=before.at) == before


def _over(notice: Notice, at: float) -> Notice:
    return replace(notice, state="resolved", is_over=True, at=at, title=f"over: {notice.title}", command="")


def _drift(fleet: Fleet) -> Iterator[Notice]:
    groups_of = {verdict.site: verdict.group for verdict in fleet.verdicts}
    for one in causes(fleet.drift, groups_of, Wanted()):
        if one.why not in TOLD:
            continue
        first = one.members[0].drift.difference
        groups = {member.group for member in one.members}
        git = f"Git says {first.desired or 'nothing'}"
        yield Notice(
            Topic.DRIFT,
            f"drift:{one.fingerprint}:{one.why}",
            one.why,
            f"{_sites(one.sites)} drifted: {one.what}",
            f"{one.what} is {first.observed or 'absent'}, {git}" + ("; it comes and goes" if one.is_flapping else ""),
            one.severity,
            fleet.at,
            one.first_seen,
            groups.pop() if len(groups) == 1 else "",
            one.sites,
            command=f"stxr drift --fingerprint {one.fingerprint}",
            origin=next(iter(one.origins), ""),
        )


def _held(fleet: Fleet) -> Iterator[Notice]:
    """One for the same change that waits for the same, on however many sites."""
    waiting: dict[tuple[GateName, str], list[tuple[Verdict, Hold]]] = defaultdict(list)
    for verdict in fleet.verdicts:
        for hold in verdict.holds:
            if hold.gate in ASK_PEOPLE:
                waiting[hold.gate, verdict.change].append((verdict, hold))
    for (gate, change), found in waiting.items():
        sites = tuple(sorted(verdict.site for verdict, _ in found))
        first, hold = found[0]
        groups = {verdict.group for verdict, _ in found}
        yield Notice(
            Topic.HELD,
            f"held:{gate}:{change}",
            gate,
            f"{_sites(sites)}: a plan waits for somebody",
            hold.reason,
            Severity.SERVICE,
            fleet.at,
            min(hold.since or fleet.at for _, hold in found),
            groups.pop() if len(groups) == 1 else "",
            sites,
            command=f"stxr approve {first.plan_id}" if len(sites) == 1 else f"stxr approve --change {change}",
        )


def _failed(fleet: Fleet) -> Iterator[Notice]:
    for verdict in fleet.verdicts:
        if verdict.conditions:
            yield _stuck(verdict, fleet.at)
            continue
        if verdict.state is not State.FAILED:
            continue
        locked = any(state.startswith("locked") for state in verdict.hosts.values()) or bool(verdict.open_windows)
        yield Notice(
            Topic.FAILED,
            f"failed:{verdict.site}",
            verdict.reason or "failed",
            f"{verdict.site}: sending a plan failed" + (", a host is locked" if locked else ""),
            verdict.message,
            Severity.OUTAGE if locked else Severity.SERVICE,
            fleet.at,
            verdict.judged_at,
            verdict.group,
            (verdict.site,),
            command=f"stxr history {verdict.site}",
        )


def _stuck(verdict: Verdict, at: float) -> Notice:
    """One for all hosts of a site: a second one is seldom another cause. Whoever is out of service is an outage."""
    first = verdict.conditions[0]
    is_out = any(one.name.is_out for one in verdict.conditions)
    return Notice(
        Topic.FAILED,
        f"stuck:{verdict.site}",
        first.name,
        f"{verdict.site}: {first.host} is {first.name}",
        "; ".join(one.in_words for one in verdict.conditions),
        Severity.OUTAGE if is_out else Severity.SERVICE,
        at,
        min(one.since for one in verdict.conditions),
        verdict.group,
        (verdict.site,),
        command=first.next_move(verdict.site),
    )


def _rollouts(fleet: Fleet) -> Iterator[Notice]:
    for one in fleet.rollouts:
        if one.ended is not None and one.ended + LATELY_S < fleet.at:
            continue
        failed, done = one.count(MemberState.FAILED), one.count(MemberState.DONE)
        state = _state(one)
        yield Notice(
            Topic.ROLLOUT,
            f"rollout:{one.id}",
            state,
            f"rollout {one.id} of {one.commit[:12]}: {state}",
            one.stopped or f"{done} of {len(one.members)} sites done, {failed} failed",
            Severity.OUTAGE if state == "stopped" else Severity.SERVICE,
            fleet.at,
            one.started,
            is_over=one.ended is not None,
            command=f"stxr rollout show {one.id}",
        )


def _state(one: Rollout) -> str:
    if one.words.aborted:
        return "aborted"
    if one.ended is not None:
        return "ended"
    if one.weight:
        return "waits"
    if one.words.paused:
        return "paused"
    return "stopped" if one.stopped else "going"


def _sites(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} sites"
