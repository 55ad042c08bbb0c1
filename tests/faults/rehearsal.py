"""A plan sent without any fault, within one process: its boundaries, from which the matrix is made."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from reconciler.apply import Work, send
from reconciler.engine.remote import SiteRemote
from reconciler.simulator.journal import Journal
from reconciler.simulator.system import System
from tests.faults.boundary import At, Boundary, Side
from tests.properties.direct import KINDS, PACE, Box, Wire, in_service, rendered
from tests.properties.documents import files_of, loaded

COUNTED = ("lock", "unlock", "reboot", "swact")


@dataclass(frozen=True, slots=True)
class Play:
    """A site that is as its files say, and what its own deployment-config says next."""

    site: str
    own: str

    @property
    def file(self) -> str:
        return f"subclouds/{self.site}/deployment-config.yaml"


class Heard(Wire):
    """Notes every call in the order of the plan."""

    def __init__(self, box: Box, notes: list[tuple[str, str]]) -> None:
        super().__init__(box.system)
        self._notes = notes

    def _asked(self, method: str, path: str, *rest: Any) -> Any:
        self._notes.append((method, path.partition("?")[0]))
        return super()._asked(method, path, *rest)


@cache
def boundaries(play: Play) -> tuple[Boundary, ...]:
    """Every boundary of the plan, in its order."""
    return tuple(_boundaries(rehearsed(play).notes))


def following(play: Play, deed: str) -> tuple[Boundary, ...]:
    """The ends of a deed and of all that follow it, and their beginnings."""
    deeds = [at for at in boundaries(play) if at.at is At.DEED]
    first = next(n for n, at in enumerate(deeds) if (at.deed, at.side) == (deed, Side.AFTER))
    return tuple(deeds[first:])


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """Deeds and calls in their order, the site as it is then, and how often each host was locked, and so on."""

    notes: tuple[tuple[str, str], ...]
    system: System
    counted: Mapping[str, Counter[str]]


@cache
def rehearsed(play: Play) -> Rehearsed:
    """The plan, sent."""
    want = rendered(loaded(play.site, files_of(play.site, play.own)), "c2")
    box = Box(in_service(play.site))
    box.system.journal = Journal()
    notes: list[tuple[str, str]] = []
    todo = box.judged(want)
    remote = SiteRemote(play.site, Heard(box, notes), KINDS, box.clock)
    work = Work(play.site, remote, box.journal, box.clock, PACE, KINDS, todo.want)

    async def kept(name: str, deed: Callable[[], Awaitable[Any]]) -> Any:
        notes.append(("deed", name))
        return await deed()

    work.kept = kept
    outcome = asyncio.run(send(todo.plan, work, is_asked=True))
    assert outcome.is_done, outcome
    box.system.settle()
    return Rehearsed(tuple(notes), box.system, counted(box.system.journal))


def counted(journal: Journal) -> Mapping[str, Counter[str]]:
    """By what happened, how often to each host."""
    return {what: Counter({h: c[what] for h, c in journal.hosts.items() if c[what]}) for what in COUNTED}


def _boundaries(notes: tuple[tuple[str, str], ...]) -> Iterator[Boundary]:
    """A list is looked at again and again while something is waited for: the first look after each write counts."""
    done, written, deed = 0, 0, ""
    looked: set[tuple[int, str]] = set()
    for kind, what in notes:
        if kind == "deed":
            done, deed = done + 1, what
            yield from (Boundary(At.DEED, done, what, deed, side) for side in Side)
        elif kind != "GET":
            written += 1
            yield from (Boundary(At.WRITE, written, f"{kind} {what}", deed, side) for side in Side)
        elif written and (written, what) not in looked:
            looked.add((written, what))
            yield Boundary(At.READ, written, f"GET {what}", deed)
