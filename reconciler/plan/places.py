"""Each work in the earliest place that its host and its references allow. Places are numbered in time."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reconciler.model.kind import Kinds
from reconciler.model.words import Needs
from reconciler.plan.order import predecessors, ranks
from reconciler.plan.refusals import Refusals
from reconciler.plan.windows import Window
from reconciler.plan.works import Work


def places_of(
    works: Collection[Work], windows: Mapping[str, Window], kinds: Kinds
) -> tuple[Mapping[int, list[Work]], Refusals]:
    """Each work in its place, and those that would need a second window of a host."""
    before, rank = predecessors(kinds), ranks(kinds)
    placed: list[tuple[int, Work]] = []
    late: Refusals = {}
    left: list[Work] = []
    for work in sorted(works, key=lambda w: (_turn(w), -rank[w.kind] if w.removes else rank[w.kind], w.host)):
        earliest = max((place for place, other in placed if _precedes(other, work, before)), default=0)
        earliest = max([earliest, *(windows[h].place + 1 for h in work.waits_for if h in windows)])
        place = _place(work, earliest, windows)
        if any(_precedes(other, work, before) for other in left):
            place = None
        if place is None:
            left.append(work)
            late |= {c.key: _second_window(work) for c in work.changes}
        else:
            placed.append((place, work))
    by_place: dict[int, list[Work]] = {}
    for place, work in placed:
        by_place.setdefault(place, []).append(work)
    return by_place, late


def _turn(work: Work) -> int:
    """Room is made first; what is still in use until it is let go of is removed last."""
    return 2 if work.is_late else int(not work.removes)


def _second_window(work: Work) -> str:
    hosts = ", ".join(sorted((work.settles | {work.host}) - {""})) or "a host"
    return f"comes with the next plan: it depends on work that is possible only after the lock of {hosts}"


def _place(work: Work, earliest: int, windows: Mapping[str, Window]) -> int | None:
    """The earliest place for a work; None where its window is over by then."""
    must = [windows[h].place for h in work.settles if h in windows]
    if any(earliest > place for place in must):
        return None
    if work.needs is Needs.LOCKED and work.host in windows:
        place = windows[work.host].place
        return place if earliest <= place else None
    if work.needs is Needs.UNLOCKED:
        mine = [w.place for w in windows.values() if _serves(w, work)]
        return max([earliest + earliest % 2, *(p + 1 for p in mine)])
    return earliest


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
