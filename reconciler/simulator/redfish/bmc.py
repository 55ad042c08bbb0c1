"""One request to a controller: who asks, then the document or the order. Pure.

The service root is public; all else takes a session's token or Basic (openstack/sushy sushy/auth.py, sushy/main.py;
sushy-tools emulator/main.py RedfishAuthMiddleware).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.redfish.answers import Rejected, absent, done, found, missing, unknown_value
from reconciler.simulator.redfish.documents import MANAGER, RESETS, SYSTEM, TARGETS, documents
from reconciler.simulator.redfish.host import Bmc

ROOT = "/redfish/v1"
SESSIONS = "/SessionService/Sessions"
ENABLED, MODES = ("Disabled", "Once", "Continuous"), ("UEFI", "Legacy")


def handle(bmc: Bmc, request: Request, now: float) -> Response:
    """The answer, as of so many seconds since the start. ``request.path`` begins with /redfish."""
    bmc.advance(now)
    path = request.path.rstrip("/").removeprefix(ROOT)
    root = urlsplit(request.base).path.rstrip("/") + ROOT
    try:
        if request.path.startswith(ROOT):
            return _answer(bmc, request, path, root)
        raise absent(request.path)
    except Rejected as rejected:
        return rejected.response()


def _answer(bmc: Bmc, request: Request, path: str, root: str) -> Response:
    body = _body(request)
    if request.method == "POST" and path == SESSIONS and bmc.has_sessions:
        return _log_in(bmc, body, root)
    if path:
        _admit(bmc, request)
    known = documents(bmc, root)
    if request.method == "GET":
        if path not in known:
            raise absent(request.path)
        return found(known[path])
    if request.method == "DELETE" and path.startswith(f"{SESSIONS}/"):
        if bmc.sessions.pop(path.rpartition("/")[2], None) is None:
            raise absent(request.path)
        return done()
    write = _WRITES.get((request.method, path)) or _media(bmc, request.method, path)
    if write is None:
        raise absent(request.path)
    return write(bmc, body, root)


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.content) if request.content else {}
    except ValueError:
        raise Rejected(400, "MalformedJSON", "The request body submitted was malformed JSON.") from None
    return body if isinstance(body, dict) else {}


def _log_in(bmc: Bmc, body: dict[str, Any], root: str) -> Response:
    bmc.logins += 1
    if (body.get("UserName"), body.get("Password")) != (bmc.username, bmc.password):
        raise _stranger()
    number = str(bmc.logins)
    bmc.sessions[number] = f"token-{bmc.name}-{number}"
    path = f"{root}{SESSIONS}/{number}"
    document = {"@odata.id": path, "Id": number, "Name": "User Session", "UserName": bmc.username}
    return Response(201, document, {"X-Auth-Token": bmc.sessions[number], "Location": path})


def _admit(bmc: Bmc, request: Request) -> None:
    if request.header("X-Auth-Token") in bmc.sessions.values():
        return
    basic = base64.b64encode(f"{bmc.username}:{bmc.password}".encode()).decode()
    if request.header("Authorization") != f"Basic {basic}":
        raise _stranger()


def _stranger() -> Rejected:
    return Rejected(401, "NoValidSession", "There is no valid session established with the implementation.")


def _reset(bmc: Bmc, body: dict[str, Any], _root: str) -> Response:
    if "ResetType" not in body:
        raise missing("ComputerSystem.Reset", "ResetType")
    if body["ResetType"] not in RESETS:
        raise unknown_value(body["ResetType"], "ResetType")
    bmc.reset(body["ResetType"])
    return done()


def _set_boot(bmc: Bmc, body: dict[str, Any], _root: str) -> Response:
    said = body.get("Boot") or {}
    fields = {"Target": ("target", TARGETS), "Enabled": ("enabled", ENABLED), "Mode": ("mode", MODES)}
    for name, (_, allowed) in fields.items():
        if (value := said.get(f"BootSourceOverride{name}")) is not None and value not in allowed:
            raise unknown_value(value, f"BootSourceOverride{name}")
    if (order := said.get("BootOrder")) is not None:
        if unknown := [each for each in order if each not in bmc.options]:
            raise unknown_value(unknown[0], "BootOrder")
        bmc.boot_order = list(order)
    for name, (attribute, _) in fields.items():
        setattr(bmc.boot, attribute, said.get(f"BootSourceOverride{name}") or getattr(bmc.boot, attribute))
    return done()


def _set_bios(bmc: Bmc, body: dict[str, Any], _root: str) -> Response:
    said = body.get("Attributes") or {}
    if unknown := [name for name in said if name not in bmc.bios]:
        raise Rejected(400, "PropertyUnknown", f"The property {unknown[0]} is not in the list of valid properties.")
    bmc.pending |= said
    return done()


def _set_secure_boot(bmc: Bmc, body: dict[str, Any], _root: str) -> Response:
    wanted = body.get("SecureBootEnable")
    if not isinstance(wanted, bool):
        raise unknown_value(wanted, "SecureBootEnable")
    bmc.secure_boot_wanted = wanted
    return done()


def _update(bmc: Bmc, body: dict[str, Any], root: str) -> Response:
    if not body.get("ImageURI"):
        raise missing("UpdateService.SimpleUpdate", "ImageURI")
    bmc.update(body["ImageURI"])
    number = str(len(bmc.tasks) - 1)
    path = f"/TaskService/Tasks/{number}"
    return Response(202, documents(bmc, root)[path], {"Location": root + path, "Retry-After": "30"})


Write = Callable[[Bmc, dict[str, Any], str], Response]


def _media(bmc: Bmc, method: str, path: str) -> Write | None:
    """Insert and eject, of the drive that the path names."""
    name, _, verb = path.removeprefix(f"{MANAGER}/VirtualMedia/").partition("/Actions/VirtualMedia.")
    drive = bmc.drives.get(name)
    if method != "POST" or drive is None or verb not in {"InsertMedia", "EjectMedia"}:
        return None

    def insert(_bmc: Bmc, body: dict[str, Any], _root: str) -> Response:
        if not body.get("Image"):
            raise missing("VirtualMedia.InsertMedia", "Image")
        drive.image = body["Image"]
        return done()

    def eject(_bmc: Bmc, _body: dict[str, Any], _root: str) -> Response:
        drive.image = None
        return done()

    return insert if verb == "InsertMedia" else eject


_WRITES: dict[tuple[str, str], Write] = {
    ("POST", f"{SYSTEM}/Actions/ComputerSystem.Reset"): _reset,
    ("PATCH", SYSTEM): _set_boot,
    ("PATCH", f"{SYSTEM}/Bios/Settings"): _set_bios,
    ("PATCH", f"{SYSTEM}/SecureBoot"): _set_secure_boot,
    ("POST", "/UpdateService/Actions/UpdateService.SimpleUpdate"): _update,
}
