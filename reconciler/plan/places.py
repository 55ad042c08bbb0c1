"""Each work in the earliest place that its host and its references allow. Places are numbered in time.

A host has one window. Where its work waits for what is done after that, it has a second one, which says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TypeAlias

from reconciler.model.kind import Kinds
from reconciler.model.words import Needs
from reconciler.plan.order import predecessors, ranks
from reconciler.plan.refusals import Refusals
from reconciler.plan.windows import Window
from reconciler.plan.works import Work

Turns: TypeAlias = Mapping[str, Sequence[Window]]
"""The windows that a host may have, in the order of time."""


@dataclass
class Places:
    """Works by place, the second windows that they need, and what has no place in this plan."""

    done: list[tuple[int, Work]] = field(default_factory=list)
    again: dict[str, str] = field(default_factory=dict)
    left: list[Work] = field(default_factory=list)

    @property
    def works(self) -> tuple[Work, ...]:
        return tuple(work for _, work in self.done)

    @property
    def late(self) -> Refusals:
        return {c.key: _next_plan(work) for work in self.left for c in work.changes}

    def by_place(self) -> Mapping[int, list[Work]]:
        """The works of each place, in their order."""
        found: dict[int, list[Work]] = {}
        for place, work in self.done:
            found.setdefault(place, []).append(work)
        return found


def places_of(works: Collection[Work], turns: Turns, kinds: Kinds) -> Places:
    """Each work in its place."""
    before, rank = predecessors(kinds), ranks(kinds)
    places = Places()
    for work in sorted(works, key=lambda w: (_turn(w), -rank[w.kind] if w.removes else rank[w.kind], w.host)):
        first = [(place, other) for place, other in places.done if _precedes(other, work, before)]
        place = None
        if not any(_precedes(other, work, before) for other in places.left):
            place = _place(work, max(map(itemgetter(0), first), default=0), turns)
        if place is None:
            places.left.append(work)
        else:
            last = max(first, key=itemgetter(0))[1] if first else None
            places.again = {h: _why_again(work, last, kinds) for h in _second(work, place, turns)} | places.again
            places.done.append((place, work))
    return places


def used(places: Places, turns: Turns) -> Iterator[Window]:
    """The windows of a plan, with why they are the second ones.

    A host whose first window would do nothing is locked once, for the work of its second.
    """
    for host, (first, *more) in turns.items():
        if host not in places.again:
            yield first
        elif _is_needed(first, places):
            yield first
            yield replace(more[0], again=places.again[host])
        else:
            yield more[0]


def _is_needed(first: Window, places: Places) -> bool:
    name = first.host.name
    inside = any(place == first.place for place, _ in places.done)
    return inside or first.is_open or any(name in w.settles and p <= first.place for p, w in places.done)


def _turn(work: Work) -> int:
    """Room is made first; what is still in use until it is let go of is removed last."""
    return 2 if work.is_late else int(not work.removes)


def _next_plan(work: Work) -> str:
    hosts = ", ".join(sorted((work.settles | {work.host}) - {""})) or "a host"
    return f"comes with the next plan: it depends on work that is possible only after the lock of {hosts}"


def _place(work: Work, earliest: int, turns: Turns) -> int | None:
    """The earliest place for a work; None where the windows that it needs are over by then."""
    earliest = max([earliest, *(turns[h][0].place + 1 for h in work.waits_for if h in turns)])
    place: int | None = earliest
    if work.needs is Needs.LOCKED and work.host in turns:
        place = _following(turns[work.host], earliest)
    elif work.needs is Needs.UNLOCKED:
        mine = [w.place for w, *_ in turns.values() if _serves(w, work)]
        place = max([earliest + earliest % 2, *(p + 1 for p in mine)])
    closing = (_following(turns[h], place or 0) for h in work.settles if h in turns)
    return place if all(end is not None for end in closing) else None


def _following(windows: Iterable[Window], place: int) -> int | None:
    """The first of a host's windows that is not over at a place."""
    return next((w.place for w in windows if w.place >= place), None)


def _second(work: Work, place: int, turns: Turns) -> Iterator[str]:
    """The hosts that need their second window for a work in its place."""
    hosts = work.settles | ({work.host} if work.needs is Needs.LOCKED else set())
    return (h for h in hosts if h in turns and turns[h][0].place < place)


def _why_again(work: Work, last: Work | None, kinds: Kinds) -> str:
    """What of a host has to wait for what is done after its first window, and how Git would spare it that."""
    if work.waits_for or last is None:
        hosts = ", ".join(sorted(work.waits_for)) or "other hosts"
        return f"{_named(work)} is possible only once {hosts} was unlocked"
    instead = kinds[last.kind].about.instead
    return f"{_named(work)} waits until {_named(last)} is done" + (f" ({instead})" if instead else "")


def _named(work: Work) -> str:
    names = ", ".join(dict.fromkeys(c.key.name for c in work.changes if c.key.name))
    return f"{work.kind} {names}".strip()


def _serves(window: Window, work: Work) -> bool:
    """Whether a window is of a host that must be in service for the work: its own, or any controller."""
    return window.host.name == work.host or (not work.host and window.host.personality == "controller")


def _precedes(first: Work, then: Work, before: Mapping[str, frozenset[str]]) -> bool:
    if first.host != then.host and first.host and then.host:
        return False
    if first.removes and then.removes:
        return then.kind in before[first.kind]
    if first.is_late or then.is_late:
        return then.is_late and then.kind in before[first.kind]
    if not first.removes or first.kind == then.kind or first.kind in before[then.kind]:
        return first.removes or first.kind in before[then.kind]
    # what others refer to waits for their removal on its own host only: a pool does not wait for every host's routes
    return first.host == then.host and then.kind in before[first.kind]
