"""Every interface of a host by its present name: what routes, addresses and assignments refer to. Only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.model.kind import Attr, ResourceKind
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.words import Area, Scope


class Interface(Spec):
    """An interface, whatever its type."""

    name: Annotated[str, Attr(key=True)]
    iftype: str | None = None
    iface_class: str | None = None


def read(rows: Rows) -> Iterator[Resource[Interface]]:
    for host, row in rows.by_host("iinterfaces"):
        spec = Interface(name=row["ifname"], iftype=row["iftype"], iface_class=row["ifclass"] or "none")
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


KIND = ResourceKind(
    name="interface",
    spec=Interface,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("iinterfaces",),
    read=read,
    after=("ethernet", "bond", "vlan", "vf"),
)
