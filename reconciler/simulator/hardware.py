"""What stands in a rack before anything is configured, and what a bootstrap was told: the builder's whole input.

A system is built from these plain values only, never from what it is to become. Personality follows StarlingX's own
naming rule (sysinv host names: controller-N, storage-N, anything else a worker).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import blake2b

ALL_IN_ONE, STANDARD = "All-in-one", "Standard"
_NAMED = re.compile(r"^(controller|storage)-\d+$")
_ADDED_PORTS = ("eno8303", "eno8403", "eno8503", "eno8603")
_ADDED_DISKS = tuple(f"/dev/disk/by-path/pci-0000:00:17.0-ata-{number}.0" for number in range(1, 9))
ROOT_MIB, OTHER_MIB = 491_520, 983_040


@dataclass(frozen=True, slots=True)
class Disk:
    """``needed`` MiB must be free for partitions; the size is at least the usual one."""

    path: str
    needed: int = 0


@dataclass(frozen=True, slots=True)
class Machine:
    """One host's hardware. ``boot_port`` is where ``boot_mac`` is, the first disk is the one it boots from."""

    name: str
    boot_mac: str
    boot_port: str
    ports: tuple[str, ...]
    disks: tuple[Disk, ...]

    @property
    def personality(self) -> str:
        found = _NAMED.match(self.name)
        return found.group(1) if found else "worker"

    def mac(self, place: int, seed: str) -> str:
        """The MAC of a port by its place, locally administered; the same for the same seed."""
        if self.ports[place] == self.boot_port and self.boot_mac:
            return self.boot_mac.lower()
        digest = blake2b(f"{seed}/{self.name}/{self.ports[place]}".encode(), digest_size=5).hexdigest()
        return ":".join(["02", *(digest[start : start + 2] for start in range(0, 10, 2))])


def completed(machine: Machine) -> Machine:
    """With what a real machine has besides: two more ports, one more disk."""
    known = {disk.path for disk in machine.disks}
    ports = [name for name in _ADDED_PORTS if name not in machine.ports][:2]
    disk = next(path for path in _ADDED_DISKS if path not in known)
    return replace(machine, ports=(*machine.ports, *ports), disks=(*machine.disks, Disk(disk)))


@dataclass(frozen=True, slots=True)
class Subnet:
    """One network as bootstrap makes it; one address pool per family, the primary first."""

    type: str
    pool: str
    network: str
    start: str = ""
    end: str = ""
    gateway: str = ""
    floating: str = ""
    nodes: tuple[str, str] | None = None
    dynamic: bool = False
    allocates: bool = False
    """Floating and controllers' addresses are taken from the start of the range."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What bootstrap-values and install-values said."""

    system_type: str
    system_mode: str
    subnets: tuple[Subnet, ...]
    dns: tuple[str, ...] = ("8.8.8.8", "8.8.4.4")
    release: str = "24.09"
    timezone: str = "UTC"
    low_latency: bool = False
    boot_device: str = ""


@dataclass(frozen=True, slots=True)
class SiteHardware:
    """All of a site; ``machines`` has controller-0 first."""

    name: str
    bootstrap: Bootstrap
    machines: tuple[Machine, ...]
