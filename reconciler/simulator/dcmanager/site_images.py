"""Images for accelerators that a strategy `firmware` brings to a site (dcmanager/orchestrator/states/firmware/importing_firmware.py).

What the centre has applied is uploaded and applied at the site, where a device of it fits; what it has not is taken off there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.sysinv.device_images import TABLE, places
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

Ask = Callable[[Request], Response | None]
PATH = "/v1/device_images"
FIELDS = (
    "uuid", "bitstream_type", "pci_vendor", "pci_device", "bitstream_id", "key_signature", "revoke_key_id", "name",
    "description", "image_version", "bmc", "retimer_included",
)  # fmt: skip
BOUNDARY = "end-of-a-part"


def bring(centre: System, ask: Ask) -> str | None:
    """Why it failed, "" where it is done; None where the site does not answer."""
    lists = [_listed(ask, name) for name in (TABLE, "pci_devices", "device_labels")]
    if None in lists:
        return None
    theirs, devices, labels = ([dict(row) for row in found or ()] for found in lists)
    ours = [{**row, **places(centre, row)} for row in centre.tables.rows(TABLE)]
    wanted = {row["uuid"]: row for row in ours if row["applied"]}
    asked = (*_taken_off(theirs, wanted), *_put_on(theirs, wanted, devices, labels))
    answers = [ask(request) for request in asked]
    refused = (a.body for a in answers if a is not None and (a.status != 200 or (a.body or {}).get("error")))
    return next((str(body) for body in refused), "")


def _listed(ask: Ask, name: str) -> list[Row] | None:
    answer = ask(Request("GET", f"/v1/{name}"))
    return answer.body[name] if answer is not None and answer.status == 200 else None


def _taken_off(theirs: list[Row], wanted: Mapping[str, Row]) -> Iterator[Request]:
    for row in theirs:
        if row.get("applied") and row["uuid"] not in wanted:
            yield _act("remove", row)


def _put_on(theirs: list[Row], wanted: Mapping[str, Row], devices: list[Row], labels: list[Row]) -> Iterator[Request]:
    there = {row["uuid"] for row in theirs}
    for uuid, row in wanted.items():
        if not any(_fits(row, device, labels) for device in devices):
            continue
        if uuid not in there:
            yield _upload(row)
        yield _act("apply", row)


def _fits(image: Row, device: Row, labels: list[Row]) -> bool:
    """Of its model, in use, and with one of its labels; an empty one is every device's."""
    if (image["pci_vendor"], image["pci_device"]) != (device["pvendor_id"], device["pdevice_id"]) or not device[
        "enabled"
    ]:
        return False
    own = [{one["label_key"]: one["label_value"]} for one in labels if one["pcidevice_uuid"] == device["uuid"]]
    return any(not label or label in own for label in image["applied_labels"])


def _act(action: str, row: Row) -> Request:
    told: list[Any] = [label for label in row["applied_labels"] or () if label]
    return Request("PATCH", f"{PATH}/{row['uuid']}", {"action": action}, content=json.dumps(told).encode())


def _upload(row: Row) -> Request:
    parts = [f'name="{name}"\r\n\r\n{row[name]}' for name in FIELDS if row.get(name) not in (None, False)]
    parts.append('name="file"; filename="image.bin"\r\n\r\nimage')
    text = "".join(f"--{BOUNDARY}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return Request("POST", PATH, {}, headers, f"{text}--{BOUNDARY}--\r\n".encode())
