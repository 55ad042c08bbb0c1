"""Data network: what the data-class and SR-IOV interfaces of a site's hosts attach to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from reconciler.kinds import _addresses as addresses
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area

PATH = "/v1/datanetworks"
# our attribute -> the document's
DOCUMENT = {
    "network_type": "type",
    "mtu": "mtu",
    "description": "description",
    "multicast_group": "vxlan.multicastGroup",
    "port_num": "vxlan.udpPortNumber",
    "ttl": "vxlan.ttl",
    "mode": "vxlan.endpointMode",
}


class DataNetwork(Spec):
    """Attributes as /v1/datanetworks names them. MTU and description change, nothing else (sysinv datanetwork.py patch)."""

    name: Annotated[str, Attr(key=True)]
    network_type: Annotated[Literal["flat", "vlan", "vxlan"] | None, Attr(replaces=True)] = None
    mtu: int | None = None
    description: str | None = None
    multicast_group: Annotated[str | None, Attr(replaces=True, canonical=addresses.IP_TEXT)] = None
    port_num: Annotated[int | None, Attr(replaces=True)] = None
    ttl: Annotated[int | None, Attr(replaces=True)] = None
    mode: Annotated[Literal["static", "dynamic"] | None, Attr(replaces=True)] = None


def declare(site: Site) -> Iterator[Resource[DataNetwork]]:
    for name, node in site.of("DataNetwork").items():
        yield KIND.declared(node, name=Given(name), **DOCUMENT)


def express(resource: Resource[DataNetwork], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    return KIND.said(resource, Said("DataNetwork", resource.spec.name), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[DataNetwork]]:
    for row in rows.all("datanetworks"):
        spec = DataNetwork.of(**{name: row.get(name) for name in DataNetwork.model_fields})
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"], "id": row["id"]})


def write(changes: Sequence[Change[DataNetwork]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        # DELETE takes the uuid only, although GET and PATCH take the name (sysinv datanetwork.py)
        one = {"uuid": Ref(change.key)}
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs=one)
        elif change.action is Action.CREATE:
            yield Call("POST", PATH, change.want.model_dump(exclude_unset=True), creates=change.key)
        else:
            yield Call("PATCH", f"{PATH}/{{uuid}}", replacing({f.name: f.desired for f in change.fields}), refs=one)


def impossible(change: Change[DataNetwork], context: Context) -> str:
    """Recorded: its MTU stays below that of every interface on it."""
    if change.action is not Action.UPDATE or "mtu" not in change.names:
        return ""
    small = [r for r in _interfaces(change.want.name, context) if (r.spec.mtu or 0) < (change.want.mtu or 0)]
    if not small:
        return ""
    first = small[0]
    return f"{first.key.host} {first.spec.name} has MTU {first.spec.mtu}: the interfaces on it are raised first"


def _interfaces(network: str, context: Context) -> Iterator[Resource[Any]]:
    seen = context.observed.resources
    for key, resource in seen.items():
        if key.kind == "interface-data-network" and resource.spec.network == network:
            interface = seen.get(ResourceKey("interface", resource.spec.interface, key.host))
            if interface:
                yield interface


KIND = ResourceKind(
    name="data-network",
    spec=DataNetwork,
    area=Area.NETWORK,
    collections=("datanetworks",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    impossible=impossible,
    deletion=Deletion(effect="refused while an interface is on it"),
    documents=("DataNetwork.spec",),
    about=About(
        places={**DOCUMENT, "name": "DataNetwork.metadata.name"},
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}", f"DELETE {PATH}/{{uuid}}"),
        costs="Nothing by itself: no host is told of it (recorded). What cannot change in place replaces it: every interface on it leaves before and comes back after, so of several hosts all but the last are locked twice.",
        instead="under another name it takes one lock each: add that data network, move the interfaces, remove this one",
        sources=("sysinv api/controllers/v1/datanetwork.py", "recorded"),
    ),
)
