"""Replicas as real processes over simulated sites, and what the sites know of who wrote to them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby

from reconciler.model.words import State
from reconciler.store import Crewed, crew_of, verdicts_of
from tests.e2e.ottawa import TWO_STEPS
from tests.e2e.world import World

LOOK_S = 0.1
DEEDS = ("lock", "unlock", "reboot")
FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: many
mass: {changed: 100%, disrupted: 100%}
defaults: {mode: apply, apply: auto}
"""
SITE = """\
name: {name}
layers: [common, aio-sx-ran]
values:
  site: {name}
  place: Ottawa
  boot_mac: "52:54:00:02:{number:02x}:a0"
"""
BOOTSTRAP = """\
name: {name}
description: Radio site {name}
location: Ottawa
system_mode: simplex
management_subnet: 192.168.{net}.0/24
management_start_address: 192.168.{net}.2
management_end_address: 192.168.{net}.50
management_gateway_address: 192.168.{net}.1
external_oam_subnet: 10.20.{net}.0/24
external_oam_gateway_address: 10.20.{net}.1
external_oam_floating_address: 10.20.{net}.2
systemcontroller_gateway_address: 192.168.100.1
dns_servers:
- 10.0.0.53
"""
INSTALL = "bootstrap_address: 10.20.{net}.2\nbmc_address: 10.30.{net}.1\n"


def names(count: int) -> list[str]:
    return [f"radio-{number:03}" for number in range(count)]


def fleet_files(count: int) -> dict[str, str]:
    """So many radio sites, each a server of its own."""
    files = {"fleet.yaml": FLEET}
    for number, name in enumerate(names(count)):
        said = {"name": name, "number": number, "net": number + 101}
        files[f"subclouds/{name}/site.yaml"] = SITE.format(**said)
        files[f"subclouds/{name}/bootstrap-values.yaml"] = BOOTSTRAP.format(**said)
        files[f"subclouds/{name}/install-values.yaml"] = INSTALL.format(**said)
    return files


def locking(count: int) -> dict[str, str]:
    """A commit that needs every server locked."""
    return {f"subclouds/{name}/deployment-config.yaml": TWO_STEPS for name in names(count)}


@dataclass
class Crew:
    """Replicas by name, the sites that they share, and the database between them."""

    world: World
    database: str
    sites: list[str]
    command: Callable[[Mapping[str, str]], list[str]]
    ways: Mapping[str, str] = field(default_factory=dict)  # of replicas that reach the database by another URL
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def start(self, name: str) -> asyncio.subprocess.Process:
        said = {
            "repo": str(self.world.root),
            "endpoints": str(self.world.endpoints),
            "state": str(self.world.state.parent / name),
            "database": self.ways.get(name, self.database),
            "replica": name,
        }
        environment = os.environ | {"STXR_API_TOKEN": "token"}
        with self.log(name).open("ab") as log:
            made = await asyncio.create_subprocess_exec(*self.command(said), env=environment, stdout=log, stderr=log)
        self.processes[name] = made
        return made

    def log(self, name: str):
        return self.world.state.parent / f"{name}.log"

    def signal(self, name: str, number: signal.Signals) -> None:
        self.processes[name].send_signal(number)

    async def end(self) -> None:
        for process in self.processes.values():
            if process.returncode is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        await asyncio.gather(*(process.wait() for process in self.processes.values()))

    # ---- what the database says

    def known(self) -> Crewed:
        return crew_of(self.world.state, self.database)

    def states(self) -> dict[str, State]:
        return {verdict.site: verdict.state for verdict in verdicts_of(self.world.state, self.database)}

    def seen_since(self, moment: float) -> set[str]:
        """The sites that were read to the end since."""
        found = verdicts_of(self.world.state, self.database)
        return {verdict.site for verdict in found if (verdict.observed_at or 0) > moment}

    def follow(self, commit: str) -> bool:
        """Whether every site has all that this commit says."""
        found = [v for v in verdicts_of(self.world.state, self.database) if v.is_in_sync and v.commit == commit]
        return len(found) == len(self.sites)

    async def until(self, told: Callable[[], bool], seconds: float = 90) -> float:
        """Wait for real processes; how long it took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if told():
                return time.monotonic() - began
            await asyncio.sleep(LOOK_S)
        logs = {name: self.log(name).read_text()[-2500:] for name in self.processes}
        raise AssertionError(f"{self.states()}\n{self.known().leases}\n" + "\n".join(logs.values()))

    # ---- what the sites say

    def written(self, site: str, since: int = 0) -> list[str]:
        """Who wrote to the site, call by call."""
        return [who(write.agent) for write in self.world.writes(site, since)]

    def writers(self, site: str, since: int = 0) -> list[str]:
        """Who wrote to it, one after another: a name twice is one that came back between another's calls."""
        return [name for name, _ in groupby(self.written(site, since))]

    def locked(self) -> list[str]:
        return [site for site in self.sites if self.world.host(site)["administrative"] == "locked"]

    def locked_by(self, name: str, since: Mapping[str, int]) -> list[str]:
        """The sites whose host is locked now, and by whom."""
        return [site for site in self.locked() if self.writers(site, since[site])[-1:] == [name]]

    def counts(self) -> dict[str, dict[str, int]]:
        """How often each server was locked, unlocked and rebooted."""
        return {site: {what: self.world.count(site, what) for what in DEEDS} for site in self.sites}

    def lengths(self) -> dict[str, int]:
        return {site: len(self.world.writes(site)) for site in self.sites}


def quick(said: Mapping[str, str]) -> list[str]:
    """A replica with shorter times."""
    return [sys.executable, "-W", "error", "-m", "tests.e2e.replica_process", json.dumps(dict(said))]


def patient(said: Mapping[str, str]) -> list[str]:
    """One that leaves what the other was sending to it for an hour."""
    return quick({**said, "takeover_s": "3600"})


def as_shipped(said: Mapping[str, str]) -> list[str]:
    """`stxr run` as an operator starts it."""
    options = [word for name, value in said.items() for word in (f"--{name}", value)]
    program = [sys.executable, "-W", "error", "-c", "from reconciler.cli import main; main()", "run"]
    return [*program, *options, "--replicas", "2", "--listen", "127.0.0.1:0"]


@asynccontextmanager
async def crewed(world: World, database: str, sites: list[str], command=quick, ways=()) -> AsyncIterator[Crew]:
    """Two replicas at work, all sites in sync by what they say."""
    async with AsyncExitStack() as stack:
        crew = Crew(world, database, sites, command, dict(ways))
        stack.push_async_callback(crew.end)
        for name in ("stxr-0", "stxr-1"):
            await crew.start(name)
        await crew.until(lambda: len([r for r in _known(crew) if r.is_live]) == 2)
        await crew.until(lambda: set(crew.states().values()) == {State.IN_SYNC} and len(crew.states()) == len(sites))
        yield crew


def _known(crew: Crew):
    return crew.known().replicas


def who(agent: str) -> str:
    """The replica that a request names as its sender."""
    found = re.fullmatch(r"stx-reconciler/\S+ \((.+)\)", agent)
    return found[1] if found else agent
