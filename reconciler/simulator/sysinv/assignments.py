"""Networks and data networks on interfaces.

starlingx/config api/controllers/v1/interface_network.py and interface_datanetwork.py. An interface without a class
takes the one that the assignment needs. Platform networks need no lock, data networks do (but pci-sriov on AIO-SX).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reconciler.simulator.bodies import attributes, uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.sysinv import config, pools
from reconciler.simulator.sysinv.facts import host_by_id, is_configured, is_controller, is_locked, is_simplex
from reconciler.simulator.sysinv.interfaces import INTERFACES
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, one, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("assignments")

INTERFACE_NETWORKS = family.collection(
    Collection(
        "interface_networks",
        columns="id uuid forihostid interface_uuid ifname network_id network_uuid network_name network_type",
        more="created_at updated_at",
        links=None,
        noun="Interface network",
    )
)
INTERFACE_DATANETWORKS = family.collection(
    Collection(
        "interface_datanetworks",
        columns="id uuid interface_uuid ifname forihostid datanetwork_id datanetwork_uuid datanetwork_name",
        more="created_at updated_at",
        links=None,
        noun="Interface datanetwork",
    )
)
_ONCE_PER_HOST = frozenset({"mgmt", "pxeboot", "oam", "cluster-host", "storage", "admin", "ironic"})
_STATIC = frozenset({"mgmt", "oam", "cluster-host", "admin"})
VXLAN_OVERHEAD = 74


def _listers(collection: Collection) -> None:
    @family.on("GET", "/ihosts/{host}/" + collection.path)
    def list_of_host(system: System, call: Call) -> Row:
        host = system.host(call["host"])
        return listed(system, collection, system.tables.rows(collection.path, forihostid=host["id"]), call)

    @family.on("GET", "/iinterfaces/{interface}/" + collection.path)
    def list_of_interface(system: System, call: Call) -> Row:
        return listed(system, collection, system.tables.rows(collection.path, interface_uuid=call["interface"]), call)


_listers(INTERFACE_NETWORKS)
_listers(INTERFACE_DATANETWORKS)


# ---- platform networks


@family.on("POST", "/interface_networks")
def assign_network(system: System, call: Call) -> Row:
    body = attributes(call.body, "interface_network", "interface_uuid network_uuid uuid id")
    interface = one(system, INTERFACES, str(body.get("interface_uuid")))
    network = system.tables.find("networks", body.get("network_uuid"))
    if network is None:
        raise refuse(f"Network {body.get('network_uuid')} could not be found.", 404)
    host = system.tables.row("ihosts", interface["ihost_uuid"])
    interface = _with_class(system, interface, "platform", ("platform", "pci-sriov"), "platform networks")
    _keeping_class(lambda: _check_network(system, host, interface, network))
    row = _insert_network(system, interface, network)
    _address(system, host, interface, network)
    after_network_change(system, host, network["type"])
    return shown(system, INTERFACE_NETWORKS, row, call)


def _with_class(system: System, interface: Row, new: str, allowed: tuple[str, ...], what: str) -> Row:
    if not interface["ifclass"]:
        return system.update("iinterfaces", interface["uuid"], ifclass=new)
    if interface["ifclass"] not in allowed:
        raise refuse(f"An interface with interface class '{interface['ifclass']}' cannot assign {what}.")
    return interface


def _keeping_class(check: Callable[[], None]) -> None:
    """The class was given before these checks and stays when they refuse (recorded: bonds-vlans-addresses 89, 102)."""
    try:
        check()
    except Fault as fault:
        fault.kept = True
        raise


def _check_network(system: System, host: Row, interface: Row, network: Row) -> None:
    kind = network["type"]
    assigned = system.tables.rows("interface_networks", interface_uuid=interface["uuid"])
    if any(row["network_uuid"] == network["uuid"] for row in assigned):
        raise refuse(
            f"Interface network with interface ID '{interface['id']}' and network ID '{network['id']}' already exists."
        )
    of_host = system.tables.rows("interface_networks", forihostid=host["id"], network_type=kind)
    if kind in _ONCE_PER_HOST and of_host:
        raise refuse(f"An interface with '{kind}' network type is already provisioned on this node")
    _check_pxeboot(kind, [row["network_type"] for row in assigned])
    if kind in ("oam", "admin") and not is_controller(host):
        raise refuse(f"The '{kind}' network type is only supported on controller nodes.")
    _check_bond(interface, kind)
    _check_cluster_host(system, host, interface, kind)


def _check_pxeboot(kind: str, others: list[str]) -> None:
    if others and kind == "pxeboot":
        raise refuse(
            "You cannot assign a network of type 'pxeboot' to an interface which is already assigned with a different"
            " network."
        )
    if "pxeboot" in others:
        raise refuse("An interface assigned with a network of type 'pxeboot' cannot contain additional networks.")


def _check_bond(interface: Row, kind: str) -> None:
    allowed = ("802.3ad", "active_standby")
    if kind in ("mgmt", "admin") and interface["iftype"] == "ae" and interface["aemode"] not in allowed:
        raise refuse(
            f"Device interface with network type {kind}, and interface type 'aggregated ethernet' must be in mode"
            f" {', '.join(allowed)}"
        )


def _check_cluster_host(system: System, host: Row, interface: Row, kind: str) -> None:
    if kind != "cluster-host" or is_controller(host):
        return
    controllers = {row["id"] for row in system.tables.rows("ihosts", personality="controller")}
    rows = system.tables.rows("interface_networks", network_type=kind)
    if not any(row["forihostid"] in controllers for row in rows):
        raise refuse(f"Interface {interface['ifname']} does not have associated cluster-host interface on controller.")


def _insert_network(system: System, interface: Row, network: Row) -> Row:
    return system.insert(
        "interface_networks", forihostid=interface["forihostid"], interface_uuid=interface["uuid"],
        ifname=interface["ifname"], network_id=network["id"], network_uuid=network["uuid"],
        network_name=network["name"], network_type=network["type"],
    )  # fmt: skip


def _address(system: System, host: Row, interface: Row, network: Row) -> None:
    """Address mode static for the networks that have fixed addresses; then the addresses themselves."""
    found = pools.pools_of(system, network)
    if network["type"] in _STATIC:
        for pool in found:
            system.update("iinterfaces", interface["uuid"], **{f"ipv{pool['family']}_mode": "static"})
    pools.assign(system, host, interface, network, found)
    if network["type"] == "mgmt" and interface["iftype"] != "virtual" and not is_configured(system):
        system.update("ihosts", host["uuid"], mgmt_mac=interface["imac"])


def after_network_change(system: System, host: Row, kind: str) -> None:
    """Assigning the storage or admin network, or taking it away, starts a manifest."""
    if kind == "storage":
        config.mark_out_of_date(system, config.controllers(system))
    elif kind == "admin":
        config.mark_out_of_date(system, [host])


@family.on("DELETE", "/interface_networks/{interface_network_uuid}")
def unassign_network(system: System, call: Call) -> None:
    uuid = uuid_argument("interface_network_uuid", call["interface_network_uuid"])
    row = one(system, INTERFACE_NETWORKS, uuid)
    network = system.tables.row("networks", row["network_uuid"])
    used = {pool["uuid"] for pool in pools.pools_of(system, network)}
    for address in system.tables.rows("addresses", interface_uuid=row["interface_uuid"]):
        if address["pool_uuid"] in used:
            pools.take_off_interface(system, address)
    system.tables.delete("interface_networks", row["uuid"])
    after_network_change(system, host_by_id(system, row["forihostid"]), row["network_type"])


# ---- data networks


@family.on("POST", "/interface_datanetworks")
def assign_datanetwork(system: System, call: Call) -> Row:
    body = attributes(call.body, "interface_datanetwork", "interface_uuid datanetwork_uuid uuid id")
    interface = one(system, INTERFACES, str(body.get("interface_uuid")))
    network = system.tables.find("datanetworks", body.get("datanetwork_uuid"))
    if network is None:
        raise refuse(f"DataNetwork with uuid '{body.get('datanetwork_uuid')}' does not exist. ")
    _check_host_for_data(system, interface)
    allowed = ("data", "pci-passthrough", "pci-sriov")
    interface = _with_class(system, interface, "data", allowed, "datanetworks")
    _keeping_class(lambda: _check_datanetwork(system, interface, network))
    row = system.insert(
        "interface_datanetworks", forihostid=interface["forihostid"], interface_uuid=interface["uuid"],
        ifname=interface["ifname"], datanetwork_id=network["id"], datanetwork_uuid=network["uuid"],
        datanetwork_name=network["name"],
    )  # fmt: skip
    _device_plugin_follows(system, interface)
    return shown(system, INTERFACE_DATANETWORKS, row, call)


def _check_host_for_data(system: System, interface: Row) -> None:
    if is_simplex(system) and interface["ifclass"] == "pci-sriov":
        return
    host = system.tables.row("ihosts", interface["ihost_uuid"])
    if not is_locked(host):
        raise refuse(f"Operation Rejected: Host '{host['hostname']}' is adminstrative '{host['administrative']}' ")


def _check_datanetwork(system: System, interface: Row, network: Row) -> None:
    overhead = VXLAN_OVERHEAD if network["network_type"] == "vxlan" else 0
    if interface["imtu"] < network["mtu"] + overhead:
        raise refuse(
            f"The interface MTU {interface['imtu']} must be larger than the '{network['mtu']}' datanetwork MTU requirement."
        )
    same = {"interface_uuid": interface["uuid"], "datanetwork_uuid": network["uuid"]}
    if system.tables.first("interface_datanetworks", **same):
        raise refuse(
            f"Interface '{interface['ifname']}' assignment with Data Network '{network['name']}' already exists."
        )
    if interface["iftype"] == "vlan" and network["network_type"] == "vlan":
        raise refuse(f"VLAN based data network '{network['name']}' cannot be assigned to a VLAN interface")
    _check_one_data_interface(system, interface, network)


def _check_one_data_interface(system: System, interface: Row, network: Row) -> None:
    if interface["ifclass"] != "data":
        return
    same = {"datanetwork_uuid": network["uuid"], "forihostid": interface["forihostid"]}
    for row in system.tables.rows("interface_datanetworks", **same):
        other = system.tables.row("iinterfaces", row["interface_uuid"])
        if other["uuid"] != interface["uuid"] and other["ifclass"] == "data":
            raise refuse(f"Data interface {row['ifname']} is already attached to this Data Network: {network['name']}.")


def _device_plugin_follows(system: System, interface: Row) -> None:
    """The SR-IOV device plugin is configured anew (conductor ``update_pcidp_config``)."""
    if interface["ifclass"] == "pci-sriov":
        config.mark_out_of_date(system, [system.tables.row("ihosts", interface["ihost_uuid"])])


@family.on("DELETE", "/interface_datanetworks/{interface_datanetwork_uuid}")
def unassign_datanetwork(system: System, call: Call) -> None:
    uuid = uuid_argument("interface_datanetwork_uuid", call["interface_datanetwork_uuid"])
    row = one(system, INTERFACE_DATANETWORKS, uuid)
    interface = system.tables.row("iinterfaces", row["interface_uuid"])
    _check_host_for_data(system, interface)
    system.tables.delete("interface_datanetworks", row["uuid"])
    _device_plugin_follows(system, interface)
