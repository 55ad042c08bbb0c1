"""The backends besides Ceph: lvm by an application, file, external Ceph and shared services.

starlingx/config api/controllers/v1/storage_lvm.py, storage_file.py, storage_ceph_external.py, storage_external.py.
Only lvm can be made here: the others configure OpenStack services that a subcloud's platform does not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family
from reconciler.simulator.sysinv import ceph
from reconciler.simulator.sysinv.storage_backends import (
    ASKED,
    CREATORS,
    DEFAULT_NAMES,
    TABLE,
    app_task,
    backend,
    check_common,
    typed,
)
from reconciler.simulator.tables import Row
from reconciler.simulator.views import shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("storage_others")

_COLUMNS = "uuid created_at updated_at backend name state task services capabilities"


def _collection(path: str, kind: str, own: str = "") -> Collection:
    collection = Collection(
        path,
        columns=f"{_COLUMNS} {own}",
        more="confirmed",
        table=TABLE,
        derive=lambda _system, _row: {"confirmed": False},
    )
    return typed(family, collection, kind)


LVM = _collection("storage_lvm", "lvm")
FILE = _collection("storage_file", "file")
EXTERNAL = _collection("storage_external", "external")
CEPH_EXTERNAL = _collection("storage_ceph_external", "ceph-external", "ceph_conf")


@family.on("POST", "/storage_lvm")
def create_lvm(system: System, call: Call) -> Row:
    return shown(system, LVM, create(system, attributes(call.body, "storage_lvm", ASKED)), call)


@family.on("DELETE", "/storage_lvm/{uuid}")
def delete_lvm(system: System, call: Call) -> None:
    row = backend(system, "lvm", call["uuid"])
    check_common(system, "lvm", row["name"], operation="delete")
    system.tables.delete(TABLE, row["uuid"])


def create(system: System, body: Row) -> Row:
    """The new lvm backend."""
    if system.tables.first(TABLE, backend="lvm"):
        raise refuse("It's not possible to add the backend. Only one lvm backend is allowed.")
    name = body.get("name") or DEFAULT_NAMES["lvm"]
    check_common(system, "lvm", name, operation="create")
    return system.insert(
        TABLE,
        backend="lvm",
        name=name,
        state=ceph.WITH_APP,
        task=app_task(system, "lvm"),
        services=body.get("services"),
        capabilities={},
        isystem_uuid=system.own["uuid"],
    )


CREATORS["lvm"] = (create, LVM)
