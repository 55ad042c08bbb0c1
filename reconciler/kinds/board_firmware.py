"""Version of a piece of a host's firmware, by the id of the controller's inventory. Only compared: nobody installs any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.kinds import _boards as boards
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Scope

PART = "firmware"


class BoardFirmware(Spec):
    id: Annotated[str, Attr(key=True)]
    version: str | None = None


def declare(site: Site) -> Iterator[Resource[BoardFirmware]]:
    for host, said in boards.said(site, PART):
        for name, node in said.members():
            yield KIND.declared(node, host, id=Given(name), version=node)


def express(resource: Resource[BoardFirmware], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    yield boards.place(resource.key.host, PART, resource.spec.id).says(resource.spec.version)


def read(rows: Rows) -> Iterator[Resource[BoardFirmware]]:
    for host, row in boards.listed(rows, "board_firmware"):
        spec = BoardFirmware.of(id=row["id"], version=row["version"])
        yield Resource(KIND.key(spec, host), spec)


def impossible(change: Change[BoardFirmware], context: Context) -> str:
    if reason := boards.not_there(change, context, f"firmware {change.key.name}"):
        return reason
    host, version = change.key.host, change.want.version
    return f"firmware is only compared: bring {host} to {version} with its maker's tool, or take what it has into Git"


KIND = ResourceKind(
    name="board-firmware",
    spec=BoardFirmware,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("board_firmware",),
    declare=declare,
    express=express,
    read=read,
    impossible=impossible,
    documents=("Site.hosts.board.firmware",),
    about=About(
        places={"version": "."},
        words={"id": "as the controller's inventory calls it, the key in site.yaml", "version": "that is installed"},
        sources=boards.SOURCES,
    ),
)
