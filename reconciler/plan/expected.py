"""How long a plan takes, stage by stage: as this fleet measured it, and before it has, a generous guess.

Where nothing is known of a site: a lock moves services and takes a minute, an unlock reboots; a server that is
controller and worker in one needs twice the time of a worker to be in service again. What is begun in a maintenance
window is to end in it, so windows are judged by what a plan takes where it takes long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapreplace

from reconciler.model.durations import NOTHING, Durations
from reconciler.model.forecast import Act, PlanForecast, Span, StageForecast, like
from reconciler.model.host import SystemState
from reconciler.model.plan import Call, Opening, Plan, Stage, StageType, Step, run_of
from reconciler.model.words import Disruption

READ_S = 10.0
CALL_S = 2.0
LOCK_S = 60.0
SWACT_S = 120.0
UNLOCK_S = 720.0
UNLOCK_ALL_IN_ONE_S = 1200.0


def forecast(plan: Plan, system: SystemState, known: Durations = NOTHING) -> PlanForecast:
    """Every stage of a plan, and the whole of it; windows that are open together share their time."""
    stages = tuple(_stage(number, stage, system, known) for number, stage in enumerate(plan.stages))
    outage_s = sum(stage.outage_s for stage in stages) if len(system.hosts) == 1 else 0.0
    return PlanForecast(
        stages=stages,
        span=_whole(plan.stages, stages),
        outage_s=outage_s,
        read=known.span(Act.READ, like(system), READ_S),
        disturbs=plan.disruption >= Disruption.SERVICE,
        most_out=plan.most_out,
    )


def expected_s(plan: Plan, system: SystemState, known: Durations = NOTHING) -> float:
    """Seconds from the first call to the last host in service, where it takes long."""
    return forecast(plan, system, known).span.late_s


def stage_s(stage: Stage, system: SystemState, known: Durations = NOTHING) -> float:
    """The same of one stage."""
    return _span(stage, system, known).late_s


def _whole(stages: Sequence[Stage], forecasts: Sequence[StageForecast]) -> Span:
    """Of all that follow one another; of a run of stages side by side, so many at a time."""
    total, begins = Span(), 0
    while begins < len(stages):
        ends = begins + run_of(stages[begins:])
        total += _run([one.span for one in forecasts[begins:ends]], stages[begins].at_once)
        begins = ends
    return total


def _run(spans: Sequence[Span], at_once: int) -> Span:
    known = sum(spans, Span())
    likely_s = _run_s([span.likely_s for span in spans], at_once)
    return Span(likely_s, _run_s([span.late_s for span in spans], at_once), known.basis, known.count)


def _run_s(lengths: Iterable[float], at_once: int) -> float:
    """So many at a time, the next as soon as one has ended."""
    ends = [0.0] * at_once
    for length in lengths:
        heapreplace(ends, ends[0] + length)
    return max(ends)


def _stage(number: int, stage: Stage, system: SystemState, known: Durations) -> StageForecast:
    span = _span(stage, system, known)
    is_out = stage.opening in {Opening.LOCK, Opening.ADOPT}  # what never was in service is missed by nobody
    return StageForecast(number, stage.type, stage.host, span, span.likely_s if is_out else 0.0)


def _span(stage: Stage, system: SystemState, known: Durations) -> Span:
    host = like(system, stage.host)
    if stage.type is StageType.SWACT:
        return known.span(Act.SWACT, host, SWACT_S)
    total = sum((_step(step, system, known) for step in stage.steps), Span())
    total = sum((_last(call, system, stage.host, known) for call in stage.last), total)
    if stage.opening is Opening.LOCK:
        total = known.span(Act.LOCK, host, LOCK_S) + total
    if stage.unlocks:
        total += known.span(Act.UNLOCK, host, UNLOCK_ALL_IN_ONE_S if system.is_all_in_one else UNLOCK_S)
    return total


def _step(step: Step, system: SystemState, known: Durations) -> Span:
    """The calls of a step are measured together, with the look that shows their effect."""
    if not step.calls:
        return Span()
    default_s = sum(map(_call_s, step.calls)) / len(step.calls)
    each = known.span(Act.CALL, like(system, step.host), default_s, step.kind)
    number = len(step.calls)
    return Span(each.likely_s * number, each.late_s * number, each.basis, each.count)


def _last(call: Call, system: SystemState, host: str, known: Durations) -> Span:
    return known.span(Act.CALL, like(system, host), _call_s(call), call.once)


def _call_s(call: Call) -> float:
    return CALL_S + (call.until.limit_s if call.until else 0.0)
