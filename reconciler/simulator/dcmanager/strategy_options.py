"""What a strategy may be asked for (dcmanager/common/utils.py validate_strategy_payload, validate_software_strategy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.dcmanager import about, groups, subcloud_work, subclouds
from reconciler.simulator.dcmanager.answers import refuse
from reconciler.simulator.dcmanager.reading import decodable, option, password
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

ENDPOINTS = {
    "sw-deploy": "software",
    "kubernetes": "kubernetes",
    "kube-rootca-update": "kube-rootca",
    "firmware": "firmware",
    "prestage": "software",
}
MOST, MOST_PRESTAGED, USUAL = 5000, 250, 2
FLAGS = ("snapshot", "rollback", "with_delete", "delete_only", "with_prestage", "cleanup", "delete")


def checked(system: System, body: object) -> Row:
    """The body, complete; refused in the API's order."""
    if not isinstance(body, dict) or not body:
        raise refuse("Body required")
    payload = dict(body)
    _check_scope(system, payload)
    if not payload.get("type"):
        raise refuse("type required")
    if payload["type"] not in ENDPOINTS:
        raise refuse("type invalid")
    if payload["type"] == "sw-deploy":
        _check_software(system, payload)
    if payload["type"] == "prestage":
        payload["release"] = subcloud_work.prestage_release(system, payload)
        password(payload)
    if payload.get("stop-on-failure") not in (None, "true", "false"):
        raise refuse("stop-on-failure invalid")
    return payload


def extra_args(payload: Row) -> Row:
    """build_extra_args of each type's validator."""
    kind = payload["type"]
    if kind == "kubernetes":
        version = payload.get("to-version")
        return {"to-version": f"v{version.removeprefix('v')}" if version else version}
    if kind == "kube-rootca-update":
        return {name: payload.get(name) for name in ("expiry-date", "subject")}
    if kind == "prestage":
        own = {"sysadmin_password": payload.get("sysadmin_password"), "force": payload.get("force") == "true"}
        return {
            **own,
            "prestage-software-version": payload["release"],
            "for_sw_deploy": payload.get("for_sw_deploy") == "true",
        }
    return _software_args(payload) if kind == "sw-deploy" else {}


def wants(row: Row, payload: Row, endpoint: str) -> bool:
    """Whether a managed subcloud that is online gets a step."""
    if payload["type"] == "prestage":
        return not subcloud_work.not_prestaged(row)
    allowed = {subclouds.OUT_OF_SYNC}
    if payload["type"] == "kube-rootca-update" and payload.get("force") == "true":
        allowed.add(subclouds.IN_SYNC)
    return row["sync"][endpoint] in allowed


def _check_scope(system: System, payload: Row) -> None:
    option(payload, "force")
    group, kind, most = (payload.get(k) for k in ("subcloud_group", "subcloud-apply-type", "max-parallel-subclouds"))
    if kind and kind not in ("parallel", "serial"):
        raise refuse("subcloud-apply-type invalid")
    if group:
        kind, most = _of_group(system, payload)
    try:
        count = 1 if kind == "serial" else int(most) if most else USUAL
    except ValueError:
        raise refuse(f"max-parallel-subclouds invalid value. Value: {most}") from None
    _check_count(count, payload)
    payload.update({"subcloud-apply-type": kind, "max-parallel-subclouds": count})


def _of_group(system: System, payload: Row) -> tuple[str, int]:
    """A group says itself how it is gone through."""
    if payload.get("cloud_name"):
        raise refuse("cloud_name and subcloud_group are mutually exclusive")
    if payload.get("subcloud-apply-type") or payload.get("max-parallel-subclouds"):
        raise refuse("subcloud-apply-type and max-parallel-subclouds are not allowed when subcloud_group is provided")
    ref = str(payload["subcloud_group"])
    row = system.tables.first(groups.TABLE, **({"id": int(ref)} if ref.isdigit() else {"name": ref}))
    if row is None:
        raise refuse("Invalid group_id")
    payload["group_id"] = row["id"]
    return row["update_apply_type"], row["max_parallel_subclouds"]


def _check_count(count: int, payload: Row) -> None:
    kind = payload.get("type")
    prestages = kind == "prestage" or payload.get("with_prestage")
    limit = MOST_PRESTAGED if prestages else MOST
    if not 1 <= count <= limit:
        what = "prestage" if prestages else f"{kind} strategy"
        raise refuse(
            f"Invalid max-parallel-subclouds value: {count}. For {what}, the value must be between 1 and {limit}."
        )


def _check_software(system: System, payload: Row) -> None:
    for name in FLAGS:
        option(payload, name)
    payload["delete"] = payload.get("with_delete") or payload.get("delete")
    payload["cleanup"] = payload.get("delete_only") or payload.get("cleanup")
    if payload.get("sysadmin_password") and not payload.get("with_prestage"):
        raise refuse("The with_prestage option is required when using sysadmin_password")
    released, ends = payload.get("release_id"), payload.get("rollback") or payload["cleanup"]
    if not ends and not released:
        raise refuse("Release ID is required for strategy type: sw-deploy.")
    if not ends and released not in about.of(system)["deployed"]:
        raise refuse(f"Release ID: {released} not found or not deployed in the SystemController")
    _check_together(payload)
    if payload.get("with_prestage"):
        password(payload)
        decodable(payload, "sysadmin_password")


TOGETHER = (
    ("snapshot", ("rollback", "cleanup")),
    ("delete", ("rollback", "cleanup")),
    ("rollback", ("release_id", "cleanup", "kube_upgrade", "with_prestage")),
    ("cleanup", ("release_id", "with_prestage", "kube_upgrade")),
)


def _check_together(payload: Row) -> None:
    for name, others in TOGETHER:
        if payload.get(name) and any(payload.get(other) for other in others):
            *first, last = others
            listed = f"{', '.join(first)} or {last}"
            raise refuse(f"Option {name} cannot be used with any of the following options: {listed}.")


def _software_args(payload: Row) -> Row:
    found: Row = {
        "cleanup": payload.get("cleanup") or False,
        "kube_upgrade": payload.get("kube_upgrade"),
        "release_id": payload.get("release_id"),
        "rollback": payload.get("rollback") or False,
        "snapshot": payload.get("snapshot") or False,
        "sysadmin_password": payload.get("sysadmin_password"),
        "with_prestage": payload.get("with_prestage") or False,
        "delete": payload.get("delete") or False,
    }
    return found
