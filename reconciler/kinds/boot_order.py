"""What a host tries to boot from, in turn: Git says what comes first, and the rest follows in its own order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from reconciler.kinds import _boards as boards
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Needs, Scope

PART = "boot-order"
DOCUMENT = {"order": "bootOrder"}
BY_NAME = Rule(
    "boot-option",
    "A boot option is the same by its name and by its reference, which differs between machines; options that Git does not "
    "name follow in the order that they have.",
)


class BootOrder(Spec):
    """`options` are all that there are, as `reference=name`: nothing that Git says."""

    order: Annotated[tuple[str, ...] | None, Attr(spelled=BY_NAME)] = None
    options: Annotated[tuple[str, ...] | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[BootOrder]]:
    for host, said in boards.said(site):
        if said.get("bootOrder"):
            yield KIND.declared(said, host, **DOCUMENT)


def express(resource: Resource[BootOrder], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    """By name, where a name tells one option: what Git says is to hold for other machines, too."""
    names = _names(resource)
    order = tuple(names.get(ref, ref) for ref in resource.spec.order or ())
    yield boards.place(resource.key.host, "bootOrder").says(order)


def read(rows: Rows) -> Iterator[Resource[BootOrder]]:
    for host, row in boards.listed(rows, "board_boot_order"):
        options = tuple(f"{ref}={name}" for ref, name in row["options"].items())
        spec = BootOrder.of(order=tuple(row["order"]), options=options)
        yield Resource(ResourceKey(KIND.name, "", host), spec)


def spell(resource: Resource[BootOrder], observed: Snapshot) -> Resource[BootOrder]:
    """References for names, and what is not named behind them."""
    have = observed.resources.get(resource.key)
    if have is None:
        return resource
    references = {name: ref for ref, name in _names(have).items()}
    first = tuple(references.get(each, each) for each in resource.spec.order or ())
    return resource.respelled(order=(*first, *(ref for ref in have.spec.order if ref not in first)))


def _names(resource: Resource[BootOrder]) -> Mapping[str, str]:
    """Reference -> name, of options whose name no other has."""
    pairs = [each.partition("=")[::2] for each in resource.spec.options or ()]
    names = [name for _, name in pairs]
    return {ref: name for ref, name in pairs if name and names.count(name) == 1}


def write(changes: Sequence[Change[BootOrder]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        yield boards.call(change.key.host, PART, {"order": list(change.want.order or ())})


def impossible(change: Change[BootOrder], context: Context) -> str:
    if reason := boards.not_there(change, context, "boot order"):
        return reason
    known = {each.partition("=")[0] for each in change.have.options or ()} | set(change.have.order or ())
    missing = [each for each in change.want.order or () if each not in known]
    return (
        f"{change.key.host} has nothing to boot from that is called {missing[0]}: stxr board shows what it has"
        if missing
        else ""
    )


KIND = ResourceKind(
    name="boot-order",
    spec=BootOrder,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("board_boot_order",),
    declare=declare,
    express=express,
    read=read,
    spell=spell,
    write=write,
    needs=Needs.LOCKED,
    disruption=boards.disruption,
    impossible=impossible,
    documents=("Site.hosts.board",),
    about=About(
        places=DOCUMENT,
        words={"options": "all that there is to boot from, by reference and name"},
        calls=(f"PATCH {boards.path('{host}', PART)}",),
        costs=boards.COSTS,
        sources=boards.SOURCES,
    ),
)
