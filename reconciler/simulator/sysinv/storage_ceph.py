"""The bare-metal Ceph backend and how it comes to be configured.

starlingx/config api/controllers/v1/storage_ceph.py and conductor/manager.py ``update_ceph_config``,
``report_ceph_config_success``, ``_check_ceph_backend_state``; host.py ``_update_add_ceph_state``. None of it is in the
recordings. Made while no controller is up, the backend is ``configuring-on-unlock`` (the answer to the POST still says
``configured``: it is the row from before) and ``configured`` once controller-0 came back from its unlock. Made in
service, the controllers get monitors and a runtime manifest each; on a pair it ends with the task
``provision-storage``, which goes once storage hosts are provisioned or the controllers are to hold the OSDs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family, HostEvent
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import ceph, config, tiers
from reconciler.simulator.sysinv.monitors import MONITOR_GIB, add_monitor, check_room
from reconciler.simulator.sysinv.storage_backends import (
    ASKED,
    CREATORS,
    TABLE,
    backend,
    capabilities_of,
    check_common,
    services_of,
    typed,
)
from reconciler.simulator.sysinv.topology import hosts_of, is_aio_duplex, is_aio_simplex
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("storage_ceph")

SERVICES = ("glance", "cinder", "swift", "nova", "rbd-provisioner")
KNOWN = ("replication", "min_replication", "rbd_provisioner_namespaces", "rbd_storageclass_name")
POOLS = ("cinder_pool_gib", "glance_pool_gib", "ephemeral_pool_gib", "object_pool_gib", "kube_pool_gib")
APPLYING = "applying-manifests"
PAIRS = {2: ("storage-0", "storage-1"), 3: ("storage-0", "storage-1", "storage-2")}
"""The hosts that a first replication group needs (constants.CEPH_REPLICATION_GROUP0_HOSTS)."""


def _tier(system: System, row: Row) -> Mapping[str, Any]:
    found = system.tables.first("storage_tiers", backend_uuid=row["uuid"])
    names: Row = {"tier_name": found["name"], "tier_uuid": found["uuid"]} if found else {}
    return {"tier_id": found["id"] if found else None, "ceph_total_space_gib": 0, "confirmed": False, **names}


CEPH = typed(
    family,
    Collection(
        "storage_ceph",
        columns="uuid created_at updated_at cinder_pool_gib glance_pool_gib ephemeral_pool_gib object_pool_gib"
        " kube_pool_gib object_gateway ceph_total_space_gib backend name state task services capabilities tier_name"
        " tier_uuid network",
        more="tier_id confirmed",
        table=TABLE,
        derive=_tier,
    ),
    ceph.CEPH,
)


@family.on("POST", "/storage_ceph")
def create_backend(system: System, call: Call) -> Row:
    return shown(system, CEPH, create(system, attributes(call.body, "storage_ceph", ASKED)), call)


@family.on("PATCH", "/storage_ceph/{uuid}")
def change_backend(system: System, call: Call) -> Row:
    row = backend(system, ceph.CEPH, call["uuid"])
    wanted = _wanted(system, row, replaced(typed_operations(call.body)))
    check_common(system, ceph.CEPH, row["name"], operation="modify")
    _check_replication(system, wanted.get("capabilities") or row["capabilities"])
    _check_services({**row, **wanted})
    row = system.update(TABLE, row["uuid"], **wanted)
    return shown(system, CEPH, row, call)


@family.on("DELETE", "/storage_ceph/{uuid}")
def delete_backend(system: System, call: Call) -> None:
    row = backend(system, ceph.CEPH, call["uuid"])
    check_common(system, ceph.CEPH, row["name"], operation="delete")
    for tier in system.tables.rows("storage_tiers", backend_uuid=row["uuid"]):
        used = system.tables.first("istors", tier_uuid=tier["uuid"])
        system.update("storage_tiers", tier["uuid"], backend_uuid=None, status=tiers.IN_USE if used else tiers.DEFINED)
    system.tables.delete(TABLE, row["uuid"])


@family.at(HostEvent.ENABLED)
def follow_host(system: System, host: Row) -> None:
    """A host came back: what waited for an unlock is configured, what waited for hosts may be done."""
    row = ceph.primary(system)
    if row is None:
        return
    if row["state"] == ceph.ON_UNLOCK and host["personality"] == "controller":
        system.update(TABLE, row["uuid"], state=ceph.CONFIGURED)
    complete(system)


def create(system: System, body: Row) -> Row:
    """The new backend, as the POST answers it."""
    asked = _with_defaults(system, body)
    name = asked["name"]
    check_common(system, ceph.CEPH, name, operation="create")
    _check_replication(system, asked["capabilities"])
    _check_services(asked)
    for host in hosts_of(system, "controller"):
        check_room(system, host, MONITOR_GIB)
    tier = tiers.primary(system, ceph.CEPH) if name == ceph.STORE else _named_tier(system, body)
    _check_network(system, asked["network"])
    _check_confirmed(system, body, asked)
    if system.tables.first(TABLE, name=name):  # the name is unique in the database, and nothing looks before
        raise refuse("Invalid data: failed to create a storage_ceph record.")
    row = system.insert(TABLE, **asked, isystem_uuid=system.own["uuid"])
    system.update("storage_tiers", tier["uuid"], backend_uuid=row["uuid"], status=tiers.IN_USE)
    _apply(system, row)
    return row


def report(system: System, uuid: str, host: str) -> None:
    """A controller's manifest is done (``report_ceph_config_success``)."""
    row, found = system.tables.find(TABLE, uuid), system.tables.find("ihosts", host)
    if row is None or found is None or row["state"] != ceph.CONFIGURING:
        return
    _configure_monitor(system, found)
    if is_aio_simplex(system):
        system.update(TABLE, uuid, state=ceph.CONFIGURED, task=None)
        return
    done = [*row.get("reported", []), found["hostname"]]
    waiting = [each["hostname"] for each in _running(system) if each["hostname"] not in done]
    states = {each["hostname"]: ceph.CONFIGURED if each["hostname"] in done else APPLYING for each in _running(system)}
    system.update(TABLE, uuid, reported=done, task=str(states) if waiting else ceph.PROVISION_STORAGE)
    if not waiting:
        system.after(system.durations.config_status_lag, complete)


def complete(system: System) -> None:
    """End what only waits for hosts (``_update_add_ceph_state``, run at every later host update)."""
    row = ceph.primary(system)
    if row is None or row["task"] != ceph.PROVISION_STORAGE:
        return
    if row["state"] == ceph.CONFIGURING and any(host["config_status"] for host in hosts_of(system, "controller")):
        system.after(system.durations.config_status_lag, complete, tag="ceph-complete")
        return
    done = ceph.model(system) == ceph.MODEL_CONTROLLER or _group_is_provisioned(system)
    system.update(TABLE, row["uuid"], state=ceph.CONFIGURED, task=None if done else ceph.PROVISION_STORAGE)


def _with_defaults(system: System, body: Row) -> Row:
    given = {k: str(v) for k, v in (body.get("capabilities") or {}).items()}
    _check_known(given)
    values: Row = {
        "backend": ceph.CEPH,
        "name": body.get("name") or ceph.STORE,
        "state": ceph.CONFIGURED,
        "task": None
        if is_aio_simplex(system) or body.get("name") not in (None, ceph.STORE)
        else ceph.PROVISION_STORAGE,
        "services": body.get("services"),
        "capabilities": _capabilities(system, given),
        "network": body.get("network") or "mgmt",
        "object_gateway": "swift" in services_of(body),
    }
    return {**values, **{pool: body.get(pool) for pool in POOLS}}


def _capabilities(system: System, given: Row) -> Row:
    present = ceph.primary(system)
    usual = present["capabilities"] if present else {"replication": "1" if is_aio_simplex(system) else "2"}
    wanted = given.get("replication", usual["replication"])
    least = ceph.MINIMUM_BY_REPLICATION.get(int(wanted) if wanted.isdigit() else 0, 1)
    return {"replication": wanted, "min_replication": str(least), **given}


def _check_known(capabilities: Row) -> None:
    unknown = [name for name in capabilities if name not in KNOWN]
    if unknown:
        raise refuse(
            f"Invalid Ceph parameters: '{', '.join(unknown)}', supported parameters:\n"
            "    backend: replication, min_replication\n"
            "    rbd-provisioner service: rbd_provisioner_namespaces, rbd_storageclass_name\n"
        )


def _check_replication(system: System, capabilities: Row) -> None:
    supported = [1, 2, 3] if is_aio_simplex(system) else [2, 3]
    value, least = capabilities["replication"], capabilities["min_replication"]
    if not value.isdigit() or int(value) not in supported:
        raise refuse(
            f"Required backend parameter 'replication' has invalid value '{value}'. Supported values are {supported}."
        )
    allowed = {1: [1], 2: [1], 3: [1, 2]}[int(value)]
    if not least.isdigit() or int(least) not in allowed:
        raise refuse(
            "Missing or invalid value for backend parameter 'min_replication', when replication is set as"
            f" '{value}'. Supported values are {allowed}."
        )


def _check_services(row: Row) -> None:
    supported = SERVICES if row["name"] == ceph.STORE else ("cinder", "rbd-provisioner")
    for service in services_of(row):
        if service not in supported:
            raise refuse(f"Service {service} is not supported for the ceph backend {row['name']}")


def _named_tier(system: System, body: Row) -> Row:
    uuid = body.get("tier_uuid")
    if not uuid:
        raise refuse("No tier specified for this backend.")
    row = system.tables.find("storage_tiers", uuid)
    if row is None:
        raise refuse(f"No tier with uuid {uuid} found.")
    return row


def _check_network(system: System, network: str) -> None:
    if network not in ("mgmt", "cluster-host"):
        raise refuse(f"Backend ceph not allowed on network {network}")
    if system.tables.first("networks", type=network) is None:
        raise refuse(f"Make sure network {network} exists")


def _check_confirmed(system: System, body: Row, asked: Row) -> None:
    if body.get("confirmed") or asked["name"] != ceph.STORE:
        return
    what = "osds" if is_aio_simplex(system) else "storage nodes"
    raise refuse(
        "\nWARNING : THIS OPERATION IS NOT REVERSIBLE AND CANNOT BE CANCELLED. \n\nBy confirming this operation, Ceph"
        f" backend will be created.\nA minimum of {asked['capabilities']['replication']} {what} are required to complete"
        " the configuration.\nPlease set the 'confirmed' field to execute this operation for the ceph backend."
    )


def _running(system: System) -> list[Row]:
    """The controllers that take a runtime manifest."""
    hosts = hosts_of(system, "controller")
    return [h for h in hosts if h["administrative"] == "unlocked" and h["availability"] in ("available", "degraded")]


def _apply(system: System, row: Row) -> None:
    running = _running(system)
    if not running:
        system.update(TABLE, row["uuid"], state=ceph.ON_UNLOCK, task=None)
    elif row["name"] == ceph.STORE:
        config.mark_out_of_date(system, running)
        tasks = {host["hostname"]: APPLYING for host in running}
        system.update(TABLE, row["uuid"], state=ceph.CONFIGURING, task=str(tasks))
        for host in running:
            add_monitor(system, host)
            system.after(system.durations.storage_backend, report, row["uuid"], host["uuid"])


def _configure_monitor(system: System, host: Row) -> None:
    monitor = ceph.monitor_of(system, host)
    if monitor is not None:
        system.update("ceph_mon", monitor["uuid"], state=ceph.CONFIGURED, task=None)


def _group_is_provisioned(system: System) -> bool:
    provisioned = {host["hostname"] for host in hosts_of(system, "storage") if host["invprovision"] == "provisioned"}
    return set(PAIRS.get(ceph.replication(system), ())) <= provisioned


def _wanted(system: System, row: Row, values: Row) -> Row:
    """What a patch changes, refused where it changes nothing or what is fixed by now."""
    for name in values:
        if name not in ("services", "capabilities", "task", "object_gateway", "network", *POOLS):
            raise refuse(f"Can not modify '{name}' with this operation.")
    if "capabilities" in values:
        values["capabilities"] = _changed_capabilities(system, row, capabilities_of(values["capabilities"]))
    if "network" in values and values["network"] != row["network"]:
        raise refuse("Cannot modify the network after the initial configuration completed.")
    removed = set(services_of(row)) - set(services_of({**row, **values}))
    if removed - {"rbd-provisioner"}:
        raise refuse(f"Removing {','.join(sorted(removed))} is not supported.")
    if all(row.get(name) == value for name, value in values.items()):
        raise refuse("No changes to the existing backend settings were detected.")
    return values


def _changed_capabilities(system: System, row: Row, given: Row) -> Row:
    _check_known(given)
    given = {name: str(value) for name, value in given.items()}
    present = row["capabilities"]
    wanted = given.get("replication")
    if wanted and "min_replication" not in given and wanted.isdigit():
        given["min_replication"] = str(ceph.MINIMUM_BY_REPLICATION.get(int(wanted), 1))
    changed = {**present, **given}
    if any(changed[name] != present[name] for name in ("replication", "min_replication")):
        _check_replication_change(system, row, present, changed)
    return changed


def _check_replication_change(system: System, row: Row, present: Row, changed: Row) -> None:
    if is_aio_simplex(system):
        if row["state"] != ceph.CONFIGURED:
            raise refuse(
                f"Can not modify ceph replication factor when storage backend state is '{row['state']}'. Operation is"
                " supported for state 'configured'"
            )
        return
    if is_aio_duplex(system):
        raise refuse("Can not modify ceph replication factor on two node configuration.")
    if ceph.model(system) == ceph.MODEL_CONTROLLER:
        raise refuse("Can not modify replication factor on 'controller-nodes' ceph deployment model.")
    if hosts_of(system, "storage"):
        raise refuse(
            "Can not modify ceph replication factor once a storage node has been installed. This operation is not"
            " supported."
        )
    if int(changed["replication"]) < int(present["replication"]):
        raise refuse(
            f"Can not modify ceph replication factor from {present['replication']} to a smaller value"
            f" {changed['replication']}. This operation is not supported."
        )


CREATORS[ceph.CEPH] = (create, CEPH)
