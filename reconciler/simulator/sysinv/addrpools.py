"""Address pools (starlingx/config api/controllers/v1/address_pool.py)."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from reconciler.simulator.bodies import attributes, integer, uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import config, pools
from reconciler.simulator.sysinv.facts import is_configured, is_locked, is_simplex
from reconciler.simulator.sysinv.networks import remove
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("addrpools")

Network = IPv4Network | IPv6Network
POOLS = family.collection(
    Collection(
        "addrpools",
        columns="uuid name network prefix family order controller0_address controller0_address_id controller1_address"
        " controller1_address_id floating_address floating_address_id gateway_address gateway_address_id ranges",
        more="id created_at updated_at",
        links=None,
        noun="Address pool",
    )
)
_ORDERS = ("sequential", "random")
_KNOWN = (
    "name network prefix family order ranges controller0_address controller1_address floating_address gateway_address"
    " controller0_address_id controller1_address_id floating_address_id gateway_address_id id uuid"
)
_WRITABLE = frozenset({"oam", "admin", "system-controller", "system-controller-oam"})
_SIMPLEX_WRITABLE = frozenset({"mgmt", "storage"})


def _existing(system: System, uuid: str) -> Row:
    pool = system.tables.find("addrpools", uuid_argument("address_pool_uuid", uuid))
    if pool is None:
        raise refuse(f"Address pool {uuid} not found", 404)
    return pool


@family.on("GET", "/addrpools/{address_pool_uuid}")
def show(system: System, call: Call) -> Row:
    return shown(system, POOLS, _existing(system, call["address_pool_uuid"]), call)


@family.on("POST", "/addrpools")
def create(system: System, call: Call) -> Row:
    body = attributes(call.body, "addrpool", _KNOWN)
    subnet = _checked_subnet(body)
    if system.tables.first("addrpools", name=body["name"]):
        raise refuse(f"Address pool {body['name']} already exists", 409)
    _check_size(subnet)
    ranges = [list(item) for item in body.get("ranges") or [_whole(subnet)]]
    _check_ranges(ranges, subnet)
    _check_members(body, subnet)
    empty = {name: None for field in pools.FIELDS for name in (field, f"{field}_id")}
    row = system.insert(
        "addrpools", **empty, name=body["name"], network=body["network"], prefix=subnet.prefixlen,
        family=subnet.version, order=body.get("order") or "random", ranges=sorted(ranges, key=_start),
    )  # fmt: skip
    row = _set_members(system, row, {f: body[f] for f in pools.FIELDS if body.get(f)})
    return shown(system, POOLS, row, call)


def _start(item: list[str]) -> int:
    return int(ip_address(item[0]))


def _checked_subnet(body: Row) -> Network:
    """The model's ValueErrors come out as 500."""
    if not body.get("name"):
        raise Fault(500, "Name must not be an empty string")
    prefix = integer("prefix", body.get("prefix"))
    if prefix < 1:
        raise Fault(500, "Address prefix must be greater than 1")
    try:
        subnet = ip_network(f"{body['network']}/{prefix}", strict=False)
    except ValueError:
        raise Fault(500, "Invalid IP address and prefix") from None
    if str(subnet.network_address) != str(ip_address(body["network"])):
        raise Fault(500, "Host bits must be zero")
    if body.get("order") and body["order"] not in _ORDERS:
        raise Fault(500, f"Network address allocation order must be one of: {', '.join(_ORDERS)}")
    return subnet


def _check_size(subnet: Network) -> None:
    if subnet.num_addresses < 4:
        raise refuse("Address pool network prefix must be at least /30", 409)


def _whole(subnet: Network) -> list[str]:
    return [str(subnet[1]), str(subnet[-2])]


def _check_ranges(ranges: list[list[str]], subnet: Network) -> None:
    seen: list[tuple[int, int]] = []
    for start, end in ranges:
        for position, text in (("start", start), ("end", end)):
            if ip_address(text).version != subnet.version:
                raise refuse("Address pool range IP version must match network IP version", 409)
            if ip_address(text) not in subnet:
                raise refuse(f"Range {position} address {text} is not within network {subnet}", 409)
        _check_range(start, end, subnet, seen)
        seen.append((int(ip_address(start)), int(ip_address(end))))


def _check_range(start: str, end: str, subnet: Network, seen: list[tuple[int, int]]) -> None:
    first, last = int(ip_address(start)), int(ip_address(end))
    if first > last:
        raise refuse(f"Invalid range: start address {start} must be less than end address {end}", 409)
    if first == int(subnet.network_address):
        raise refuse(f"Address pool range cannot include network address: {start}", 409)
    if subnet.version == 4 and last == int(subnet.broadcast_address):
        raise refuse(f"Address pool range cannot include broadcast address: {end}", 409)
    if any(first <= high and last >= low for low, high in seen):
        raise refuse(f"Addresses from {start}-{end} already contained in range", 409)


def _check_members(body: Row, subnet: Network) -> None:
    seen: dict[str, str] = {}
    for field in pools.FIELDS:
        address = body.get(field)
        if not address:
            continue
        if ip_address(address) not in subnet:
            raise refuse(
                f"IP Address {address} is not in subnet: {subnet}. Please configure valid IPv{subnet.version} address."
            )
        if address in seen:
            raise refuse(f"{field} can not be the same as {seen[address]}: {address}")
        seen[address] = field


def _set_members(system: System, pool: Row, members: Row) -> Row:
    """Give the pool these addresses, each as an address of its own, named by pool and field until a network names it."""
    for field, address in members.items():
        old = system.tables.first("addresses", id=pool.get(f"{field}_id")) if pool.get(f"{field}_id") else None
        if not address:
            pool = _clear(system, pool, field, old)
        elif old is not None:
            system.update("addresses", old["uuid"], address=address)
            pool = system.update("addrpools", pool["uuid"], **{field: address})
        else:
            new = pools.new_address(system, pool, address, f"{pool['name']}-{field}")
            pool = system.update("addrpools", pool["uuid"], **{field: address, f"{field}_id": new["id"]})
    return pool


def _clear(system: System, pool: Row, field: str, old: Row | None) -> Row:
    if old is not None:
        system.tables.delete("addresses", old["uuid"])
    return system.update("addrpools", pool["uuid"], **{field: None, f"{field}_id": None})


@family.on("PATCH", "/addrpools/{address_pool_uuid}")
def change(system: System, call: Call) -> Row:
    pool = _existing(system, call["address_pool_uuid"])
    changes = {k: v for k, v in replaced(typed_operations(call.body)).items() if v != pool.get(k)}
    networks = networks_of(system, pool)
    check_writable(system, [network["type"] for network in networks])
    _check_change(system, pool, changes)
    plain = {k: v for k, v in changes.items() if k not in pools.FIELDS}
    pool = system.update("addrpools", pool["uuid"], **plain)
    pool = _set_members(system, pool, {k: v for k, v in changes.items() if k in pools.FIELDS})
    apply_change(system, networks)
    return shown(system, POOLS, pool, call)


def _check_change(system: System, pool: Row, changes: Row) -> None:
    wanted = {**pool, **changes}
    subnet = _checked_subnet(wanted)
    if "name" in changes and system.tables.first("addrpools", name=changes["name"]):
        raise refuse(f"Address pool {changes['name']} already exists", 409)
    if {"network", "prefix", "ranges"} & changes.keys():
        _check_ranges(wanted["ranges"], subnet)
    _check_members(wanted, subnet)


def networks_of(system: System, pool: Row) -> list[Row]:
    links = system.tables.rows("network_addresspools", address_pool_uuid=pool["uuid"])
    return [system.tables.row("networks", link["network_uuid"]) for link in links]


def check_writable(system: System, types: list[str]) -> None:
    """After bootstrap a pool in use is read-only, but OAM's, a subcloud's own, and on an AIO-SX two while locked."""
    if not is_configured(system):
        return
    for kind in types:
        if kind in _WRITABLE:
            continue
        if not (is_simplex(system) and kind in _SIMPLEX_WRITABLE):
            raise refuse("Address pool is read-only and cannot be modified or removed", 409)
        for host in config.controllers(system):
            if not is_locked(host):
                raise refuse(
                    f"Cannot complete the action because Host {host['hostname']} is in administrative state = unlocked"
                )


def apply_change(system: System, networks: list[Row]) -> None:
    """OAM: runtime on a simplex, reboot elsewhere (sysinv-api.md 8)."""
    for network in networks:
        if network["type"] == "oam":
            config.apply_oam(system)
        elif network["type"] == "admin":
            config.mark_each_out_of_date(system, config.controllers(system))


@family.on("DELETE", "/addrpools/{address_pool_uuid}")
def delete(system: System, call: Call) -> None:
    pool = _existing(system, call["address_pool_uuid"])
    networks = networks_of(system, pool)
    primary_of = [n["type"] for n in networks if n["pool_uuid"] == pool["uuid"]]
    kept = [kind for kind in primary_of if kind not in _WRITABLE - {"oam"}]
    if kept:
        several = "s" if len(kept) > 1 else ""
        raise refuse(
            f"Address pool is the primary for the following network{several}: {', '.join(kept)}. Not possible to delete."
        )
    check_writable(system, [network["type"] for network in networks])
    _remove(system, pool, networks)


def _remove(system: System, pool: Row, networks: list[Row]) -> None:
    """A network whose primary pool goes, goes too (sysinv-api.md 8)."""
    for network in networks:
        if network["pool_uuid"] == pool["uuid"]:
            remove(system, network)
    for link in system.tables.rows("network_addresspools", address_pool_uuid=pool["uuid"]):
        system.tables.delete("network_addresspools", link["uuid"])
    for address in system.tables.rows("addresses", pool_uuid=pool["uuid"]):
        system.tables.delete("addresses", address["uuid"])
    system.tables.delete("addrpools", pool["uuid"])
