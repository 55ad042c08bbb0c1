"""`stxr demo`: a commit becomes API calls on a simulated fleet; drift is seen, healed, or only reported. Ends by itself."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

import reconciler
from reconciler.app import Listen, Running, Started, controller
from reconciler.apply import Pace
from reconciler.cli.options import Exit
from reconciler.cli.status import status_lines
from reconciler.engine.backoff import Backoff
from reconciler.engine.due import Schedule
from reconciler.model.dark import SitePower
from reconciler.model.errors import ConfigError
from reconciler.simulator.interference import Connection
from reconciler.simulator.run import SimulateOptions, simulated
from reconciler.simulator.server import Server

SITES = Path(reconciler.__file__).parents[1] / "sites"
SPEED = 1200.0  # an AIO-SX unlock of 15 minutes takes less than one second
PATIENCE_S = 60.0
CHANGED, HEALED, DRIFTING, DARK = "ottawa-001", "gatineau-001", "yard-west", "ottawa-003"  # of `sites/`
OLD_DNS, NEW_DNS = "10.0.1.53", "10.0.2.53"
WIDER = """\
# This site's fibre carries jumbo frames.
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata:
  name: ran-server
spec:
  interfaces:
    ethernet:
    - name: data0
      class: data
      mtu: 9000
      port:
        name: ens1f0
"""
TOKEN = "demo"  # noqa: S105 - opens the demo's own API on loopback


def demo(
    stay: Annotated[bool, typer.Option("--stay", help="Keep it up for a browser and curl, until interrupted.")] = False,
    repo: Annotated[Path, typer.Option(help="Site-config folder to play on; a copy of it is used.")] = SITES,
) -> None:
    """Show the main job on simulated systems, in less than two minutes. Nothing outside of this machine is touched."""
    if not (repo / "fleet.yaml").is_file():
        raise ConfigError(f"{repo} holds no fleet.yaml: the demo plays on the `sites/` of a clone, or give --repo")
    with tempfile.TemporaryDirectory(prefix="stxr-demo-") as scratch:
        sys.exit(asyncio.run(_played(repo, Path(scratch), stay=stay)))


async def _played(repo: Path, scratch: Path, *, stay: bool) -> Exit:
    work = _committed_copy(repo, scratch / "repo")
    endpoints = scratch / "endpoints.yaml"
    simulator = SimulateOptions(repo=work, endpoints_out=endpoints, port=0, speed=SPEED)
    running = Running(
        repo=str(work),
        root="",
        endpoints=endpoints,
        state=scratch / "state",
        listen=Listen("127.0.0.1", 0, TOKEN),
        schedule=Schedule(observe_s=2.0, backoff=Backoff(first_s=0.5, last_s=2.0)),
        pace=Pace(first_poll_s=0.05, last_poll_s=0.3),
        boards_s=0.5,
        quiet=True,
    )
    async with simulated(simulator) as server, controller(running) as started:
        play = _Play(work, server, started)
        told = await play.all()
        if stay:
            await play.stay()
    return Exit.DONE if told else Exit.ERROR


class _Play:
    """The acts of the demo: each does one thing and waits until the controller has answered it."""

    def __init__(self, work: Path, server: Server, started: Started) -> None:
        self._work, self._server, self._started = work, server, started
        self._began = time.monotonic()

    async def all(self) -> bool:
        """Play every act; whether each ended as it should."""
        acts = (
            self._first_convergence,
            self._commit_with_a_window,
            self._commit_without,
            self._drift_is_healed,
            self._drift_is_reported,
            self._a_dark_site,
            self._its_power_is_lost,
        )
        ended = [await act() for act in acts]
        self._table()
        return all(ended)

    async def stay(self) -> None:
        """Leave everything up until interrupted."""
        typer.echo(f"\nmetrics    curl {self._started.url}/metrics")
        typer.echo(f"one site   curl -H 'Authorization: Bearer {TOKEN}' {self._started.url}/api/v1/sites/{DRIFTING}")
        typer.echo(f"repository {self._work}: edit and commit there; Ctrl-C ends")
        await self._started.ended()

    async def _first_convergence(self) -> bool:
        self._say(1, f"{len(self._server.sites)} subclouds as bootstrap leaves them; Git says what they should be")
        return await self._until(lambda: self._all("in_sync"), "all in sync; each host was unlocked once")

    async def _commit_with_a_window(self) -> bool:
        self._say(2, f"a commit raises the MTU of {CHANGED}'s data interface: that needs its host locked")
        before = self._count(CHANGED, "lock")
        commit = self._commit(f"subclouds/{CHANGED}/deployment-config.yaml", WIDER, "Raise the MTU of data0")
        done = lambda: self._is(CHANGED, "in_sync", commit) and self._count(CHANGED, "lock") == before + 1  # noqa: E731
        return await self._until(done, f"{CHANGED} was locked once, changed, unlocked, and is in sync")

    async def _commit_without(self) -> bool:
        self._say(3, "a commit changes the name servers in a profile that all sites share: nothing is locked")
        before = self._locks()
        path = self._work / "profiles/common/deployment-config.yaml"
        commit = self._commit(
            "profiles/common/deployment-config.yaml", path.read_text().replace(OLD_DNS, NEW_DNS), "Move a name server"
        )
        done = lambda: self._all("in_sync", commit) and self._locks() == before  # noqa: E731
        return await self._until(done, "all sites follow, no host was locked")

    async def _drift_is_healed(self) -> bool:
        self._say(4, f"somebody changes the name servers of {HEALED} by hand")
        writes = self._writes(HEALED)
        self._server.sites[HEALED].change_rows("idns", {}, {"nameservers": "192.0.2.66"})
        seen = lambda: self._writes(HEALED) > writes and self._is(HEALED, "in_sync")  # noqa: E731
        return await self._until(seen, f"{HEALED} drifted, the drift was seen and healed: nothing had to be locked")

    async def _drift_is_reported(self) -> bool:
        self._say(5, f"{DRIFTING} is put into `mode: observe`, then somebody changes it by hand")
        path = self._work / f"subclouds/{DRIFTING}/site.yaml"
        commit = self._commit(f"subclouds/{DRIFTING}/site.yaml", path.read_text() + "mode: observe\n", "Only look")
        if not await self._until(lambda: self._is(DRIFTING, "in_sync", commit), "the controller only looks now"):
            return False
        writes = self._writes(DRIFTING)
        self._server.sites[DRIFTING].change_rows("idns", {}, {"nameservers": "192.0.2.66"})
        seen = lambda: self._is(DRIFTING, "drifted") and self._writes(DRIFTING) == writes  # noqa: E731
        return await self._until(seen, f"{DRIFTING} is reported as drifted, nothing was written")

    async def _a_dark_site(self) -> bool:
        self._say(6, f"the link to {DARK} goes down, and a commit comes that concerns all")
        self._server.sites[DARK].connect(Connection.RESET)
        path = self._work / "profiles/common/deployment-config.yaml"
        commit = self._commit(
            "profiles/common/deployment-config.yaml", path.read_text().replace("noc@", "ops@"), "Another contact"
        )
        others = [n for n in self._server.sites if n not in {DARK, DRIFTING}]
        done = lambda: self._is(DARK, "unreachable") and all(self._is(n, "in_sync", commit) for n in others)  # noqa: E731
        return await self._until(done, f"{DARK} is unreachable; {len(others)} others follow as if nothing was")

    async def _its_power_is_lost(self) -> bool:
        self._say(7, f"what {DARK} cannot say, the board management controllers of its hosts do, by Redfish")
        if not await self._until(
            lambda: self._power(DARK) is SitePower.ON, "its hosts are powered on: look at the link"
        ):
            return False
        self._server.sites[DARK].power(on=False)
        return await self._until(
            lambda: self._power(DARK) is SitePower.OFF, "now its power is lost, too, and that is told"
        )

    def _power(self, name: str) -> SitePower | None:
        return self._started.controller.verdicts[name].power

    def _say(self, number: int, text: str) -> None:
        typer.echo(f"\n{number}. {text}")

    async def _until(self, done: Callable[[], bool], told: str) -> bool:
        """Wait for the controller; its patience is an act's, not a test's."""
        began = time.monotonic()
        while not done():
            if time.monotonic() - began > PATIENCE_S:
                typer.echo(f"   FAILED after {PATIENCE_S:g} s: expected: {told}", err=True)
                return False
            await asyncio.sleep(0.05)
        typer.echo(f"   {told} ({time.monotonic() - began:.1f} s)")
        return True

    def _all(self, state: str, commit: str = "") -> bool:
        return all(self._is(name, state, commit) for name in self._server.sites)

    def _is(self, name: str, state: str, commit: str = "") -> bool:
        verdict = self._started.controller.verdicts.get(name)
        return verdict is not None and verdict.state == state and commit in {"", verdict.commit}

    def _count(self, name: str, what: str) -> int:
        hosts = self._server.sites[name].counters()["hosts"]
        return sum(counts.get(what, 0) for counts in hosts.values())

    def _locks(self) -> int:
        return sum(self._count(name, "lock") for name in self._server.sites)

    def _writes(self, name: str) -> int:
        return int(self._server.sites[name].counters()["writes"])

    def _commit(self, path: str, text: str, subject: str) -> str:
        """Commit one file; the commit's id."""
        (self._work / path).write_text(text)
        typer.echo(f"   git commit -m {subject!r} {path}")
        return _committed(self._work, subject)

    def _table(self) -> None:
        typer.echo("")
        for line in status_lines(list(self._started.controller.verdicts.values()), time.time()):
            typer.echo(line)
        locks, reboots = self._locks(), sum(self._count(n, "reboot") for n in self._server.sites)
        typer.echo(f"hosts locked {locks}, rebooted {reboots}, in {time.monotonic() - self._began:.0f} s")


def _committed_copy(repo: Path, work: Path) -> Path:
    """The site-config folder as a git repository of its own."""
    shutil.copytree(repo, work)
    _git(work, "init", "--quiet", "--initial-branch=main")
    _committed(work, "The fleet")
    return work


def _committed(work: Path, subject: str) -> str:
    _git(work, "add", "--all")
    _git(work, "commit", "--quiet", "--message", subject)
    return _git(work, "rev-parse", "HEAD").strip()


def _git(work: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(work), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
