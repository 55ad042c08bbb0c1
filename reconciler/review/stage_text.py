"""What a plan does, stage by stage, and what each stage costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

import orjson

from reconciler.model.forecast import Basis, StageForecast
from reconciler.model.maintenance import told
from reconciler.model.plan import Call, Errand, Opening, Stage, StageType, Step
from reconciler.model.wire import plain
from reconciler.model.words import Disruption
from reconciler.review.words import plural

LEAST_S = 1.0  # what takes less is not worth a word
OPENINGS = {Opening.LOCK: "lock", Opening.LOCKED: "is locked", Opening.ADOPT: "take over the open window"}


def stage_lines(
    stages: Iterable[Stage], lasts: Iterable[StageForecast] = (), *, with_calls: bool = False
) -> Iterator[str]:
    """The stages by number, each with its steps below it.

    lasts: how long each takes, told where that was measured. with_calls: and the very requests of each step.
    """
    for number, (stage, last) in enumerate(zip_longest(stages, lasts), 1):
        yield f"{number}. {_heading(stage)}{_lasts(last)}"
        for step in stage.steps:
            yield from _step(step, with_calls=with_calls)
        if stage.last:
            yield f"     then once: {', '.join(c.path for c in stage.last)}"


def _heading(stage: Stage) -> str:
    cost = "" if stage.disruption is Disruption.NONE else f" [{stage.disruption}]"
    why = f": {stage.why}" if stage.why else ""
    if stage.type is StageType.SWACT:
        return f"swact away from {stage.host}{cost}{why}"
    if stage.type is StageType.WINDOW and stage.opening:
        end = "then unlock" if stage.unlocks else "stays locked"
        beside = f", {stage.at_once} of these at a time" if stage.at_once > 1 else ""
        return f"window on {stage.host}: {OPENINGS[stage.opening]}, {end}{beside}{cost}{why}"
    by_whom = "hosts are locked by the site's own VIM" if stage.locked_hosts else "nothing is locked"
    return f"online, {by_whom}{cost}{why}"


def _lasts(last: StageForecast | None) -> str:
    """A guess is not told: it is the same for every server."""
    if last is None or last.span.basis is Basis.DEFAULT or last.span.likely_s < LEAST_S:
        return ""
    return f", about {told(last.span.likely_s)} ({told(last.span.late_s)} in one of twenty)"


def _step(step: Step, *, with_calls: bool) -> Iterator[str]:
    place = f" on {step.host}" if step.host else ""
    names = ", ".join(dict.fromkeys(c.key.name for c in step.changes if c.key.name))
    yield f"     {step.kind}{place}{': ' if names else ''}{names} ({plural(len(step.calls), 'call')})"
    yield from (f"       {_errand(call.errand)}" for call in step.calls if call.errand)
    if with_calls:
        yield from (f"       {line}" for call in step.calls for line in call_lines(call))


def _errand(errand: Errand) -> str:
    """Which hosts a service goes through by itself, and in which order."""
    hosts = ", then ".join(" and ".join(group) for group in errand.hosts)
    how = f"{hosts}: {'each locked and unlocked again' if errand.locks else 'in service'}"
    if errand.strategy:
        return f"{how}, by dcmanager's {errand.strategy} strategy, with other sites that want the same"
    return f"{how}, by the site's own VIM and not by dcmanager: {errand.why}" if errand.why else how


def call_lines(call: Call) -> Iterator[str]:
    """A request as it will be sent, with what is filled in then named in angle brackets."""
    path = call.path.format(**{name: str(ref) for name, ref in call.refs.items()})
    yield f"{call.method} {path}"
    if call.body is not None:
        yield f"  {_json(call.body)}"
    if call.until:
        yield f"  then wait until {call.until.attribute} is {' or '.join(map(str, call.until.values))}"


def _json(value: Any) -> str:
    """The body as JSON, but with what is filled in when it is sent."""
    return orjson.dumps(plain(value)).decode()
