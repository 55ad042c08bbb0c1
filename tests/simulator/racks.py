"""Racks of machines as a site of each of the four kinds has them, before anything is configured."""

from __future__ import annotations

from dataclasses import replace

from reconciler.simulator.hardware import (
    ALL_IN_ONE,
    STANDARD,
    Bootstrap,
    Disk,
    Machine,
    Port,
    SiteHardware,
    completed,
    made_mac,
)
from reconciler.simulator.value_files import bootstrap_of

ROOT, DATA = "/dev/disk/by-path/pci-0000:00:1f.2-ata-1.0", "/dev/disk/by-path/pci-0000:00:1f.2-ata-2.0"
PORTS = ("enp0s3", "enp0s8")


def told(system_type: str, mode: str) -> Bootstrap:
    """StarlingX's own default subnets; the controllers of a pair have an OAM address each."""
    usual = bootstrap_of(None, None, standard=system_type == STANDARD)
    nodes = ("10.10.10.3", "10.10.10.4") if mode == "duplex" else ("", "")
    subnets = tuple(
        replace(subnet, pools=(replace(subnet.pools[0], nodes=nodes),)) if subnet.type == "oam" else subnet
        for subnet in usual.subnets
    )
    return replace(usual, system_mode=mode, subnets=subnets)


def machine(site: str, name: str) -> Machine:
    """Two ports and two disks of its own, and what every machine has besides."""
    macs = {port: made_mac(site, name, port) for port in PORTS}
    ports = tuple(Port(port, mac) for port, mac in macs.items())
    return completed(Machine(name, macs[PORTS[1]], ports, (Disk(ROOT), Disk(DATA))), site)


def rack(name: str, system_type: str, *others: str) -> SiteHardware:
    """A site with controller-0 and these others; a simplex where it stands alone."""
    bootstrap = told(system_type, "duplex" if others else "simplex")
    return SiteHardware(name, bootstrap, tuple(machine(name, host) for host in ("controller-0", *others)))


SIMPLEX = rack("mill", ALL_IN_ONE)
DUPLEX = rack("lock", ALL_IN_ONE, "controller-1")
PLAIN = rack("dock", STANDARD, "controller-1", "compute-0", "compute-1")
STORING = rack("vault", STANDARD, "controller-1", "storage-0", "storage-1", "compute-0")
