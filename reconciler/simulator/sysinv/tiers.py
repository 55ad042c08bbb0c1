"""Storage tiers and clusters (starlingx/config api/controllers/v1/storage_tier.py, cluster.py).

A freshly bootstrapped system has none; the first backend makes its cluster and the tier ``storage``. A cluster of type
ceph shows the deployment model that the hosts amount to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.patching import replaced, typed_operations
from reconciler.simulator.sysinv import ceph
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("tiers")

DEFINED, IN_USE = "defined", "in-use"
PRIMARY = "storage"


def _tier(system: System, row: Row) -> Mapping[str, Any]:
    """Under Rook OSDs have no number, so none is listed."""
    numbers = (stor["osdid"] for stor in system.tables.rows("istors", tier_uuid=row["uuid"]))
    return {"stors": [number for number in numbers if number is not None]}


def _cluster(system: System, row: Row) -> Mapping[str, Any]:
    return {"deployment_model": ceph.model(system) if row["type"] == ceph.CEPH else None}


TIERS = family.collection(
    Collection(
        "storage_tiers",
        columns="uuid name type status capabilities backend_uuid cluster_uuid stors created_at updated_at",
        sublinks="istors",
        derive=_tier,
    )
)
CLUSTERS = family.collection(
    Collection(
        "clusters",
        columns="uuid cluster_uuid type name deployment_model",
        more="peers tiers created_at updated_at",
        sublinks="storage_tiers",
        derive=_cluster,
    )
)


@family.on("GET", "/storage_tiers/{uuid}")
def show_tier(system: System, call: Call) -> Row:
    return shown(system, TIERS, tier(system, call["uuid"]), call)


@family.on("GET", "/clusters/{uuid}/storage_tiers")
def list_of_cluster(system: System, call: Call) -> Row:
    cluster = _found_cluster(system, call["uuid"])
    return listed(system, TIERS, system.tables.rows("storage_tiers", cluster_uuid=cluster["uuid"]), call)


@family.on("GET", "/clusters/{uuid}")
def show_cluster(system: System, call: Call) -> Row:
    return shown(system, CLUSTERS, _found_cluster(system, call["uuid"]), call)


@family.on("POST", "/storage_tiers")
def create_tier(system: System, call: Call) -> Row:
    """A further tier of the Ceph cluster; only the cluster that exists can have one."""
    body = attributes(call.body, "storage_tier", "cluster_uuid name type status capabilities backend_uuid")
    cluster = _found_cluster(system, body.get("cluster_uuid") or "None")
    name = body.get("name")
    if not name:
        raise refuse("Storage tier must have a name.")
    if system.tables.first("storage_tiers", name=name, cluster_uuid=cluster["uuid"]):
        raise refuse(f"Storage tier ({name}) already present")
    return shown(system, TIERS, add(system, cluster["uuid"], name), call)


@family.on("PATCH", "/storage_tiers/{uuid}")
def change_tier(system: System, call: Call) -> Row:
    row = tier(system, call["uuid"])
    values = replaced(typed_operations(call.body))
    if "name" in values and row["name"] == PRIMARY:
        raise refuse(f"Storage Tier {row['name']} cannot be renamed.")
    row = system.update("storage_tiers", row["uuid"], **{k: v for k, v in values.items() if k == "name"})
    return shown(system, TIERS, row, call)


@family.on("DELETE", "/storage_tiers/{uuid}")
def delete_tier(system: System, call: Call) -> None:
    row = tier(system, call["uuid"])
    if row["name"] == PRIMARY:
        raise refuse(f"Storage Tier {row['name']} cannot be deleted.")
    if row["status"] == IN_USE:
        raise refuse(f"Storage Tier {row['name']} cannot be deleted. It is {IN_USE}")
    system.tables.delete("storage_tiers", row["uuid"])


def tier(system: System, uuid: str) -> Row:
    """The tier, or sysinv's 404."""
    row = system.tables.find("storage_tiers", uuid)
    if row is None:
        raise refuse(f"StorageTier with UUID {uuid} not found.", 404)
    return row


def primary(system: System, kind: str) -> Row:
    """The tier ``storage``, made with a cluster for a backend of this kind where there is none."""
    row = system.tables.first("storage_tiers", name=PRIMARY)
    if row is not None:
        return row
    name = "ceph_cluster" if kind == ceph.CEPH else "ceph_rook_cluster"
    cluster = system.insert("clusters", type=kind, name=name, cluster_uuid=None)
    return add(system, cluster["uuid"], PRIMARY)


def add(system: System, cluster: str, name: str) -> Row:
    return system.insert(
        "storage_tiers",
        name=name,
        type=ceph.CEPH,
        status=DEFINED,
        capabilities={},
        backend_uuid=None,
        cluster_uuid=cluster,
    )


def _found_cluster(system: System, uuid: str) -> Row:
    row = system.tables.find("clusters", uuid)
    if row is None:
        raise refuse(f"Cluster {uuid} not found", 404)
    return row
