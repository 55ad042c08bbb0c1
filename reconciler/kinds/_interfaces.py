"""What the kinds of interfaces share: attributes of /v1/ihosts/<host>/iinterfaces, how they are written, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from reconciler.kinds import _carriers as carriers
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion
from reconciler.model.node import Node
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule
from reconciler.model.said import Element, Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Disruption, Needs

PATH = "/v1/iinterfaces"
KINDS = ("ethernet", "ethernet-over", "bond", "vf", "vlan")  # in the order in which one can stand on another
LOOPBACK = "lo"
NO_CLASS = Rule("no-class", "An interface without a class shows null or an empty text, which documents call `none`.")
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
    "ovs_access": "ovs_access",
}
# our attribute -> the member of a HostProfile's interface
DOCUMENT_NAMES = {
    "iface_class": "class",
    "mtu": "mtu",
    "ptp_role": "ptpRole",
    "max_tx_rate": "maxTxRate",
    "max_rx_rate": "maxRxRate",
}
# what tells an interface's section in a HostProfile, by the first word of what it is (see _carriers)
SECTIONS = {"ethernet": "ethernet", "bond": "bond", "vlan": "vlan", "vf": "vf"}
# what an interface is where nobody ever said more of it (sysinv constants.DEFAULT_MTU; interface.py _set_defaults)
USUAL = {"mtu": 1500, "ptp_role": "none"}
RATES = frozenset({"max_tx_rate", "max_rx_rate"})


class InterfaceSpec(Spec):
    """Attributes that every type of interface has."""

    iface_class: Annotated[InterfaceClass | None, Attr(spelled=NO_CLASS)] = None
    mtu: int | None = None
    ptp_role: Literal["master", "slave", "none"] | None = None
    max_tx_rate: int | None = None
    max_rx_rate: int | None = None


class UpperSpec(InterfaceSpec):
    """An interface over another one, which is named by `lower` and known by `over`."""

    name: Annotated[str, Attr(key=True)]
    lower: Annotated[str | None, Attr(send_only=True, refers_to="interface")] = None
    over: Annotated[str | None, Attr(replaces=True, spelled=carriers.KNOWN_BY)] = None


def declared_interfaces(site: Site, section: str) -> Iterator[tuple[str, Node]]:
    """(host, node) for every interface in one section (ethernet, vlan, bond, vf) of every host."""
    for host, profile in site.hosts.items():
        for node in profile.listed("interfaces", section):
            yield host, node


def all_declared(site: Site) -> Iterator[tuple[str, Node]]:
    """(host, node) for every interface that Git describes."""
    return (pair for section in carriers.SECTIONS for pair in declared_interfaces(site, section))


def place(name: str | None, host: str, snapshot: Snapshot) -> Said | None:
    """Where a HostProfile says the interface of this name: an Ethernet one by its port, any other one by its name."""
    found = snapshot.resources.get(ResourceKey("interface", name or "", host))
    carrier = found.spec.carrier if found else _carrier(name or "", host, snapshot)
    if port := carriers.port_of(carrier):
        return section("ethernet", host).at(Element.by({"port.name": port}))
    word = carrier.partition(" ")[0]
    return section(SECTIONS[word], host).at(Element.by({"name": name})) if word in SECTIONS else None


def section(name: str, host: str) -> Said:
    """One of the lists of a host's interfaces."""
    return Said("Host", host, ("interfaces", name))


def _carrier(name: str, host: str, snapshot: Snapshot) -> str:
    """What the interface of a name is by the resources that describe it, where none says what there is (Git's side)."""
    for kind in KINDS:
        if kind != "ethernet" and ResourceKey(kind, name, host) in snapshot.resources:
            return f"{kind.removesuffix('-over')} {name}"
    ports = (r.spec.port for r in ethernets(snapshot.resources, host) if r.spec.name == name)
    return next((f"{carriers.PORT}{port}" for port in ports), "")


def name_of_port(port: str, host: str, snapshot: Snapshot) -> str:
    """The name of the interface over a port; the port's own where none is known."""
    found = snapshot.resources.get(ResourceKey("ethernet", port, host))
    return str(found.spec.name) if found and found.spec.name else port


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


def written(row: Row, *, is_over: bool = False) -> Mapping[str, Any]:
    """What the row says that is known otherwise: its class, and the interface that it is over."""
    classless = {} if row.get("ifclass") else {"iface_class": row.get("ifclass")}
    return {**classless, **carriers.shown(next(iter(row["uses"]), None), "over")} if is_over else classless


def body(spec: Spec) -> dict[str, Any]:
    """The attributes that Git says and the API calls by a name of its own."""
    said = spec.model_dump(exclude_unset=True, include=set(API_NAMES))
    return {API_NAMES[name]: value for name, value in said.items() if value is not None}


def create(change: Change[Any], iftype: str, uses: Iterable[str]) -> Call:
    """The POST of one interface over others, which it names."""
    parents = {"ihost_uuid": host_ref(change.key.host), "iftype": iftype, "uses": list(uses)}
    return Call("POST", PATH, {**parents, **body(change.want)}, creates=change.key)


def update(change: Change[Any], **more: Any) -> Call:
    """One PATCH with every attribute that differs: sysinv judges them together (class pci-sriov needs its numvfs).

    more: API attributes beside the ones that have a name of their own.
    """
    values = {API_NAMES[f.name]: f.desired for f in change.fields if f.name in API_NAMES}
    return Call("PATCH", f"{PATH}/{{uuid}}", replacing({**values, **more}), refs={"uuid": Ref(change.key)})


def remove(change: Change[Any]) -> Call:
    """The DELETE of one interface."""
    return Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})


# sysinv interface.py _delete: assignments and modes of addresses go with it (recorded)
DELETION = Deletion(
    takes=("interface-network", "interface-data-network", "interface-address-mode", "interface-ptp-interface"),
    effect="its networks and the modes of its addresses go with it; refused while another interface is on it",
)


def host_ref(host: str) -> Ref:
    """The uuid of a host, as bodies name their parents."""
    return Ref(ResourceKey("host", host))


def interface_ref(name: str | None, host: str) -> Ref:
    """The uuid of an interface by its name at the time of the call."""
    return Ref(ResourceKey("interface", name or "", host))


def by_name(resource: Resource[Any]) -> ResourceKey:
    """Other kinds refer to every interface by its name, whatever its type."""
    return ResourceKey("interface", resource.spec.name or "", resource.key.host)


def described(name: str, host: str, context: Context) -> Resource[Any] | None:
    """What Git says about the interface of this name."""
    on_host = (context.desired.resources.get(ResourceKey(kind, name, host)) for kind in KINDS if kind != "ethernet")
    return next((r for r in on_host if r), None) or next(
        (r for r in ethernets(context.desired.resources, host) if r.spec.name == name), None
    )


def observed(name: str | None, host: str, context: Context) -> Resource[Any] | None:
    """The interface that has this name on the site now."""
    return context.observed.resources.get(ResourceKey("interface", name or "", host))


def ethernets(resources: Mapping[ResourceKey, Resource[Any]], host: str) -> Iterator[Resource[Any]]:
    """The interfaces over one port each, on one host."""
    return (r for key, r in resources.items() if key.kind == "ethernet" and key.host == host)


def class_of(name: str | None, host: str, context: Context) -> str:
    """The class that an interface has, or will have where Git says it."""
    for resource in (described(name or "", host, context), observed(name, host, context)):
        if resource and resource.spec.iface_class:
            return str(resource.spec.iface_class)
    return "none"


def is_aio_sx(context: Context) -> bool:
    """One machine that does all: some of its interfaces may change in service (sysinv interface.py _check)."""
    return context.system.is_simplex and context.system.is_all_in_one


def only_rates(change: Change[Any]) -> bool:
    """Rate limits of a platform interface may change in service, on every system (sysinv interface.py _check)."""
    is_platform = change.action is Action.UPDATE and change.have.iface_class == "platform"
    return is_platform and bool(change.names) and change.names <= RATES


def needs(change: Change[Any], context: Context) -> Needs:  # noqa: ARG001
    return Needs.ANY if only_rates(change) else Needs.LOCKED


def disruption(change: Change[Any], context: Context) -> Disruption:
    """A change that no lock protects still touches the traffic of its interface."""
    return Disruption.SERVICE if needs(change, context) is Needs.ANY else Disruption.LOCK


def too_small_below(change: Change[Any], context: Context) -> str:
    """An MTU may not go below that of an interface above (recorded; sysinv interface.py _check_interface_data)."""
    if change.action is not Action.UPDATE or "mtu" not in change.names:
        return ""
    interface = observed(change.have.name, change.key.host, context)
    uppers = (observed(name, change.key.host, context) for name in (interface.spec.uppers or () if interface else ()))
    over = next((u for u in uppers if u and (u.spec.mtu or 0) > change.want.mtu), None)
    return f"{over.spec.name} is over it and has MTU {over.spec.mtu}: that one is lowered first" if over else ""
