"""The system-wide PTP of older releases: mode, transport, mechanism. Newer ones show it and refuse every change."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Context, ResourceKind
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area

DOCUMENT = {"mode": "mode", "transport": "transport", "mechanism": "mechanism"}


class LegacyPtp(Spec):
    """As the platform spells them: hardware, software or legacy; l2 or udp; p2p or e2e."""

    mode: str | None = None
    transport: str | None = None
    mechanism: str | None = None


def declare(site: Site) -> Iterator[Resource[LegacyPtp]]:
    if site.system and (said := site.system.get("ptp")):
        yield KIND.declared(said, **DOCUMENT)


def express(resource: Resource[LegacyPtp], snapshot: Snapshot) -> Iterator[Said]:
    return KIND.said(resource, Said("System", snapshot.system.name, ("ptp",)), DOCUMENT)


def is_usual(resource: Resource[LegacyPtp], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return True  # nothing comes of it any more: instances took its place


def read(rows: Rows) -> Iterator[Resource[LegacyPtp]]:
    for row in rows.all("ptp"):
        spec = LegacyPtp.of(**{name: row.get(name) for name in DOCUMENT})
        yield Resource(ResourceKey(KIND.name, ""), spec, {"uuid": row["uuid"]})


def impossible(change: Change[LegacyPtp], context: Context) -> str:  # noqa: ARG001
    refused = "the platform no longer changes the system-wide PTP (`Single-instance PTP service API is deprecated`)"
    return f"{refused}: describe PtpInstance and PtpInterface documents, and take `ptp` out of the System"


KIND = ResourceKind(
    name="legacy-ptp",
    spec=LegacyPtp,
    area=Area.SYSTEM,
    collections=("ptp",),
    declare=declare,
    express=express,
    is_usual=is_usual,
    read=read,
    impossible=impossible,
    documents=("System.spec.ptp",),
    about=About(
        places=DOCUMENT,
        costs="Never changed: the platform refuses it, and PtpInstance documents say the same and more.",
        sources=("sysinv api/controllers/v1/ptp.py patch", "recorded"),
    ),
)
