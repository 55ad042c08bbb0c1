"""One simulated subcloud: its system, built when it is first asked for, its Keystone, its line, its power and its pace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.plan import FIRST_HOST
from reconciler.simulator.hardware import Machine
from reconciler.simulator.interference import Connection, Interference
from reconciler.simulator.keystone import Keystone
from reconciler.simulator.sysinv import host_power
from reconciler.simulator.sysinv.arrivals import appears
from reconciler.simulator.sysinv.discovery import put_in_rack
from reconciler.simulator.system import System
from reconciler.simulator.tables import Row


@dataclass
class Pace:
    """Simulated seconds out of real ones: ``speed`` of them in each. ``clock`` gives real seconds, ever growing."""

    clock: Callable[[], float]
    speed: float = 1.0

    def elapsed(self, since: float) -> float:
        return (self.clock() - since) * self.speed


@dataclass
class Site:
    """A subcloud by name. ``build`` makes its system; nothing of it exists before."""

    name: str
    build: Callable[[], System]
    keystone: Keystone
    pace: Pace
    interference: Interference = field(default_factory=Interference)
    requests: int = 0
    is_there: bool = True  # else its machines are in the rack, or being installed: nobody answers
    bootstraps: int = 0  # how often the central cloud has bootstrapped it
    region: str = ""  # that it was bootstrapped with, where a central cloud has it
    unpowered: set[str] = field(default_factory=set)  # hosts whose power was taken
    _system: System | None = None
    _was_off: bool = False  # any of its hosts, ever: all others are asked nothing
    _began: float = 0.0
    _ahead: float = 0.0

    @property
    def system(self) -> System:
        """The system with everything done that is due by now."""
        if self._system is None:
            self._system = self.build()
            self._began, self._ahead = self.pace.clock(), self._system.now
        self._system.advance(self.pace.elapsed(self._began) + self._ahead)
        for own in self._system.tables.rows("isystems") if self.region else ():
            if own.get("region_name") != self.region:
                self._system.tables.update("isystems", own["uuid"], {"region_name": self.region})
        return self._system

    @property
    def is_built(self) -> bool:
        return self._system is not None

    def follow(self, *, is_there: bool, bootstraps: int, region: str) -> None:
        """Be as the central cloud has it: bootstrapped once more, it is a fresh system, and its machine runs."""
        self.region = region
        if bootstraps > self.bootstraps:
            self._system, self.bootstraps = None, bootstraps
            self.unpowered.discard(FIRST_HOST)
        self.is_there = is_there

    # ---- power

    @property
    def is_up(self) -> bool:
        """Whether there is a controller that runs: nobody answers else."""
        return self.is_there and not (self._was_off and host_power.is_down(self.system, self.unpowered))

    def is_on(self, host: str) -> bool:
        """Whether a host has power; the platform itself may have switched it off."""
        if host in self.unpowered:
            return False
        return not (self.is_there and host_power.is_switched_off(self.system, host))

    def boots(self, host: str) -> int:
        """How often a host has booted, as far as its platform saw."""
        counted = self.system.journal.hosts.get(host) if self.is_there else None
        return int(counted["reboot"]) if counted else 0

    def switch(self, host: str, *, on: bool) -> None:
        """Give a host power, or take it away: its platform is told by nobody, and finds out as of any host that is gone."""
        if on == self.is_on(host):
            return
        self.unpowered.discard(host) if on else self.unpowered.add(host)
        self._was_off = True
        if self.is_there:
            (host_power.comes_up if on else host_power.goes_down)(self.system, host)

    # ---- what the control API does, also callable in-process

    def advance(self, seconds: float) -> None:
        """Let so many simulated seconds pass at once."""
        self.system  # noqa: B018  build and catch up first
        self._ahead += seconds
        self.system  # noqa: B018

    def settle(self) -> None:
        """Let everything happen that waits."""
        system = self.system
        before = system.now
        system.settle()
        self._ahead += system.now - before

    def change_rows(self, collection: str, match: Row, changes: Row) -> int:
        """Set columns of the rows that match, behind everybody's back; how many."""
        system, table = self.system, self._table(collection)
        rows = system.tables.rows(table, **match)
        for row in rows:
            system.tables.update(table, row["uuid"], changes)
        return len(rows)

    def add_row(self, collection: str, row: Row) -> str:
        return str(self.system.insert(self._table(collection), **row)["uuid"])

    def delete_rows(self, collection: str, match: Row) -> int:
        system, table = self.system, self._table(collection)
        rows = system.tables.rows(table, **match)
        for row in rows:
            system.tables.delete(table, row["uuid"])
        return len(rows)

    def rows(self, collection: str, match: Row) -> list[Row]:
        return self.system.tables.rows(self._table(collection), **match)

    def bring(self, machine: Machine, *, is_on: bool = True, **reported: Any) -> str | None:
        """Stand a machine in the rack; switched on, it boots from the network. Its uuid, if the system knows it."""
        put_in_rack(self.system, machine, is_on=is_on)
        row = appears(self.system, machine.boot_mac, **reported) if is_on else None
        return str(row["uuid"]) if row else None

    def power(self, *, on: bool, host: str = "") -> None:
        """The supply of a host, or of the whole site, comes back or goes."""
        for name in [host] if host else [row["hostname"] for row in self.system.hosts() if row["hostname"]]:
            self.switch(name, on=on)

    def connect(self, state: Connection) -> None:
        self.interference.connection = state

    def counters(self) -> dict[str, Any]:
        """What happened to the site: per host, and requests, writes, tokens in all."""
        journal = self.system.journal
        return {
            "hosts": {name: dict(counts) for name, counts in journal.hosts.items()},
            "writes": len(journal.writes),
            "refused": sum(write.status >= 400 for write in journal.writes),
            "requests": self.requests,
            "tokens": self.keystone.given,
        }

    def _table(self, collection: str) -> str:
        known = self.system.api.collections.get(collection)
        return known.table_name if known else collection
