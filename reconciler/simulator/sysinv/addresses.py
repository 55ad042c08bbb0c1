"""Addresses on interfaces and their routes' gateways (starlingx/config api/controllers/v1/address.py)."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_interface, ip_network
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes, integer, uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import ABSENT, Collection, Family
from reconciler.simulator.sysinv import pools
from reconciler.simulator.sysinv.facts import host_by_id, is_configured, is_locked, network_types
from reconciler.simulator.sysinv.interfaces import INTERFACES
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, one, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("addresses")


def _derived(_system: System, row: Row) -> Mapping[str, Any]:
    """The interface is left out where there is none."""
    return {"interface_uuid": row.get("interface_uuid") or ABSENT}


ADDRESSES = family.collection(
    Collection(
        "addresses",
        columns="uuid ifname address prefix enable_dad forihostid pool_uuid interface_uuid",
        more="id name created_at updated_at",
        links=None,
        noun="Address",
        derive=_derived,
    )
)


@family.after_load
def complete(system: System) -> None:
    """Lists name an address's interface by host and name; what an address is called follows from its pool's use."""
    for row in system.tables.rows("addresses"):
        interface = system.tables.first("iinterfaces", forihostid=row["forihostid"], ifname=row["ifname"])
        system.tables.update("addresses", row["uuid"], {"interface_uuid": interface["uuid"] if interface else None})
    for network in system.tables.rows("networks"):
        for pool in pools.pools_of(system, network):
            pools.name_addresses(system, pool, network["type"])
    _name_addresses_of_others(system)


def _name_addresses_of_others(system: System) -> None:
    for row in system.tables.rows("addresses"):
        if row.get("name") or not row["pool_uuid"] or not row["forihostid"]:
            continue
        network = system.tables.first("networks", pool_uuid=row["pool_uuid"])
        host = host_by_id(system, row["forihostid"])
        if network:
            system.tables.update("addresses", row["uuid"], {"name": f"{host['hostname']}-{network['type']}"})


@family.on("GET", "/ihosts/{host}/addresses")
def list_of_host(system: System, call: Call) -> Row:
    host = system.host(call["host"])
    rows = system.tables.rows("addresses", forihostid=host["id"])
    return listed(system, ADDRESSES, rows, call, f"ihosts/{host['uuid']}/addresses")


@family.on("GET", "/iinterfaces/{interface}/addresses")
def list_of_interface(system: System, call: Call) -> Row:
    rows = system.tables.rows("addresses", interface_uuid=call["interface"])
    return listed(system, ADDRESSES, rows, call)


@family.on("POST", "/addresses")
def create(system: System, call: Call) -> Row:
    body = attributes(call.body, "addr", "interface_uuid pool_uuid address prefix name enable_dad family uuid")
    _check_syntax(body)
    interface = one(system, INTERFACES, str(body.get("interface_uuid")))
    host = system.tables.row("ihosts", interface["ihost_uuid"])
    _check_host(host)
    _check_mode(interface, body)
    _check_conflicts(system, host, body)
    _check_dad(body)
    _check_managed(system, interface)
    row = system.insert(
        "addresses", address=body["address"], prefix=int(body["prefix"]), enable_dad=":" in body["address"], name=None,
        pool_uuid=None, interface_uuid=interface["uuid"], ifname=interface["ifname"], forihostid=host["id"],
    )  # fmt: skip
    return shown(system, ADDRESSES, row, call)


def _check_syntax(body: Row) -> None:
    """What is no address is a client's mistake; a wrong prefix is a server's (ValueError: 500)."""
    text = body.get("address")
    try:
        address = ip_address(str(text))
    except ValueError:
        raise refuse(f"Expected an IPv4 or IPv6 address but received {text}.") from None
    prefix = integer("prefix", body.get("prefix"))
    if prefix < 1:
        raise Fault(500, "Address prefix must be greater than 1 for data network type")
    if int(address) == 0:
        raise Fault(500, "Address must not be null")
    if prefix > address.max_prefixlen:
        raise Fault(500, "Invalid IP address and prefix")
    network = ip_network(f"{text}/{prefix}", strict=False)
    if address == network.network_address and prefix < address.max_prefixlen:
        raise Fault(500, "Host bits must not be zero")


def _check_host(host: Row) -> None:
    if not is_locked(host):
        raise Fault(
            500, f"Unable to complete the action because Host {host['hostname']} is in administrative state = unlocked."
        )


def _check_mode(interface: Row, body: Row) -> None:
    label, mode = ("IPv6", "ipv6_mode") if ":" in body["address"] else ("IPv4", "ipv4_mode")
    if interface.get(mode) != "static":
        raise refuse(f"{label} interface address mode must be 'static' to add addresses", 404)


def _check_conflicts(system: System, host: Row, body: Row) -> None:
    address, prefix = body["address"], int(body["prefix"])
    if system.tables.first("addresses", address=address):
        raise refuse(f"Address {address}/{prefix} already exists on this interface.", 409)
    wanted = ip_interface(f"{address}/{prefix}").network
    for other in system.tables.rows("addresses", forihostid=host["id"]):
        if other["prefix"] == prefix and ip_interface(f"{other['address']}/{prefix}").network == wanted:
            number = system.tables.row("iinterfaces", other["interface_uuid"])["id"]
            raise refuse(f"Address {other['address']}/{prefix} on interface {number} is in same subnet", 409)


def _check_dad(body: Row) -> None:
    is_six, dad = ":" in body["address"], body.get("enable_dad")
    if not is_six and dad:
        raise refuse("Duplicate address detection not supported on IPv4 Addresses", 409)
    if is_six and dad is False:
        raise refuse("Duplicate address detection required on IPv6 Addresses", 409)


def _check_managed(system: System, interface: Row) -> None:
    types = network_types(system, interface["uuid"])
    if not {"mgmt", "cluster-host", "oam"} & set(types):
        return
    networks = [system.tables.first("networks", type=item) for item in types]
    if all(network and network["dynamic"] for network in networks):
        raise refuse(
            "The IP address for this interface is assigned dynamically as specified during system configuration."
        )


@family.on("DELETE", "/addresses/{address_uuid}")
def delete(system: System, call: Call) -> None:
    row = one(system, ADDRESSES, uuid_argument("address_uuid", call["address_uuid"]))
    _check_routes(system, row)
    if row["forihostid"]:
        _check_host(host_by_id(system, row["forihostid"]))
    if row["pool_uuid"] and is_configured(system):
        raise refuse("Address has been allocated from pool; cannot be manually deleted", 409)
    system.tables.delete("addresses", row["uuid"])


def _check_routes(system: System, row: Row) -> None:
    if not row.get("interface_uuid"):
        return
    network = ip_interface(f"{row['address']}/{row['prefix']}").network
    for route in system.tables.rows("routes", interface_uuid=row["interface_uuid"]):
        if ip_address(route["gateway"]) in network:
            raise refuse(
                f"Address {row['address']} is in use by a route to {route['network']}/{route['prefix']}"
                f" via {route['gateway']}",
                409,
            )
