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
_ACCELERATOR = "0000:0b:00.0"
ROOT_MIB, OTHER_MIB = 491_520, 983_040


@dataclass(frozen=True, slots=True)
class Disk:
    """``needed`` MiB must be free for partitions; the size is at least the usual one."""

    path: str
    needed: int = 0


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a network card; ``vfs`` is how many virtual functions it can have."""

    name: str
    mac: str
    vfs: int = 64


@dataclass(frozen=True, slots=True)
class Machine:
    """One host's hardware. ``boot_mac`` is one of its ports', the first disk is the one that it boots from.

    ``accelerators`` are PCI addresses; only hosts that run workloads report theirs.
    """

    name: str
    boot_mac: str
    ports: tuple[Port, ...]
    disks: tuple[Disk, ...]
    accelerators: tuple[str, ...] = ()

    @property
    def personality(self) -> str:
        found = _NAMED.match(self.name)
        return found.group(1) if found else "worker"


def made_mac(*seed: str) -> str:
    """A locally administered MAC, the same for the same seed."""
    digest = blake2b("/".join(seed).encode(), digest_size=5).hexdigest()
    return ":".join(["02", *(digest[start : start + 2] for start in range(0, 10, 2))])


def completed(machine: Machine, site: str) -> Machine:
    """With what a real machine has besides: two more ports, one more disk, an accelerator."""
    ports, disks = {port.name for port in machine.ports}, {disk.path for disk in machine.disks}
    names = [name for name in _ADDED_PORTS if name not in ports][:2]
    added = [Port(name, made_mac(site, machine.name, name)) for name in names]
    disk = next(path for path in _ADDED_DISKS if path not in disks)
    return replace(
        machine,
        ports=(*machine.ports, *added),
        disks=(*machine.disks, Disk(disk)),
        accelerators=(_ACCELERATOR,),
    )


@dataclass(frozen=True, slots=True)
class Pool:
    """An address pool as bootstrap asks for it. ``nodes`` are the controllers' own addresses."""

    name: str
    network: str
    start: str
    end: str
    gateway: str = ""
    floating: str = ""
    nodes: tuple[str, str] = ("", "")

    def body(self) -> dict[str, object]:
        """What is posted to /addrpools."""
        network, _, prefix = self.network.partition("/")
        return {
            "name": self.name,
            "network": network,
            "prefix": int(prefix),
            "ranges": [[self.start, self.end]],
            "gateway_address": self.gateway,
            "floating_address": self.floating,
            "controller0_address": self.nodes[0],
            "controller1_address": self.nodes[1],
        }


@dataclass(frozen=True, slots=True)
class Subnet:
    """One platform network as bootstrap makes it; one address pool per family, the primary first."""

    type: str
    pools: tuple[Pool, ...]
    dynamic: bool = False


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What bootstrap-values and install-values said."""

    system_type: str
    system_mode: str
    subnets: tuple[Subnet, ...]
    dns: tuple[str, ...]
    release: str = "24.09"
    timezone: str = "UTC"
    low_latency: bool = False


@dataclass(frozen=True, slots=True)
class SiteHardware:
    """All of a site; ``machines`` has controller-0 first."""

    name: str
    bootstrap: Bootstrap
    machines: tuple[Machine, ...]
