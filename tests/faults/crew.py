"""The controllers of one site: one, or replicas. Who ends is started again, as whoever runs them does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from reconciler.model.words import State
from tests.faults.boundary import Boundary
from tests.faults.controller_process import Place, Process, controller

LOG = 6000  # characters


@dataclass
class Crew:
    """stands_at: the deed at which they stand, until the fault has struck.

    gone: replicas that are not started again, because others are to take over from them.
    """

    places: tuple[Place, ...]
    stack: AsyncExitStack
    stands_at: Boundary | None = None
    said: asyncio.Event = field(default_factory=asyncio.Event)
    processes: dict[str, Process] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    has_struck: bool = False
    states: set[State] = field(default_factory=set)

    @property
    def live(self) -> list[Process]:
        return [process for process in self.processes.values() if not process.has_ended]

    @property
    def standing(self) -> Process | None:
        """Whoever stands at the boundary."""
        return next((process for process in self.live if process.stands), None)

    def struck(self) -> None:
        """The fault has come."""
        self.has_struck = True
        self.said.set()

    async def start(self, place: Place) -> None:
        stands_at = None if self.has_struck else self.stands_at
        self.processes[place.replica] = await self.stack.enter_async_context(controller(place, self.said, stands_at))

    def kill(self, process: Process) -> None:
        """Of several, it does not come back."""
        process.kill()
        if len(self.places) > 1:
            self.gone |= {name for name, known in self.processes.items() if known is process}

    async def until(self, true: Callable[[], bool], seconds: float) -> None:
        """Wait for what they say. What they said last, and the end of their log, is told where it does not come."""
        try:
            async with asyncio.timeout(seconds):
                while not true():
                    self.said.clear()
                    await self.said.wait()
                    await self._again()
                    self._let_on()
        except TimeoutError:
            raise AssertionError(self._told()) from None
        self.states = {state for process in self.processes.values() for state in process.states} | self.states

    def _let_on(self) -> None:
        """Who takes over comes to the same boundary, where the fault has been."""
        if self.has_struck and (process := self.standing):
            process.let_on()

    def _told(self) -> str:
        last = "\n".join(f"{name}: {process}" for name, process in self.processes.items())
        log = self.places[0].state.parent / "log"
        return f"it did not come to that\n{last}\n{log.read_text()[-LOG:]}"

    async def _again(self) -> None:
        for place in self.places:
            process = self.processes[place.replica]
            if process.has_ended and place.replica not in self.gone:
                self.states |= process.states
                await self.start(place)


@asynccontextmanager
async def crew_of(places: tuple[Place, ...], stands_at: Boundary | None = None) -> AsyncIterator[Crew]:
    """All of them at work, until the context ends."""
    async with AsyncExitStack() as stack:
        crew = Crew(places, stack, stands_at)
        for place in places:
            await crew.start(place)
        yield crew
