"""Machine: what booted from the network, by its boot MAC, and what tells it apart before it has a name. Only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.model.about import About
from reconciler.model.kind import Attr, ResourceKind
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.words import Area


class Machine(Spec):
    """One row of /ihosts. `host` is the name that it has been given; a machine without one waits for it."""

    mac: Annotated[str, Attr(key=True)]
    host: str | None = None
    bm_address: str | None = None
    bm_type: str | None = None
    serial: str | None = None
    asset_tag: str | None = None


def read(rows: Rows) -> Iterator[Resource[Machine]]:
    for row in rows.all("ihosts"):
        spec = Machine.of(
            mac=str(row.get("mgmt_mac") or row["uuid"]).lower(),
            host=row.get("hostname") or None,
            bm_address=row.get("bm_ip") or None,
            bm_type=row.get("bm_type") or None,
            serial=row.get("serialid") or None,
            asset_tag=row.get("asset_tag") or None,
        )
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"], "id": row["id"]})


KIND = ResourceKind(
    name="machine",
    spec=Machine,
    area=Area.HOST,
    collections=("ihosts",),
    read=read,
    about=About(
        words={
            "mac": "the MAC address that it booted from",
            "host": "the host that it is; a machine without a name has booted and waits for one",
            "bm_address": "the address of its board management controller",
            "bm_type": "how that controller is spoken to",
            "serial": "its serial number, where somebody has told sysinv (`serialid`)",
            "asset_tag": "its asset tag; no release of sysinv that was looked at reports one",
        },
        sources=("sysinv api/controllers/v1/host.py", "recorded"),
    ),
)
