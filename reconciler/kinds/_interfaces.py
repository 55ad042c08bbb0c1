"""What the kinds of interfaces share: attributes of /v1/ihosts/<host>/iinterfaces and how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from reconciler.model.change import Change
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.site import Site

PATH = "/v1/iinterfaces"
InterfaceClass = Literal["platform", "data", "pci-sriov", "pci-passthrough", "none"]
# our attribute -> the API's
API_NAMES = {
    "name": "ifname",
    "iface_class": "ifclass",
    "mtu": "imtu",
    "ptp_role": "ptp_role",
    "max_tx_rate": "max_tx_rate",
    "max_rx_rate": "max_rx_rate",
    "vf_count": "sriov_numvfs",
    "vf_driver": "sriov_vf_driver",
    "vlan_id": "vlan_id",
    "mode": "aemode",
    "hash_policy": "txhashpolicy",
    "primary_reselect": "primary_reselect",
}
# our attribute -> the member of a HostProfile's interface
DOCUMENT_NAMES = {
    "iface_class": "class",
    "mtu": "mtu",
    "ptp_role": "ptpRole",
    "max_tx_rate": "maxTxRate",
    "max_rx_rate": "maxRxRate",
}


class InterfaceSpec(Spec):
    """Attributes that every type of interface has."""

    iface_class: InterfaceClass | None = None
    mtu: int | None = None
    ptp_role: Literal["master", "slave", "none"] | None = None
    max_tx_rate: int | None = None
    max_rx_rate: int | None = None


def declared_interfaces(site: Site, section: str) -> Iterator[tuple[str, Node]]:
    """(host, node) for every interface in one section (ethernet, vlan, bond, vf) of every host."""
    for host, profile in site.hosts.items():
        for node in profile.listed("interfaces", section):
            yield host, node


def rows_of_type(rows: Rows, iftype: str) -> Iterator[tuple[str, Row]]:
    """(host, row) for every interface of one type."""
    return ((host, row) for host, row in rows.by_host("iinterfaces") if row["iftype"] == iftype)


def common(row: Row) -> Mapping[str, Any]:
    """The attributes that every type has, from an API row; class null is what Git calls none."""
    return {
        "iface_class": row.get("ifclass") or "none",
        "mtu": row.get("imtu"),
        "ptp_role": row.get("ptp_role"),
        "max_tx_rate": row.get("max_tx_rate"),
        "max_rx_rate": row.get("max_rx_rate"),
    }


def body(spec: Spec, exclude: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The attributes that Git says, in the API's names."""
    said = spec.model_dump(exclude_unset=True, exclude=set(exclude))
    return {API_NAMES[name]: value for name, value in said.items() if value is not None}


def update(change: Change[Any]) -> Call:
    """One PATCH with every attribute that differs: sysinv judges them together (class pci-sriov needs its numvfs)."""
    values = {API_NAMES[f.name]: f.desired for f in change.fields}
    return Call("PATCH", f"{PATH}/{{uuid}}", replacing(values), refs={"uuid": Ref(change.key)})


def remove(change: Change[Any]) -> Call:
    """The DELETE of one interface; only ever part of a replacement."""
    return Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})


def host_ref(host: str) -> Ref:
    """The uuid of a host, as bodies name their parents."""
    return Ref(ResourceKey("host", host))


def by_name(resource: Resource[Any]) -> ResourceKey:
    """Other kinds refer to every interface by its name, whatever its type."""
    return ResourceKey("interface", resource.spec.name or "", resource.key.host)
