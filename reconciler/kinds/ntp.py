"""Time servers of the platform: one list, owned whole. Taken up by controllers at their next lock and unlock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _hosts as hosts
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption

PATH = "/v1/intp"
DOCUMENT = {"servers": "ntpServers"}
MOST = 3  # sysinv ntp.py


class Ntp(Spec):
    """Names or addresses. Their order is not worth a lock of the controllers, so it does not count."""

    servers: Annotated[tuple[str, ...] | None, Attr(canonical=addresses.ANY_ORDER)] = None


def declare(site: Site) -> Iterator[Resource[Ntp]]:
    if site.system and site.system.get("ntpServers"):
        yield KIND.declared(site.system, **DOCUMENT)


def express(resource: Resource[Ntp], snapshot: Snapshot) -> Iterator[Said]:
    return KIND.said(resource, Said("System", snapshot.system.name), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[Ntp]]:
    for row in rows.all("intp"):
        servers = tuple(filter(None, (row.get("ntpservers") or "").split(",")))
        yield Resource(ResourceKey(KIND.name, ""), Ntp(servers=servers), {"uuid": row["uuid"]})


def write(changes: Sequence[Change[Ntp]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        # without the action the value is stored and never applied (sysinv ntp.py)
        values = {"ntpservers": ",".join(change.want.servers or ()) or "NC", "action": "apply"}
        yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(values), refs={"uuid": Ref(change.key)})


def settles(change: Change[Ntp], context: Context) -> Iterator[str]:  # noqa: ARG001
    """Controllers that have been in service: conductor update_ntp_config marks them for a reboot."""
    return (h.name for h in hosts.controllers(context) if h.is_provisioned)


def disruption(change: Change[Ntp], context: Context) -> Disruption:
    return Disruption.LOCK if any(settles(change, context)) else Disruption.NONE


def impossible(change: Change[Ntp], context: Context) -> str:  # noqa: ARG001
    given = len(change.want.servers or ())
    return f"the platform takes {MOST} time servers, Git says {given}" if given > MOST else ""


KIND = ResourceKind(
    name="ntp",
    spec=Ntp,
    area=Area.SYSTEM,
    collections=("intp",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    settles=settles,
    disruption=disruption,
    impossible=impossible,
    is_stored_first=True,
    after=("dns",),  # a server that is given by name needs one (sysinv ntp.py _check_ntp_data)
    documents=("System.spec.ntpServers",),
    about=About(
        places={"servers": "."},
        calls=(f"PATCH {PATH}/{{uuid}}",),
        costs="Controllers that have been in service take it up at their next lock and unlock.",
        sources=("sysinv api/controllers/v1/ntp.py", "sysinv conductor/manager.py update_ntp_config", "recorded"),
    ),
)
