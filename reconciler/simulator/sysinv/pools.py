"""Addresses out of pools: which a network needs, how one is chosen, how it comes to an interface.

starlingx/config common/address_pool.py (populate_network_pool_addresses, assign_network_addresses_to_interface).
"""

from __future__ import annotations

from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from reconciler.simulator.exchange import refuse
from reconciler.simulator.sysinv.facts import is_controller, is_simplex
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

Address = IPv4Address | IPv6Address
FIELDS = ("floating_address", "controller0_address", "controller1_address", "gateway_address")
POPULATED = frozenset({"mgmt", "admin", "pxeboot", "cluster-host", "ironic", "storage"})
ASSIGNABLE = frozenset({"mgmt", "oam", "cluster-host", "pxeboot", "storage", "admin", "ironic"})
DYNAMIC = frozenset({"mgmt", "cluster-host", "storage"})
MULTICAST_NAMES = ("sm-mgmt-ip", "mtce-mgmt-ip", "patch-controller-mgmt-ip", "patch-agent-mgmt-ip")
_HOSTNAMES = {
    "floating_address": "controller",
    "controller0_address": "controller-0",
    "controller1_address": "controller-1",
    "gateway_address": "controller-gateway",
}


def new_address(system: System, pool: Row, address: str, name: str | None) -> Row:
    return system.insert(
        "addresses", address=address, prefix=pool["prefix"], enable_dad=pool["family"] == 6, pool_uuid=pool["uuid"],
        name=name, interface_uuid=None, ifname=None, forihostid=None,
    )  # fmt: skip


def populate(system: System, pool: Row, network_type: str) -> None:
    """Make the addresses that a network of this type needs, and give those that exist their names."""
    if network_type == "multicast":
        for name in MULTICAST_NAMES:
            new_address(system, pool, next_free(system, pool, "sequential"), f"{name}-{network_type}")
        return
    for field in _needed(system, network_type):
        current = system.tables.row("addrpools", pool["uuid"])
        if not current[field]:
            address = new_address(system, pool, next_free(system, current, "sequential"), None)
            system.update("addrpools", pool["uuid"], **{field: address["address"], f"{field}_id": address["id"]})
    name_addresses(system, system.tables.row("addrpools", pool["uuid"]), network_type)


def _needed(system: System, network_type: str) -> tuple[str, ...]:
    if network_type not in POPULATED:
        return ()
    return FIELDS[:1] if is_simplex(system) else FIELDS[:3]


def name_addresses(system: System, pool: Row, network_type: str) -> None:
    for field, hostname in _HOSTNAMES.items():
        row = system.tables.first("addresses", id=pool.get(f"{field}_id")) if pool.get(f"{field}_id") else None
        if row is not None:
            system.tables.update("addresses", row["uuid"], {"name": f"{hostname}-{network_type}"})


def next_free(system: System, pool: Row, order: str | None = None) -> str:
    """A free address of the pool: the first, or one that the pool's order "random" draws."""
    taken = {row["address"] for row in system.tables.rows("addresses", pool_uuid=pool["uuid"])}
    if (order or pool["order"]) == "random":
        drawn = _draw(system, pool)
        if str(drawn) not in taken:
            return str(drawn)
    for start, end in pool["ranges"]:
        for offset in range(int(ip_address(end)) - int(ip_address(start)) + 1):
            if str(ip_address(start) + offset) not in taken:
                return str(ip_address(start) + offset)
    raise refuse(f"Address pool {pool['name']} has no available addresses", 409)


def _draw(system: System, pool: Row) -> Address:
    start, end = (ip_address(item) for item in pool["ranges"][0])
    seed = blake2b(system.uuid().encode(), digest_size=8).digest()
    return start + int.from_bytes(seed, "big") % (int(end) - int(start) + 1)


def allocate(system: System, pool_uuid: str, interface: Row, name: str | None = None) -> Row:
    """A free address of the pool, on the interface."""
    pool = system.tables.find("addrpools", pool_uuid) or system.tables.first("addrpools", name=pool_uuid)
    if pool is None:
        raise refuse(f"Address pool {pool_uuid} not found", 404)
    address = new_address(system, pool, next_free(system, pool), name)
    return put_on_interface(system, address, interface)


def put_on_interface(system: System, address: Row, interface: Row) -> Row:
    return system.update(
        "addresses",
        address["uuid"],
        interface_uuid=interface["uuid"],
        ifname=interface["ifname"],
        forihostid=interface["forihostid"],
    )


def take_off_interface(system: System, address: Row) -> Row:
    return system.update("addresses", address["uuid"], interface_uuid=None, ifname=None, forihostid=None)


def pools_of(system: System, network: Row) -> list[Row]:
    links = system.tables.rows("network_addresspools", network_uuid=network["uuid"])
    found = [system.tables.find("addrpools", link["address_pool_uuid"]) for link in links]
    return [pool for pool in found if pool is not None]


def assign(system: System, host: Row, interface: Row, network: Row, pools: list[Row]) -> None:
    """The network's addresses that are the host's come to the interface."""
    if network["type"] not in ASSIGNABLE:
        return
    for pool in pools:
        if is_controller(host):
            _assign_to_controller(system, host, interface, network, pool)
        else:
            _assign_to_other(system, host, interface, network, pool)


def _assign_to_controller(system: System, host: Row, interface: Row, network: Row, pool: Row) -> None:
    field = "floating_address" if is_simplex(system) else controller_field(system, host)
    number = pool.get(f"{field}_id")
    address = system.tables.first("addresses", id=number) if number else None
    if address is not None:
        put_on_interface(system, address, interface)
        if network["type"] == "mgmt" and network["pool_uuid"] == pool["uuid"]:
            system.update("ihosts", host["uuid"], mgmt_ip=address["address"])


def controller_field(system: System, host: Row) -> str:
    """Which of a pool's addresses is this controller's: the first host's is the first."""
    first = system.tables.first("ihosts", personality="controller")
    return "controller0_address" if first and first["uuid"] == host["uuid"] else "controller1_address"


def _assign_to_other(system: System, host: Row, interface: Row, network: Row, pool: Row) -> None:
    name = f"{host['hostname']}-{network['type']}"
    address = system.tables.first("addresses", name=name, pool_uuid=pool["uuid"])
    if address is not None:
        put_on_interface(system, address, interface)
    elif network["dynamic"] and network["type"] in DYNAMIC:
        allocate(system, pool["uuid"], interface, name)


def drop_addresses(system: System, interface: Row, family: int, *, keep_pool: bool) -> None:
    """Delete the interface's routes and addresses of a family; those of platform networks stay."""
    for route in system.tables.rows("routes", interface_uuid=interface["uuid"]):
        if (":" in route["network"]) == (family == 6):
            system.tables.delete("routes", route["uuid"])
    for address in system.tables.rows("addresses", interface_uuid=interface["uuid"]):
        if (":" in address["address"]) == (family == 6) and not keep_pool:
            system.tables.delete("addresses", address["uuid"])
