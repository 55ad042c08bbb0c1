"""Systems for the sites of a site-config repository, each built when it is first asked for.

A system must not be built from what it is to become. So from a site's documents only this is read: host names, MACs,
names of ports, paths of disks and what they must hold; which port a host boots from is where its cable is. The rest is
what bootstrap was told (bootstrap-values, install-values).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from reconciler.desired import board_places, layers_of, load_site, parse_blob, sites_in
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.node import Node
from reconciler.model.site import Site, SiteFiles
from reconciler.simulator.bootstrapping import bootstrapped
from reconciler.simulator.durations import REAL, Durations
from reconciler.simulator.hardware import Disk, Machine, Port, SiteHardware, completed, made_mac
from reconciler.simulator.redfish import Bmc
from reconciler.simulator.system import System
from reconciler.simulator.value_files import bootstrap_of

Build = Callable[[], System]
BOARD_USER = "stxr"
FIRST, LOOPBACK = "controller-0", "lo"
USUAL_ROOT = "/dev/disk/by-path/pci-0000:00:1f.2-ata-1.0"
PARSED_FILES = 512

_parse = lru_cache(maxsize=PARSED_FILES)(parse_blob)


def builders(root: Path, *, durations: Durations = REAL) -> dict[str, Build]:
    """How to build the system of each site, by its name. Nothing is read of a site before that."""
    folder = root / "subclouds"
    if not folder.is_dir():
        message = f"no site: there is no folder {folder}; --repo takes the root of a site-config repository"
        raise ConfigError(message, str(root))
    names = sites_in(f"subclouds/{entry.name}/" for entry in folder.iterdir() if entry.is_dir())
    return {name: partial(build, root, name, durations=durations) for name in names}


def central_of(root: Path) -> dict[str, Any]:
    """What the central cloud of these sites must be, so that it takes another like them (``dcmanager.about.USUAL``).

    Its management network is the one to which the first site's gateway leads; a repository that says none is no trouble.
    """
    name = min(builders(root))
    try:
        values = load_site(_files(root, name), _parse).bootstrap_values
    except (ConfigError, ConfigErrors):
        return {}
    gateway = values.text("systemcontroller_gateway_address").split(",")[0].strip() if values else ""
    return _management_of(gateway) if gateway else {}


def _management_of(gateway: str) -> dict[str, Any]:
    """A subnet of the usual size around it, whose pool does not have it."""
    address = ip_address(gateway)
    subnet = ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False)
    first = 2 if int(address) - int(subnet.network_address) not in range(2, 101) else 101
    return {
        "management-subnet": str(subnet),
        "management-start": str(subnet[first]),
        "management-end": str(subnet[first + 98]),
    }


def build(root: Path, name: str, *, durations: Durations = REAL) -> System:
    """The freshly bootstrapped system of one site. Raises ConfigErrors where its files are wrong."""
    return bootstrapped(hardware_of(load_site(_files(root, name), _parse)), durations=durations)


def boards_of(root: Path, password: str, name: str) -> dict[str, Bmc]:
    """The controllers of a site's hosts whose address Git says; their ports are the hosts'. None where its files are wrong."""
    if not (root / "subclouds" / name).is_dir():
        return {}
    try:
        site = load_site(_files(root, name), _parse)
        machines = {machine.name: machine for machine in hardware_of(site).machines}
    except (ConfigError, ConfigErrors):
        return {}
    return {
        place.host: Bmc(place.host, BOARD_USER, password, {p.name: p.mac for p in machines[place.host].ports})
        for place in board_places(site)
        if place.host in machines
    }


def hardware_of(site: Site) -> SiteHardware:
    """What the site's files say of its hardware and its bootstrap."""
    if FIRST not in site.hosts:
        raise ConfigError(
            f"{site.name}: no Host {FIRST} is declared: bootstrap installs that one", f"subclouds/{site.name}"
        )
    others = sorted(name for name in site.hosts if name != FIRST)
    values = site.bootstrap_values, site.install_values
    port = values[1].text("bootstrap_interface") if values[1] else ""
    machines = [_machine(site, name, port if name == FIRST else "") for name in (FIRST, *others)]
    told = bootstrap_of(*values, standard=any(machine.personality != "controller" for machine in machines))
    return SiteHardware(site.name, told, tuple(machines))


def _files(root: Path, name: str) -> SiteFiles:
    own = root / "subclouds" / name
    said = own / "site.yaml"
    layers = layers_of(said.read_bytes()) if said.is_file() else ()
    folders = [own, *(root / "profiles" / layer for layer in layers)]
    paths = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()) if path.is_file()]
    fleet = root / "fleet.yaml"
    paths += [fleet] if fleet.is_file() else []
    return SiteFiles(name, "", "", {path.relative_to(root).as_posix(): path.read_bytes() for path in paths})


def _machine(site: Site, name: str, bootstrap_port: str) -> Machine:
    host = site.hosts[name]
    names = _ports(host, bootstrap_port)
    boot = _boot_port(host) or bootstrap_port or names[0]
    mac = (host.text("bootMAC") or host.text("match", "bootMAC") or made_mac(site.name, name, boot)).lower()
    ports = tuple(Port(port, mac if port == boot else made_mac(site.name, name, port)) for port in names)
    return completed(Machine(name, mac, ports, _disks(host)), site.name)


def _ports(host: Node, first: str) -> list[str]:
    """In the order of the documents; what a bond names and no document describes is a port."""
    ethernets = list(host.listed("interfaces", "ethernet"))
    described = {item.text("name") for item in ethernets}
    members = [str(m.value) for bond in host.listed("interfaces", "bond") for m in bond.listed("members")]
    found = [*(item.text("port", "name") for item in ethernets), *(m for m in members if m not in described)]
    names = [name for name in dict.fromkeys([*found, first]) if name and name != LOOPBACK]
    return names or ["enp0s3"]


def _boot_port(host: Node) -> str:
    """The port whose cable the management traffic runs over: a host boots from the network there."""
    carriers = {
        item.text("name"): item for kind in ("ethernet", "bond", "vlan") for item in host.listed("interfaces", kind)
    }
    for network in ("pxeboot", "mgmt"):
        for item in carriers.values():
            if network in [each.value for each in item.listed("platformNetworks")]:
                return _port_below(item, carriers)
    return ""


def _port_below(item: Node, carriers: Mapping[str, Node]) -> str:
    port = item.text("port", "name")
    if port:
        return "" if port == LOOPBACK else port
    members = [str(member.value) for member in item.listed("members")]
    below = [item.text("lower"), *members]
    known = [carriers[name] for name in below if name in carriers]
    return _port_below(known[0], carriers) if known else next(iter(members), "")


def _disks(host: Node) -> tuple[Disk, ...]:
    """The root disk first; each with room for the partitions that are to lie on it."""
    root = host.text("rootDevice") or host.text("bootDevice") or USUAL_ROOT
    needed: dict[str, int] = {_by_path(root): 0}
    for path, mib in _uses(host):
        needed[_by_path(path)] = needed.get(_by_path(path), 0) + mib
    return tuple(Disk(path, mib) for path, mib in needed.items())


def _uses(host: Node) -> Iterator[tuple[str, int]]:
    for osd in host.listed("storage", "osds"):
        yield osd.text("path"), 0
        if osd.text("journal", "path"):
            yield osd.text("journal", "path"), 0
    for group in host.listed("storage", "volumeGroups"):
        for volume in group.listed("physicalVolumes"):
            yield volume.text("path"), int(volume.text("size") or 0) * 1024 + 1024


def _by_path(path: str) -> str:
    """``/dev/sdb`` as the path that the platform knows a disk by; any other path as it is."""
    letter = path.removeprefix("/dev/sd")
    if letter != path and len(letter) == 1:
        return USUAL_ROOT.replace("ata-1.0", f"ata-{ord(letter) - ord('a') + 1}.0")
    return path
