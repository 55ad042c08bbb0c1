"""Platform network, known by its type: a system has one of each. Bootstrap makes most of them; there is no PATCH."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _networks as networks
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption

PATH = "/v1/networks"
# never deleted after bootstrap (sysinv network.py delete); mgmt only on an AIO-SX whose host is locked
FIXED = frozenset({"oam", "cluster-host", "pxeboot", "cluster-pod", "cluster-service", "storage", "mgmt"})


class PlatformNetwork(Spec):
    """`name` and `pool` (the primary one) are given when it is made; what is there already keeps its own."""

    type: Annotated[str, Attr(key=True)]
    name: Annotated[str | None, Attr(send_only=True)] = None
    dynamic: Annotated[bool | None, Attr(replaces=True)] = None
    pool: Annotated[str | None, Attr(send_only=True, refers_to="address-pool")] = None


def declare(site: Site) -> Iterator[Resource[PlatformNetwork]]:
    for name, node in networks.networks(site):
        pool = next(node.listed("associatedAddressPools"), None)
        yield KIND.declared(node, type="type", name=Given(name), dynamic="dynamic", pool=pool)


def express(resource: Resource[PlatformNetwork], snapshot: Snapshot) -> Iterator[Said]:
    place = Said("PlatformNetwork", networks.network_name(resource.spec.type, snapshot))
    yield from KIND.said(resource, place, {"type": "type", "dynamic": "dynamic"})
    yield place.at("associatedAddressPools").says(networks.pools_of(resource.spec.type, snapshot))


def read(rows: Rows) -> Iterator[Resource[PlatformNetwork]]:
    pools = {row["uuid"]: row["name"] for row in rows.all("addrpools")}
    for row in rows.all("networks"):
        pool = pools.get(row.get("pool_uuid"))
        spec = PlatformNetwork.of(type=row["type"], name=row["name"], dynamic=row["dynamic"], pool=pool)
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"], "id": row["id"]})


def built_in(resource: Resource[PlatformNetwork], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return resource.spec.type in networks.BOOTSTRAPPED


def write(changes: Sequence[Change[PlatformNetwork]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
            continue
        said = change.want.model_dump(exclude_unset=True, exclude={"pool"})
        pool = Ref(ResourceKey("address-pool", change.want.pool or ""))
        yield Call("POST", PATH, {**said, "pool_uuid": pool}, creates=change.key)


def undeletable(change: Change[PlatformNetwork], context: Context) -> str:
    """Sysinv network.py delete (recorded)."""
    network = change.have.type
    if network not in FIXED or (network == "mgmt" and context.system.is_simplex and not networks.in_service(context)):
        return ""
    return f"network {network} is fixed at bootstrap: say it in Git, or decline"


def impossible(change: Change[PlatformNetwork], context: Context) -> str:  # noqa: ARG001
    if change.action is Action.CREATE and not change.want.pool:
        return "a network is made with a pool: name one in associatedAddressPools"
    if change.action is Action.REPLACE and change.want.type in FIXED:
        return f"network {change.want.type} is fixed at bootstrap: take `dynamic` from the site, or install it anew"
    return ""


KIND = ResourceKind(
    name="platform-network",
    spec=PlatformNetwork,
    area=Area.NETWORK,
    collections=("networks", "addrpools"),
    declare=declare,
    express=express,
    read=read,
    built_in=built_in,
    write=write,
    disruption=lambda change, _context: Disruption.SERVICE if change.observed else Disruption.NONE,
    impossible=impossible,
    deletion=Deletion(
        is_destructive=True,
        refused=undeletable,
        takes=("interface-network", "network-address-pool"),
        effect="it leaves its interfaces and its pools",
    ),
    documents=("PlatformNetwork.spec",),
    about=About(
        places={
            "type": "type",
            "name": "PlatformNetwork.metadata.name",
            "dynamic": "dynamic",
            "pool": "associatedAddressPools",
        },
        words={"name": "the name that it is given when it is made", "pool": "the first of its pools"},
        calls=(f"POST {PATH}", f"DELETE {PATH}/{{uuid}}"),
        costs="Nothing where it is new; else service.",
        sources=("sysinv api/controllers/v1/network.py", "recorded"),
    ),
)
