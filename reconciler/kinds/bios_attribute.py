"""Attribute of a host's BIOS, by the name that its maker gave it. In force after the next boot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _boards as boards
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Needs, Scope

PART = "bios"


class BiosAttribute(Spec):
    name: Annotated[str, Attr(key=True)]
    value: bool | int | str | None = None


def declare(site: Site) -> Iterator[Resource[BiosAttribute]]:
    for host, said in boards.said(site, PART):
        for name, node in said.members():
            yield KIND.declared(node, host, name=Given(name), value=node)


def express(resource: Resource[BiosAttribute], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    yield boards.place(resource.key.host, PART, resource.spec.name).says(resource.spec.value)


def read(rows: Rows) -> Iterator[Resource[BiosAttribute]]:
    for host, row in boards.listed(rows, "board_bios"):
        value = boards.counting(rows, host, row["value"], row["waiting"])
        spec = BiosAttribute.of(name=row["name"], value=value)
        yield Resource(KIND.key(spec, host), spec)


def write(changes: Sequence[Change[BiosAttribute]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    """All of a host in one request."""
    if changes:
        values = {change.want.name: change.want.value for change in changes}
        yield boards.call(changes[0].key.host, PART, values)


def impossible(change: Change[BiosAttribute], context: Context) -> str:
    return boards.not_there(change, context, f"BIOS attribute {change.key.name}")


KIND = ResourceKind(
    name="bios-attribute",
    spec=BiosAttribute,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("board_bios",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=Needs.LOCKED,
    disruption=boards.disruption,
    impossible=impossible,
    documents=("Site.hosts.board.bios",),
    about=About(
        places={"value": "."},
        words={"name": "as the controller calls it, the key in site.yaml", "value": "as the controller says it"},
        calls=(f"PATCH {boards.path('{host}', PART)}",),
        costs=boards.COSTS,
        sources=boards.SOURCES,
    ),
)
