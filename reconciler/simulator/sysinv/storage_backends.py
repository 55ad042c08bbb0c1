"""Storage backends: the list of all kinds, the checks that every kind shares, and how a kind gets its own URLs.

starlingx/config api/controllers/v1/storage_backend.py, utils.py ``SBApiHelper``. All backends stand in one table; each
typed URL (/storage_ceph, ...) shows its own kind with its own columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import ABSENT, Collection, Family, UnlockStage
from reconciler.simulator.sysinv import ceph
from reconciler.simulator.sysinv.topology import hosts_of
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("storage_backends")

TABLE = "storage_backend"
DEFAULT_NAMES = {
    "file": "file-store",
    "lvm": "lvm-store",
    "ceph": "ceph-store",
    "ceph-external": "ceph-external-store",
    "ceph-rook": "ceph-rook-store",
    "external": "shared_services",
}
BY_APP = ("ceph-rook", "lvm")
"""Kinds that an application configures, not puppet."""

APP_OF = {"ceph-rook": "rook-ceph", "lvm": "lvm-csi"}
IN_TRANSITION = ("uploading", "applying", "removing", "updating", "recovering")
ASKED = (
    "backend name state task services capabilities confirmed network uuid isystem_uuid deployment failure_domain"
    " cinder_pool_gib glance_pool_gib ephemeral_pool_gib object_pool_gib kube_pool_gib object_gateway tier_uuid"
    " tier_name tier_id ceph_conf"
)
Create = Callable[["System", Row], Row]
CREATORS: dict[str, tuple[Create, Collection]] = {}
"""How each kind is created, filled by the kinds' modules; POST /storage_backend goes through it."""


def _network(_system: System, row: Row) -> Mapping[str, Any]:
    return {} if row["backend"] == ceph.CEPH else {"network": ABSENT}


BACKENDS = family.collection(
    Collection(
        "storage_backend",
        key="storage_backends",
        columns="uuid backend name state isystem_uuid task services capabilities network created_at updated_at",
        more="confirmed",
        table=TABLE,
        derive=_network,
    )
)


@family.on("GET", "/isystems/{uuid}/storage_backend")
def list_of_system(system: System, call: Call) -> Row:
    return listed(system, BACKENDS, system.tables.rows(TABLE), call)


@family.on("POST", "/storage_backend")
def create_any(system: System, call: Call) -> Row:
    body = dict(attributes(call.body, "storage_backend", ASKED))
    kind = body.get("backend")
    if kind not in DEFAULT_NAMES:
        raise _unknown_kind(kind)
    if not body.get("name"):
        body["name"] = _default_name(system, kind)
    create, _collection = CREATORS[kind]
    return shown(system, BACKENDS, create(system, body), call)


@family.unlock_check(UnlockStage.CONTROLLER_BACKENDS)
def backends_are_configured(system: System, host: Row) -> None:
    """host.py ``_semantic_check_storage_backend``; nothing is asked of those that an application configures."""
    for row in system.tables.rows(TABLE):
        waiting = row["state"] in (ceph.CONFIGURED, ceph.ON_UNLOCK)
        provisioning = row["backend"] == ceph.CEPH and row["task"] == ceph.PROVISION_STORAGE
        if row["backend"] not in BY_APP and not waiting and not provisioning:
            raise refuse(
                f"{row['backend'].title()} is {row['state']}. All storage backends must be configured before operation"
                " is allowed."
            )


def typed(own: Family, collection: Collection, kind: str) -> Collection:
    """Register a kind's collection with lists and rows of that kind only."""
    path = f"/{collection.path}"

    @own.on("GET", path)
    def list_kind(system: System, call: Call) -> Row:
        return listed(system, collection, system.tables.rows(TABLE, backend=kind), call)

    @own.on("GET", path + "/{uuid}")
    def show_kind(system: System, call: Call) -> Row:
        return shown(system, collection, backend(system, kind, call["uuid"]), call)

    return own.collection(collection)


def backend(system: System, kind: str, uuid: str) -> Row:
    row = system.tables.find(TABLE, uuid)
    if row is None or row["backend"] != kind:
        raise refuse(f"Server {uuid} could not be found.", 404)
    return row


def check_common(system: System, kind: str, name: str, *, operation: str) -> None:
    """What sysinv checks for every kind at create, modify and delete (``common_checks``)."""
    rows = system.tables.rows(TABLE)
    _refuse_while_configuring(rows)
    present = next((row for row in rows if row["name"] == name), None)
    if present is None:
        _refuse_besides(rows, kind, name)
    if kind == ceph.CEPH:
        _check_controllers(system)
    if present is not None and operation == "create" and present["state"] in (ceph.CONFIGURED, "configuration-failed"):
        raise refuse(
            f"Initial ({name}) backend was previously created. Use the modify API for further provisioning or supply a"
            " unique name to add an additional backend."
        )


def services_of(row: Row) -> list[str]:
    return [name for name in (row.get("services") or "").split(",") if name and name.lower() != "none"]


def capabilities_of(value: Any) -> Row:
    """A patch names capabilities as JSON text."""
    try:
        return dict(json.loads(value) if isinstance(value, str) else value or {})
    except (ValueError, TypeError):
        raise refuse("Invalid capabilities, could not be decoded as JSON") from None


def app_task(system: System, kind: str) -> str:
    """The state of the application behind a kind; ``missing`` until it is uploaded."""
    row = system.tables.first("apps", name=APP_OF[kind])
    return str(row["status"]) if row else "missing"


def _unknown_kind(kind: Any) -> Exception:
    if not kind:
        return refuse("This operation requires a storage backend to be specified.")
    return refuse(f"Supplied storage backend ({kind}) is not supported.")


def _default_name(system: System, kind: str) -> str:
    if system.tables.first(TABLE, backend=kind):
        raise refuse("This operation requires storage backend name to be specified.")
    return DEFAULT_NAMES[kind]


def _refuse_while_configuring(rows: list[Row]) -> None:
    for row in rows:
        if row["state"] not in (ceph.CONFIGURING, ceph.WITH_APP):
            continue
        if row["backend"] not in BY_APP:
            raise refuse(
                f"{row['name'].title()} backend is configuring, please wait for current operation to complete before"
                " making changes."
            )
        if row["task"] in IN_TRANSITION:
            raise refuse(
                f"The application {APP_OF[row['backend']]} is in transition, please wait for the current operation to"
                " complete before making changes."
            )


def _refuse_besides(rows: list[Row], kind: str, name: str) -> None:
    kinds = {row["backend"] for row in rows}
    if kind in kinds and kind not in ("ceph", "ceph-external"):
        raise refuse(f"Only one {kind} backend is supported.")
    if kind != "ceph-external" and kind not in kinds and name != DEFAULT_NAMES[kind]:
        raise refuse(f"The primary {kind} backend must use the default name: {DEFAULT_NAMES[kind]}.")
    if kind != "lvm" and kind not in kinds and kinds & {ceph.CEPH, ceph.ROOK}:
        raise refuse("Only one backend between ceph, ceph-rook is supported.")


def _check_controllers(system: System) -> None:
    """A single unlocked controller of a duplex system is refused; of two, both must be available or degraded."""
    hosts = hosts_of(system, "controller")
    if len(hosts) == 1:
        if hosts[0]["administrative"] == "unlocked" and system.own["system_mode"] == "duplex":
            raise refuse("Storage backend operations require both controllers to be enabled and available.")
    elif any(host["availability"] not in ("available", "degraded") for host in hosts):
        raise refuse("Storage backend operations require both controllers to be enabled and available/degraded.")
