"""PTP interface: parameters of one PTP instance on the interfaces that name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _ptp as ptp
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.rule import unordered
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption

PATH = "/v1/ptp_interfaces"


DOCUMENT = {"instance": "ptpinstance", "parameters": "parameters"}


class PtpInterface(Spec):
    name: Annotated[str, Attr(key=True)]
    instance: Annotated[str | None, Attr(replaces=True, refers_to="ptp-instance")] = None
    parameters: Annotated[tuple[str, ...] | None, Attr(canonical=unordered)] = None


def declare(site: Site) -> Iterator[Resource[PtpInterface]]:
    for name, node in site.of("PtpInterface").items():
        yield KIND.declared(node, name=Given(name), **DOCUMENT)


def express(resource: Resource[PtpInterface], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    return KIND.said(resource, Said("PtpInterface", resource.spec.name), DOCUMENT)


def read(rows: Rows) -> Iterator[Resource[PtpInterface]]:
    for row in rows.all("ptp_interfaces"):
        parameters = tuple(row.get("parameters") or ())
        spec = PtpInterface.of(name=row["name"], instance=row["ptp_instance_name"], parameters=parameters)
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"], "id": row["id"]})


def write(changes: Sequence[Change[PtpInterface]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        one = {"uuid": Ref(change.key)}
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs=one)
            continue
        if change.action is Action.CREATE:
            instance = Ref(ResourceKey("ptp-instance", change.want.instance or ""))
            yield Call("POST", PATH, {"name": change.want.name, "ptp_instance_uuid": instance}, creates=change.key)
        have = change.have.parameters if change.action is Action.UPDATE else None
        if patch := ptp.patch(ptp.sections(have), ptp.sections(change.want.parameters)):
            yield Call("PATCH", f"{PATH}/{{uuid}}", patch, refs=one)
    yield ptp.APPLY


KIND = ResourceKind(
    name="ptp-interface",
    spec=PtpInterface,
    area=Area.SYSTEM,
    collections=("ptp_interfaces",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    disruption=lambda change, _context: Disruption.SERVICE if change.observed else Disruption.NONE,
    deletion=Deletion(takes=("interface-ptp-interface",), effect="it leaves its interfaces"),
    documents=("PtpInterface.spec",),
    about=About(
        places={**DOCUMENT, "name": "PtpInterface.metadata.name"},
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}", f"DELETE {PATH}/{{uuid}}", "POST /v1/ptp_instances/apply"),
        costs="Nothing where it is new; else service: the daemons restart.",
        sources=("sysinv api/controllers/v1/ptp_interface.py", "recorded"),
    ),
)
