"""The plan: every change in the earliest place that its host, its references and its price allow.

Places are numbered in time: place 0 is online, before any window; each host with a window has one place inside it and
one after it. A host has one window in a plan. What needs nothing never closes a window.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from reconciler.model.change import Change, Comparison
from reconciler.model.host import HostState
from reconciler.model.kind import Context, Kinds
from reconciler.model.plan import Blocked, Opening, Plan, Stage, StageType, Step
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Action, Disruption, Needs
from reconciler.plan.cascade import atoms, cascade, references
from reconciler.plan.digest import plan_id
from reconciler.plan.hosts import Gate, gate, in_order, needs_swact
from reconciler.plan.order import predecessors, ranks


def plan(found: Comparison, context: Context, kinds: Kinds, ours: Collection[str] = (), commit: str = "") -> Plan:
    """What it takes to make `found` untrue.

    ours: hosts whose windows we opened and have not closed; the plan adopts them, and closes them.
    """
    possible, refusals = _possible(found, context, kinds)
    works = tuple(_works(cascade(possible, context, kinds), context, kinds))
    windows = _windows(works, context, kinds, frozenset(ours))
    refusals |= _refused(works, windows, context)
    places, late = _places(_unblocked(works, refusals, kinds), windows, kinds)
    stages = tuple(_stages(places, windows, context, kinds))
    blocked = tuple(Blocked(key, reason) for key, reason in sorted({**refusals, **late}.items()))
    return Plan(plan_id(context.desired.site, stages, blocked), context.desired.site, stages, blocked, commit)


Refusals = dict[ResourceKey, str]


@dataclass(frozen=True, slots=True)
class _Work:
    """Atomic changes of one kind on one host with one need: what becomes a step."""

    kind: str
    host: str
    needs: Needs
    removes: bool
    changes: tuple[Change[Any], ...]
    settles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Window:
    """A host that is to be locked for this plan, or why it may not be."""

    host: HostState
    gate: Gate
    unlocks: bool
    place: int = 0


def _possible(found: Comparison, context: Context, kinds: Kinds) -> tuple[list[Change[Any]], Refusals]:
    possible: list[Change[Any]] = []
    refusals: Refusals = {}
    for change in found.changes:
        if reason := kinds[change.key.kind].impossible(change, context):
            refusals[change.key] = reason
        else:
            possible.append(change)
    return possible, refusals


def _works(changes: Iterable[Change[Any]], context: Context, kinds: Kinds) -> Iterator[_Work]:
    def sort(change: Change[Any]) -> tuple[str, str, Needs, bool]:
        needs = Needs.LOCKED if _only_state(change, kinds) else kinds[change.key.kind].needs_of(change, context)
        host = change.key.host or _lock_host(change, kinds)
        return change.key.kind, host, needs, change.action is Action.DELETE

    for (kind, host, needs, removes), group in groupby(sorted(atoms(changes), key=sort), key=sort):
        members = tuple(group)
        settles = frozenset(h for c in members for h in kinds[kind].settles(c, context))
        yield _Work(kind, host, needs, removes, members, settles)


def _lock_host(change: Change[Any], kinds: Kinds) -> str:
    """A host is its own host: its attributes need its own lock."""
    facts = kinds[change.key.kind].attributes
    return change.key.name if any(a.lock_state for a in facts.values()) else ""


def _only_state(change: Change[Any], kinds: Kinds) -> bool:
    """Nothing but the administrative state differs: the window itself is the change."""
    facts = kinds[change.key.kind].attributes
    return bool(change.fields) and all(facts[f.name].lock_state for f in change.fields)


def _windows(works: Iterable[_Work], context: Context, kinds: Kinds, ours: frozenset[str]) -> Mapping[str, _Window]:
    said = _said_states(context, kinds)
    asked = {c.key.name for w in works for c in w.changes if _only_state(c, kinds) or _asks_state(c, kinds)}
    wanted = {w.host for w in works if w.needs is Needs.LOCKED} | {h for w in works for h in w.settles}
    known = (wanted | asked | ours) & context.system.hosts.keys()
    hosts = in_order((context.system.hosts[h] for h in known), context.system)
    return {h.name: _window(h, said.get(h.name, ""), h.name in ours, 2 * i + 1) for i, h in enumerate(hosts)}


def _window(host: HostState, said: str, is_ours: bool, place: int) -> _Window:
    opened = gate(host, is_ours=is_ours)
    # what we locked we unlock; what never was in service is unlocked only where Git says so
    unlocks = said == "unlocked" if opened.opening is Opening.LOCKED else said != "locked"
    return _Window(host, opened, unlocks, place)


def _asks_state(change: Change[Any], kinds: Kinds) -> bool:
    facts = kinds[change.key.kind].attributes
    return any(facts[f.name].lock_state for f in change.fields)


def _said_states(context: Context, kinds: Kinds) -> Mapping[str, str]:
    """Host -> the administrative state that Git says."""
    state = {name: a for name, kind in kinds.items() for a, fact in kind.attributes.items() if fact.lock_state}
    of_hosts = ((k.name, r.spec, state[k.kind]) for k, r in context.desired.resources.items() if k.kind in state)
    return {host: str(getattr(spec, attribute) or "") for host, spec, attribute in of_hosts}


def _refused(works: Iterable[_Work], windows: Mapping[str, _Window], context: Context) -> Refusals:
    """Changes whose window may not be opened, or whose host will not be in service."""
    refusals: Refusals = {}
    for work in works:
        hosts = ({work.host} if work.needs is Needs.LOCKED else set()) | work.settles
        reason = next((w.gate.refusal for h in sorted(hosts) if (w := windows.get(h)) and w.gate.refusal), "")
        reason = reason or _out_of_service(work, windows, context)
        refusals |= {c.key: reason for c in work.changes if reason}
    return refusals


def _out_of_service(work: _Work, windows: Mapping[str, _Window], context: Context) -> str:
    if work.needs is not Needs.UNLOCKED or not work.host:
        return ""
    host, window = context.system.hosts.get(work.host), windows.get(work.host)
    will_be = window.unlocks if window and not window.gate.refusal else bool(host and host.is_unlocked)
    return "" if will_be else f"needs {work.host} unlocked and in service"


def _unblocked(works: Iterable[_Work], refusals: Refusals, kinds: Kinds) -> tuple[_Work, ...]:
    """The works without refused changes and without what refers to a resource that will not be there.

    Adds the latter to `refusals`.
    """
    works = tuple(works)
    made = {c.key: c for w in works for c in w.changes if c.desired and c.action is Action.CREATE}
    grew = True
    while grew:
        missing = {kinds[k.kind].known_as(made[k].desired): k for k in refusals if k in made}  # type: ignore[arg-type]
        late = {
            c.key: f"waits for {missing[ref]}, which is blocked"
            for w in works
            for c in w.changes
            if c.key not in refusals and c.desired
            for ref in references(c.desired, kinds)
            if ref in missing
        }
        refusals |= late
        grew = bool(late)
    kept = (replace(w, changes=tuple(c for c in w.changes if c.key not in refusals)) for w in works)
    return tuple(w for w in kept if w.changes)


def _places(
    works: Collection[_Work], windows: Mapping[str, _Window], kinds: Kinds
) -> tuple[Mapping[int, list[_Work]], Refusals]:
    """Each work in its place, and those that would need a second window of a host."""
    before, rank = predecessors(kinds), ranks(kinds)
    placed: list[tuple[int, _Work]] = []
    late: Refusals = {}
    for work in sorted(works, key=lambda w: (not w.removes, -rank[w.kind] if w.removes else rank[w.kind], w.host)):
        earliest = max((place for place, other in placed if _precedes(other, work, before)), default=0)
        place = _place(work, earliest, windows)
        if place is None:
            late |= {c.key: _second_window(work) for c in work.changes}
        else:
            placed.append((place, work))
    by_place: dict[int, list[_Work]] = {}
    for place, work in placed:
        by_place.setdefault(place, []).append(work)
    return by_place, late


def _second_window(work: _Work) -> str:
    hosts = ", ".join(sorted(work.settles | {work.host} - {""}))
    return f"needs a second lock of {hosts}, after this plan: it depends on work that comes later than the first"


def _place(work: _Work, earliest: int, windows: Mapping[str, _Window]) -> int | None:
    """The earliest place for a work; None where its window is over by then."""
    must = [windows[h].place for h in work.settles if h in windows]
    if any(earliest > place for place in must):
        return None
    if work.needs is Needs.LOCKED and work.host in windows:
        place = windows[work.host].place
        return place if earliest <= place else None
    if work.needs is Needs.UNLOCKED:
        mine = [w.place for h, w in windows.items() if h == work.host or not work.host]
        return max([earliest + earliest % 2, *(p + 1 for p in mine)])
    return earliest


def _precedes(first: _Work, then: _Work, before: Mapping[str, frozenset[str]]) -> bool:
    if first.host != then.host and first.host and then.host:
        return False
    if first.removes and then.removes:
        return then.kind in before[first.kind]
    if first.removes:
        related = first.kind in before[then.kind] or then.kind in before[first.kind]
        return first.kind == then.kind or related
    return first.kind in before[then.kind]


def _stages(
    places: Mapping[int, list[_Work]], windows: Mapping[str, _Window], context: Context, kinds: Kinds
) -> Iterator[Stage]:
    of_place = {w.place: w for w in windows.values() if not w.gate.refusal}
    for place in sorted(places.keys() | of_place.keys()):
        steps = tuple(_step(work, context, kinds) for work in places.get(place, ()))
        window = of_place.get(place)
        if window is None:
            yield _online(steps)
        elif steps or window.unlocks:
            yield from _windowed(window, steps, context)


def _step(work: _Work, context: Context, kinds: Kinds) -> Step:
    kind = kinds[work.kind]
    calls = tuple(kind.write(work.changes, context))
    price = max((kind.disruption_of(c, context) for c in work.changes), key=lambda d: d.rank)
    return Step(work.kind, work.host, work.changes, calls, price)


def _online(steps: tuple[Step, ...]) -> Stage:
    """Steps of a place without a window; a lock that they bring about is priced where it happens."""
    price = max((s.disruption for s in steps if s.disruption < Disruption.LOCK), default=Disruption.NONE)
    return _closed(Stage(StageType.ONLINE, steps=steps, disruption=price))


def _windowed(window: _Window, steps: tuple[Step, ...], context: Context) -> Iterator[Stage]:
    host, opening = window.host, window.gate.opening
    if opening is Opening.LOCK and needs_swact(host, context.system):
        yield Stage(
            StageType.SWACT, host.name, disruption=Disruption.SERVICE, why="the active controller cannot be locked"
        )
    price = Disruption.LOCK if opening is Opening.LOCK else Disruption.NONE
    why = _why(window, context)
    yield _closed(Stage(StageType.WINDOW, host.name, steps, opening, window.unlocks, disruption=price, why=why))


def _why(window: _Window, context: Context) -> str:
    if window.gate.opening is Opening.LOCKED:
        return "first unlock: the host is not in service yet"
    if window.gate.opening is Opening.ADOPT:
        return "finishes a window that was opened before"
    return "the whole site is out of service until the unlock ends" if context.system.is_simplex else ""


def _closed(stage: Stage) -> Stage:
    """The stage with its `once` calls gathered at its end."""
    last = {c.once: c for step in stage.steps for c in step.calls if c.once}
    steps = tuple(replace(s, calls=tuple(c for c in s.calls if not c.once)) for s in stage.steps)
    return replace(stage, steps=steps, last=tuple(last.values()))
