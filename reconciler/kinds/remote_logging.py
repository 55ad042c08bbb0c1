"""Remote logging: where every host sends its log. One per site, taken up at run time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area

PATH = "/v1/remotelogging"
DOCUMENT = {
    "is_enabled": "enabled",
    "address": "address",
    "port": "port",
    "transport": "transport",
    "key_file": "keyFile",
}
API = {
    "is_enabled": "enabled",
    "address": "ip_address",
    "port": "port",
    "transport": "transport",
    "key_file": "key_file",
}


class RemoteLogging(Spec):
    """The platform wants an address, even where logging is turned off (sysinv remotelogging.py _check_remotelogging_data)."""

    is_enabled: bool | None = None
    address: Annotated[str | None, Attr(canonical=addresses.IP_TEXT)] = None
    port: int | None = None
    transport: Literal["udp", "tcp", "tls"] | None = None
    key_file: str | None = None  # a file of the controllers


def declare(site: Site) -> Iterator[Resource[RemoteLogging]]:
    if said := own.system(site, "remoteLogging"):
        yield KIND.declared(said, **DOCUMENT)


def express(resource: Resource[RemoteLogging], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    return KIND.said(resource, own.place("remoteLogging"), DOCUMENT)


def is_usual(resource: Resource[RemoteLogging], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return not resource.spec.is_enabled and not resource.spec.address


def read(rows: Rows) -> Iterator[Resource[RemoteLogging]]:
    for row in rows.all("remotelogging"):
        spec = RemoteLogging.of(**{ours: row.get(api) for ours, api in API.items()})
        yield Resource(ResourceKey(KIND.name, ""), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[RemoteLogging]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        values = {API[f.name]: _text(f.desired) for f in change.fields}
        # without the action the value is stored and never applied (sysinv remotelogging.py)
        body = replacing({**values, "action": "apply"})
        yield Call("PATCH", f"{PATH}/{{uuid}}", body, refs={"uuid": Ref(change.key)})


def _text(value: Any) -> str:
    """As it was recorded: `true`, `514`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def impossible(change: Change[RemoteLogging], context: Context) -> str:  # noqa: ARG001
    if change.want.address or change.have.address:
        return ""
    return "the platform takes no remote logging without an address, and has none: say remoteLogging.address"


KIND = ResourceKind(
    name="remote-logging",
    spec=RemoteLogging,
    area=Area.SYSTEM,
    collections=("remotelogging",),
    declare=declare,
    express=express,
    is_usual=is_usual,
    read=read,
    write=write,
    impossible=impossible,
    is_stored_first=True,
    documents=("Site.system.remoteLogging",),
    about=About(
        places=DOCUMENT,
        words={
            "is_enabled": "whether the hosts send their logs away",
            "address": "where a log server listens",
            "port": "of the log server",
            "transport": "what carries the logs: udp, tcp or tls",
            "key_file": "path of a file on the controllers, for tls",
        },
        calls=(f"PATCH {PATH}/{{uuid}}",),
        sources=(
            "sysinv api/controllers/v1/remotelogging.py",
            "sysinv conductor/manager.py update_remotelogging_config",
            "recorded",
        ),
    ),
)
