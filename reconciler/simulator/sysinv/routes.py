"""Routes of interfaces (starlingx/config api/controllers/v1/route.py). No lock is needed: they apply at once."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface, ip_network
from typing import TYPE_CHECKING

from reconciler.simulator.bodies import attributes, integer, uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.sysinv import config, pools
from reconciler.simulator.sysinv.facts import host_by_id, network_types
from reconciler.simulator.sysinv.interfaces import INTERFACES
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, one, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("routes")

ROUTES = family.collection(
    Collection(
        "routes",
        columns="uuid network prefix gateway metric ifname interface_uuid forihostid",
        more="id created_at updated_at",
        links=None,
        noun="Route",
    )
)
MAX_PATHS = 4
_ALLOWED_TYPES = frozenset({"mgmt", "cluster-host", "oam", "storage", "admin", "data", "ironic"})


@family.on("GET", "/ihosts/{host}/routes")
def list_of_host(system: System, call: Call) -> Row:
    host = system.host(call["host"])
    rows = system.tables.rows("routes", forihostid=host["id"])
    return listed(system, ROUTES, rows, call, f"ihosts/{host['uuid']}/routes")


@family.on("POST", "/routes")
def create(system: System, call: Call) -> Row:
    body = attributes(call.body, "route", "interface_uuid network prefix gateway metric uuid forihostid ifname")
    _check_syntax(body)
    interface = one(system, INTERFACES, str(body.get("interface_uuid")))
    _check_networks(system, interface)
    _check_gateway(system, interface, body)
    _check_duplicates(system, interface, body)
    row = system.insert(
        "routes",
        **{name: body[name] for name in ("network", "gateway")},
        prefix=int(body["prefix"]),
        metric=int(body.get("metric") or 1),
        interface_uuid=interface["uuid"],
        ifname=interface["ifname"],
        forihostid=interface["forihostid"],
    )
    config.mark_out_of_date(system, [host_by_id(system, interface["forihostid"])])
    return shown(system, ROUTES, row, call)


def _check_syntax(body: Row) -> None:
    """ValueErrors of the model, which come out as 500."""
    prefix = integer("prefix", body.get("prefix"))
    network, gateway = ip_address(body["network"]), ip_address(body["gateway"])
    strict = ip_network(f"{network}/{prefix}", strict=False)
    if strict.network_address != network:
        raise Fault(500, f"Invalid IP network {network}/{prefix} expecting {strict}")
    if network.version != gateway.version:
        raise Fault(500, "Network and gateway IP versions must match")
    if network == gateway:
        raise Fault(500, "Network and gateway IP addresses must be different")
    if int(gateway) == 0:
        raise Fault(500, "Gateway address must not be null")
    if prefix and gateway in strict:
        raise Fault(500, "Gateway address must not be within destination subnet")


def _check_networks(system: System, interface: Row) -> None:
    for network_type in network_types(system, interface["uuid"]):
        if network_type not in _ALLOWED_TYPES:
            raise refuse(f"Routes may not be configured against interfaces with network type '{network_type}'", 409)


def _check_gateway(system: System, interface: Row, body: Row) -> None:
    """No local address but a gateway's; an address that has no name crashes the check (sysinv-api.md 8)."""
    local = system.tables.first("addresses", address=body["gateway"])
    if local is not None:
        if local.get("name") is None:
            raise Fault(500, "argument of type 'NoneType' is not iterable")
        if "gateway" not in local["name"]:
            raise refuse(f"Route gateway {body['gateway']} cannot be another local interface", 409)
    if not _is_reachable(system, interface, body["gateway"]):
        raise refuse(f"Route gateway {body['gateway']} is not reachable by any address on this interface", 409)


def _is_reachable(system: System, interface: Row, gateway: str) -> bool:
    addresses = system.tables.rows("addresses", interface_uuid=interface["uuid"])
    networks = [ip_interface(f"{item['address']}/{item['prefix']}").network for item in addresses]
    for link in system.tables.rows("interface_networks", interface_uuid=interface["uuid"]):
        network = system.tables.row("networks", link["network_uuid"])
        networks += [ip_network(f"{pool['network']}/{pool['prefix']}") for pool in pools.pools_of(system, network)]
    return any(ip_address(gateway) in network for network in networks)


def _check_duplicates(system: System, interface: Row, body: Row) -> None:
    same = {"network": body["network"], "prefix": int(body["prefix"])}
    of_host = system.tables.rows("routes", forihostid=interface["forihostid"], **same)
    if any(route["gateway"] == body["gateway"] for route in of_host):
        raise refuse(
            f"Route {body['network']}/{body['prefix']} via {body['gateway']} already exists on this host.", 409
        )
    metric = int(body.get("metric") or 1)
    if len([route for route in of_host if route["metric"] == metric]) >= MAX_PATHS:
        raise refuse(
            f"Maximum number of paths ({MAX_PATHS}) already reached for {body['network']}/{body['prefix']} already"
            " reached.",
            409,
        )


@family.on("DELETE", "/routes/{route_uuid}")
def delete(system: System, call: Call) -> None:
    row = one(system, ROUTES, uuid_argument("route_uuid", call["route_uuid"]))
    system.tables.delete("routes", row["uuid"])
    config.mark_out_of_date(system, [host_by_id(system, row["forihostid"])])
