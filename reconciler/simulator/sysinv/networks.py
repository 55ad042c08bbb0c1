"""Platform networks and the pools that are attached to them.

starlingx/config api/controllers/v1/network.py, network_addrpool.py. There is no PATCH of a network: delete and make
anew, which after bootstrap only some types allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.bodies import attributes, boolean, uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.sysinv import config, pools
from reconciler.simulator.sysinv.facts import is_configured, is_locked, is_simplex
from reconciler.simulator.tables import Row
from reconciler.simulator.views import one, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("networks")


def _names(system: System, row: Row) -> Row:
    """The pool's name follows a rename."""
    pool = system.tables.find("addrpools", row["address_pool_uuid"])
    return {"address_pool_name": pool["name"] if pool else row["address_pool_name"]}


NETWORKS = family.collection(
    Collection(
        "networks",
        columns="id uuid type name dynamic pool_uuid primary_pool_family",
        more="created_at updated_at",
        links=None,
        noun="Network",
    )
)
NETWORK_POOLS = family.collection(
    Collection(
        "network_addresspools",
        columns="id uuid address_pool_id address_pool_uuid address_pool_name network_id network_uuid network_name",
        more="created_at updated_at",
        links=None,
        noun="Network addrpool",
        derive=_names,
    )
)
TYPES = frozenset(
    [
        "pxeboot",
        "mgmt",
        "oam",
        "multicast",
        "cluster-host",
        "cluster-pod",
        "cluster-service",
        "storage",
        "admin",
        "ironic",
        "system-controller",
        "system-controller-oam",
    ]
)
_FIXED = frozenset({"oam", "cluster-host", "pxeboot", "cluster-pod", "cluster-service", "storage"})
_FREE_POOLS = frozenset({"oam", "cluster-host", "cluster-pod", "cluster-service", "storage"})
_STATIC = frozenset({"mgmt", "oam", "cluster-host", "admin"})


@family.on("POST", "/networks")
def create(system: System, call: Call) -> Row:
    body = attributes(call.body, "network", "type name dynamic pool_uuid id uuid primary_pool_family")
    if body.get("type") not in TYPES:
        raise Fault(500, f"Network type {body.get('type')} not supported")
    pool = _pool(system, body.get("pool_uuid"))
    if system.tables.first("networks", type=body["type"]):
        raise refuse(f"Network of type {body['type']} already exists.", 409)
    row = system.insert(
        "networks",
        type=body["type"],
        name=body.get("name"),
        dynamic=boolean(body.get("dynamic")),
        pool_uuid=pool["uuid"],
        primary_pool_family=f"IPv{pool['family']}",
    )
    _attach(system, row, pool)
    pools.populate(system, pool, body["type"])
    return shown(system, NETWORKS, row, call)


def _pool(system: System, uuid: str | None) -> Row:
    if not uuid:
        raise refuse("Address pool UUID has to be specified")
    pool = system.tables.find("addrpools", uuid)
    if pool is None:
        raise refuse(f"Address pool {uuid} not found", 404)
    return pool


def _attach(system: System, network: Row, pool: Row) -> Row:
    return system.insert(
        "network_addresspools",
        address_pool_id=pool["id"],
        address_pool_uuid=pool["uuid"],
        address_pool_name=pool["name"],
        network_id=network["id"],
        network_uuid=network["uuid"],
        network_name=network["name"],
    )


@family.on("DELETE", "/networks/{network_uuid}")
def delete(system: System, call: Call) -> None:
    network = one(system, NETWORKS, uuid_argument("network_uuid", call["network_uuid"]))
    if is_configured(system):
        _check_deletable(system, network)
    remove(system, network)
    if network["type"] == "admin":
        config.mark_each_out_of_date(system, config.controllers(system))


def _check_deletable(system: System, network: Row) -> None:
    kind, what = network["type"], f"Cannot delete type {network['type']} network {network['uuid']}"
    if kind in _FIXED or (kind == "mgmt" and not is_simplex(system)):
        raise refuse(f"{what} after initial configuration completion")
    if kind == "mgmt":
        for host in config.controllers(system):
            if not is_locked(host):
                raise refuse(f"{what} because Host {host['hostname']} is in administrative state = unlocked")


def remove(system: System, network: Row) -> None:
    """The network, its assignments and links to pools; its addresses leave their interfaces."""
    for pool in pools.pools_of(system, network):
        for address in system.tables.rows("addresses", pool_uuid=pool["uuid"]):
            if address["interface_uuid"]:
                pools.take_off_interface(system, address)
    for table in ("interface_networks", "network_addresspools"):
        for row in system.tables.rows(table, network_uuid=network["uuid"]):
            system.tables.delete(table, row["uuid"])
    system.tables.delete("networks", network["uuid"])


# ---- pools of networks


@family.on("POST", "/network_addresspools")
def attach(system: System, call: Call) -> Row:
    body = attributes(call.body, "network_addresspool", "network_uuid address_pool_uuid id uuid")
    network = one(system, NETWORKS, str(body.get("network_uuid")))
    pool = _pool(system, body.get("address_pool_uuid"))
    _check_relation(system, network, pool, "create")
    _check_attachable(system, network, pool)
    row = _attach(system, network, pool)
    pools.populate(system, pool, network["type"])
    _reach_interfaces(system, network, pool)
    _apply(system, network, pool)
    return shown(system, NETWORK_POOLS, row, call)


def _check_relation(system: System, network: Row, pool: Row, verb: str) -> None:
    """Which networks' pools may still change (network_addrpool.py ``_check_modification_allowed``)."""
    kind, secondary = network["type"], network["pool_uuid"] != pool["uuid"]
    if kind in _FREE_POOLS or not is_configured(system):
        return
    if kind == "mgmt" and is_simplex(system):
        for host in config.controllers(system):
            if not is_locked(host):
                raise refuse(
                    f"Cannot complete the action because Host {host['hostname']} is in administrative state = unlocked"
                )
        return
    if kind not in ("pxeboot", "multicast", "mgmt") or (kind in ("mgmt", "multicast") and secondary):
        return
    if kind in ("pxeboot", "multicast"):
        raise refuse(
            f"Cannot {verb} relation for network {{{network['uuid']}}} with type {kind} after initial configuration"
            " completion"
        )


def _check_attachable(system: System, network: Row, pool: Row) -> None:
    kind, attached = network["type"], pools.pools_of(system, network)
    if len(attached) == 2:
        names = [item["name"] for item in attached]
        raise refuse(f"Network of type {kind} already have maximum of 2 pools attached: {names}")
    if attached and attached[0]["family"] == pool["family"]:
        raise refuse(f"Network of type {kind} already have pool {attached[0]['name']} for family IPv{pool['family']}")
    if kind == "pxeboot" and pool["family"] != 4:
        raise refuse(f"Network of type {kind} only supports pool of family {network['primary_pool_family']}")
    if system.tables.first("network_addresspools", address_pool_uuid=pool["uuid"]):
        raise refuse("Address pool already in use by another network")
    oam = system.tables.first("networks", type="oam")
    if kind == "cluster-pod" and oam and pool["family"] not in {item["family"] for item in pools.pools_of(system, oam)}:
        raise refuse("Cluster-pod address-pool can not be added before OAM address-pool of same IP family")


def _reach_interfaces(system: System, network: Row, pool: Row) -> None:
    pool = system.tables.row("addrpools", pool["uuid"])
    for link in system.tables.rows("interface_networks", network_uuid=network["uuid"]):
        interface = system.tables.row("iinterfaces", link["interface_uuid"])
        host = system.tables.row("ihosts", interface["ihost_uuid"])
        pools.assign(system, host, interface, network, [pool])
        if network["type"] in _STATIC:
            system.update("iinterfaces", interface["uuid"], **{f"ipv{pool['family']}_mode": "static"})


def _apply(system: System, network: Row, pool: Row) -> None:
    """What a second pool sets in motion: OAM and management reboot a duplex, storage applies at once."""
    kind = network["type"]
    used = system.tables.rows("interface_networks", network_uuid=network["uuid"])
    if kind == "oam" and used:
        config.apply_oam(system)
    elif kind == "mgmt" and is_configured(system) and not is_simplex(system) and network["pool_uuid"] != pool["uuid"]:
        config.mark_out_of_date(system, system.hosts(), reboot=True)
    elif kind == "storage" and is_configured(system):
        config.mark_out_of_date(system, config.controllers(system))
    elif kind == "admin" and used:
        config.mark_each_out_of_date(system, config.controllers(system))


@family.on("DELETE", "/network_addresspools/{network_addrpool_uuid}")
def detach(system: System, call: Call) -> None:
    row = one(system, NETWORK_POOLS, uuid_argument("network_addrpool_uuid", call["network_addrpool_uuid"]))
    network, pool = one(system, NETWORKS, row["network_uuid"]), _pool(system, row["address_pool_uuid"])
    _check_relation(system, network, pool, "delete")
    if network["pool_uuid"] == pool["uuid"]:
        raise refuse(
            f"Cannot remove primary pool '{pool['name']}' from '{network['name']}' with type {network['type']}"
        )
    for address in system.tables.rows("addresses", pool_uuid=pool["uuid"]):
        if address["interface_uuid"]:
            system.update("iinterfaces", address["interface_uuid"], **{f"ipv{pool['family']}_mode": None})
            pools.take_off_interface(system, address)
    system.tables.delete("network_addresspools", row["uuid"])
    _apply(system, network, pool)
