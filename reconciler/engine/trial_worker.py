"""Trials in a process of their own: a trial computes for seconds, and nothing that serves waits for it.

A thread would share the interpreter's lock with the event loop (docs/proving.md has the figures). The process is
spawned, so it inherits no socket and no lock; it runs at a lower priority, with so much memory and no more, and is ended
when it takes too long.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Self

from reconciler.engine.trial import Case, tried
from reconciler.model.kind import Kinds
from reconciler.model.proof import Proof

NICE = 10
MOST_BYTES = 2 * 1024**3  # of address space: what is proposed by others is computed with
END_S = 5.0  # a process that is killed has ended


class UntriedError(Exception):
    """Why a trial came to no end."""


class TrialWorker:
    """One process that tries one case after another; started by the first, and anew after one that had to be ended.

    kinds: makes the kinds in the process; importable by name. Belongs to one thread, but for `kill`.
    """

    def __init__(self, kinds: Callable[[], Kinds]) -> None:
        self._kinds = kinds
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._is_over = False

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def __call__(self, case: Case, limit_s: float) -> Proof:
        """What came of it, within so many seconds. Raises UntriedError."""
        if self._is_over:
            raise UntriedError("it was stopped")
        pipe = self._pipe or self._start()
        try:
            pipe.send(case)
            answer = pipe.recv() if pipe.poll(limit_s) else None
        except (EOFError, OSError):
            answer = "its process ended, perhaps for want of memory"
            self._end()
        if answer is None:
            answer = f"it took longer than {limit_s:.0f} s"
            self._end()
        if isinstance(answer, Proof):
            return answer
        raise UntriedError(str(answer))

    def kill(self) -> None:
        """End what is being tried, and try no more; from whatever thread."""
        self._is_over = True
        if process := self._process:
            process.kill()

    def _start(self) -> Connection:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._kinds), daemon=True)
        process.start()
        self._process = process  # only now there is something to kill
        theirs.close()
        if self._is_over:  # said while it was being started
            process.kill()
        return self._pipe

    def _end(self) -> None:
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if pipe:
            pipe.close()
        if process:
            process.kill()
            process.join(END_S)


def _serve(pipe: Connection, make: Callable[[], Kinds]) -> None:
    """Cases from the pipe, what came of them into it, until its other end is closed."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    kinds = make()
    while True:
        try:
            case = pipe.recv()
        except EOFError:
            return
        pipe.send(_answer(case, kinds))


def _answer(case: Case, kinds: Kinds) -> Proof | str:
    try:
        return tried(case, kinds)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the reason why nothing was proved
        return f"the trial failed: {type(error).__name__}: {error}"
