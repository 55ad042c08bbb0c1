"""Static IP address of a host's interface. The API has no PATCH. Addresses that a pool gave are the pool's affair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _carriers as carriers
from reconciler.kinds import _interfaces as interfaces
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

PATH = "/v1/addresses"
DOCUMENT = {"interface": "interface", "prefix": "prefix"}


POOL_GIVEN = Rule(
    "pool-given", "An address that a pool gave is the pool's affair: it is not listed among an interface's own."
)


class Address(Spec):
    """In its one spelling, on an interface that is named by `interface` and known by `on`."""

    address: Annotated[str, Attr(key=True, spelled=addresses.IP_TEXT)]
    prefix: Annotated[int | None, Attr(replaces=True)] = None
    interface: Annotated[str | None, Attr(send_only=True, refers_to="interface")] = None
    on: Annotated[str | None, Attr(replaces=True, spelled=carriers.KNOWN_BY)] = None


def declare(site: Site) -> Iterator[Resource[Address]]:
    said = carriers.said(site)
    for host, profile in site.hosts.items():
        for node in profile.listed("addresses"):
            yield KIND.declared(
                node,
                host,
                address=addresses.said(node.get("address")),
                **DOCUMENT,
                on=carriers.named(node.get("interface"), host, said),
            )


def express(resource: Resource[Address], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    place = Said("Host", resource.key.host, ("addresses", Element.by({"address": resource.spec.address})))
    return KIND.said(resource, place, DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[Address]]:
    seen = carriers.seen(rows)
    for host, row in rows.by_host("addresses"):
        if row.get("pool_uuid") or not row.get("ifname"):
            continue
        spec = Address.of(
            address=addresses.canonical(row["address"]),
            prefix=row["prefix"],
            interface=row["ifname"],
            on=seen.get((host, row["ifname"])),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]}, written=carriers.shown(row["ifname"]))


def write(changes: Sequence[Change[Address]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
            continue
        interface = interfaces.interface_ref(change.want.interface, change.key.host)
        body = {"interface_uuid": interface, "address": change.want.address, "prefix": change.want.prefix}
        yield Call("POST", PATH, body, creates=change.key)


KIND = ResourceKind(
    name="address",
    spec=Address,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("addresses", "iinterfaces", "ports"),
    declare=declare,
    express=express,
    read=read,
    write=write,
    needs=Needs.LOCKED,  # to make and to remove, on every class of interface (sysinv address.py _check_host_state)
    disruption=Disruption.LOCK,
    spell=carriers.placed,
    rules=(POOL_GIVEN,),
    after=(*interfaces.KINDS, "interface-network", "interface-address-mode"),
    deletion=Deletion(effect="refused while a route goes over it"),
    documents=("HostProfile.spec.addresses",),
    about=About(
        places={**DOCUMENT, "address": "address", "on": "interface"},
        words={"on": "what the interface is whatever it is called: its port, bond, VLAN or VF"},
        calls=(f"POST {PATH}", f"DELETE {PATH}/{{uuid}}"),
        sources=("sysinv api/controllers/v1/address.py", "recorded"),
    ),
)
