"""Replication between the controllers: how much of the link a resync may use, its round trip, its encryption."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area

PATH = "/v1/drbdconfig"
OWN = {"rtt_ms": "rttMs", "is_secure": "secure"}
LEAST, MOST = 5, 80  # per cent (sysinv common/constants.py DRBD_LINK_UTIL_*); the custom resource allows 20 to 100
SHORTEST, LONGEST = 0.2, 20.0  # milliseconds (DRBD_RTT_MS_*)
SECURE = ("platform", "drbd", "secure")  # a service parameter (sysinv common/utils.py get_drbd_secure_config)


class Drbd(Spec):
    """`is_secure` is kept by the platform as a service parameter."""

    link_utilization: int | None = None
    rtt_ms: float | None = None
    is_secure: bool | None = None


def declare(site: Site) -> Iterator[Resource[Drbd]]:
    said = site.system.at("storage", "drbd") if site.system else None
    ours = own.system(site, "drbd")
    if node := said or ours:
        link = said.get("linkUtilization") if said else None
        yield KIND.declared(node, link_utilization=link, **{name: _member(ours, key) for name, key in OWN.items()})


def _member(node: Node | None, key: str) -> Node | None:
    return node.get(key) if node else None


def express(resource: Resource[Drbd], snapshot: Snapshot) -> Iterator[Said]:
    place = Said("System", snapshot.system.name, ("storage", "drbd"))
    yield from KIND.said(resource, place, {"link_utilization": "linkUtilization"})
    yield from KIND.said(resource, own.place("drbd"), OWN)


def read(rows: Rows) -> Iterator[Resource[Drbd]]:
    for row in rows.all("drbdconfig"):
        spec = Drbd.of(link_utilization=row.get("link_util"), rtt_ms=row.get("rtt_ms"), is_secure=_is_secure(rows))
        yield Resource(ResourceKey(KIND.name, ""), spec, {"uuid": row["uuid"]})


def _is_secure(rows: Rows) -> bool:
    return any(_parameter(row) == SECURE and row["value"] == "True" for row in rows.all("service_parameter"))


def _parameter(row: Row) -> tuple[str, str, str]:
    return row["service"], row["section"], row["name"]


def write(changes: Sequence[Change[Drbd]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        said = {"link_util": change.want.link_utilization, "rtt_ms": change.want.rtt_ms}
        values = {name: str(value) for name, value in said.items() if value is not None}
        # a PATCH that does not say `secure` turns encryption off (sysinv drbdconfig.py patch)
        is_secure = change.have.is_secure if change.want.is_secure is None else change.want.is_secure
        body = replacing({**values, "secure": str(bool(is_secure)), "action": "apply"})
        yield Call("PATCH", f"{PATH}/{{uuid}}", body, refs={"uuid": Ref(change.key)})


def impossible(change: Change[Drbd], context: Context) -> str:  # noqa: ARG001
    link, rtt = change.want.link_utilization, change.want.rtt_ms
    if link is not None and not LEAST <= link <= MOST:
        return f"the platform takes {LEAST} to {MOST} per cent of the link, Git says {link}"
    if rtt is not None and not SHORTEST <= rtt <= LONGEST:
        return f"the platform takes a round trip of {SHORTEST} to {LONGEST} ms, Git says {rtt}"
    return ""


KIND = ResourceKind(
    name="drbd",
    spec=Drbd,
    area=Area.STORAGE,
    collections=("drbdconfig", "service_parameter"),
    declare=declare,
    express=express,
    usual={"link_utilization": 40, "rtt_ms": SHORTEST, "is_secure": False},
    read=read,
    write=write,
    impossible=impossible,
    is_stored_first=True,
    documents=("System.spec.storage.drbd", "Site.system.drbd"),
    about=About(
        places={
            "link_utilization": "linkUtilization",
            "rtt_ms": "Site.system.drbd.rttMs",
            "is_secure": "Site.system.drbd.secure",
        },
        words={
            "is_secure": "whether what is replicated is encrypted; kept as the service parameter platform/drbd/secure"
        },
        calls=(f"PATCH {PATH}/{{uuid}}",),
        sources=(
            "sysinv api/controllers/v1/drbdconfig.py patch, _check_drbdconfig_data",
            "sysinv conductor/manager.py update_drbd_config",
            "recorded",
        ),
    ),
)
