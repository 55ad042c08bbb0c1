"""One fault at one boundary of one plan: how it is played, and what must be true when it is over."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from reconciler.simulator.interference import Connection, Interference, Rule, Trouble
from tests.faults.ambush import Ambush
from tests.faults.boundary import At, Boundary, Side
from tests.faults.controller_process import Process, controller
from tests.faults.faults import WHILE_S, Fault, answered, of_the_line
from tests.faults.rehearsal import Play
from tests.faults.staged import LIMIT_S, Stage


@dataclass(frozen=True, slots=True)
class Case:
    play: Play
    boundary: Boundary
    fault: Fault

    def __str__(self) -> str:
        return f"{self.play.site}-{self.boundary}-{self.fault}"


async def played(case: Case, stage: Stage) -> None:
    """The plan is sent, the fault comes, and whoever is alive then brings the site to what Git says."""
    stands_at = case.boundary if case.boundary.at is At.DEED else None
    async with controller(stage.place, stands_at) as first:
        struck = asyncio.Event()
        strike = _Strike(case, first, struck)
        stage.site.interference = Ambush(case.boundary, strike.at_a_call)
        if stands_at:
            await first.until(lambda: first.stands, LIMIT_S)
            strike.at_a_deed(stage.site.interference)
        await asyncio.wait_for(struck.wait(), LIMIT_S)
        since = time.time()
        if case.fault is not Fault.KILL:
            await first.until(lambda: stage.is_as_said(first, since), LIMIT_S)
            return
    async with controller(stage.place) as second:
        await second.until(lambda: stage.is_as_said(second, since), LIMIT_S)


@dataclass(frozen=True, slots=True)
class _Strike:
    """The fault, as it comes."""

    case: Case
    process: Process
    struck: asyncio.Event

    def at_a_call(self, line: Interference) -> Rule | None:
        """What becomes of the call at hand."""
        self.struck.set()
        fault, side = self.case.fault, self.case.boundary.side
        is_lost = side is Side.BEFORE and self.case.boundary.at is At.WRITE
        if fault is Fault.KILL:
            self.process.kill()
            return Rule(Trouble.RESET) if is_lost else None
        if fault is Fault.STOP:
            self._stop()
            return Rule(Trouble.RESET) if is_lost else None
        if fault in {Fault.CUT, Fault.MUTE}:
            rule = of_the_line(fault, line, side)
            _later(lambda: setattr(line, "connection", Connection.UP))
            return rule
        return answered(fault)

    def at_a_deed(self, line: Interference) -> None:
        """The process stands between two deeds, or before the end of one is kept."""
        self.struck.set()
        if self.case.fault is Fault.KILL:
            self.process.kill()
            return
        if self.case.fault is Fault.STOP:
            self._stop()
        else:
            line.connection = Connection.RESET
            _later(lambda: setattr(line, "connection", Connection.UP))
        self.process.let_on()

    def _stop(self) -> None:
        self.process.stop()
        _later(self.process.resume)


def _later(deed) -> None:
    asyncio.get_running_loop().call_later(WHILE_S, deed)
