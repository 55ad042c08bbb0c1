"""Orders to a controller, each one call of sushy's. None is sent twice."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sushy.exceptions import InvalidParameterValueError
from sushy.resources.constants import ResetType
from sushy.resources.system.constants import BootSource, BootSourceOverrideEnabled, BootSourceOverrideMode
from sushy.resources.updateservice.constants import UpdateTransferProtocolType

from reconciler.clients.redfish.reading import drives
from reconciler.clients.redfish.session import Session
from reconciler.model.board_orders import (
    BoardOrder,
    BoardTask,
    EjectMedia,
    InsertMedia,
    SetBios,
    SetBoot,
    SetBootOrder,
    SetPower,
    SetSecureBoot,
    TaskState,
    UpdateFirmware,
)

# DMTF Task.v1 TaskState: those in which nothing goes on any more; every other is on its way
ENDED = {"Completed": TaskState.DONE} | dict.fromkeys(
    ("Exception", "Killed", "Cancelled", "Interrupted"), TaskState.FAILED
)


def obey(session: Session, order: BoardOrder) -> BoardTask | None:
    """Ask for it; a task, where the controller goes on with it by itself."""
    match order:
        case SetPower():
            session.system.reset_system(ResetType(order.order.value))
        case SetBoot():
            _boot(session, order)
        case SetBootOrder():
            _boot_order(session, order)
        case InsertMedia():
            _insert(session, order)
        case EjectMedia():
            _eject(session, order)
        case SetBios():
            session.system.bios.set_attributes(dict(order.attributes))
        case SetSecureBoot():
            session.system.secure_boot.set_enabled(order.enabled)
        case UpdateFirmware():
            return _update(session, order)
    return None


def task_now(session: Session, uri: str) -> BoardTask:
    """A task, or the monitor of one: that answers 202 until it is over (DMTF DSP0266, asynchronous operations)."""
    answer = session.line.get(uri)
    body = answer.json() if answer.content else {}
    if "TaskState" not in body:
        return BoardTask(uri, TaskState.RUNNING if answer.status_code == 202 else TaskState.DONE)
    state = ENDED.get(body["TaskState"], TaskState.RUNNING)
    said = "; ".join(str(each.get("Message") or each.get("MessageId")) for each in body.get("Messages") or ())
    return BoardTask(uri, state, body.get("PercentComplete"), said)


def _boot(session: Session, order: SetBoot) -> None:
    lasts = BootSourceOverrideEnabled.ONCE if order.once else BootSourceOverrideEnabled.CONTINUOUS
    mode = BootSourceOverrideMode(order.mode) if order.mode else None
    session.system.set_system_boot_options(BootSource(order.target), lasts, mode)


def _boot_order(session: Session, order: SetBootOrder) -> None:
    """To the host's pending settings where it has them, else to the host: sushy knows no boot order.

    ansible-collections/community.general plugins/module_utils/redfish_utils.py set_boot_order; which of the two a maker
    has differs (unverified against hardware).
    """
    pending = (session.system.json.get("@Redfish.Settings") or {}).get("SettingsObject") or {}
    path = pending.get("@odata.id") or session.system.path
    session.line.patch(path, data={"Boot": {"BootOrder": list(order.references)}})


def _insert(session: Session, order: InsertMedia) -> None:
    found = _drives(session, order.type)
    empty = next((drive for drive in found if not drive.inserted), None)
    if empty is None:
        why = f"every drive for {order.type} holds an image" if found else f"it has no drive for {order.type}"
        raise InvalidParameterValueError(message=why)
    empty.insert_media(order.image)


def _eject(session: Session, order: EjectMedia) -> None:
    for drive in _drives(session, order.type):
        if drive.inserted:
            drive.eject_media()


def _drives(session: Session, media: str) -> list[Any]:
    return [drive for drive in drives(session) if media in {each.value for each in drive.media_types if each}]


def _update(session: Session, order: UpdateFirmware) -> BoardTask:
    scheme = UpdateTransferProtocolType(urlsplit(order.image).scheme.upper())
    service = session.root.get_update_service()
    monitor = service.simple_update(order.image, list(order.targets) or None, scheme)
    return BoardTask(monitor.task_monitor_uri)
