"""Ethernet interface over an SR-IOV one: the platform's own share of a port whose VFs belong to applications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.kinds import _names as names
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Scope

NO_PORT = "dummy"  # what upstream calls the port of an interface that has none


PORTLESS = Rule("no-port", "An interface over another has no port: what its document calls one is not looked at.")


class EthernetOver(interfaces.UpperSpec):
    """Its document has `lower`, and a port called `dummy`. `ovs_access`: one a host (sysinv interface.py _check)."""

    ovs_access: bool | None = None


def declare(site: Site) -> Iterator[Resource[EthernetOver]]:
    said = carriers.said(site)
    for host, node in interfaces.declared_interfaces(site, "ethernet"):
        if lower := node.get("lower"):
            yield KIND.declared(
                node,
                host,
                name="name",
                lower=lower,
                over=carriers.named(lower, host, said),
                ovs_access="ovsAccess",
                **interfaces.DOCUMENT_NAMES,
            )


def express(resource: Resource[EthernetOver], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    place = interfaces.section("ethernet", resource.key.host).at(Element.by({"name": resource.spec.name}))
    table = {**interfaces.DOCUMENT_NAMES, "lower": "lower", "ovs_access": "ovsAccess"}
    yield from KIND.said(resource, place, table)
    yield place.member("port.name").says(NO_PORT)


def read(rows: Rows) -> Iterator[Resource[EthernetOver]]:
    seen = carriers.seen(rows)
    for host, row in interfaces.rows_of_type(rows, "ethernet"):
        if not row.get("uses"):
            continue
        spec = EthernetOver.of(
            name=row["ifname"],
            lower=row["uses"][0],
            over=seen.get((host, row["uses"][0])),
            ovs_access=row.get("ovs_access"),
            **interfaces.common(row),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=interfaces.written(row, is_over=True))


def write(changes: Sequence[Change[EthernetOver]], context: Context) -> Iterable[Call]:
    for change in changes:
        if change.action is Action.DELETE:
            yield interfaces.remove(change)
        elif change.action is Action.CREATE:
            yield from names.freed(change, context)
            yield interfaces.create(change, "ethernet", [change.want.lower or ""])
        else:
            yield interfaces.update(change)


KIND = ResourceKind(
    name="ethernet-over",
    spec=EthernetOver,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    rules=(PORTLESS,),
    write=write,
    needs=interfaces.needs,
    disruption=interfaces.disruption,
    impossible=names.taken,
    usual=interfaces.USUAL,
    known_as=interfaces.by_name,
    after=("ethernet",),
    deletion=interfaces.DELETION,
    documents=("HostProfile.spec.interfaces.ethernet",),
    about=About(
        places={
            **interfaces.DOCUMENT_NAMES,
            "name": "name",
            "lower": "lower",
            "over": "lower",
            "ovs_access": "ovsAccess",
        },
        words={"over": "what the interface below is whatever it is called: its port, bond or VF"},
        calls=(f"POST {interfaces.PATH}", f"PATCH {interfaces.PATH}/{{uuid}}", f"DELETE {interfaces.PATH}/{{uuid}}"),
        costs="The host is locked; rate limits of a platform interface change in service.",
        sources=("sysinv api/controllers/v1/interface.py", "recorded"),
    ),
)
