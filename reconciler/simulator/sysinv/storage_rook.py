"""The Rook Ceph backend, configured by an application.

starlingx/config api/controllers/v1/storage_ceph_rook.py. It stays ``configuring-with-app`` with the application's
state as its task (``missing`` until it is uploaded); every change sends it back there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import ceph, config, tiers
from reconciler.simulator.sysinv.facts import is_configured
from reconciler.simulator.sysinv.storage_backends import (
    ASKED,
    CREATORS,
    DEFAULT_NAMES,
    TABLE,
    app_task,
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

family = Family("storage_rook")

MODELS = ("controller", "dedicated", "open")
SERVICES = ("block", "ecblock", "filesystem", "object")
DOMAINS = ["osd", "host"]
KNOWN = ("deployment_model", "failure_domain", "replication", "min_replication")
UPLOADED = ("missing", "uploading", "uploaded", "upload-failed")

ROOK = typed(
    family,
    Collection(
        "storage_ceph_rook",
        columns="uuid backend state name task services capabilities created_at updated_at",
        more="confirmed deployment failure_domain",
        table=TABLE,
        derive=lambda _system, _row: {"confirmed": False},
    ),
    ceph.ROOK,
)


@family.on("POST", "/storage_ceph_rook")
def create_backend(system: System, call: Call) -> Row:
    return shown(system, ROOK, create(system, attributes(call.body, "storage_ceph_rook", ASKED)), call)


@family.on("PATCH", "/storage_ceph_rook/{uuid}")
def change_backend(system: System, call: Call) -> Row:
    row = backend(system, ceph.ROOK, call["uuid"])
    wanted = _wanted(system, row, replaced(typed_operations(call.body)))
    check_common(system, ceph.ROOK, row["name"], operation="modify")
    _check(system, {**row, **wanted})
    row = system.update(TABLE, row["uuid"], **wanted, state=ceph.WITH_APP)
    return shown(system, ROOK, row, call)


@family.on("DELETE", "/storage_ceph_rook/{uuid}")
def delete_backend(system: System, call: Call) -> None:
    row = backend(system, ceph.ROOK, call["uuid"])
    check_common(system, ceph.ROOK, row["name"], operation="delete")
    _check(system, row)
    _check_unused(system, row)
    for cluster in system.tables.rows("clusters", type=ceph.ROOK):
        for tier in system.tables.rows("storage_tiers", cluster_uuid=cluster["uuid"]):
            system.tables.delete("storage_tiers", tier["uuid"])
        system.tables.delete("clusters", cluster["uuid"])
    system.tables.delete(TABLE, row["uuid"])
    _apply(system)


def _apply(system: System) -> None:
    """An un-forced manifest, which the agent ignores before the first unlock (recorded: aio-sx-day1 60)."""
    config.mark_out_of_date(system, hosts_of(system, "controller"), apply=is_configured(system))


def create(system: System, body: Row) -> Row:
    """The new backend, as the POST answers it."""
    asked = _with_defaults(system, body)
    check_common(system, ceph.ROOK, asked["name"], operation="create") if _is_new(system, asked) else None
    _check(system, asked)
    _refuse_second(system, asked)
    tier = tiers.primary(system, ceph.ROOK)
    if not body.get("confirmed"):
        raise refuse(
            "\nWARNING : THIS OPERATION IS NOT REVERSIBLE AND CANNOT BE CANCELLED. \n\nPlease set the 'confirmed' field"
            " to execute this operation for the ceph-rook backend."
        )
    row = system.insert(TABLE, **asked, isystem_uuid=system.own["uuid"])
    system.update("storage_tiers", tier["uuid"], backend_uuid=row["uuid"])
    _apply(system)
    return row


def deployment_model(system: System) -> str:
    row = system.tables.first(TABLE, backend=ceph.ROOK)
    return str(row["capabilities"].get("deployment_model", "controller")) if row else "controller"


def _is_new(system: System, asked: Row) -> bool:
    return system.tables.first(TABLE, name=asked["name"]) is None


def _with_defaults(system: System, body: Row) -> Row:
    given = {name: str(value) for name, value in (body.get("capabilities") or {}).items() if name in KNOWN}
    deployment = body.get("deployment") if body.get("deployment") in MODELS else "controller"
    simplex = is_aio_simplex(system)
    count = given.get("replication", "1" if simplex else "2")
    usual: Row = {
        "deployment_model": deployment,
        "failure_domain": body.get("failure_domain") or ("osd" if simplex else "host"),
        "replication": count,
        "min_replication": _least(system, count, str(deployment)),
    }
    return {
        "backend": ceph.ROOK,
        "name": body.get("name") or DEFAULT_NAMES[ceph.ROOK],
        "state": ceph.WITH_APP,
        "task": app_task(system, ceph.ROOK),
        "services": body.get("services") or "block,filesystem",
        "capabilities": {**usual, **given},
    }


def _least(system: System, count: str, deployment: str) -> str:
    if not count.isdigit():
        return "1"
    if deployment != "open" and int(count) in _supported(system, deployment):
        return str(ceph.MINIMUM_BY_REPLICATION[int(count)])
    return str(max(1, int(count) - 1))


def _supported(system: System, deployment: str) -> list[int]:
    if is_aio_simplex(system):
        return [1, 2, 3]
    return [2] if is_aio_duplex(system) and deployment == "controller" else [2, 3]


def _check(system: System, row: Row) -> None:
    capabilities = row["capabilities"]
    _check_domain(system, capabilities)
    _check_replication(system, capabilities)
    deployment = capabilities["deployment_model"]
    if deployment not in MODELS:
        raise refuse(f"Deployment model {deployment} is not supported")
    if deployment == "dedicated" and is_aio_simplex(system):
        raise refuse(f"Deployment model {deployment} is not supported on AIO-SX.")
    _check_services(row)


def _check_domain(system: System, capabilities: Row) -> None:
    domain, deployment = capabilities.get("failure_domain"), capabilities["deployment_model"]
    if domain not in DOMAINS:
        raise refuse(f"Failure domain '{domain}' is not supported. Allowed values: {DOMAINS}")
    if domain == "host" and is_aio_simplex(system):
        raise refuse(f"Failure domain '{domain}' is not supported on AIO-SX. Only 'osd' is allowed.")
    if domain == "osd" and not is_aio_simplex(system) and deployment in ("controller", "dedicated"):
        raise refuse(
            f"Failure domain '{domain}' is not supported for deployment model '{deployment}' on multi-node systems."
            " Only 'host' is allowed."
        )


def _check_replication(system: System, capabilities: Row) -> None:
    count, least = capabilities["replication"], capabilities["min_replication"]
    deployment = capabilities["deployment_model"]
    if deployment != "open":
        supported = _supported(system, deployment)
        if not count.isdigit() or int(count) not in supported:
            raise refuse(
                f"Required backend parameter 'replication' has invalid value '{count}'. Supported values are"
                f" {supported}."
            )
    if not (count.isdigit() and least.isdigit()):
        raise refuse("The replication and min_replication must be integer values.")
    if int(least) > int(count):
        raise refuse("The min_replication must be less than replication.")
    if int(count) < 1:
        raise refuse("The replication must be greater than 0.")
    allowed = {1: [1], 2: [1], 3: [1, 2]}.get(int(count), [])
    if deployment != "open" and int(least) not in allowed:
        raise refuse(
            "Missing or invalid value for backend parameter 'min_replication', when replication is set as"
            f" '{count}'. Supported values are {allowed}."
        )


def _check_services(row: Row) -> None:
    services = services_of(row)
    if "block" in services and "ecblock" in services:
        raise refuse("Service block and ecblock are not supported for the ceph-rook backend in same time")
    for service in services:
        if service not in SERVICES:
            raise refuse(f"Service {service} is not supported for the ceph-rook backend")


def _refuse_second(system: System, asked: Row) -> None:
    if not _is_new(system, asked):
        raise refuse(
            f"{asked['name']} already exists. Only one ceph-rook storage backend is allowed. Please modify the existing"
            " backend."
        )


def _wanted(system: System, row: Row, values: Row) -> Row:
    for name in values:
        if name not in ("services", "capabilities", "task"):
            raise refuse(f"Can not modify '{name}' with this operation.")
    if "capabilities" in values:
        values["capabilities"] = _changed(system, row, capabilities_of(values["capabilities"]))
    if "services" in values:
        removed = set(services_of(row)) - set(services_of(values))
        if removed:
            raise refuse(f"Removing {','.join(sorted(removed))} is not supported.")
    if all(row.get(name) == value for name, value in values.items()):
        raise refuse("No changes to the existing backend settings were detected.")
    return values


def _changed(system: System, row: Row, given: Row) -> Row:
    for name, value in given.items():
        _check_capability(name, value)
    given = {name: str(value) for name, value in given.items()}
    present = row["capabilities"]
    deployment = present["deployment_model"]
    if "replication" in given and "min_replication" not in given:
        given["min_replication"] = _least(system, given["replication"], deployment)
    _check_model_change(system, deployment, given.get("deployment_model"))
    return {**present, **given}


def _check_capability(name: str, value: Any) -> None:
    if name not in KNOWN:
        raise refuse(f"The '{name}' capability does not exist.")
    if not value:
        raise refuse(f"The '{name}' capability has empty value.")
    if name in ("replication", "min_replication") and not str(value).lstrip("-").isdigit():
        raise refuse(f"The '{name}' must be an integer value.")


def _check_model_change(system: System, present: str, wanted: str | None) -> None:
    """OSDs must not stand where the new model does not want them."""
    if wanted == "dedicated" and is_aio_simplex(system):
        raise refuse("Deployment model dedicated is not supported on AIO-SX.")
    elsewhere = {"dedicated": "controller", "controller": "worker"}.get(wanted or "")
    if elsewhere is None:
        return
    hosts = {host["uuid"] for host in hosts_of(system, elsewhere)}
    count = sum(row["ihost_uuid"] in hosts for row in system.tables.rows("istors", function="osd"))
    if count:
        raise refuse(
            f"Unable to change deployment model from '{present}' to '{wanted}'. It has {count} OSDs deployed on the"
            f" {elsewhere}s."
        )


def _check_unused(system: System, row: Row) -> None:
    app = app_task(system, ceph.ROOK)
    if app not in UPLOADED:
        raise refuse(f"rook-ceph is deployed. Cannot delete {row['name']}")
    used = [tier["name"] for tier in system.tables.rows("storage_tiers", status=tiers.IN_USE)]
    if used:
        raise refuse(
            f"Storage-backend '{row['name']}' cannot be deleted when there are Storage Tiers ({', '.join(used)}) in"
            " 'in-use' state."
        )


CREATORS[ceph.ROOK] = (create, ROOK)
