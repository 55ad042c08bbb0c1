"""Works in their places to stages with calls and prices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.model.host import SystemState
from reconciler.model.kind import Context, Kinds
from reconciler.model.plan import Opening, Stage, StageType, Step
from reconciler.model.words import Disruption
from reconciler.plan.hosts import swacted
from reconciler.plan.windows import Window
from reconciler.plan.works import Work


def stages_of(
    places: Mapping[int, list[Work]], windows: Iterable[Window], context: Context, kinds: Kinds
) -> Iterator[Stage]:
    windows = tuple(windows)
    ours = {w.host.name for w in windows}
    of_place = {w.place: w for w in windows if not w.gate.refusal}
    system = context.system
    for place in sorted(places.keys() | of_place.keys()):
        steps = tuple(_step(work, context, kinds) for work in places.get(place, ()))
        window = of_place.get(place)
        if window is None:
            yield replace(_online(steps), why=_left(places[place], ours))
        elif steps or window.unlocks or window.gate.opening is Opening.LOCK:
            if _moves_activity(window, system):
                yield _swact(window)
                system = replace(system, hosts={name: swacted(h) for name, h in system.hosts.items()})
            yield _windowed(window, steps, context)


def _moves_activity(window: Window, system: SystemState) -> bool:
    """Whether the host, in service by then, is the active controller."""
    is_active = system.hosts[window.host.name].is_active
    return window.gate.opening is Opening.LOCK and is_active and not system.is_simplex


def _step(work: Work, context: Context, kinds: Kinds) -> Step:
    kind = kinds[work.kind]
    unsent = tuple(c for c in work.changes if not c.is_stored)
    calls = tuple(kind.write(unsent, context)) if unsent else ()
    price = max((kind.disruption_of(c, context) for c in work.changes), key=lambda d: d.rank)
    if price is Disruption.SERVICE and not _is_served(work.host, context):
        price = Disruption.NONE
    return Step(work.kind, work.host, work.changes, calls, price)


def _is_served(host: str, context: Context) -> bool:
    """Whether anybody can feel what interrupts a service: the host, or any, has been in service."""
    return any(h.is_provisioned for h in context.system.hosts.values() if host in {"", h.name})


def _online(steps: tuple[Step, ...]) -> Stage:
    """Steps of a place without a window; a lock that they bring about is priced where it happens."""
    price = max((s.disruption for s in steps if s.disruption is not Disruption.LOCK), default=Disruption.NONE)
    return _closed(Stage(StageType.ONLINE, steps=steps, disruption=price))


def _left(works: Iterable[Work], ours: Collection[str]) -> str:
    """Who takes the works up later, by somebody else's lock: hosts that Git does not describe."""
    others = sorted({host for work in works for host in work.settles} - {*ours})
    return f"not locked for it, for Git does not describe them: {', '.join(others)}" if others else ""


def _swact(window: Window) -> Stage:
    why = "the active controller cannot be locked"
    return Stage(StageType.SWACT, window.host.name, disruption=Disruption.SERVICE, why=why)


def _windowed(window: Window, steps: tuple[Step, ...], context: Context) -> Stage:
    opening = window.gate.opening
    beyond = [s.disruption for s in steps if s.disruption > Disruption.LOCK]
    price = max([*beyond, Disruption.LOCK if opening is Opening.LOCK else Disruption.NONE])
    stage = Stage(StageType.WINDOW, window.host.name, steps, opening, window.unlocks, disruption=price)
    return _closed(replace(stage, why=_why(window, context), is_second=bool(window.again)))


def _why(window: Window, context: Context) -> str:
    if window.gate.opening is Opening.LOCKED:
        return "first unlock: the host is not in service yet"
    if window.gate.opening is Opening.ADOPT:
        return "finishes a window that was opened before"
    again = f"a second lock: {window.again}" if window.again else ""
    stays = "" if window.unlocks else "Git says locked: it is out of service until Git says unlocked"
    ends = "Git says unlocked" if stays else "the unlock ends"
    outage = f"the whole site is out of service until {ends}" if context.system.is_simplex else ""
    return "; ".join(filter(None, (again, outage or stays)))


def _closed(stage: Stage) -> Stage:
    """The stage with its `once` calls gathered at its end."""
    last = {c.once: c for step in stage.steps for c in step.calls if c.once}
    steps = tuple(replace(s, calls=tuple(c for c in s.calls if not c.once)) for s in stage.steps)
    return replace(stage, steps=steps, last=tuple(last.values()))
