"""Images for accelerators: uploaded, applied by labels, written by hosts (api/controllers/v1/device_image.py and its kin).

Only their empty lists are recorded; the rest is written from starlingx/config at b62963d4 and unverified. A host writes what
is pending on its devices one after another, and has to reboot then. A mark on the system makes a host fail once:
`device-image-fails:<host>`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family, HostEvent
from reconciler.simulator.fm import alarms
from reconciler.simulator.forms import Form
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("device images")
TABLE, STATES, LABELS, PLACES = "device_images", "device_image_state", "device_labels", "device_image_labels"
PENDING, GOING, DONE, FAILED, ABORTED = "pending", "in-progress", "completed", "failed", "in-progress-aborted"
FUNCTIONAL, ROOT_KEY, REVOCATION = "functional", "root-key", "key-revocation"
ORDER = (ROOT_KEY, REVOCATION, FUNCTIONAL)
N3000 = ("8086", "0b30")  # the one model that is taken (common/fpga_constants.py)
NEEDS = {FUNCTIONAL: "bitstream_id", ROOT_KEY: "key_signature", REVOCATION: "revoke_key_id"}
ALARM = "900.006"


def places(system: System, row: Row) -> dict[str, Any]:
    """An image that is applied without labels has an empty one among its labels; one that is not applied has none."""
    found = [{p["label_key"]: p["label_value"]} for p in system.tables.rows(PLACES, image_uuid=row["uuid"])]
    if row.get("everywhere"):
        found.append({})
    return {"applied": bool(found), "applied_labels": found or None}


IMAGES = family.collection(
    Collection(
        TABLE,
        columns="uuid bitstream_type pci_vendor pci_device bitstream_id key_signature revoke_key_id name description"
        " image_version bmc retimer_included applied applied_labels",
        links=None,
        derive=places,
    )
)
family.collection(
    Collection(
        STATES, columns="uuid host_uuid pcidevice_uuid image_uuid status update_start_time updated_at", links=None
    )
)
LABELLED = family.collection(
    Collection(LABELS, columns="uuid host_uuid pcidevice_uuid label_key label_value", links=None, host_key="host_uuid")
)


# ---- images


@family.on("POST", "/device_images")
def upload(system: System, call: Call) -> Row:
    """What is wrong with it comes under a 200. The file itself is not kept."""
    form: Form = call.body
    if not form.files["file"].name:
        return {"success": "", "error": "Error: No file uploaded"}
    said = dict(form.fields)
    if why := _wrong(said):
        return {"success": "", "error": why}
    return {"success": "", "error": "", "device_image": put(system, **said)}


def put(system: System, **said: Any) -> Row:
    """An image that is there and applied to nothing."""
    whole = {"bitstream_type": FUNCTIONAL, "pci_vendor": N3000[0], "pci_device": N3000[1]} | said
    for name in ("bmc", "retimer_included"):
        whole[name] = str(said.get(name, False)).lower() == "true"
    return system.insert(TABLE, **whole)


def _wrong(said: Row) -> str:
    kind = said.get("bitstream_type")
    if kind not in NEEDS:
        return f"Bitstream type {kind} not supported"
    if NEEDS[kind] not in said:
        return f"{NEEDS[kind]} is required for {kind.replace('-', ' ')} bitstream type"
    if (said["pci_vendor"], said["pci_device"]) != N3000:
        return f"Invalid PCI vendor/device ID: {said['pci_vendor']} {said['pci_device']}."
    return ""


@family.on("PATCH", "/device_images/{uuid}")
def patch(system: System, call: Call) -> Row:
    image, action = system.tables.find(TABLE, call["uuid"]), call.query.get("action")
    if image is None:
        raise refuse(f"Device image {action} failed: image does not exist")
    act = {"apply": _apply, "remove": _remove}.get(action or "")
    if act is None:
        raise refuse("Operation not permitted.", 403)
    for label in [next(iter(item.items())) for item in call.body or ()] or [None]:
        act(system, image, label)
    _follow(system)
    return shown(system, IMAGES, system.tables.row(TABLE, image["uuid"]), call)


def _apply(system: System, image: Row, label: tuple[str, str] | None) -> None:
    if label is None:
        system.update(TABLE, image["uuid"], everywhere=True)
    elif system.tables.first(PLACES, **_place(image, label)) is None:
        system.insert(PLACES, **_place(image, label))
    for device in _devices(system, label):
        if _takes(system, device, image, label):
            _is_to_write(system, device, image)


def _remove(system: System, image: Row, label: tuple[str, str] | None) -> None:
    """What is written stays written: only what is known of it goes."""
    if label is None:
        system.update(TABLE, image["uuid"], everywhere=False)
    else:
        place = system.tables.first(PLACES, **_place(image, label))
        if place is None:
            raise refuse(f"Device image remove failed: label {label[0]}={label[1]} does not exist")
        system.tables.delete(PLACES, place["uuid"])
    for device in _devices(system, label):
        for state in system.tables.rows(STATES, image_uuid=image["uuid"], pcidevice_uuid=device["uuid"]):
            system.tables.delete(STATES, state["uuid"])


def _place(image: Row, label: tuple[str, str]) -> Row:
    return {"image_uuid": image["uuid"], "label_key": label[0], "label_value": label[1]}


def _devices(system: System, label: tuple[str, str] | None) -> Iterator[Row]:
    for row in system.tables.rows("pci_devices"):
        own = {(one["label_key"], one["label_value"]) for one in system.tables.rows(LABELS, pcidevice_uuid=row["uuid"])}
        if (row["pvendor_id"], row["pdevice_id"]) == N3000 and (label is None or label in own):
            yield row


def _takes(system: System, device: Row, image: Row, label: tuple[str, str] | None) -> bool:
    """Whether it is to be written there (process_device_image_apply): one root key for good, one functional of a sort."""
    host = system.host(device["host_uuid"])
    for state in system.tables.rows(STATES, pcidevice_uuid=device["uuid"]):
        other = system.tables.row(TABLE, state["image_uuid"])
        if other["uuid"] == image["uuid"]:
            return bool(state["status"] == FAILED)
        if other["bitstream_type"] != image["bitstream_type"] or other["bitstream_type"] == REVOCATION:
            continue
        where = f"host {host['hostname']} device {device['pciaddr']}"
        if other["bitstream_type"] == ROOT_KEY:
            raise refuse(f"Root-key image {other['uuid']} is already applied to {where}")
        if state["status"] == GOING:
            raise refuse(
                f"Applying image {image['uuid']} for {where} not allowed while device image update is in progress"
            )
        if other["bmc"] == image["bmc"]:
            _give_way(system, state, label)
    return True


def _give_way(system: System, state: Row, label: tuple[str, str] | None) -> None:
    system.tables.delete(STATES, state["uuid"])
    place = label and system.tables.first(
        PLACES, image_uuid=state["image_uuid"], label_key=label[0], label_value=label[1]
    )
    if place:
        system.tables.delete(PLACES, place["uuid"])


def _is_to_write(system: System, device: Row, image: Row) -> None:
    place = {"image_uuid": image["uuid"], "pcidevice_uuid": device["uuid"]}
    known = system.tables.first(STATES, **place)
    if known:
        system.update(STATES, known["uuid"], status=PENDING)
    else:
        system.insert(STATES, **place, host_uuid=device["host_uuid"], status=PENDING, update_start_time=None)
    if system.host(device["host_uuid"]).get("device_image_update") != GOING:
        system.update("ihosts", device["host_uuid"], device_image_update=PENDING)


# ---- labels of devices


@family.on("POST", "/device_labels")
def assign(system: System, call: Call) -> Row:
    """Images of the label are pending on the device then; that its host has anything to write is not noted."""
    said = {key: value for item in call.body for key, value in item.items()}
    device = system.tables.row("pci_devices", said.pop("pcidevice_uuid"))
    rows = [_labelled(system, device, key, value) for key, value in said.items()]
    return listed(system, LABELLED, rows, call)


def _labelled(system: System, device: Row, key: str, value: str) -> Row:
    facts = {"pcidevice_uuid": device["uuid"], "label_key": key}
    if system.tables.first(LABELS, **facts, label_value=value):
        raise refuse(f"Device label ({key}, {value}) already exists for this device")
    for place in system.tables.rows(PLACES, label_key=key, label_value=value):
        state = {"image_uuid": place["image_uuid"], "pcidevice_uuid": device["uuid"]}
        system.insert(STATES, **state, host_uuid=device["host_uuid"], status=PENDING, update_start_time=None)
    return system.insert(LABELS, **facts, label_value=value, host_uuid=device["host_uuid"])


@family.on("DELETE", "/device_labels/{uuid}")
def take_off(system: System, call: Call) -> None:
    """Whatever was written into the device is forgotten."""
    label = system.tables.row(LABELS, call["uuid"])
    host = system.host(label["host_uuid"])
    if host.get("device_image_update") == GOING:
        raise refuse(f"Command rejected: Device image update is in progress for host {host['hostname']}")
    for state in system.tables.rows(STATES, pcidevice_uuid=label["pcidevice_uuid"]):
        system.tables.delete(STATES, state["uuid"])
    system.tables.delete(LABELS, label["uuid"])


# ---- hosts write them


@family.on("POST", "/ihosts/{host}/device_image_update")
def post_update(system: System, call: Call) -> Row:
    return update(system, system.host(call["host"]))


def update(system: System, host: Row) -> Row:
    """What failed before is tried again."""
    name = host["hostname"]
    if host.get("device_image_update") == GOING:
        raise refuse(f"The host {name} is already in the process of updating the device images.")
    if (host["administrative"], host["operational"]) != ("unlocked", "enabled"):
        raise refuse(f"The host {name} must be unlocked and enabled to update the device images.")
    for state in system.tables.rows(STATES, host_uuid=host["uuid"], status=FAILED):
        system.update(STATES, state["uuid"], status=PENDING)
    row = system.update("ihosts", host["uuid"], device_image_update=GOING)
    _next(system, host["uuid"])
    return row


def abort(system: System, host: Row) -> None:
    """The one that is being written is seen to its end."""
    if host.get("device_image_update") == GOING:
        system.update("ihosts", host["uuid"], device_image_update=ABORTED)


def _next(system: System, uuid: str) -> None:
    """Root keys first, then revocations (host_device_image_update_next)."""
    left = system.tables.rows(STATES, host_uuid=uuid, status=PENDING)
    left.sort(key=lambda state: ORDER.index(system.tables.row(TABLE, state["image_uuid"])["bitstream_type"]))
    if left and system.host(uuid)["device_image_update"] == GOING:
        system.update(STATES, left[0]["uuid"], status=GOING, update_start_time=system.timeline.stamp())
        system.after(system.durations.device_image, _written, left[0]["uuid"])
        return
    failed = system.tables.rows(STATES, host_uuid=uuid, status=FAILED)
    system.update("ihosts", uuid, device_image_update=PENDING if failed or left else "")
    _follow(system)


def _written(system: System, uuid: str) -> None:
    state = system.tables.find(STATES, uuid)
    if state is None:
        return
    host = system.host(state["host_uuid"])
    fails = system.take_mark(f"device-image-fails:{host['hostname']}") is not None
    system.update(STATES, uuid, status=FAILED if fails else DONE)
    if not fails:
        system.update("ihosts", host["uuid"], reboot_needed=True)
    _next(system, host["uuid"])


@family.at(HostEvent.ENABLED)
def run_written(system: System, host: Row) -> None:
    if host.get("reboot_needed"):
        system.update("ihosts", host["uuid"], reboot_needed=False)
        _follow(system)


def _follow(system: System) -> None:
    """The alarm stands while something is to be written, or to reboot."""
    states = {state["status"] for state in system.tables.rows(STATES)}
    due = bool(states & {PENDING, FAILED, GOING}) or any(host.get("reboot_needed") for host in system.hosts())
    standing = system.tables.first(alarms.TABLE, alarm_id=ALARM)
    if standing and not due:
        alarms.clear_alarm(system, standing)
    if due and not standing:
        alarms.set_alarm(
            system,
            alarm_id=ALARM,
            alarm_state="set",
            entity_type_id="system",
            entity_instance_id=f"system={system.own['uuid']}",
            timestamp=system.timeline.stamp().removesuffix("+00:00"),
            severity="minor",
            reason_text="Device image update operation in progress ",
            alarm_type="environmental",
            probable_cause="unspecified-reason",
            proposed_repair_action="Complete reboots of affected hosts",
            service_affecting=False,
            suppression=False,
        )
