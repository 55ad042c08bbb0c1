"""One fault at one boundary of one plan: how it is played."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from reconciler.model.words import State
from reconciler.simulator.interference import Connection, Interference, Rule, Trouble
from tests.faults.ambush import Ambush
from tests.faults.boundary import At, Boundary, Side
from tests.faults.controller_process import TIMES, Process
from tests.faults.crew import Crew, crew_of
from tests.faults.faults import KILLS, WHILE_S, Fault, answered, of_the_line, trap
from tests.faults.rehearsal import Play
from tests.faults.staged import LIMIT_S, Stage


@dataclass(frozen=True, slots=True)
class Case:
    play: Play
    boundary: Boundary
    fault: Fault

    def __str__(self) -> str:
        return f"{self.play.site}-{self.boundary}-{self.fault}"


async def played(case: Case, stage: Stage) -> set[State]:
    """The plan is sent, the fault comes, and whoever is alive then brings the site to what Git says.

    Every state that a controller said it was in meanwhile.
    """
    is_deed = case.boundary.at is At.DEED
    async with crew_of(stage.places, case.boundary if is_deed else None) as crew:
        strike = _Strike(case, stage, crew)
        stage.site.interference = Ambush(case.boundary, strike.at_a_call)
        if case.fault is Fault.TRAPPED_KILL:
            stage.site.interference.rules.append(trap())
        if is_deed:
            await crew.until(lambda: crew.standing is not None, LIMIT_S)
            strike.at_a_deed()
        await crew.until(lambda: crew.has_struck, LIMIT_S)
        since = time.time()
        await crew.until(lambda: any(stage.is_as_said(one, since) for one in crew.live), LIMIT_S)
        return crew.states


@dataclass(frozen=True, slots=True)
class _Strike:
    """The fault, as it comes."""

    case: Case
    stage: Stage
    crew: Crew

    def at_a_call(self, line: Interference) -> Rule | None:
        """What becomes of the call at hand."""
        self.crew.struck()
        fault, at = self.case.fault, self.case.boundary
        is_lost = at.side is Side.BEFORE and at.at is At.WRITE
        if fault in {Fault.KILL, Fault.STOP, Fault.STORED_KILL}:
            self._at_process(self.crew.processes[self.stage.sender()])
            lost = Rule(Trouble.STORED if fault is Fault.STORED_KILL else Trouble.RESET)
            return lost if is_lost else None
        if fault in {Fault.CUT, Fault.MUTE}:
            _later(WHILE_S, lambda: setattr(line, "connection", Connection.UP))
            return of_the_line(fault, line, at.side)
        return answered(fault)

    def at_a_deed(self) -> None:
        """The process stands between two deeds, or before the end of one is kept."""
        self.crew.struck()
        process, line = self.crew.standing, self.stage.site.interference
        assert process is not None
        if self.case.fault is Fault.CUT:
            line.connection = Connection.RESET
            _later(WHILE_S, lambda: setattr(line, "connection", Connection.UP))
        else:
            self._at_process(process)
        if self.case.fault not in KILLS:
            process.let_on()

    def _at_process(self, process: Process) -> None:
        """Of several, one sleeps for so long that another one has taken over."""
        if self.case.fault in KILLS:
            self.crew.kill(process)
            return
        process.stop()
        _later(WHILE_S if len(self.stage.places) == 1 else TIMES.takeover_s + 2, process.resume)


def _later(seconds: float, deed: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, deed)
