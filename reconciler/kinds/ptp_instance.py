"""PTP instance: one linuxptp service and its parameters, shared by the hosts that name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator

from reconciler.kinds import _ptp as ptp
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call, Ref
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption

PATH = "/v1/ptp_instances"
Daemon = Literal["ptp4l", "phc2sys", "ts2phc", "clock", "synce4l", "gnss-monitor", "dpll-mgr"]
Parameters = Annotated[dict[str, tuple[str, ...]], BeforeValidator(ptp.sections)]


class PtpInstance(Spec):
    """Attributes as /v1/ptp_instances names them; name and service cannot change (recorded)."""

    name: Annotated[str, Attr(key=True)]
    service: Annotated[Daemon | None, Attr(replaces=True)] = None
    parameters: Annotated[Parameters | None, Attr(canonical=ptp.PAIRS)] = None


def declare(site: Site) -> Iterator[Resource[PtpInstance]]:
    for name, node in site.of("PtpInstance").items():
        yield KIND.declared(node, name=Given(name), service="service", parameters="parameters")


def express(resource: Resource[PtpInstance], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    place = Said("PtpInstance", resource.spec.name)
    yield from KIND.said(resource, place, {"service": "service"})
    for section, pairs in sorted((resource.spec.parameters or {}).items()):
        if pairs:
            yield place.at("parameters", section).says(tuple(sorted(pairs)))


def read(rows: Rows) -> Iterator[Resource[PtpInstance]]:
    for row in rows.all("ptp_instances"):
        spec = PtpInstance.of(name=row["name"], service=row["service"], parameters=row.get("parameters") or {})
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"], "id": row["id"]})


def write(changes: Sequence[Change[PtpInstance]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        one = {"uuid": Ref(change.key)}
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs=one)
            continue
        if change.action is Action.CREATE:  # POST drops parameters (sysinv ptp_instance.py post)
            body = {"name": change.want.name, "service": change.want.service}
            yield Call("POST", PATH, body, creates=change.key)
        have = change.have.parameters if change.action is Action.UPDATE else None
        if patch := ptp.patch(have, change.want.parameters):
            yield Call("PATCH", f"{PATH}/{{uuid}}", patch, refs=one)
    yield ptp.APPLY


KIND = ResourceKind(
    name="ptp-instance",
    spec=PtpInstance,
    area=Area.SYSTEM,
    collections=("ptp_instances",),
    declare=declare,
    express=express,
    read=read,
    write=write,
    disruption=lambda change, _context: Disruption.SERVICE if change.observed else Disruption.NONE,
    deletion=Deletion(takes=("ptp-interface",), effect="its interfaces go with it"),
    documents=("PtpInstance.spec",),
    about=About(
        places={"name": "PtpInstance.metadata.name", "service": "service", "parameters": "parameters"},
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}", f"DELETE {PATH}/{{uuid}}", f"POST {PATH}/apply"),
        costs="Nothing where it is new; else service: the daemons restart.",
        sources=("sysinv api/controllers/v1/ptp_instance.py", "recorded"),
    ),
)
