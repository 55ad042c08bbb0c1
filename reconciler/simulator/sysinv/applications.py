"""Applications of the site's Kubernetes: uploaded, applied, updated, removed, deleted.

starlingx/config api/controllers/v1/kube_app.py: what is asked and refused. What then goes on, on the clock, stands in
``application_work``. Recorded: the lists, apply, remove, abort and delete with their refusals, an upload of a file that is
not there. Unverified, written from the source: uploads, updates, what comes of them, and the texts of their refusals.

No API lists the files of a controller. Here a file is there if its name tells an application and a version, as those
that come with the platform are called (`cert-manager-24.09-76.tgz`: conductor/manager.py
``_load_metadata_of_missing_apps``), or if the table ``app_tarballs`` has it: path, name, version. With the mark
``FILES_UNKNOWN`` every file is there, and is what the request says that it is: of a twin's site no inventory tells them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.sysinv import application_work as work
from reconciler.simulator.sysinv.application_work import TABLE, Status
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("applications")

APPS = family.collection(
    Collection(
        TABLE,
        columns="name app_version manifest_name manifest_file status progress active",
        more="created_at updated_at",
        links=None,
    )
)
TARBALLS = "app_tarballs"
FORBIDS = "app-forbids:"
"""A mark, with an operation and a name: the application's metadata forbids it to people (helm/lifecycle_base.py)."""
FILES_UNKNOWN = "files-of-controllers-are-not-known"
_BUNDLED = re.compile(r"^(?P<name>.*)-(?P<version>[0-9]+\.[0-9]+-[0-9]+)\.(tgz|tar\.gz)$")
_URL = re.compile(r"^(http|ftp)s?://\S+$", re.IGNORECASE)
_EXTENSIONS = (".tgz", ".tar.gz")
_REMOVABLE = (Status.APPLIED, Status.APPLY_FAILED, Status.REMOVE_FAILED)
_APPLICABLE = (Status.UPLOADED, Status.APPLY_FAILED, Status.APPLIED)
_ABORTABLE = (Status.APPLYING, Status.UPDATING, Status.REMOVING)


class Tarball(NamedTuple):
    """What a file says of itself. With a URL nothing is known until it was downloaded."""

    name: str
    version: str


@family.on("GET", "/apps/{name}")
def show(system: System, call: Call) -> Row:
    app = work.find(system, call["name"])
    if app is None:
        raise refuse(f"No application with name {call['name']}.", 404)
    return shown(system, APPS, app, call)


@family.on("POST", "/apps")
def upload(system: System, call: Call) -> Row:
    path = call.body.get("tarfile")
    found = _checked(system, path, call.body, "upload")
    if work.find(system, found.name):
        raise refuse(f"Application-upload rejected: application {found.name} already exists.")
    row = system.insert(TABLE, **_manifest(found), status=Status.UPLOADING, progress=None, active=False)
    work.begin_upload(system, row)
    return shown(system, APPS, row, call)


@family.on("POST", "/apps/update")
def update(system: System, call: Call) -> Row:
    body = call.body
    found = _checked(system, body.get("tarfile"), body, "update")
    reuse = _flag(body, "reuse_user_overrides"), _flag(body, "reuse_attributes")
    row = work.find(system, found.name)
    if row is None:
        raise refuse("Application-update rejected: application not found.")
    if row["status"] == Status.UPDATING:
        raise refuse("Application-update rejected: update is already in progress.")
    if row["status"] != Status.APPLIED:
        raise _not_while("update", row)
    if row["app_version"] == found.version:
        raise refuse(f"Application-update rejected: the version {found.version} is already applied.")
    old = row["app_version"]
    row = system.update(TABLE, row["uuid"], **_manifest(found), status=Status.UPDATING, progress=None)
    work.begin_update(system, row, old, reuse)
    return shown(system, APPS, row, call)


@family.on("PATCH", "/apps/{name}")
def act(system: System, call: Call) -> Row:
    """Its answer shows the state that it begins (recorded)."""
    directive = call.query.get("directive", "")
    if "values" not in (call.body or {}):
        raise refuse('Missing argument: "values"')
    if directive not in _DIRECTIVES:
        raise refuse("Operation not permitted.", 403)
    row = work.find(system, call["name"])
    if row is None:
        raise refuse(f"Application-{directive} rejected: application not found.")
    return shown(system, APPS, _DIRECTIVES[directive](system, row, call), call)


@family.on("DELETE", "/apps/{name}")
def delete(system: System, call: Call) -> None:
    row = work.find(system, call["name"])
    if row is None:
        raise refuse("Application-delete rejected: application not found.")
    if row["status"] not in (Status.UPLOADED, Status.UPLOAD_FAILED):
        raise _not_while("delete", row)
    _check_forbidden(system, row, "delete", call)
    work.purge(system, row)


def _apply(system: System, row: Row, _call: Call) -> Row:
    if row["status"] == Status.APPLYING:
        raise refuse("Application-apply rejected: install/update is already in progress.")
    if row["status"] not in _APPLICABLE:
        raise _not_while("apply", row)
    row = system.update(TABLE, row["uuid"], status=Status.APPLYING, progress=None)
    work.begin_apply(system, row)
    return row


def _remove(system: System, row: Row, call: Call) -> Row:
    if row["status"] not in _REMOVABLE:
        raise _not_while("remove", row)
    _check_forbidden(system, row, "remove", call)
    row = system.update(TABLE, row["uuid"], status=Status.REMOVING, progress=None)
    work.begin_remove(system, row, forced=_is_forced(call))
    return row


def _abort(system: System, row: Row, _call: Call) -> Row:
    """Asked for, and done at the next step of what goes on."""
    if row["status"] not in _ABORTABLE:
        raise _not_while("abort", row)
    work.abort(system, row)
    return row


_DIRECTIVES: dict[str, Any] = {"apply": _apply, "remove": _remove, "abort": _abort}


# ---- what is refused


def _checked(system: System, path: Any, body: Row, operation: str) -> Tarball:
    """An upload of a file that is not there stores what came with the request, which is nothing, under another name."""
    if not path:
        raise Fault(500, f"Application-{operation} rejected: tar file must be specified.")
    if _URL.match(path):
        told = _told(path) or Tarball("", "")
        return Tarball(body.get("name") or told.name, body.get("app_version") or told.version)
    found = _found(system, path, body)
    if found is None and operation == "update":
        raise refuse(f"Application-update rejected: application tar file {path} does not exist.")
    if not path.endswith(_EXTENSIONS):
        raise refuse(
            f"Application-{operation} rejected: {path} has unrecognizable tar file extension. Supported extensions are:"
            " .tgz and .tar.gz."
        )
    if found is None:
        name = f"{system.timeline.clock().timestamp()}-{path.rpartition('/')[2]}"
        raise refuse(f"Application-upload rejected: failed to extract tar file {name}.")
    return found


def _found(system: System, path: str, body: Row) -> Tarball | None:
    row = system.tables.first(TARBALLS, path=path)
    found = Tarball(row["name"], row["version"]) if row else _told(path)
    if found is None and FILES_UNKNOWN in system.marks and body.get("name"):
        return Tarball(body["name"], body.get("app_version") or "unknown")
    return found


def _told(path: str) -> Tarball | None:
    match = _BUNDLED.match(path.rpartition("/")[2])
    return Tarball(match["name"], match["version"]) if match else None


def _manifest(found: Tarball) -> Row:
    return {
        "name": found.name,
        "app_version": found.version,
        "manifest_name": f"{found.name}-fluxcd-manifests",
        "manifest_file": "fluxcd-manifests",
    }


def _flag(body: Row, name: str) -> bool:
    """As text, and nothing else; where it is not said the application decides, by default against it."""
    value = body.get(name)
    if value not in (None, "true", "True", "false", "False"):
        raise refuse(f"Application-update rejected: invalid {name} setting.")
    return value in ("true", "True")


def _check_forbidden(system: System, row: Row, operation: str, call: Call) -> None:
    if f"{FORBIDS}{operation}:{row['name']}" in system.marks and not _is_forced(call):
        reason = f"{operation.capitalize()} is disabled for this version of {row['name']}"
        raise refuse(f"Application-{operation} rejected: {reason}")


def _is_forced(call: Call) -> bool:
    return call.query.get("force") == "True"


def _not_while(operation: str, row: Row) -> Fault:
    return refuse(
        f"Application-{operation} rejected: operation is not allowed while the current status is {row['status']}."
    )
