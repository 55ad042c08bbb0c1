"""Host: who it is, how it boots, and whether it is in service. Its administrative state is written by windows only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _matching as matching
from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.host import HostState
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule, lowercase
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Severity

PATH = "/v1/ihosts"
LOWLATENCY = "lowlatency"  # among the subfunctions it is the kernel's doing (kind kernel)
NO_MAC = "00:00:00:00:00:00"  # the management address of a simplex system sits on the loopback
DEVICES = {"boot_device": "boot_device", "root_device": "rootfs_device"}
# our attribute -> the API's
API_NAMES = {
    **DEVICES,
    "personality": "personality",
    "subfunctions": "subfunctions",
    "location": "location",
    "console": "console",
    "install_output": "install_output",
    "hw_settle": "hw_settle",
    "apparmor": "apparmor",
    "clock_synchronization": "clock_synchronization",
    "boot_mac": "mgmt_mac",
}
# our attribute -> the document's
DOCUMENT = {
    "personality": "personality",
    "subfunctions": "subfunctions",
    "location": "location",
    "boot_device": "bootDevice",
    "root_device": "rootDevice",
    "console": "console",
    "install_output": "installOutput",
    "hw_settle": "hwSettle",
    "apparmor": "appArmor",
    "clock_synchronization": "clockSynchronization",
    "administrative": "administrativeState",
}
FIRST = "controller-0"  # installed before there is a system, so nobody can add it
# sysinv host.py check_provisioning (installation parameters) and _patch (apparmor): only on a locked host
LOCKED_ONLY = frozenset({*DEVICES, "hw_settle", "install_output", "console", "apparmor"})
# our attribute -> the document's, of what recognises a machine, and the attribute of kind machine that it names
MATCH = {
    "match_mac": ("match.bootMAC", "mac"),
    "match_bm_address": ("match.boardManagement.address", "bm_address"),
    "match_bm_type": ("match.boardManagement.type", "bm_type"),
    "match_serial": ("match.dmi.serialNumber", "serial"),
    "match_asset_tag": ("match.dmi.assetTag", "asset_tag"),
}
# sysinv host.py _validate_delta and check_provisioning
SET_ONCE = frozenset({"personality"})
SET_WHILE_NEW = frozenset({"subfunctions"})


def without_kernel(value: Any) -> Any:
    """Subfunctions as a set; `lowlatency` among them is the kernel's doing (kind kernel)."""
    return frozenset(value) - {LOWLATENCY} if value is not None else None


def role(value: Any) -> Any:
    """`controller-worker` is a controller whose subfunctions say the rest."""
    return value.partition("-")[0] if isinstance(value, str) else value


SUBFUNCTIONS = Rule(
    "subfunctions", "A set; `lowlatency` in it says the kernel, which is compared by itself.", without_kernel
)
ROLE = Rule("role", "`controller-worker` is a controller to the platform; its subfunctions say the rest.", role)


class Host(Spec):
    """`provisioning` and `match_mac` say how a host that is not there yet comes to be; the rest is what it is."""

    name: Annotated[str, Attr(key=True)]
    personality: Annotated[
        Literal["controller", "worker", "storage", "controller-worker"] | None, Attr(canonical=ROLE)
    ] = None
    subfunctions: Annotated[tuple[str, ...] | None, Attr(canonical=SUBFUNCTIONS)] = None
    location: Annotated[str | None, Attr(severity=Severity.INFO)] = None
    boot_device: str | None = None
    root_device: str | None = None
    console: str | None = None
    install_output: Literal["text", "graphical"] | None = None
    hw_settle: str | None = None
    apparmor: str | None = None
    clock_synchronization: Literal["ntp", "ptp"] | None = None
    boot_mac: Annotated[str | None, Attr(replaces=True, canonical=lowercase)] = None
    administrative: Annotated[Literal["locked", "unlocked"] | None, Attr(lock_state=True, severity=Severity.OUTAGE)] = (
        None
    )
    provisioning: Annotated[Literal["static", "dynamic"] | None, Attr(send_only=True)] = None
    match_mac: Annotated[str | None, Attr(send_only=True)] = None
    match_bm_address: Annotated[str | None, Attr(send_only=True)] = None
    match_bm_type: Annotated[str | None, Attr(send_only=True)] = None
    match_serial: Annotated[str | None, Attr(send_only=True)] = None
    match_asset_tag: Annotated[str | None, Attr(send_only=True)] = None

    @property
    def mac(self) -> str:
        """By which address the machine is known before it is a host."""
        return (self.boot_mac or self.match_mac or "").lower()

    @property
    def criteria(self) -> Mapping[str, str]:
        """What recognises its machine, by the attribute of kind machine."""
        said = {"mac": self.mac, **{a: getattr(self, ours) for ours, (_, a) in MATCH.items() if a != "mac"}}
        return {attribute: value for attribute, value in said.items() if value}


def declare(site: Site) -> Iterator[Resource[Host]]:
    for name, profile in site.hosts.items():
        yield KIND.declared(
            profile,
            name=Given(name),
            boot_mac="bootMAC",
            provisioning="provisioningMode",
            **{ours: place for ours, (place, _) in MATCH.items()},
            **DOCUMENT,
        )


def express(resource: Resource[Host], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    """The first controller is recognised when it is there; every other host can be added by what is said of it."""
    spec, place = resource.spec, Said("Host", resource.spec.name)
    yield from KIND.said(resource, place, {a: m for a, m in DOCUMENT.items() if a != "subfunctions"})
    if spec.subfunctions:
        yield place.at("subfunctions").says(tuple(f for f in spec.subfunctions if f != LOWLATENCY))
    is_first = spec.name == FIRST
    yield place.at("provisioningMode").says("dynamic" if is_first else "static")
    if spec.boot_mac not in {None, NO_MAC}:
        yield place.member("match.bootMAC" if is_first else "bootMAC").says(spec.boot_mac)


def read(rows: Rows) -> Iterator[Resource[Host]]:
    paths = storage.paths_by_node(rows)
    for row in rows.all("ihosts"):
        if row.get("hostname"):
            spec = Host.of(name=row["hostname"], administrative=row["administrative"], **_attributes(row, paths))
            yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"], "id": row["id"]})


def _attributes(row: Row, paths: Mapping[tuple[str, str], str]) -> Mapping[str, Any]:
    values: dict[str, Any] = {ours: row.get(api) for ours, api in API_NAMES.items()}
    values |= {d: paths.get((row["hostname"], values[d]), values[d]) for d in DEVICES}
    subfunctions = tuple(filter(None, (row.get("subfunctions") or "").split(",")))
    return {**values, "subfunctions": subfunctions, "location": (row.get("location") or {}).get("locn")}


def spell(resource: Resource[Host], observed: Snapshot) -> Resource[Host]:
    """Disks by the site's paths; the boot address left out where the site has none to compare."""
    said = {n: getattr(resource.spec, n) for n in resource.spec.model_fields_set}
    said |= {d: storage.disk_path(said[d], resource.key.name, observed) for d in DEVICES if said.get(d)}
    have = observed.resources.get(resource.key)
    if have and have.spec.boot_mac in {None, NO_MAC}:
        said.pop("boot_mac", None)
    elif have and resource.key.name != FIRST and resource.spec.mac:
        said["boot_mac"] = resource.spec.mac  # a host that has its name already is still that machine, or is replaced
    return replace(resource, spec=Host(**said))


def write(changes: Sequence[Change[Host]], context: Context) -> Iterable[Call]:
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
        elif change.action is Action.CREATE:
            yield _added(change, context)
        elif values := _body({f.name: f.desired for f in change.fields}):
            yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(values), refs={"uuid": Ref(change.key)})


def _added(change: Change[Host], context: Context) -> Call:
    """A machine that has booted is given its name and what it is to be; any other is announced by its boot MAC."""
    want = change.want
    body = {"hostname": want.name, **_body(want.model_dump(exclude_unset=True))}
    body.pop("mgmt_mac", None)
    if machine := matching.found(want.criteria, context):
        refs = {"uuid": Ref(machine.key)}
        return Call("PATCH", f"{PATH}/{{uuid}}", replacing(body), refs=refs, creates=change.key)
    return Call("POST", PATH, {**body, "mgmt_mac": want.mac}, creates=change.key)


def _body(values: Mapping[str, Any]) -> dict[str, Any]:
    """API names and forms; the administrative state is nobody's to write here."""
    body = {API_NAMES[n]: v for n, v in values.items() if n in API_NAMES and v is not None}
    if "personality" in body:
        body["personality"] = role(body["personality"])
    if "location" in body:
        body["location"] = {"locn": body["location"]}  # a string is answered with 500 (recorded)
    if "subfunctions" in body:
        body["subfunctions"] = ",".join(body["subfunctions"])
    return body


def needs(change: Change[Host], context: Context) -> Needs:  # noqa: ARG001
    return Needs.LOCKED if change.action is Action.UPDATE and change.names & LOCKED_ONLY else Needs.ANY


def settles(change: Change[Host], context: Context) -> Iterable[str]:
    """A host that was in service takes up its clock source at its next unlock (conductor manager.py)."""
    host = hosts.state(change.key.name, context)
    return [change.key.name] if host and host.is_provisioned and "clock_synchronization" in change.names else []


def disruption(change: Change[Host], context: Context) -> Disruption:
    if hosts.is_replaced(change):
        return Disruption.REINSTALL
    locks = needs(change, context) is Needs.LOCKED or any(settles(change, context))
    return Disruption.LOCK if locks else Disruption.NONE


def impossible(change: Change[Host], context: Context) -> str:
    if change.action is Action.CREATE:
        return _why_not_added(change.want, context)
    host = context.system.hosts[change.key.name]
    if "boot_mac" in change.names:
        return _why_not_replaced(change, host, context)
    return _why_not_changed(change, host) or _why_not_unlocked(change, host, context)


def _why_not_added(want: Host, context: Context) -> str:
    """Sysinv host.py _new_host_semantic_checks, _do_post, _controller_storage_node_setup."""
    if context.system.is_simplex:
        return "a simplex system has no other host than controller-0"
    return (
        _why_unknown(want, context)
        or _why_not_described(want, context)
        or ("" if hosts.has_controller_in_service(context) else "hosts are added once a controller is in service")
        or (_why_no_storage_host(context) if want.personality == "storage" else "")
    )


def _why_unknown(want: Host, context: Context) -> str:
    """Why it cannot be told which machine the host is; "" if it can, or nobody has to."""
    if want.boot_mac and want.match_mac and want.boot_mac.lower() != want.match_mac.lower():
        return f"bootMAC is {want.boot_mac} and match.bootMAC is {want.match_mac}: correct one of them"
    holder = next((h for h in context.system.hosts.values() if want.mac and h.mgmt_mac.lower() == want.mac), None)
    if holder and holder.name not in {holder.uuid, want.name}:  # without a name it is called by its uuid
        return f"its boot MAC {want.mac} is that of {holder.name} on the site: correct one of them"
    new = {k.name: r.spec for k, r in context.desired.resources.items() if k.kind == KIND.name}
    others = {name: spec.criteria for name, spec in new.items() if name not in context.system.hosts}
    if reason := matching.ambiguous(want.name, want.criteria, others, context):
        return reason
    return "" if matching.found(want.criteria, context) else matching.disagreeing(want.criteria, context)


def _why_not_described(want: Host, context: Context) -> str:
    is_there = matching.found(want.criteria, context) is not None
    if want.provisioning != "static" and want.criteria and not is_there:
        return "it has not booted from the network yet; provisioningMode static adds it before it does"
    said = (("bootMAC", want.mac or is_there), ("personality", want.personality))
    missing = [word for word, value in said if not value]
    return f"it is not on the system, and to add it Git must say {' and '.join(missing)}" if missing else ""


def _why_not_replaced(change: Change[Host], host: HostState, context: Context) -> str:
    """Another machine under the same name: the old one leaves the inventory, and the new one is installed."""
    want = change.want
    what = f"its boot MAC is {host.mgmt_mac}, Git says {want.mac}: another machine takes deleting the host, adding it"
    what = f"{what} and installing it anew"
    if context.system.is_simplex or host.name == FIRST:
        return f"{what}, which {FIRST} does with the whole site: reinstall the site"
    if host.administrative != "locked" or host.task:
        return f"{what}; lock it first, by force if it is dead: a host is deleted only while it is locked"
    missing = "" if want.personality else f"{what}, and for that Git must say personality"
    return missing or _why_unknown(want, context)


def _why_no_storage_host(context: Context) -> str:
    backends = (r for k, r in context.observed.resources.items() if k.kind == "storage-backend")
    is_ready = any(b.spec.type == storage.CEPH and b.spec.state == "configured" for b in backends)
    return "" if is_ready else "storage hosts are added once the Ceph backend is configured"


def _why_not_changed(change: Change[Host], host: HostState) -> str:
    fixed = SET_ONCE | (SET_WHILE_NEW if host.invprovision in {"provisioned", "provisioning"} else frozenset())
    if frozen := sorted(change.names & fixed):
        return f"{', '.join(frozen)} of a host cannot change: it takes deleting the host and installing it anew"
    return ""


def _why_not_unlocked(change: Change[Host], host: HostState, context: Context) -> str:
    """What the platform wants before a host's first unlock, beyond what Git says of the host itself."""
    if "administrative" not in change.names or change.want.administrative != "unlocked" or host.is_provisioned:
        return ""
    if reason := hosts.not_inventoried(host.name, context):
        return reason
    if host.personality == "worker" and storage.is_bare_metal(context) and not _is_model_known(context):
        return "a worker is unlocked once the third Ceph monitor is defined: a monitor on a worker, or storage-0"
    return ""


def _is_model_known(context: Context) -> bool:
    """Who is to hold the OSDs (sysinv ceph.py get_ceph_storage_model): all-in-one, storage hosts, or controllers."""
    seen = context.system.hosts
    monitors = {k.host for s in (context.observed, context.desired) for k in s.resources if k.kind == "ceph-monitor"}
    on_worker = any(
        h.personality == "worker" and h.inv_state == hosts.INVENTORIED for n in monitors if (h := seen.get(n))
    )
    return context.system.is_all_in_one or on_worker or any(h.personality == "storage" for h in seen.values())


KIND = ResourceKind(
    name="host",
    spec=Host,
    area=Area.HOST,
    collections=("ihosts", "idisks"),
    declare=declare,
    express=express,
    read=read,
    spell=spell,
    write=write,
    needs=needs,
    settles=settles,
    disruption=disruption,
    impossible=impossible,
    documents=("Host.spec", "HostProfile.spec"),
    about=About(
        places={
            **{name: f"HostProfile.spec.{member}" for name, member in DOCUMENT.items()},
            "name": "Host.metadata.name",
            "boot_mac": "HostProfile.spec.bootMAC",
            "provisioning": "HostProfile.spec.provisioningMode",
            **{ours: place for ours, (place, _) in MATCH.items()},
        },
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}", f"DELETE {PATH}/{{uuid}}"),
        costs="Most attributes change in service; what is set at boot wants the host locked, its clock source a lock and unlock. The administrative state is written by lock windows alone.",
        sources=("sysinv api/controllers/v1/host.py", "sysinv conductor/manager.py", "recorded"),
    ),
)
