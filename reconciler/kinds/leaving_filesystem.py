"""Filesystem of a host that is deleted and not gone yet: it goes at the next unlock, or soon after it. Only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.model.about import About
from reconciler.model.kind import Attr, ResourceKind
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.words import Area, Scope


class LeavingFilesystem(Spec):
    name: Annotated[str, Attr(key=True)]


def read(rows: Rows) -> Iterator[Resource[LeavingFilesystem]]:
    """`Deleting`, or `Deleting (on unlock)` (recorded)."""
    for host, row in rows.by_host("host_fs"):
        if str(row.get("state") or "").startswith("Deleting"):
            spec = LeavingFilesystem(name=row["name"])
            yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


KIND = ResourceKind(
    name="leaving-filesystem",
    spec=LeavingFilesystem,
    area=Area.STORAGE,
    scope=Scope.HOST,
    collections=("host_fs",),
    read=read,
    about=About(
        words={"name": "the filesystem's name"},
        sources=(
            "sysinv api/controllers/v1/host_fs.py delete",
            "sysinv conductor/manager.py hostfs_update_by_ihost",
            "recorded",
        ),
    ),
)
