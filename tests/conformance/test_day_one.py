"""Every example of a deployment-config brought from bootstrap to service: each call is taken, and then nothing differs.

Both as the platform meets other hosts: already installed when controller-0 is configured, or waiting in the rack.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from reconciler.apply import Pace, Work, send
from reconciler.clients.faults import fault_text
from reconciler.desired import load_site
from reconciler.diff import compare, spelled
from reconciler.engine.remote import SiteRemote
from reconciler.kinds import registry
from reconciler.model.condition import HostCondition
from reconciler.model.errors import Busy, Refused, asks_to_wait
from reconciler.model.kind import Context
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Blocked, Opening
from reconciler.model.site import Site, SiteFiles
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Result
from reconciler.plan import plan
from reconciler.simulator.bootstrapping import bootstrapped
from reconciler.simulator.build_repo import hardware_of
from reconciler.simulator.exchange import Request
from reconciler.simulator.hardware import SiteHardware
from reconciler.simulator.sysinv import discovery
from reconciler.simulator.system import System
from tests.conformance.test_examples_load import FILE, example
from tests.properties.direct import Answered

pytestmark = pytest.mark.conformance

KINDS = registry()
HEADERS = {"Accept": "application/json", "User-Agent": "tests", "Content-Type": "application/json"}
VISITS = 12
PAUSE_S = 300.0
# what two of the files name and none of them defines
LAYER = "".join(
    f"""
apiVersion: starlingx.windriver.com/v1
kind: DataNetwork
metadata: {{name: {name}}}
spec: {{type: vxlan, mtu: 1400, vxlan: {{endpointMode: static, ttl: 10, udpPortNumber: 4789}}}}
---"""
    for name in ("group0-vxlan0", "group0-vxlan0b", "group0-vxlan1", "group0-vxlan-ext0")
) + "".join(
    f"""
apiVersion: starlingx.windriver.com/v1
kind: PlatformNetwork
metadata: {{name: {name}}}
spec: {{type: other, dynamic: true, associatedAddressPools: [{name}-pool]}}
---
apiVersion: starlingx.windriver.com/v1
kind: AddressPool
metadata: {{name: {name}-pool}}
spec: {{subnet: "{subnet}", prefix: {prefix}, gateway: "{subnet}1", allocation: {{order: sequential}}}}
---"""
    for name, subnet, prefix in (
        ("group0-data0v4", "192.168.57.0", 24),
        ("group0-data0v6", "fd00:0:0:1::", 64),
        ("group0-data1v4", "192.168.58.0", 24),
        ("group0-data1v6", "fd00:0:0:2::", 64),
    )
).replace(".01", ".1")


@dataclass
class Platform:
    """The simulated platform as `SiteRemote` asks it, and what was written to it."""

    system: System
    refused: list[str] = field(default_factory=list)
    actions: list[tuple[str, str]] = field(default_factory=list)

    async def list(self, path: str, items: str) -> tuple[Any, ...]:
        return tuple(self.answer("GET", path)[items])

    async def get(self, path: str) -> Any:
        return self.answer("GET", path)

    async def send(self, method: str, path: str, body: Any) -> Any:
        action = next((op["value"] for op in body or () if isinstance(op, dict) and op.get("path") == "/action"), "")
        answer = self.answer(method, path, body)
        if path.startswith("/v1/ihosts/") and action:
            self.actions.append((answer["hostname"], action))
        return answer

    def answer(self, method: str, path: str, body: Any = None) -> Any:
        url = urlsplit(path)
        content = b"" if body is None else json.dumps(body).encode()
        answer = self.system.handle(Request(method, url.path, dict(parse_qsl(url.query)), HEADERS, content))
        if answer.status < 300:
            return answer.body
        fault = fault_text(answer.content())
        if asks_to_wait(fault):
            raise Busy("platform", method, path, answer.status, fault)
        self.refused.append(f"{method} {path} {body}: {fault}")
        raise Refused("platform", method, path, answer.status, fault)


@dataclass
class Now:
    system: System

    def now(self) -> float:
        return self.system.now

    async def sleep(self, seconds: float) -> None:
        self.system.advance(self.system.now + seconds)


@dataclass
class Windows(Answered):
    open: set[str] = field(default_factory=set)

    def window_opens(self, host: str, plan_id: str, until: float | None = None) -> None:
        self.open.add(host)

    def window_closed(self, host: str) -> None:
        self.open.discard(host)

    def stands(self, condition: HostCondition) -> None:
        """Told by the outcome."""

    def over(self, host: str) -> None:
        """Told by the outcome."""


@dataclass
class Place:
    """One site, its platform, and what each visit did."""

    name: str
    files: Site
    platform: Platform
    windows: Windows = field(default_factory=Windows)
    outcomes: list[Outcome] = field(default_factory=list)
    openings: list[Opening | None] = field(default_factory=list)

    async def visit(self) -> tuple[bool, tuple[Blocked, ...]]:
        """Whether everything is as Git says, and what could not be planned."""
        clock = Now(self.platform.system)
        remote = SiteRemote(self.name, self.platform, KINDS, clock)
        have = await remote.observe()
        want = spelled(desired(self.files), have, KINDS)
        found = compare(want, have, KINDS)
        made = plan(found, Context(want, have), KINDS, tuple(self.windows.open))
        self.openings += [s.opening for s in made.stages if s.opening]
        work = Work(self.name, remote, self.windows, clock, Pace(), KINDS, want)
        if made.stages:
            self.outcomes.append(await send(made, work))
        return found.is_empty, made.blocked


def desired(files: Site) -> Snapshot:
    resources = {r.key: r for kind in KINDS.values() for r in kind.declare(files)}
    owned = frozenset((name, *where) for name, kind in KINDS.items() for where in kind.owns(files))
    return Snapshot(files.name, resources, owned=owned)


def start(shared, name: str, *, discovered: bool) -> Place:
    """The site of an example, bootstrapped; other hosts are there already, or stand in the rack."""
    mode = "simplex" if name.startswith("aio-sx") else "duplex"
    files = {FILE: example(shared, name).encode()}
    files["subclouds/ottawa/bootstrap-values.yaml"] = f"system_mode: {mode}\n".encode()
    if name.startswith("aio-"):
        files["subclouds/ottawa/install-values.yaml"] = b"install_type: 3\n"
    if name in {"aio-sx-ethernet-rate-limit", "standard-bond"}:
        files["subclouds/ottawa/site.yaml"] = b"layers: [missing]\n"
        files["profiles/missing/networks.yaml"] = LAYER.encode()
    site = load_site(SiteFiles("ottawa", "c0ffee", "k", files))
    hardware = hardware_of(site)
    there = hardware.machines if discovered else hardware.machines[:1]
    system = bootstrapped(SiteHardware(hardware.name, hardware.bootstrap, there))
    for machine in hardware.machines[len(there) :]:
        discovery.put_in_rack(system, machine)
    return Place(name, site, Platform(system))


async def bring(site: Place) -> int:
    """Visits until everything is as Git says; how many it took."""
    for visits in range(VISITS):
        in_sync, blocked = await site.visit()
        if in_sync:
            assert blocked == ()
            return visits
        site.platform.system.advance(site.platform.system.now + PAUSE_S)
    raise AssertionError(site.outcomes[-1:])


ONE_HOST = [
    "aio-sx",
    "aio-sx-app-armor",
    "aio-sx-day2-bootstrap",
    "aio-sx-ethernet-rate-limit",
    "aio-sx-hw-settle",
    "aio-sx-kernel",
    "aio-sx-rook-ceph-deployment-controller",
    "aio-sx-rook-ceph-deployment-open",
    "aio-sx-single-nic",
    "aio-sx-vxlan",
]
SEVERAL = [
    "aio-dx",
    "aio-dx-rook-ceph-deployment-open",
    "aio-dx-vxlan",
    "standard",
    "standard-app-armor",
    "standard-bond",
    "standard-rook-ceph-deployment-dedicated",
    "storage",
]


def assert_clean(site: Place) -> None:
    """No call was refused, each host was unlocked once, and none was locked."""
    assert site.platform.refused == []
    assert {outcome.result for outcome in site.outcomes} == {Result.DONE}
    hosts = [h["hostname"] for h in site.platform.system.hosts()]
    assert sorted(site.platform.actions) == sorted((name, "unlock") for name in hosts)
    assert set(site.openings) == {Opening.LOCKED}


@pytest.mark.parametrize("name", ONE_HOST)
async def test_one_controller_comes_into_service_in_one_visit(shared, name):
    site = start(shared, name, discovered=True)
    assert await bring(site) == 1
    assert_clean(site)


@pytest.mark.parametrize("name", SEVERAL)
async def test_hosts_that_stand_in_the_rack_are_added_and_come_into_service(shared, name):
    site = start(shared, name, discovered=False)
    assert await bring(site) > 1
    assert_clean(site)


@pytest.mark.parametrize("name", SEVERAL)
async def test_hosts_that_are_there_already_come_into_service(shared, name):
    site = start(shared, name, discovered=True)
    await bring(site)
    assert_clean(site)
