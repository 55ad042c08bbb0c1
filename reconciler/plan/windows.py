"""Which hosts are locked for a plan, in which order, and whether they are unlocked at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.change import Change
from reconciler.model.host import HostState
from reconciler.model.kind import Context, Kinds
from reconciler.model.plan import Opening
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Action, Needs
from reconciler.plan.hosts import Gate, gate, in_order, needs_swact, swacted
from reconciler.plan.side_by_side import has_copies
from reconciler.plan.works import Work


@dataclass(frozen=True, slots=True)
class Window:
    """A host that is to be locked for this plan, or why it may not be.

    again: why it is the second one of its host; "" for the first.
    """

    host: HostState
    gate: Gate
    unlocks: bool
    place: int = 0
    again: str = ""

    @property
    def is_open(self) -> bool:
        """Its host is locked already."""
        return self.gate.opening in {Opening.LOCKED, Opening.ADOPT}


def windows_of(
    works: Iterable[Work], context: Context, kinds: Kinds, ours: frozenset[str], refused: Collection[ResourceKey]
) -> Mapping[str, Window]:
    """The windows of a plan by host. A new host whose own change is refused is prepared, and not unlocked yet.

    A window of ours whose host is in service again has ended, whoever unlocked it. Where Git describes hosts, those
    that it does not describe are not locked for what is system-wide: they take it up at their next lock.
    """
    said = {h: s for h, s in said_states(context, kinds).items() if not _is_refused(h, refused, kinds)}
    # who leaves the system, or has yet to come, has no window
    asked = {c.key.name for w in works for c in w.changes if c.action is Action.UPDATE and _asks_state(c, kinds)}
    described = said_states(context, kinds)
    settling = {h for w in works for h in w.settles if h in described or not described}
    wanted = {w.host for w in works if w.needs is Needs.LOCKED} | settling
    open_still = {h for h in ours & context.system.hosts.keys() if not context.system.hosts[h].is_unlocked}
    leaving = {c.key.name for w in works for c in w.changes if c.action is Action.DELETE and _has_state(c, kinds)}
    known = ((wanted | asked | open_still) & context.system.hosts.keys()) - leaving
    hosts = in_order((context.system.hosts[h] for h in known), context.system, _with_copies(known, context, kinds))
    return {h.name: _window(h, said.get(h.name, ""), h.name in ours, 2 * i + 1) for i, h in enumerate(hosts)}


def _window(host: HostState, said: str, is_ours: bool, place: int) -> Window:
    opened = gate(host, is_ours=is_ours)
    # what we locked we unlock; what never was in service is unlocked only where Git says so
    unlocks = said == "unlocked" if opened.opening is Opening.LOCKED else said != "locked"
    return Window(host, opened, unlocks, place)


def turns_of(windows: Mapping[str, Window], context: Context, kinds: Kinds) -> Mapping[str, tuple[Window, ...]]:
    """The windows that each host may have: its own, and a second one after those of all hosts, used where it must be.

    Activity has moved by then, if the active controller was locked. A host that never was in service has no second:
    what it lacks after its first unlock is the next plan's.
    """
    seconds = _second_windows(windows, context, kinds)
    return {h: (w, seconds[h]) if h in seconds else (w,) for h, w in windows.items()}


def _second_windows(windows: Mapping[str, Window], context: Context, kinds: Kinds) -> Mapping[str, Window]:
    may = {h: w for h, w in windows.items() if w.unlocks and w.gate.opening in {Opening.LOCK, Opening.ADOPT}}
    moved = any(needs_swact(w.host, context.system) for w in may.values())
    found = (swacted(w.host) if moved else w.host for w in may.values())
    hosts = in_order(found, context.system, _with_copies(may, context, kinds))
    after = 2 * len(windows) + 1
    return {
        h.name: Window(may[h.name].host, Gate(Opening.LOCK), unlocks=True, place=after + 2 * i)
        for i, h in enumerate(hosts)
    }


def _with_copies(names: Iterable[str], context: Context, kinds: Kinds) -> frozenset[str]:
    return frozenset(name for name in names if has_copies(name, context.observed, kinds))


def _is_refused(host: str, refused: Collection[ResourceKey], kinds: Kinds) -> bool:
    of_host = (kinds[k.kind] for k in refused if k.name == host and not k.host)
    return any(fact.lock_state for kind in of_host for fact in kind.attributes.values())


def _has_state(change: Change[Any], kinds: Kinds) -> bool:
    return any(fact.lock_state for fact in kinds[change.key.kind].attributes.values())


def _asks_state(change: Change[Any], kinds: Kinds) -> bool:
    facts = kinds[change.key.kind].attributes
    return any(facts[f.name].lock_state for f in change.fields)


def said_locked(context: Context, kinds: Kinds) -> frozenset[str]:
    """The hosts that Git wants out of service."""
    return frozenset(host for host, state in said_states(context, kinds).items() if state == "locked")


def said_states(context: Context, kinds: Kinds) -> Mapping[str, str]:
    """Host -> the administrative state that Git says."""
    state = {name: a for name, kind in kinds.items() for a, fact in kind.attributes.items() if fact.lock_state}
    of_hosts = ((k.name, r.spec, state[k.kind]) for k, r in context.desired.resources.items() if k.kind in state)
    return {host: str(getattr(spec, attribute) or "") for host, spec, attribute in of_hosts}
