"""What stands in a rack before anything is configured, and what a bootstrap was told: the builder's whole input.

A system is built from these plain values only, never from what it is to become. Personality follows StarlingX's own
naming rule (sysinv host names: controller-N, storage-N, anything else a worker).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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

    @property
    def all_ports(self) -> tuple[str, ...]:
        """Those that are known, and two that real machines have besides."""
        added = [name for name in _ADDED_PORTS if name not in self.ports][:2]
        return (*self.ports, *added)

    @property
    def all_disks(self) -> tuple[Disk, ...]:
        """Those that are known, and one more."""
        known = {disk.path for disk in self.disks}
        added = next(path for path in _ADDED_DISKS if path not in known)
        return (*self.disks, Disk(added))

    def mac(self, port: str, site: str) -> str:
        """A port's MAC, locally administered; the same for the same site, host and port."""
        if port == self.boot_port and self.boot_mac:
            return self.boot_mac.lower()
        digest = blake2b(f"{site}/{self.name}/{port}".encode(), digest_size=5).hexdigest()
        return ":".join(["02", *(digest[place : place + 2] for place in range(0, 10, 2))])


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
