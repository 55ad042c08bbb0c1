"""Backups of subclouds: made, deleted, restored from (dcmanager/api/controllers/v1/subcloud_backup.py).

Marks: `pre-backup-fails:<subcloud>:<text>`, `backing-up-fails:…`, `restoring-fails:…`. Unverified: restoring.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import deploying, groups, subclouds
from reconciler.simulator.dcmanager.answers import refuse, time
from reconciler.simulator.dcmanager.changing import in_motion
from reconciler.simulator.dcmanager.reading import loaded, password
from reconciler.simulator.exchange import Response
from reconciler.simulator.family import Family
from reconciler.simulator.forms import Form
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("backups")
FILES = ("backup_values", "restore_values")
CREATE = frozenset({"subcloud", "group", "local_only", "registry_images", "backup_values", "sysadmin_password"})
DELETE = frozenset({"release", "subcloud", "group", "local_only", "sysadmin_password"})
_RESTORE = """
with_install release local_only registry_images sysadmin_password restore_values subcloud group auto factory on_site
"""
RESTORE = frozenset(_RESTORE.split())
_NOT_RESTORED = """
creating pre-install installing pre-bootstrap bootstrapping pre-config configuring pre-rehome rehoming pre-restore
restoring onsite-restoring pre-init-enroll initiating-enroll pre-enroll enrolling
"""
NOT_RESTORED = frozenset(_NOT_RESTORED.split())
"""consts.py INVALID_DEPLOY_STATES_FOR_RESTORE."""


@family.on("POST", "/subcloud-backup")
def create(system: System, call: Call) -> Row:
    """The rows before anything was done; how it goes is seen in them."""
    payload = _payload(call, CREATE)
    password(payload)
    if not payload.get("local_only") and payload.get("registry_images"):
        raise refuse("Option registry_images can not be used without local_only option.")
    rows = _chosen(system, payload, "create", _not_backed_up)
    local = _flag(payload, "local_only")
    for row in rows:
        _begin(system, row, local=local)
    return {"subclouds": [subclouds.shown(row) for row in rows]}


@family.on("PATCH", "/subcloud-backup/delete/{release}")
def delete(system: System, call: Call) -> Response:
    payload = _payload(call, DELETE)
    local = _flag(payload, "local_only")
    if local:
        password(payload)
    for row in _chosen(system, payload, "delete", lambda each: _not_deleted(each, local=local)):
        system.update(subclouds.TABLE, row["uuid"], **{"backup-status": "unknown", "backup-datetime": None})
    return Response(204)


@family.on("PATCH", "/subcloud-backup/restore")
def restore(system: System, call: Call) -> Row:
    payload = _payload(call, RESTORE)
    if not payload:
        raise refuse("Body required")
    password(payload)
    installs = any(_flag(payload, name) for name in ("with_install", "auto", "factory"))
    if payload.get("release") and not installs:
        raise refuse("Option release cannot be used without 'with_install' or 'factory' options.")
    rows = _chosen(system, payload, "restore", _not_restored)
    for row in rows:
        deploying.run(system, row, deploying.RESTORING)
    return {"subclouds": [{**subclouds.shown(row), "deploy-status": "pre-restore"} for row in rows]}


def _payload(call: Call, known: frozenset[str]) -> Row:
    payload = _of_form(call.body) if isinstance(call.body, Form) else call.body
    if not isinstance(payload, dict):
        raise refuse("Request body is malformed." if payload is None else "Invalid request body format")
    if not set(payload) <= known:
        raise refuse("Unexpected parameter received")
    return payload


def _of_form(form: Form) -> Row:
    return {**form.fields, **{name: loaded(file.content, name) for name, file in form.files.items() if name in FILES}}


def _flag(payload: Row, name: str) -> bool:
    value = payload.get(name)
    if value and str(value).lower() not in ("true", "false"):
        raise refuse(f"Invalid {name} value, should be boolean")
    return str(value).lower() == "true"


def _chosen(system: System, payload: Row, operation: str, why_not: Callable[[Row], str]) -> list[Row]:
    """The subcloud, or those of the group for which it can be done; of one subcloud the reason is told."""
    if name := payload.get("subcloud"):
        if payload.get("group"):
            raise refuse("'subcloud' and 'group' parameters should not be given at the same time")
        row = system.tables.first(subclouds.TABLE, **({"id": int(name)} if name.isdigit() else {"name": name}))
        if row is None:
            raise refuse("Subcloud not found")
        if why := why_not(row):
            raise refuse(why)
        return [row]
    found = [row for row in _of_group(system, payload.get("group")) if not why_not(row)]
    if not found:
        what = f"subclouds in group {payload['group']} are in a valid state for subcloud-backup {operation}"
        raise refuse(f"None of the {what}")
    return found


def _of_group(system: System, ref: str | None) -> list[Row]:
    if not ref:
        raise refuse("'subcloud' or 'group' parameter is required")
    group = system.tables.first(groups.TABLE, **({"id": int(ref)} if ref.isdigit() else {"name": ref}))
    if group is None:
        raise refuse("Group not found", 404)
    rows = system.tables.rows(subclouds.TABLE, group_id=group["id"])
    if not rows:
        raise refuse("No subclouds present in group")
    return rows


def _not_backed_up(row: Row) -> str:
    states = row["deploy-status"], row["availability-status"], row["management-state"]
    if states != ("complete", "online", "managed"):
        must = "must be deployed, online and managed for the subcloud-backup create operation."
        return f"Subcloud {row['name']} {must}"
    return f"Cannot perform subcloud-backup create operation: {told}" if (told := in_motion(row)) else ""


def _not_deleted(row: Row, *, local: bool) -> str:
    if local and (row["availability-status"], row["management-state"]) != ("online", "managed"):
        must = "must be online and managed for the subcloud-backup delete operation with --local-only option."
        return f"Subcloud {row['name']} {must}"
    return f"Cannot perform subcloud-backup delete operation: {told}" if (told := in_motion(row)) else ""


def _not_restored(row: Row) -> str:
    if row["management-state"] != "unmanaged" or row["deploy-status"] in NOT_RESTORED:
        must = "must be unmanaged and in a valid deploy state for the subcloud-backup restore operation."
        return f"Subcloud {row['name']} {must}"
    return ""


def _begin(system: System, row: Row, *, local: bool) -> None:
    system.update(subclouds.TABLE, row["uuid"], **{"backup-status": "pre-backup"})
    system.after(system.durations.subcloud_state, _back_up, row["uuid"], local, tag=f"backup {row['uuid']}")


def _back_up(system: System, uuid: str, local: bool) -> None:
    row = system.tables.find(subclouds.TABLE, uuid)
    if row is None or row["backup-status"] != "pre-backup":
        return
    is_failed = deploying.failure(system, row, "pre-backup") is not None
    system.update(subclouds.TABLE, uuid, **{"backup-status": "backup-prep-failed" if is_failed else "backing-up"})
    if not is_failed:
        system.after(system.durations.subcloud_backup, _backed_up, uuid, local, tag=f"backup {uuid}")


def _backed_up(system: System, uuid: str, local: bool) -> None:
    row = system.tables.find(subclouds.TABLE, uuid)
    if row is None or row["backup-status"] != "backing-up":
        return
    text = deploying.failure(system, row, "backing-up")
    if text is not None:
        error = deploying.ansible(row["name"], "backing-up", text)
        system.update(subclouds.TABLE, uuid, **{"backup-status": "failed", "error-description": error})
        return
    kind = "local" if local else "central"
    ended = {"backup-status": f"complete-{kind}", "backup-datetime": time(system.timeline.stamp())}
    system.update(subclouds.TABLE, uuid, **ended)
