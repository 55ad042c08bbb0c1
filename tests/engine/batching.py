"""The job of dcmanager's strategies on a bench: our own client over a simulated central cloud, and a store on disk.

A process may die at any point, a request's answer may be lost; another process goes on with the same store and centre.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from reconciler.clients import Endpoint
from reconciler.clients.dcmanager import DcmanagerClient
from reconciler.clients.endpoints import Credentials, Password
from reconciler.clients.http import Limits
from reconciler.clients.keystone import Token
from reconciler.clients.message import Answer
from reconciler.clients.platform import PlatformClient
from reconciler.engine.batch_world import World
from reconciler.engine.batches import Batches
from reconciler.engine.central import Central
from reconciler.engine.membership import Alone
from reconciler.model.batch import SiteOrder, Wish
from reconciler.model.errors import Failure, Unreachable
from reconciler.model.strategy_orders import StrategyType
from reconciler.simulator import dcmanager
from reconciler.simulator.dcmanager.beyond import NOTHING
from reconciler.simulator.exchange import Request as Asked
from reconciler.store import Store
from tests.simulator.central import Centre

RELEASE = "starlingx-24.09.1"
SITES = ("one", "two", "three")
GROUPS = {"one": "east", "two": "west", "three": "Default"}
SOFTWARE = Wish(StrategyType.SOFTWARE, {"release_id": RELEASE, "delete": "true"})
KUBERNETES = Wish(StrategyType.KUBERNETES, {"to-version": "v1.30.6"})
HERE = Endpoint(
    name="centre",
    auth_url="https://192.0.2.1:5000/v3",
    region="SystemController",
    credentials=Credentials(username="u", password=Password(secret_ref="env:NONE")),
)
MADE = r"POST /v1.0/sw-update-strategy "
APPLIED = r"POST /v1.0/sw-update-strategy/actions "
DELETED = r"DELETE /v1.0/sw-update-strategy "
MOVED = r"PATCH /v1.0/subclouds/"


class DiedError(BaseException):
    """The process is not there any more."""


class Clock:
    """Time that passes while somebody sleeps, also for the centre."""

    def __init__(self, system):
        self.system, self.time = system, 0.0

    def now(self):
        return 1_795_000_000.0 + self.time

    async def sleep(self, seconds):
        self.time += seconds
        self.system.advance(self.time)


@dataclass
class Fault:
    """What happens at the nth point that matches. does: raises, before or after it is done."""

    pattern: str
    is_after: bool
    does: Callable[[str], BaseException]
    nth: int = 1

    def strikes(self, text: str, *, is_after: bool) -> None:
        if is_after == self.is_after and re.match(self.pattern, text):
            self.nth -= 1
            if self.nth == 0:
                raise self.does(text)


def death(_text: str) -> BaseException:
    return DiedError()


def silence(text: str) -> BaseException:
    method, path, *_ = text.split()
    return Unreachable("dcmanager", method, path, Failure.TIMEOUT, "no answer", True, "centre")


class Way:
    """`clients.platform.Way` into the simulated central cloud."""

    site, limits = "centre", Limits()

    def __init__(self, bench):
        self.bench = bench

    async def exchange(self, request):
        parts = urlsplit(request.url)
        text = f"{request.method} {parts.path} "
        self.bench.reached(text, is_after=False)
        headers = {"Accept": "application/json", "X-Auth-Token": "good", **request.headers}
        asked = Asked(request.method, parts.path, dict(parse_qsl(parts.query)), headers, request.body or b"")
        said = dcmanager.handle(self.bench.system, asked, lambda _token: True, NOTHING)
        if said.status < 400 and request.method != "GET":
            self.bench.sent.append(text.strip())
        self.bench.reached(text, is_after=True)
        return Answer(said.status, said.content(), said.headers)


class Tokens:
    async def token(self):
        return Token(SecretStr("good"), float("inf"))

    async def renewed(self, rejected):
        return rejected


class Watched:
    """The store's orders, each of whose writes is a point where the process may die."""

    def __init__(self, bench, orders):
        self._bench, self._orders = bench, orders

    def __getattr__(self, name):
        deed = getattr(self._orders, name)
        if name in {"open", "batch", "moves", "order", "group_before"}:
            return deed

        def written(*arguments):
            self._bench.reached(f"store {name} ", is_after=False)
            deed(*arguments)
            self._bench.reached(f"store {name} ", is_after=True)

        return written


@dataclass
class Bench:
    """folder: of the store. fault: what happens once; then the process that dies is followed by another.

    store: one that is open, in which nothing is left to do.
    """

    folder: Path
    fault: Fault | None = None
    store: Store | None = None
    points: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self):
        self.system = dcmanager.central(SITES)
        self.centre = Centre(self.system)
        for name in ("east", "west"):
            said = {"name": name, "description": name, "update_apply_type": "parallel", "max_parallel_subclouds": 2}
            self.centre.send("POST", "/subcloud-groups", said)
        for site, group in GROUPS.items():
            self.centre.submit("PATCH", f"/subclouds/{site}", {"group_id": group})
            self.out_of_sync(site)
        self.clock = Clock(self.system)
        self.store = self.store or Store.open(self.folder, "run", self.clock.now)
        self.orders = Watched(self, self.store.strategies)
        self.start()

    def start(self):
        """A process; of an earlier one nothing is left but what it wrote."""
        self.central = Central(lambda: HERE, self.opened, self.clock)
        world = World(self.central, self.orders, self.clock, lambda: Alone().lead, self.said.append, gather_s=1.0)
        self.job = Batches(replace(world, tell=lambda site, text: self.told.append((site, text))))

    @asynccontextmanager
    async def opened(self, _endpoint):
        yield DcmanagerClient(PlatformClient("https://centre", Way(self), Tokens(), "dcmanager"))

    def reached(self, text, *, is_after):
        if not is_after:
            self.points.append(text)
        if self.fault:
            self.fault.strikes(text, is_after=is_after)

    # ---- what sites do

    def ask(self, *sites, wish=SOFTWARE):
        for site in sites:
            self.store.strategies.ask(SiteOrder(site, wish, self.clock.now()))

    def order(self, site):
        return self.store.strategies.order(site)

    def states(self, *sites):
        return {site: str(self.order(site).state) for site in sites or SITES}

    # ---- time

    async def turns(self, number=1, every_s=10.0):
        """So many turns; who dies in one is followed by another process."""
        for _ in range(number):
            await self.clock.sleep(every_s)
            try:
                await self.job.turn()
            except DiedError:
                self.start()

    async def until_quiet(self, most=100):
        """Until nobody wants anything, and nobody is anywhere but where he was."""
        for _ in range(most):
            await self.turns()
            if self.strategy and self.strategy["state"] == "applying":
                await self.clock.sleep(1300.0)  # what takes sites so long
            strategies = self.store.strategies
            if not (strategies.open() or strategies.batch() or strategies.moves()):
                return
        raise AssertionError((self.states(), strategies.batch(), strategies.moves(), self.sent[-5:]))

    # ---- what the central cloud has

    def out_of_sync(self, *sites, endpoint="software"):
        for site in sites:
            row = self.system.tables.first("subclouds", name=site)
            self.centre.set(site, sync={**row["sync"], endpoint: "out-of-sync"})

    @property
    def groups(self):
        """Site -> the name of its group now."""
        names = {row["id"]: row["name"] for row in self.system.tables.rows("subcloud_groups")}
        return {row["name"]: names[row["group_id"]] for row in self.system.tables.rows("subclouds")}

    @property
    def strategy(self):
        return self.system.tables.first("strategies")

    def count(self, pattern):
        return sum(bool(re.match(pattern, f"{text} ")) for text in self.sent)

    def close(self):
        self.store.close()
