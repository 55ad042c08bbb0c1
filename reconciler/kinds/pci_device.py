"""Accelerator or other PCI device of a host: whether Kubernetes may use it, and its name. Inventory; nobody makes one.

Nothing else of a device is taken: sysinv answers `Modifying sriov_numvfs attribute restricted`, and so for the driver.
Virtual functions of FEC accelerators are the sriov-fec-operator's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Scope

PATH = "/v1/pci_devices"
SECTION = "pciDevices"
DOCUMENT = {"name": "name", "is_enabled": "enabled"}
API_NAMES = {"name": "name", "is_enabled": "enabled"}
QAT = frozenset({"4940", "4942", "4946"})  # constants.PCI_ALIAS_SRIOV_ENABLED_QAT_DEVICE_IDS


class PciDevice(Spec):
    """`device` is the id of its model, as PCI has it, and nothing that Git says."""

    address: Annotated[str, Attr(key=True)]
    name: str | None = None
    is_enabled: bool | None = None
    device: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[PciDevice]]:
    for host in site.own_hosts:
        said = own.host(site, host, SECTION)
        for address, node in said.members() if said else ():
            yield KIND.declared(node, host, address=Given(address), **DOCUMENT)


def express(resource: Resource[PciDevice], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    return KIND.said(resource, own.host_place(resource.key.host, SECTION, resource.spec.address), DOCUMENT)


def is_usual(resource: Resource[PciDevice], snapshot: Snapshot) -> bool:  # noqa: ARG001
    """As the agent reports it (sysinv agent/pci.py): not for use, and called by its address."""
    spec = resource.spec
    return not spec.is_enabled and spec.name == f"pci_{spec.address.replace(':', '_').replace('.', '_')}"


def read(rows: Rows) -> Iterator[Resource[PciDevice]]:
    for host, row in rows.by_host("pci_devices"):
        spec = PciDevice.of(
            address=row["pciaddr"], name=row.get("name"), is_enabled=row.get("enabled"), device=row.get("pdevice_id")
        )
        yield Resource(KIND.key(spec, host), spec, {"uuid": row["uuid"]})


def write(changes: Sequence[Change[PciDevice]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        values = {API_NAMES[f.name]: f.desired for f in change.fields}
        yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(values), refs={"uuid": Ref(change.key)})


def impossible(change: Change[PciDevice], context: Context) -> str:
    """Sysinv pci_device.py _check_host, _check_device_sriov."""
    host = change.key.host
    if reason := hosts.not_inventoried(host, context):
        return reason
    if change.action is Action.CREATE:
        return f"the host has no PCI device {change.want.address}: correct the address, or add the device"
    if change.have.device in QAT:
        return "the platform sets a QAT device up by itself and changes nothing of it: take it out of site.yaml"
    return "" if hosts.has_worker(host, context) else f"{host} has no worker function: its devices are used by nobody"


KIND = ResourceKind(
    name="pci-device",
    spec=PciDevice,
    area=Area.HOST,
    scope=Scope.HOST,
    collections=("pci_devices",),
    declare=declare,
    express=express,
    is_usual=is_usual,
    read=read,
    built_in=is_usual,
    write=write,
    needs=Needs.LOCKED,
    disruption=Disruption.LOCK,
    impossible=impossible,
    documents=("Site.hosts.pciDevices",),
    about=About(
        places=DOCUMENT,
        words={"address": "its PCI address, the key in site.yaml", "device": "which model it is, by PCI's number"},
        calls=(f"PATCH {PATH}/{{uuid}}",),
        sources=("sysinv api/controllers/v1/pci_device.py", "sysinv common/constants.py", "recorded"),
    ),
)
