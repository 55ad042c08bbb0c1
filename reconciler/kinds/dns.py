"""Name servers of the platform: one list, owned whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from reconciler.kinds import _addresses as addresses
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area

PATH = "/v1/idns"
DOCUMENT = {"servers": "dnsServers"}
MOST = 3  # sysinv dns.py _check_dns_data


def one_spelling(servers: Any) -> Any:
    return tuple(map(addresses.canonical, servers)) if servers is not None else None


SERVERS = Rule("ip-texts", "Each address in its one spelling; their order counts.", one_spelling)


class Dns(Spec):
    """The servers in the order in which they are asked."""

    servers: Annotated[tuple[str, ...] | None, Attr(canonical=SERVERS)] = None


def declare(site: Site) -> Iterator[Resource[Dns]]:
    if site.system and site.system.get("dnsServers"):
        yield KIND.declared(site.system, **DOCUMENT)


def express(resource: Resource[Dns], snapshot: Snapshot) -> Iterator[Said]:
    return KIND.said(resource, Said("System", snapshot.system.name), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[Dns]]:
    for row in rows.all("idns"):
        servers = tuple(filter(None, (row.get("nameservers") or "").split(",")))
        yield Resource(ResourceKey(KIND.name, ""), Dns(servers=servers), {"uuid": row["uuid"]})


def write(changes: Sequence[Change[Dns]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        # without the action the value is stored and never applied, and later nothing differs (sysinv dns.py)
        values = {"nameservers": ",".join(change.want.servers or ()) or "NC", "action": "apply"}
        yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(values), refs={"uuid": Ref(change.key)})


def impossible(change: Change[Dns], context: Context) -> str:  # noqa: ARG001
    given = len(change.want.servers or ())
    return f"the platform takes {MOST} name servers, Git says {given}" if given > MOST else ""


KIND = ResourceKind(
    name="dns",
    spec=Dns,
    area=Area.SYSTEM,
    collections=("idns",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    impossible=impossible,
    is_stored_first=True,
    documents=("System.spec.dnsServers",),
    about=About(
        places={"servers": "."},
        calls=(f"PATCH {PATH}/{{uuid}}",),
        sources=("sysinv api/controllers/v1/dns.py", "recorded"),
    ),
)
