"""Kubernetes labels of hosts (starlingx/config api/controllers/v1/label.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import uuid_argument
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.sysinv.facts import has_worker, is_locked
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, one

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("labels")

LABELS = family.collection(
    Collection(
        "labels", columns="uuid label_key label_value host_uuid", links=None, noun="Host label", host_key="host_uuid"
    )
)
_NEED_LOCK = (
    "openstack-control-plane",
    "openstack-compute-node",
    "disable-nohz-full",
    "openvswitch",
    "remote-storage",
    "sriovdp",
    "isrdma",
    "vhostnet",
    "kube-topology-mgr-policy",
    "kube-cpu-mgr-policy",
    "kube-memory-mgr-policy",
)
_POLICIES = {
    "kube-topology-mgr-policy": ("none", "best-effort", "restricted", "single-numa-node"),
    "kube-cpu-mgr-policy": ("none", "static"),
    "kube-memory-mgr-policy": ("none", "static"),
}


@family.on("POST", "/labels/{uuid}")
def create(system: System, call: Call) -> Row:
    """All or nothing, whatever the order of the body's keys."""
    host = system.host(uuid_argument("uuid", call["uuid"]))
    body = call.body if isinstance(call.body, dict) else {}
    overwrite = call.query.get("overwrite", "").lower() == "true"
    _check_locked(host, list(body))
    _check_policies(host, body)
    kept = {row["label_key"]: row for row in system.tables.rows("labels", host_uuid=host["uuid"])}
    for key in body:
        if key in kept and not overwrite:
            raise refuse(f"Label {key} exists for host {host['hostname']}. Use overwrite option to assign a new value.")
    rows = [_store(system, host, key, value, kept.get(key)) for key, value in body.items()]
    return listed(system, LABELS, rows, call)


def _store(system: System, host: Row, key: str, value: Any, existing: Row | None) -> Row:
    if existing is not None:
        return system.update("labels", existing["uuid"], label_value=value)
    return system.insert("labels", label_key=key, label_value=value, host_uuid=host["uuid"])


def _check_locked(host: Row, keys: list[str]) -> None:
    special = [key for key in keys if key in _NEED_LOCK]
    if special and not is_locked(host):
        raise refuse(f"Host {host['hostname']} must be locked for label(s)={special}.")


def _check_policies(host: Row, body: Row) -> None:
    for key, allowed in _POLICIES.items():
        if key not in body:
            continue
        if not has_worker(host):
            raise refuse(f"{key} label is only supported on worker nodes.")
        if body[key] not in allowed:
            raise refuse(f"Invalid value for {key} label.")


@family.on("DELETE", "/labels/{uuid}")
def delete(system: System, call: Call) -> None:
    row = one(system, LABELS, uuid_argument("uuid", call["uuid"]))
    _check_locked(system.tables.row("ihosts", row["host_uuid"]), [row["label_key"]])
    system.tables.delete("labels", row["uuid"])
