"""UEFI Secure Boot of a host. In force after the next boot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _boards as boards
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Needs, Scope

PART = "secure-boot"
DOCUMENT = {"is_enabled": "secureBoot"}


class SecureBoot(Spec):
    is_enabled: bool | None = None


def declare(site: Site) -> Iterator[Resource[SecureBoot]]:
    for host, said in boards.said(site):
        if said.get("secureBoot"):
            yield KIND.declared(said, host, **DOCUMENT)


def express(resource: Resource[SecureBoot], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    return KIND.said(resource, boards.place(resource.key.host), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[SecureBoot]]:
    for host, row in boards.listed(rows, "board_secure_boot"):
        spec = SecureBoot.of(is_enabled=boards.counting(rows, host, row["now"], row["waiting"]))
        yield Resource(ResourceKey(KIND.name, "", host), spec)


def write(changes: Sequence[Change[SecureBoot]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        yield boards.call(change.key.host, PART, {"enabled": change.want.is_enabled})


def impossible(change: Change[SecureBoot], context: Context) -> str:
    return boards.not_there(change, context, "Secure Boot")


KIND = ResourceKind(
    name="secure-boot",
    spec=SecureBoot,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("board_secure_boot",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=Needs.LOCKED,
    disruption=boards.disruption,
    impossible=impossible,
    documents=("Site.hosts.board",),
    about=About(
        places=DOCUMENT,
        calls=(f"PATCH {boards.path('{host}', PART)}",),
        costs=boards.COSTS,
        sources=boards.SOURCES,
    ),
)
