"""A commit on its way to 5,000 sites, to its end: what a step of its rollout costs, and what a site's visit asks of it.

A step is made every second while a rollout lives (`app.ROLL_S`). Between two of them those that go become in sync.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from types import SimpleNamespace

from benchmarks.result import Result
from reconciler.engine.rollouts import Rollouts
from reconciler.model.gate import GateName, Hold
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.verdict import Difference, Verdict
from reconciler.model.waves import Mass, Selectable, Strategy, Wave, waves
from reconciler.model.words import Action, Area, Cause, Severity, State
from reconciler.store import Rendered, Store

SITES, GROUPS = 5_000, 5
STRATEGY = Strategy(
    canaries=("sc-00000",),
    waves=tuple(Wave(groups=(f"group-{number}",)) for number in range(GROUPS)),
    max_concurrent=50,
    max_failures="5%",
)
NAMES = [f"sc-{number:05d}" for number in range(SITES)]
DIFFERENCE = Difference(
    "ntp", "servers", Action.UPDATE, "[]", "[time]", Cause.PENDING, Area.SYSTEM, Severity.SERVICE, since=1.0
)
GIT = SimpleNamespace(
    commit="c2",
    tree=SimpleNamespace(keys=dict.fromkeys(NAMES, "key")),
    fleet=lambda: SimpleNamespace(rollout=STRATEGY, mass=Mass(changed="100%", disrupted="100%", deleted="100%")),
)


@dataclass
class Clock:
    """Time that the benchmark moves."""

    time_s: float = 1_000.0

    def now(self) -> float:
        return self.time_s

    async def sleep(self, seconds: float) -> None:
        self.time_s += seconds


def run() -> list[Result]:
    """Every figure of this benchmark."""
    with tempfile.TemporaryDirectory(prefix="bench-rollouts-") as folder, Store.open(Path(folder)) as store:
        return asyncio.run(_run(store))


async def _run(store: Store) -> list[Result]:
    kept, clock = store.rollouts, Clock()
    kept.rendered(dict.fromkeys(NAMES, Rendered("key", "digest")))
    kept.save(_rollout())
    rollouts = Rollouts(kept, GIT, clock)  # type: ignore[arg-type]
    await rollouts.moved()
    verdicts = {name: _pending(name) for name in NAMES}
    moving, idle, asking = list[float](), list[float](), list[float]()
    while rollouts.live:
        clock.time_s += 1.0
        moving.append(_ms(lambda: rollouts.step(verdicts)))
        idle.append(_ms(lambda: rollouts.step(verdicts)))
        asking.append(_ms(lambda: _asked(rollouts, NAMES[-1])))
        for member in [m for one in rollouts.live.values() for m in one.members.values()]:
            if member.state is MemberState.GOING:
                verdicts[member.site] = replace(verdicts[member.site], state=State.IN_SYNC, differences=(), holds=())
    assert all(verdict.state is State.IN_SYNC for verdict in verdicts.values())
    return [
        Result("rollout_steps_to_the_end", len(moving), "steps"),
        Result("rollout_step_cpu", median(moving), "ms", 60),
        Result("rollout_step_worst_cpu", max(moving), "ms"),
        Result("rollout_step_nothing_new_cpu", median(idle), "ms", 50),
        Result("rollout_asked_by_a_visit_cpu", median(asking), "ms", 2),
    ]


def _rollout() -> Rollout:
    order = waves(STRATEGY, [Selectable(name, f"group-{int(name[3:]) % GROUPS}") for name in NAMES])
    members = {name: Member(name, wave, "digest") for wave, names in enumerate(order) for name in names}
    return Rollout("r1", "c2", STRATEGY, members, started=1_000.0)


def _pending(name: str) -> Verdict:
    hold = Hold(GateName.ROLLOUT, "another site's turn")
    return Verdict(name, State.HELD, input_key="key", differences=(DIFFERENCE,), holds=(hold,), plan_id="p1")


def _asked(rollouts: Rollouts, site: str) -> None:
    """What the gates of a visit ask."""
    turn = rollouts.of(site).rollout
    if turn is not None and not turn.weight and not turn.may_go(site):
        turn.waits_for(site)


def _ms(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1e3
