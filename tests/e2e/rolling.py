"""A fleet of equal AIO-SX sites in service, the repository that says what they are, and the real commands over both.

One site is brought from bootstrap to service by the program; the others are copies of it, each with its own line, token,
clock and counters. The simulator lives in the test's process, the controller in its own: one core each.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import reconciler
from reconciler.clients import SYSTEM_CLOCK
from reconciler.model.rollout import MemberState, Rollout
from reconciler.model.words import Result, State
from reconciler.simulator import endpoints
from reconciler.simulator.interference import Rule, Trouble
from reconciler.simulator.journal import Journal
from reconciler.simulator.server import ServerOptions, serve
from reconciler.simulator.system import System
from reconciler.store import rollouts_of, verdicts_of
from tests.e2e.world import PASSWORD, QUICK_PACE, SPEED, World, playing
from tests.sources.history import History

EXAMPLES = Path(reconciler.__file__).parents[1] / "sites"
STXR = (sys.executable, "-W", "error", "-c", "from reconciler.cli import main; main()")
PROFILE, LIKE_IT = "aio-sx-ran", "aio-sx-apart"
LAYER = f"profiles/{PROFILE}/deployment-config.yaml"
CANARIES, RING = 2, 5  # every fifth site is of the first ring
OF_ALL = "mtu: 1500\n      port:\n        name: ens1f0", "mtu: 9000\n      port:\n        name: ens1f0"  # needs a lock
FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: rolling
defaults: {{mode: apply, apply: auto}}
mass: {{changed: 100%, disrupted: 100%}}
breaker: {{failures: 20}}  # the rollout's own budget is spent first
rollout:
  canaries: [{canaries}]
  waves:
  - labels: {{ring: "1"}}
  maxConcurrent: {at_once}
  maxFailures: {may_fail}
  soak: "{soak}"
  progressDeadline: 10m
"""
SITE = """\
layers: [common, {profile}]
labels: {{ring: "{ring}"}}
values: {{site: edge, place: Ottawa, boot_mac: "52:54:00:01:00:a0"}}
"""


@dataclass(frozen=True)
class Size:
    """How many sites, how many go at a time, how many may fail, how many do, and how many have a profile of their own."""

    sites: int
    at_once: int
    may_fail: int = 0
    fail: int = 0
    soak: str = "2s"
    apart: int = 0

    @property
    def names(self) -> list[str]:
        return [f"edge-{number:03}" for number in range(self.sites)]

    @property
    def reached(self) -> list[str]:
        """Those that the commit for all changes."""
        return self.names[: self.sites - self.apart]

    @property
    def canaries(self) -> list[str]:
        return self.names[:CANARIES]

    @property
    def ring(self) -> list[str]:
        """The second wave."""
        return self.names[CANARIES::RING]

    @property
    def last(self) -> list[str]:
        """The third wave: whom no other names."""
        return [name for name in self.names if name not in {*self.canaries, *self.ring}]

    @property
    def failing(self) -> list[str]:
        """The last of the second wave: some have gone well before."""
        return self.ring[-self.fail :]


@dataclass
class Out:
    """The sites that are locked, and the most that were at a time."""

    sites: set[str] = field(default_factory=set)
    most: int = 0

    def goes(self, site: str) -> None:
        self.sites.add(site)
        self.most = max(self.most, len(self.sites))


class Watched(Journal):
    """The journal of a site whose locks and unlocks are seen as they begin."""

    def __init__(self, site: str, out: Out) -> None:
        super().__init__()
        self._site, self._out = site, out

    def count(self, hostname: str, what: str) -> None:
        super().count(hostname, what)
        if what == "lock":
            self._out.goes(self._site)
        elif what == "unlock":
            self._out.sites.discard(self._site)


@dataclass
class Rolling:
    """The world, its repository, and what was seen of it while it was waited for."""

    world: World
    clone: History
    size: Size
    out: Out
    began: float = field(default_factory=time.monotonic)

    def change_all(self) -> str:
        """One commit that locks every host of the profile once."""
        return self._commit(*OF_ALL)

    def change_back(self) -> str:
        """Another one."""
        return self._commit(*reversed(OF_ALL))

    def _commit(self, before: str, after: str) -> str:
        text = (self.clone.folder / LAYER).read_text()
        assert text.count(before) == 1
        return self.clone.commit({LAYER: text.replace(before, after)})

    @contextmanager
    def proposed(self, branch: str) -> Iterator[None]:
        """What is committed meanwhile is on a branch of its own."""
        self.clone.git("checkout", "--quiet", "-b", branch)
        yield
        self.clone.git("checkout", "--quiet", "main")

    async def reviewed(self, branch: str, form: str) -> str:
        """What `stxr plan` says of a branch."""
        asked = ("plan", "--repo", str(self.clone.folder), "--base", "main", "--head", branch, "--format", form)
        process = await asyncio.create_subprocess_exec(*STXR, *asked, stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        assert process.returncode == 2
        return out.decode()

    @asynccontextmanager
    async def controller(self, *more: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """`stxr run`, at work; stopped at the end if it is still there. more: of its options."""
        world = self.world
        where = ("--repo", world.root, "--branch", "main", "--endpoints", world.endpoints, "--state", world.state)
        pace = ("--listen", "127.0.0.1:0", "--poll-every", "1", "--observe-every", "3600")
        devnull, environment = asyncio.subprocess.DEVNULL, os.environ | {"STXR_API_TOKEN": "token"}
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *STXR, "run", *map(str, (*where, *pace, *more)), env=environment, stdout=devnull, stderr=log
            )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()

    async def told(self, *arguments: str) -> dict:
        """What `stxr rollout … --format json` says."""
        pipe = asyncio.subprocess.PIPE
        where = ("--state", str(self.world.state), "--format", "json")
        process = await asyncio.create_subprocess_exec(*STXR, "rollout", *arguments, *where, stdout=pipe)
        out, _ = await process.communicate()
        assert process.returncode == 0
        return json.loads(out)

    async def says(self, *arguments: str) -> None:
        """A person's word by `stxr rollout …`."""
        process = await asyncio.create_subprocess_exec(*STXR, "rollout", *arguments, "--state", str(self.world.state))
        assert await process.wait() == 0

    async def until(self, told: Callable[[], bool], seconds: float) -> None:
        """Wait for real processes; who is locked meanwhile, his reboot included, is looked at all the time."""
        end = time.monotonic() + seconds
        while not await asyncio.to_thread(told):
            self.out.most = max(self.out.most, len(self.locked))
            assert time.monotonic() < end, self.log.read_text()[-3000:]
            await asyncio.sleep(0.5 + self.size.sites / 2_000)  # looking at them all costs the simulator's time

    @property
    def log(self) -> Path:
        return self.world.state.parent / "log"

    @property
    def one(self) -> Rollout | None:
        """The newest rollout, as it is kept."""
        return next(reversed(rollouts_of(self.world.state)), None)

    def is_stopped(self) -> bool:
        """It stands by its failures, and what was under way has ended."""
        one = self.one
        return bool(one and one.halted) and not one.count(MemberState.GOING)

    def has_ended(self) -> bool:
        return bool(self.one and self.one.ended)

    def is_in_sync(self) -> bool:
        known = verdicts_of(self.world.state)
        return len(known) == self.size.sites and all(v.state is State.IN_SYNC for v in known)

    # ---- what the sites say

    def count(self, what: str) -> Counter[int]:
        """How many hosts were locked, unlocked, rebooted how often."""
        return Counter(self.world.count(name, what) for name in self.size.names)

    @property
    def most(self) -> int:
        """The most sites that were locked at a time: from lock to unlock none is missed, until they are back they are sampled."""
        return self.out.most

    @property
    def locked(self) -> list[str]:
        return [name for name in self.size.names if self.world.host(name)["administrative"] == "locked"]

    @property
    def touched(self) -> set[str]:
        """The sites that were sent anything."""
        return {name for name in self.size.names if self.world.writes(name)}

    def refuse(self, name: str, path: str) -> None:
        """A site that refuses such writes until it is mended."""
        rule = Rule(Trouble.REFUSE, "PATCH", path, count=None, status=400, text="The operation was rejected.")
        self.world.site(name).interference.rules.append(rule)

    def mend(self) -> None:
        for name in self.size.failing:
            self.world.site(name).interference.rules.clear()


@asynccontextmanager
async def rolling(folder: Path, size: Size) -> AsyncIterator[Rolling]:
    """A fleet in service and in sync with the first commit of its repository."""
    clone = History(folder / "clone")
    clone.commit(_files(size), subject="The fleet")
    model = await _in_service(clone.folder, folder, size.names[0])
    out = Out()
    systems = {name: partial(_copy, model, name, out) for name in size.names}
    async with serve(systems, options=ServerOptions(SPEED, PASSWORD)) as server:
        endpoints.write(folder / "endpoints.yaml", server.url, systems, PASSWORD)
        world = World(clone.folder, folder / "state", folder / "endpoints.yaml", server, SYSTEM_CLOCK, QUICK_PACE)
        yield Rolling(world, clone, size, out)


def _files(size: Size) -> Mapping[str, str]:
    shared = [path for path in EXAMPLES.glob("profiles/*/*.yaml") if path.parent.name in {"common", PROFILE}]
    files = {path.relative_to(EXAMPLES).as_posix(): path.read_text() for path in shared}
    files |= {path.replace(PROFILE, LIKE_IT): text for path, text in files.items() if PROFILE in path}
    canaries = ", ".join(size.canaries)
    files["fleet.yaml"] = FLEET.format(**{**asdict(size), "canaries": canaries})
    bootstrap = (EXAMPLES / "subclouds/ottawa-001/bootstrap-values.yaml").read_text()
    ring, reached = set(size.ring), set(size.reached)
    for name in size.names:
        profile = PROFILE if name in reached else LIKE_IT
        files[f"subclouds/{name}/site.yaml"] = f"name: {name}\n" + SITE.format(
            ring=1 if name in ring else 2, profile=profile
        )
        files[f"subclouds/{name}/bootstrap-values.yaml"] = bootstrap.replace("ottawa-001", name)
    return files


async def _in_service(root: Path, folder: Path, name: str) -> System:
    """The system of one site, brought from bootstrap to service."""
    scratch = folder / "model"
    scratch.mkdir()
    async with playing(root, scratch) as world:
        assert (await world.applied(name)).result is Result.DONE
        assert await world.is_in_sync(name)
        return world.site(name).system


def _copy(model: System, name: str, out: Out) -> System:
    twin = deepcopy(model)
    twin.name, twin.journal = name, Watched(name, out)
    return twin
