"""Storage tier of a Ceph cluster: what OSDs belong to. Made by the backend; only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.model.about import About
from reconciler.model.kind import Attr, ResourceKind
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.words import Area


class StorageTier(Spec):
    name: Annotated[str, Attr(key=True)]
    status: str | None = None


def read(rows: Rows) -> Iterator[Resource[StorageTier]]:
    for row in rows.all("storage_tiers"):
        spec = StorageTier.of(name=row["name"], status=row["status"])
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"]})


KIND = ResourceKind(
    name="storage-tier",
    spec=StorageTier,
    area=Area.STORAGE,
    collections=("storage_tiers",),
    read=read,
    after=("storage-backend",),
    about=About(
        words={"name": "the tier's name", "status": "defined or in-use"},
        sources=("sysinv api/controllers/v1/storage_tier.py", "recorded"),
    ),
)
