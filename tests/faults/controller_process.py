"""A controller in a process of its own, as `stxr run` puts it together, that may be stopped at any of its deeds.

It is forked from a process that has everything loaded: what a start costs is no part of what is tested.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from reconciler.app import Listen, Running
from reconciler.app import controller as put_together
from reconciler.apply import Pace
from reconciler.clients.http import Limits
from reconciler.clients.patience import Patience
from reconciler.engine import run
from reconciler.engine.backoff import Backoff
from reconciler.engine.backups import ROUND_S
from reconciler.engine.controller import Controller
from reconciler.engine.dark import DARK_S
from reconciler.engine.due import Schedule
from reconciler.engine.replicas import Times
from reconciler.engine.sinks.alarming import LOOK_S as LOOK_ALARMS_S
from reconciler.model.words import State
from tests.faults.boundary import Boundary, Side

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.loaded", "pytest"])  # each fork imports what its parent ran as
LOOK_S = 0.02
PACE = Pace(first_poll_s=0.02, last_poll_s=0.1, seen_limit_s=3.0, install_s=0.1)
LINES = Limits(connect_s=1.0, read_s=2.0, write_s=2.0, action_s=2.0, patience=Patience(first_s=0.02, longest_s=0.1))
TIMES = Times(lasts_s=4.0, beat_s=0.25, margin_s=1.0, takeover_s=5.0)
SCHEDULE = Schedule(observe_s=2.0, backoff=Backoff(first_s=0.05, last_s=0.3))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a controller finds everything. database: "" for SQLite in the state folder."""

    repo: Path
    endpoints: Path
    state: Path
    database: str = ""
    replica: str = "stxr-0"
    replicas: int = 1
    alarms_s: float = LOOK_ALARMS_S
    boards_s: float = DARK_S
    backups_s: float = ROUND_S


@dataclass(frozen=True, slots=True)
class Told:
    """What a controller knows of its site."""

    state: State
    commit: str
    observed_at: float
    message: str
    is_under_way: bool


@dataclass
class Process:
    """A controller at work; told is what it said last, states all that it said.

    stands: at its boundary, until it is let go on. said: set whenever it says something, or ends.
    """

    pid: int
    said: asyncio.Event
    told: Told | None = None
    states: set[State] = field(default_factory=set)
    stands: bool = False
    has_ended: bool = False
    _let: Callable[[], None] = lambda: None

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def let_on(self) -> None:
        """From the boundary where it stands."""
        self.stands = False
        self._let()

    def heard(self, word: Told | None) -> None:
        if word is None:
            self.stands = True
        else:
            self.told = word
            self.states.add(word.state)
        self.said.set()

    def ends(self) -> None:
        self.has_ended = True
        self.said.set()


@asynccontextmanager
async def controller(place: Place, said: asyncio.Event, stands_at: Boundary | None = None) -> AsyncIterator[Process]:
    """A controller until the context ends, which kills it. stands_at: a deed of the first plan that it sends."""
    ours, its = FORKS.Pipe()
    process = FORKS.Process(target=_run, args=(place, stands_at, its))
    process.start()
    its.close()
    assert process.pid is not None
    known = Process(process.pid, said, _let=lambda: ours.send(None))
    loop = asyncio.get_running_loop()
    loop.add_reader(ours.fileno(), _read, ours, known, loop)
    try:
        yield known
    finally:
        loop.remove_reader(ours.fileno())
        process.kill()
        await asyncio.to_thread(process.join)
        process.close()
        ours.close()


def _read(ours: Connection, known: Process, loop: asyncio.AbstractEventLoop) -> None:
    try:
        known.heard(ours.recv())
    except (EOFError, ConnectionResetError):
        loop.remove_reader(ours.fileno())
        known.ends()


# ---- within the process


def _run(place: Place, stands_at: Boundary | None, parent: Connection) -> None:
    warnings.simplefilter("error")
    log = os.open(place.state.parent / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if stands_at:
        _stand(stands_at, parent)
    asyncio.run(_at_work(place, parent))


async def _at_work(place: Place, parent: Connection) -> None:
    async with put_together(_options(place)) as started:
        before, ours = None, os.getppid()
        while os.getppid() == ours:
            told = _told(started.controller)
            if told and told != before:
                parent.send(told)
                before = told
            for task in started.tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(LOOK_S)


def _told(it: Controller) -> Told | None:
    verdict = next(iter(it.verdicts.values()), None)
    return verdict and Told(
        verdict.state, verdict.commit, verdict.observed_at or 0.0, verdict.message, it.is_under_way(verdict.site)
    )


def _options(place: Place) -> Running:
    return Running(
        repo=str(place.repo),
        root="",
        endpoints=place.endpoints,
        state=place.state,
        listen=Listen("127.0.0.1", 0, "token"),
        schedule=SCHEDULE,
        pace=PACE,
        database=place.database,
        replica=place.replica,
        replicas=place.replicas,
        times=TIMES,
        workflow_poll_s=LOOK_S,
        lines=LINES,
        alarms_s=place.alarms_s,
        boards_s=place.boards_s,
        backups_s=place.backups_s,
    )


def _stand(at: Boundary, parent: Connection) -> None:
    """Say so at the deed, and wait there. Of the deeds that are done, not of those whose end was kept.

    Each execution counts from the beginning: one that takes over goes through all deeds again.
    """
    kept, counts = run.Run._kept, Counter[int]()

    async def counted(*args: Any) -> Any:
        execution, *rest, name, deed = args
        counts[id(execution)] += 1
        is_here = (counts[id(execution)], name) == (at.number, at.what)

        async def stood() -> Any:
            if is_here and at.side is Side.BEFORE:
                _wait(parent)
            done = await deed()
            if is_here and at.side is Side.AFTER:
                _wait(parent)
            return done

        return await kept(execution, *rest, name, stood)

    run.Run._kept = counted  # type: ignore[method-assign]


def _wait(parent: Connection) -> None:
    parent.send(None)
    parent.recv()
