"""What the kinds of networks share: which pool serves which network, and whom a change of them sends through a lock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds import _addresses as addresses
from reconciler.model.kind import Context
from reconciler.model.node import Node
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot

ASSIGNMENT, ADDRESS_MODE = "interface-network", "interface-address-mode"  # what `platformNetworks` says
NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")  # of what an interface names (deployment-manager api/v1)
POOL_ONLY = "other"  # a PlatformNetwork of this type is a pool for interfaces' addresses, and no network

BY_TYPE = Rule("network-type", "A system has one network of each type, and interfaces carry types, not names.")
# ansible-playbooks populate_initial_config.py; the others somebody made
BOOTSTRAPPED = frozenset(
    {
        "mgmt",
        "pxeboot",
        "oam",
        "multicast",
        "cluster-host",
        "cluster-pod",
        "cluster-service",
        "admin",
        "system-controller",
        "system-controller-oam",
    }
)


def networks(site: Site) -> Iterator[tuple[str, Node]]:
    """(name, document) of every PlatformNetwork that is a network. A system has one network of each type."""
    return ((name, node) for name, node in site.of("PlatformNetwork").items() if node.text("type") != POOL_ONLY)


def types(site: Site) -> Mapping[str, str]:
    """Name of a PlatformNetwork document -> its type; undescribed networks have the name of their type (bootstrap)."""
    return {name: node.text("type") for name, node in site.of("PlatformNetwork").items()}


def family_of(pool: str, site: Site) -> addresses.Family | None:
    """The family of a pool that Git describes."""
    document = site.of("AddressPool").get(pool)
    return addresses.family(document.text("subnet")) if document else None


def said_service(site: Site) -> Mapping[str, tuple[str, ...]]:
    """Pool -> the networks that Git takes it for, as `mgmt/ipv4`."""
    served: dict[str, tuple[str, ...]] = {}
    for _, node in networks(site):
        for pool in node.listed("associatedAddressPools"):
            name = str(pool.value)
            served[name] = (*served.get(name, ()), f"{node.text('type')}/{family_of(name, site)}")
    return served


def seen_service(rows: Rows) -> Mapping[str, tuple[str, ...]]:
    """Pool -> the networks that it serves on the site, as `mgmt/ipv4`."""
    kinds = {row["uuid"]: row["type"] for row in rows.all("networks")}
    families = {row["uuid"]: addresses.family(row["network"]) for row in rows.all("addrpools")}
    served: dict[str, tuple[str, ...]] = {}
    for row in rows.all("network_addresspools"):
        pool, network = row["address_pool_uuid"], row["network_uuid"]
        if pool in families and network in kinds:
            name = row["address_pool_name"]
            served[name] = (*served.get(name, ()), f"{kinds[network]}/{families[pool]}")
    return served


def network_name(network: str, snapshot: Snapshot) -> str:
    """The name of the document of a network, which is known by its type."""
    found = snapshot.resources.get(ResourceKey("platform-network", network))
    return str(found.spec.name) if found and found.spec.name else network


def pools_of(network: str, snapshot: Snapshot) -> tuple[str, ...]:
    """The pools of a network, the primary one first."""
    found = snapshot.resources.get(ResourceKey("platform-network", network))
    first = found.spec.pool if found else None
    both = (snapshot.resources.get(ResourceKey("network-address-pool", f"{network}/{f}")) for f in ("ipv4", "ipv6"))
    return tuple(dict.fromkeys(name for name in (first, *(r.spec.pool for r in both if r)) if name))


def carries(interface: str, host: str, snapshot: Snapshot) -> bool:
    """Whether an interface has one of the networks of bootstrap; looks at those alone."""
    keys = (ResourceKey(ASSIGNMENT, network, host) for network in BOOTSTRAPPED)
    there = (snapshot.resources.get(key) for key in keys)
    return any(one is not None and one.spec.interface == interface for one in there)


def pool_network(pool: str, snapshot: Snapshot) -> str:
    """The name of the PlatformNetwork that stands for a pool of interfaces' addresses: the pool's, if it is free."""
    name = NOT_IN_NAMES.sub("-", pool)
    taken = {k.name for k in snapshot.resources if k.kind == "platform-network"}
    return f"{name}-addresses" if name in {network_name(network, snapshot) for network in taken} else name


def said_networks(interface: str, host: str, snapshot: Snapshot) -> tuple[str, ...]:
    """An interface's `platformNetworks`: the networks that it carries, then the pools that Git gives it."""
    on_it = [r for r in _on_interfaces(host, snapshot) if r.spec.interface == interface]
    assigned = (network_name(r.spec.network, snapshot) for r in on_it if r.key.kind == ASSIGNMENT)
    pools = {r.spec.pool for r in on_it if r.key.kind == ADDRESS_MODE and r.spec.pool}
    given = (p for p in pools if is_given(p, interface, host, snapshot))
    return (*sorted(assigned), *sorted(pool_network(pool, snapshot) for pool in given))


def is_given(pool: str, interface: str, host: str, snapshot: Snapshot) -> bool:
    """Whether a pool is an interface's by somebody's word: on workers those of its networks are set by themselves (recorded)."""
    on_it = (
        r.spec.network
        for r in _on_interfaces(host, snapshot)
        if r.key.kind == ASSIGNMENT and r.spec.interface == interface
    )
    return not any(pool in pools_of(network, snapshot) for network in on_it)


def _on_interfaces(host: str, snapshot: Snapshot) -> Iterator[Resource[Any]]:
    return (r for k, r in snapshot.resources.items() if k.kind in {ASSIGNMENT, ADDRESS_MODE} and k.host == host)


def served_types(served: Iterable[str]) -> frozenset[str]:
    return frozenset(one.rpartition("/")[0] for one in served)


def locked_after(types: Iterable[str], context: Context) -> Iterator[str]:
    """Hosts that must go through lock and unlock when a pool of these networks changes or joins.

    OAM: the controllers of every system with two (recorded; conductor update_oam_config). mgmt: every host of such
    a system (network_addrpool.py: its nodes are out of date). An AIO-SX takes both at run time.
    """
    if context.system.is_simplex:
        return
    changed = frozenset(types)
    for host in context.system.hosts.values():
        concerned = "mgmt" in changed or ("oam" in changed and host.personality == "controller")
        if concerned and host.is_provisioned:
            yield host.name


def in_service(context: Context) -> str:
    """The controller of an AIO-SX while it is unlocked; "" on every other system."""
    hosts = context.system.hosts.values() if context.system.is_simplex else ()
    return next((h.name for h in hosts if h.personality == "controller" and h.administrative != "locked"), "")
