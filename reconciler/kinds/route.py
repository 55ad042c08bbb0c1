"""Static route of a host's interface. The API has no PATCH: another gateway or metric is another route in its place.

A destination has one gateway on an interface, as a rule, and is known by both. Where Git, or the site, has several
(sysinv route.py takes up to four paths), each is known by its gateway too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Scope

PATH = "/v1/routes"
METRIC = 1  # what upstream sends where a document says none
VIA = " via "

Place = tuple[str, str, str]  # host, interface, destination


class Route(Spec):
    """`destination` is subnet/prefix; on an interface that is named by `interface` and known by `on`."""

    interface: Annotated[str, Attr(key=True, refers_to="interface")]
    destination: Annotated[str, Attr(key=True, spelled=addresses.SUBNET)]
    gateway: Annotated[str | None, Attr(replaces=True, canonical=addresses.IP_TEXT, spelled=addresses.IP_TEXT)] = None
    metric: Annotated[int | None, Attr(replaces=True)] = None
    on: Annotated[str | None, Attr(replaces=True, spelled=carriers.KNOWN_BY)] = None


def declare(site: Site) -> Iterator[Resource[Route]]:
    said = carriers.said(site)
    paths = Counter(_said_place(host, node) for host, node in _routes(site))
    for host, node in _routes(site):
        place = _said_place(host, node)
        gateway = addresses.said(node.get("gateway"))
        destination = _named(place, str(gateway.value) if gateway else "", paths)
        yield KIND.declared(
            node,
            host,
            interface="interface",
            destination=_destination(node, destination, paths[place]),
            gateway=gateway,
            metric="metric",
            on=carriers.named(node.get("interface"), host, said),
        )


def _destination(node: Node, name: str, paths: int) -> Node:
    """By what the route is known. The text that Git wrote is kept where it is the destination alone."""
    written = f"{node.text('subnet')}/{node.text('prefix')}"
    return Node(name, node.origin, written if paths == 1 and written != name else None)


def _routes(site: Site) -> Iterator[tuple[str, Node]]:
    return ((host, node) for host, profile in site.hosts.items() for node in profile.listed("routes"))


def _said_place(host: str, node: Node) -> Place:
    prefix = node.text("prefix")
    return host, node.text("interface"), f"{addresses.subnet(node.text('subnet'), prefix)}/{prefix}"


def _seen_place(host: str, row: Row) -> Place:
    return host, row["ifname"], f"{addresses.canonical(row['network'])}/{row['prefix']}"


def _named(place: Place, gateway: str, paths: Counter[Place]) -> str:
    return place[2] if paths[place] == 1 else f"{place[2]}{VIA}{gateway}"


def express(resource: Resource[Route], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    spec = resource.spec
    subnet, _, prefix = spec.destination.partition(VIA)[0].partition("/")
    keys = {"interface": spec.interface, "subnet": subnet, "prefix": int(prefix), "gateway": spec.gateway}
    place = Said("Host", resource.key.host, ("routes", Element.by(keys)))
    return KIND.said(resource, place, {"metric": "metric"})


def read(rows: Rows) -> Iterator[Resource[Route]]:
    seen = carriers.seen(rows)
    routes = [(host, row) for host, row in rows.by_host("routes") if row.get("ifname")]
    paths = Counter(_seen_place(host, row) for host, row in routes)
    for host, row in routes:
        gateway = addresses.canonical(row["gateway"])
        spec = Route.of(
            interface=row["ifname"],
            destination=_named(_seen_place(host, row), gateway, paths),
            gateway=gateway,
            metric=row["metric"],
            on=seen.get((host, row["ifname"])),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=carriers.shown(row["ifname"]))


def write(changes: Sequence[Change[Route]], context: Context) -> Iterable[Call]:
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
        elif not _is_there(change, context):
            yield Call("POST", PATH, _body(change.want, change.key.host), creates=change.key)


def _body(spec: Route, host: str) -> dict[str, object]:
    network, _, prefix = spec.destination.partition(VIA)[0].rpartition("/")
    return {
        "interface_uuid": interfaces.interface_ref(spec.interface, host),
        "network": network,
        "prefix": int(prefix),
        "gateway": spec.gateway,
        "metric": METRIC if spec.metric is None else spec.metric,
    }


def _is_there(change: Change[Route], context: Context) -> bool:
    """One of several paths that is on the site as the only one, and is known there by its destination alone."""
    if VIA not in change.want.destination:
        return False
    alone = context.observed.resources.get(_alone(change))
    return alone is not None and alone.spec.gateway == change.want.gateway


def _alone(change: Change[Route]) -> ResourceKey:
    return change.key._replace(name=change.key.name.partition(VIA)[0])


def impossible(change: Change[Route], context: Context) -> str:
    if change.observed or VIA in change.want.destination:
        return ""
    several = [r.spec.gateway for k, r in context.observed.resources.items() if _is_path(k, change.key)]
    if not several:
        return ""
    return f"the site has it via {' and '.join(sorted(several))}: name each in Git, or remove the others there"


def _is_path(key: ResourceKey, alone: ResourceKey) -> bool:
    return key.kind == alone.kind and key.host == alone.host and key.name.startswith(alone.name + VIA)


KIND = ResourceKind(
    name="route",
    spec=Route,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("routes", "iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    usual={"metric": METRIC},
    write=write,
    # no lock is needed: a route is taken and applied in service (recorded; conductor update_route_config)
    disruption=lambda change, _context: Disruption.SERVICE if change.observed else Disruption.NONE,
    impossible=impossible,
    spell=carriers.placed,
    after=(*interfaces.KINDS, "interface-network", "interface-address-mode", "address"),
    deletion=Deletion(),
    documents=("HostProfile.spec.routes",),
    about=About(
        places={
            "interface": "interface",
            "destination": "subnet prefix",
            "gateway": "gateway",
            "metric": "metric",
            "on": "interface",
        },
        words={
            "destination": "subnet/prefix, with the gateway where there are several paths",
            "on": "what the interface is whatever it is called: its port, bond, VLAN or VF",
        },
        calls=(f"POST {PATH}", f"DELETE {PATH}/{{uuid}}"),
        costs="Nothing where it is new; else service.",
        sources=("sysinv api/controllers/v1/route.py", "sysinv conductor/manager.py update_route_config", "recorded"),
    ),
)
