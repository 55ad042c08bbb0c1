"""A fleet in memory: sites of a small world, what Git says of them, and a store on disk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from reconciler.apply import Pace
from reconciler.engine.central import Central
from reconciler.engine.central_world import Dcmanager
from reconciler.engine.fleet import Fleet
from reconciler.engine.office import Office
from reconciler.engine.reaching import Reaching
from reconciler.model.alarm import Noted, SiteAlarms
from reconciler.model.dark import HostSight
from reconciler.model.errors import ReconcilerError
from reconciler.model.gate import Surroundings
from reconciler.model.merge import Merge
from reconciler.model.site import Settings
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import ApplyPolicy, Mode
from tests.apply.fakes import FakeClock, FakeSite
from tests.worlds import KINDS, snap

APPLY = Settings(group="ran", mode=Mode.APPLY, apply=ApplyPolicy.AUTO)


class Git:
    """What Git says: a snapshot and settings for each site, or the error that reading them raises."""

    def __init__(self, **said: Snapshot) -> None:
        self.said: dict[str, Snapshot | ReconcilerError] = dict(said)
        self.policies: dict[str, Settings] = {}
        self.past: dict[str, Snapshot] = {}
        self.kept: list[tuple[str, str]] = []
        self.commit = "c1"
        self.merged: Merge | None = None
        self.forgotten: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.said)

    @property
    def tree(self) -> Any:
        return SimpleNamespace(keys={name: f"key of {name}" for name in self.said})

    def settings(self, name: str) -> Settings:
        self.desired(name)
        return self.policies.get(name, APPLY)

    def desired(self, name: str) -> Snapshot:
        said = self.said[name]
        if isinstance(said, ReconcilerError):
            raise said
        return replace(said, site=name, revision=self.commit)

    def base(self, name: str, commit: str) -> Snapshot | None:
        return self.past.get(commit)

    is_committed = True

    def why_no_base(self, name: str, commit: str) -> str:
        return f"{commit} is not known" if commit else "no commit is known"

    def merge(self, name: str, commit: str) -> Merge | None:
        return self.merged

    def since(self, name: str, commit: str) -> tuple[str, ...]:
        return ()

    def always_had(self, name: str, commit: str) -> bool:
        return True

    def keep(self, name: str, commit: str) -> bool:
        self.kept.append((name, commit))
        return True

    def forget(self, names: frozenset[str]) -> None:
        self.forgotten = names


class Line(FakeSite):
    """A site that is also read in full; an error stands for a dead line."""

    def __init__(self, shown: Snapshot | None = None) -> None:
        super().__init__(shown or snap())
        self.error: Exception | None = None
        self.readings = 0
        self.now: Callable[[], float] = lambda: 900.0

    async def observe(self, said: object = None) -> Snapshot:
        self.readings += 1
        if self.error:
            raise self.error
        # no two readings are of the same moment, also where the clock of a test stands still
        return replace(self.shown, taken_at=self.now() + (self.readings - 1) / 1_000)

    around = Surroundings()

    async def surroundings(self, *, again: bool = False) -> Surroundings:
        return self.around

    log: tuple[Noted, ...] = ()

    standing: SiteAlarms | None = None

    async def alarms(self, since: float) -> SiteAlarms | None:
        return self.standing

    async def noted(self) -> tuple[Noted, ...]:
        return self.log

    ill: tuple[HostSight, ...] = ()

    def ailing(self) -> tuple[HostSight, ...]:
        return self.ill

    def dump(self) -> dict[str, Any]:
        return {"/v1/ihosts": {"ihosts": []}}


class World:
    """Git, the lines to the sites, and the fleet over both."""

    def __init__(self, memory: Any, git: Git, lines: dict[str, Line], pace: Pace | None = None) -> None:
        self.git, self.lines, self.clock = git, lines, FakeClock()
        self.clock.time = 1_000.0
        for line in lines.values():
            line.now = self.clock.now
        self.office = Office(KINDS, git, self.clock, pace or Pace())

        centre = nowhere(self.clock)

        async def remote(name: str) -> Line:
            if name not in self.lines:
                Reaching({}, None, centre, lambda _name: None, self.clock).of(name)
            return self.lines[name]

        self.fleet = Fleet(self.office, memory, remote, centre)


def nowhere(clock: FakeClock) -> Central:
    """A fleet without a central cloud."""

    def opens(place: object) -> AbstractAsyncContextManager[Dcmanager]:
        raise AssertionError(place)

    return Central(lambda: None, opens, clock)
