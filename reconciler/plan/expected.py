"""How long a plan takes, in seconds, before this fleet has measured itself: generous, so that what is begun ends in time.

Where nothing is known of a site: a lock moves services and takes a minute, an unlock reboots; a server that is
controller and worker in one needs twice the time of a worker to be in service again.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapreplace

from reconciler.model.host import SystemState
from reconciler.model.plan import Opening, Plan, Stage, StageType, run_of

CALL_S = 2.0
LOCK_S = 60.0
SWACT_S = 120.0
UNLOCK_S = 720.0
UNLOCK_ALL_IN_ONE_S = 1200.0


def expected_s(plan: Plan, system: SystemState) -> float:
    """Seconds from the first call to the last host in service; windows that are open together share theirs."""
    left, total_s = plan.stages, 0.0
    while left:
        number = run_of(left)
        total_s += _run_s([stage_s(stage, system) for stage in left[:number]], left[0].at_once)
        left = left[number:]
    return total_s


def _run_s(lengths: Sequence[float], at_once: int) -> float:
    """So many at a time, the next as soon as one has ended."""
    ends = [0.0] * at_once
    for length in lengths:
        heapreplace(ends, ends[0] + length)
    return max(ends)


def stage_s(stage: Stage, system: SystemState) -> float:
    """The same of one stage."""
    calls = [call for step in stage.steps for call in step.calls] + list(stage.last)
    waits_s = sum(CALL_S + (call.until.limit_s if call.until else 0.0) for call in calls)
    if stage.type is StageType.SWACT:
        return SWACT_S
    locks_s = LOCK_S if stage.opening is Opening.LOCK else 0.0
    unlock_s = UNLOCK_ALL_IN_ONE_S if system.is_all_in_one else UNLOCK_S
    return locks_s + waits_s + (unlock_s if stage.unlocks else 0.0)
