"""Every interface of a host by its present name: what routes, addresses and assignments refer to. Only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.kinds import _carriers as carriers
from reconciler.model.about import About
from reconciler.model.kind import Attr, ResourceKind
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.words import Area, Scope


class Interface(Spec):
    """An interface, whatever its type. `carrier` is what it is whatever it is called; `uppers` stand on it."""

    name: Annotated[str, Attr(key=True)]
    iftype: str | None = None
    iface_class: str | None = None
    mtu: int | None = None
    carrier: str = ""
    uppers: tuple[str, ...] = ()


def read(rows: Rows) -> Iterator[Resource[Interface]]:
    ports = carriers.ports_by_interface(rows)
    for host, row in rows.by_host("iinterfaces"):
        spec = Interface(
            name=row["ifname"],
            iftype=row["iftype"],
            iface_class=row.get("ifclass") or "none",
            mtu=row.get("imtu"),
            carrier=carriers.carrier(row, ports),
            uppers=tuple(row.get("used_by") or ()),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


KIND = ResourceKind(
    name="interface",
    spec=Interface,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("iinterfaces", "ports"),
    read=read,
    about=About(
        words={
            "name": "its present name",
            "iftype": "ethernet, ae, vlan, vf or virtual",
            "iface_class": "platform, data, pci-sriov, pci-passthrough or none",
            "mtu": "its MTU, in bytes",
            "carrier": "what it is whatever it is called: its port, bond, VLAN or VF",
            "uppers": "the names of the interfaces that stand on it",
        },
        sources=("sysinv api/controllers/v1/interface.py", "recorded"),
    ),
)
