"""Network port of a host: the hardware that an Ethernet interface is made of. Only read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.model.about import About
from reconciler.model.kind import Attr, ResourceKind
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.words import Area, Scope


class Port(Spec):
    name: Annotated[str, Attr(key=True)]
    pci_address: str | None = None
    numa_node: int | None = None
    driver: str | None = None
    vf_limit: int | None = None  # VFs that the hardware can make
    vf_count: int | None = None  # VFs that it has; follows an interface's count after seconds


def read(rows: Rows) -> Iterator[Resource[Port]]:
    for host, row in rows.by_host("ports"):
        spec = Port.of(
            name=row["name"],
            pci_address=row.get("pciaddr"),
            numa_node=row.get("numa_node"),
            driver=row.get("driver"),
            vf_limit=row.get("sriov_totalvfs"),
            vf_count=row.get("sriov_numvfs"),
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


KIND = ResourceKind(
    name="port",
    spec=Port,
    area=Area.NETWORK,
    scope=Scope.HOST,
    collections=("ports",),
    read=read,
    about=About(
        words={
            "name": "the port's name",
            "pci_address": "its PCI address",
            "numa_node": "the NUMA node that it is on",
            "driver": "its driver",
            "vf_limit": "VFs that the hardware can make",
            "vf_count": "VFs that there are",
        },
        sources=("sysinv api/controllers/v1/port.py", "recorded"),
    ),
)
