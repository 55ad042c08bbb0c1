"""What goes on with an application once it was asked for, on the clock (starlingx/config conductor/kube_app.py).

States, what each shows as its progress, and the alarms 750.001 to 750.005 (starlingx/fault fm-doc/fm_doc/events.yaml) are
the source's; unverified, for a recording shows only how each begins. Of an application there is one alarm at a time.

It goes wrong by marks of the control API, each for the next time that it fits; `<text>` is what its progress then says:

    app-upload-fails:<name>:<text>     upload-failed, alarm 750.001
    app-apply-fails:<name>:<text>      apply-failed, alarm 750.002
    app-remove-fails:<name>:<text>     remove-failed, alarm 750.003; forced, it is uploaded all the same
    app-update-fails:<name>:<text>     the old version is recovered, and applied again; its progress says so
    app-recover-fails:<name>:<text>    that fails, too: apply-failed, alarm 750.002 (with app-update-fails)
    app-hangs:<name>                   its next work does not end until somebody aborts it
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.simulator.fm import alarms
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

TABLE = "apps"
OVERRIDES = "helm_overrides"
DONE = "completed"
ABORTED = "operation aborted, check system inventory logs for details"
BY_USER = "operation aborted by user"
STEPS = {
    "upload": ("extracting application tar file", "validating and uploading charts"),
    "apply": ("generating application overrides", "retrieving docker images", "applying application manifest"),
    "remove": ("deleting application manifest",),
    "update": ("Application update starting.", "retrieving docker images", "applying application manifest"),
}


class Status(StrEnum):
    """common/constants.py APP_*."""

    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    UPLOAD_FAILED = "upload-failed"
    APPLYING = "applying"
    APPLIED = "applied"
    APPLY_FAILED = "apply-failed"
    REMOVING = "removing"
    REMOVE_FAILED = "remove-failed"
    UPDATING = "updating"
    RECOVERING = "recovering"


_ALARMS = {
    Status.UPLOAD_FAILED: ("750.001", "warning", "Application Upload Failure", "processing-error"),
    Status.APPLY_FAILED: ("750.002", "major", "Application Apply Failure", "processing-error"),
    Status.REMOVE_FAILED: ("750.003", "major", "Application Remove Failure", "processing-error"),
    Status.APPLYING: ("750.004", "warning", "Application Apply In Progress", "other"),
    Status.UPDATING: ("750.005", "warning", "Application Update In Progress", "other"),
}


def find(system: System, name: str) -> Row | None:
    return system.tables.first(TABLE, name=name)


def begin_upload(system: System, row: Row) -> None:
    _begin(system, row, "upload")


def begin_apply(system: System, row: Row) -> None:
    _raise(system, row["name"], Status.APPLYING)
    _begin(system, row, "apply")


def begin_remove(system: System, row: Row, *, forced: bool) -> None:
    system.update(TABLE, row["uuid"], active=False)
    _begin(system, row, "remove", forced)


def begin_update(system: System, row: Row, old: str, reuse: tuple[bool, bool]) -> None:
    """old: the version that is left. reuse: its user overrides, its attributes."""
    _raise(system, row["name"], Status.UPDATING)
    _begin(system, row, "update", old, reuse)


def abort(system: System, row: Row) -> None:
    """It ends at its next step; what hangs ends at once."""
    system.marks.add(_aborting(row))
    if hung := row.get("hung"):
        operation, *rest = hung
        system.update(TABLE, row["uuid"], hung=None)
        system.after(0, _step, row["uuid"], operation, 0, *rest)


def purge(system: System, row: Row) -> None:
    for each in system.tables.rows(OVERRIDES, app_name=row["name"]):
        system.tables.delete(OVERRIDES, each["uuid"])
    system.tables.delete(TABLE, row["uuid"])
    _clear(system, row["name"])


def _aborting(row: Row) -> str:
    return f"app-is-aborted:{row['name']}"


def _begin(system: System, row: Row, operation: str, *rest: object) -> None:
    if system.take_mark(f"app-hangs:{row['name']}") is not None:
        system.update(TABLE, row["uuid"], hung=(operation, *rest))
        return
    system.after(0, _step, row["uuid"], operation, 0, *rest)


def _step(system: System, uuid: str, operation: str, number: int, *rest: object) -> None:
    """One step more: what it shows, or how it ends."""
    row, steps = system.tables.find(TABLE, uuid), STEPS[operation]
    if row is None:
        return
    by_user = system.take_mark(_aborting(row)) is not None
    if by_user or number == len(steps):
        text = None if by_user else system.take_mark(f"app-{operation}-fails:{row['name']}:")
        why = BY_USER if by_user else text or (None if text is None else ABORTED)
        _ENDS[operation](system, row, why, *rest)
        return
    system.update(TABLE, uuid, progress=steps[number])
    system.after(system.durations.app_action / len(steps), _step, uuid, operation, number + 1, *rest)


def _uploaded(system: System, row: Row, why: str | None) -> None:
    _end(system, row, Status.UPLOAD_FAILED if why else Status.UPLOADED, why or DONE)


def _applied(system: System, row: Row, why: str | None) -> None:
    if why is None:
        system.update(TABLE, row["uuid"], active=True)
    _end(system, row, Status.APPLY_FAILED if why else Status.APPLIED, why or DONE)


def _removed(system: System, row: Row, why: str | None, forced: object) -> None:
    if why and forced and why != BY_USER:
        text = (
            f"Application remove failed. Status forced to '{Status.UPLOADED}'. Use native helm commands to clean up"
            " application helm releases."
        )
        _end(system, row, Status.UPLOADED, text)
        return
    _end(system, row, Status.REMOVE_FAILED if why else Status.UPLOADED, why or DONE)


def _updated(system: System, row: Row, why: str | None, old: str, reuse: tuple[bool, bool]) -> None:
    """The new version has overrides of its own: those of the old one are kept where that was asked for."""
    if why:
        text = f"{_left(old, row)}recovering version {old} "
        system.update(TABLE, row["uuid"], status=Status.RECOVERING, progress=text)
        system.after(system.durations.app_action, _recovered, row["uuid"], row["app_version"], old)
        return
    keeps, keeps_attributes = reuse
    for each in system.tables.rows(OVERRIDES, app_name=row["name"]):
        kept = {} if keeps else {"user_overrides": None}
        system.update(OVERRIDES, each["uuid"], **kept, **({} if keeps_attributes else {"attributes": {}}))
    text = f"Application update from version {old} to version {row['app_version']} completed."
    _end(system, row, Status.APPLIED, text)


def _recovered(system: System, uuid: str, new: str, old: str) -> None:
    row = system.tables.find(TABLE, uuid)
    if row is None:
        return
    why = system.take_mark(f"app-recover-fails:{row['name']}:")
    left = f"Application update from version {old} to version {new} aborted. "
    end = "aborted" if why is not None else "completed"
    row = system.update(TABLE, uuid, app_version=old)
    text = f"{left}Application recover to version {old} {end}. {why or ''}Please check logs for details."
    _end(system, row, Status.APPLIED if why is None else Status.APPLY_FAILED, text)


def _left(old: str, row: Row) -> str:
    return f"Application update from version {old} to version {row['app_version']} aborted. "


_ENDS: dict[str, Callable[..., None]] = {"upload": _uploaded, "apply": _applied, "remove": _removed, "update": _updated}


def _end(system: System, row: Row, status: Status, progress: str) -> None:
    system.update(TABLE, row["uuid"], status=status, progress=progress[:255])
    if status in _ALARMS:
        _raise(system, row["name"], status)
    else:
        _clear(system, row["name"])


def _raise(system: System, name: str, status: Status) -> None:
    _clear(system, name)
    alarm_id, severity, reason, alarm_type = _ALARMS[status]
    alarms.set_alarm(
        system,
        alarm_id=alarm_id,
        alarm_state="set",
        entity_type_id="k8s_application",
        entity_instance_id=_entity(name),
        timestamp=system.timeline.stamp().removesuffix("+00:00"),
        severity=severity,
        reason_text=reason,
        alarm_type=alarm_type,
        probable_cause="unknown",
        proposed_repair_action="",
        service_affecting=status is not Status.UPLOAD_FAILED,
        suppression=False,
    )


def _clear(system: System, name: str) -> None:
    for row in system.tables.rows(alarms.TABLE, entity_instance_id=_entity(name)):
        alarms.clear_alarm(system, row)


def _entity(name: str) -> str:
    return f"k8s_application={name}"
