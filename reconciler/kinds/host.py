"""Host: who it is, how it boots, and whether it is in service. Its administrative state is written by windows only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from reconciler.kinds import _storage as storage
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind, lowercase
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption, Needs, Severity

PATH = "/v1/ihosts"
NO_MAC = "00:00:00:00:00:00"  # the management address of a simplex system sits on the loopback
# our attribute -> the API's
API_NAMES = {
    "personality": "personality",
    "subfunctions": "subfunctions",
    "location": "location",
    "boot_device": "boot_device",
    "root_device": "rootfs_device",
    "console": "console",
    "install_output": "install_output",
    "hw_settle": "hw_settle",
    "apparmor": "apparmor",
    "clock_synchronization": "clock_synchronization",
    "max_cpu_mhz": "max_cpu_mhz_configured",
    "boot_mac": "mgmt_mac",
}
# sysinv host.py _validate_delta and its checks: only on a locked host
LOCKED_ONLY = frozenset({"boot_device", "root_device", "hw_settle", "install_output", "console", "apparmor"})
FROZEN = frozenset({"personality", "subfunctions", "boot_mac"})  # once provisioned or provisioning


def without_kernel(value: Any) -> Any:
    """Subfunctions as a set; `lowlatency` among them is the kernel's doing (kind kernel)."""
    return frozenset(value) - {"lowlatency"} if value is not None else None


class Host(Spec):
    name: Annotated[str, Attr(key=True)]
    personality: Literal["controller", "worker", "storage", "controller-worker"] | None = None
    subfunctions: Annotated[tuple[str, ...] | None, Attr(canonical=without_kernel)] = None
    location: Annotated[str | None, Attr(severity=Severity.INFO)] = None
    boot_device: str | None = None
    root_device: str | None = None
    console: str | None = None
    install_output: Literal["text", "graphical"] | None = None
    hw_settle: str | None = None
    apparmor: str | None = None
    clock_synchronization: Literal["ntp", "ptp"] | None = None
    max_cpu_mhz: str | None = None
    boot_mac: Annotated[str | None, Attr(canonical=lowercase)] = None
    administrative: Annotated[Literal["locked", "unlocked"] | None, Attr(lock_state=True, severity=Severity.OUTAGE)] = (
        None
    )


def declare(site: Site) -> Iterator[Resource[Host]]:
    for name, profile in site.hosts.items():
        yield KIND.declared(
            profile,
            name=Given(name),
            personality="personality",
            subfunctions="subfunctions",
            location="location",
            boot_device="bootDevice",
            root_device="rootDevice",
            console="console",
            install_output="installOutput",
            hw_settle="hwSettle",
            apparmor="appArmor",
            clock_synchronization="clockSynchronization",
            max_cpu_mhz="maxCPUMhzConfigured",
            boot_mac="bootMAC",
            administrative="administrativeState",
        )


def read(rows: Rows) -> Iterator[Resource[Host]]:
    for row in rows.all("ihosts"):
        if row.get("hostname"):
            spec = Host.of(name=row["hostname"], administrative=row["administrative"], **_attributes(row))
            yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"], "id": row["id"]})


def _attributes(row: Row) -> Mapping[str, Any]:
    values = {ours: row.get(api) for ours, api in API_NAMES.items()}
    subfunctions = tuple(filter(None, (row.get("subfunctions") or "").split(",")))
    return {**values, "subfunctions": subfunctions, "location": (row.get("location") or {}).get("locn")}


def spell(resource: Resource[Host], observed: Snapshot) -> Resource[Host]:
    """Disks by the site's paths; the boot address left out where the site has none to compare."""
    name = resource.key.name
    said = {n: getattr(resource.spec, n) for n in resource.spec.model_fields_set}
    for device in ("boot_device", "root_device"):
        if said.get(device):
            said[device] = storage.disk_path(said[device], name, observed)
    have = observed.resources.get(resource.key)
    if have and have.spec.boot_mac in {None, NO_MAC}:
        said.pop("boot_mac", None)
    return replace(resource, spec=Host(**said))


def write(changes: Sequence[Change[Host]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.CREATE:
            body = {"hostname": change.want.name, **_body(change.want.model_dump(exclude_unset=True))}
            yield Call("POST", PATH, body, creates=change.key)
        elif values := _body({f.name: f.desired for f in change.fields}):
            yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(values), refs={"uuid": Ref(change.key)})


def _body(values: Mapping[str, Any]) -> dict[str, Any]:
    """API names and forms; the administrative state is nobody's to write here."""
    body = {API_NAMES[n]: v for n, v in values.items() if n in API_NAMES and v is not None}
    if "location" in body:
        body["location"] = {"locn": body["location"]}  # a string is answered with 500 (recorded)
    if "subfunctions" in body:
        body["subfunctions"] = ",".join(body["subfunctions"])
    return body


def needs(change: Change[Host], context: Context) -> Needs:  # noqa: ARG001
    return Needs.LOCKED if change.action is Action.UPDATE and change.names & LOCKED_ONLY else Needs.ANY


def settles(change: Change[Host], context: Context) -> Iterable[str]:
    """A host in service takes up its clock source at its next unlock (sysinv conductor)."""
    host = context.system.hosts.get(change.key.name)
    return [change.key.name] if host and host.is_provisioned and "clock_synchronization" in change.names else []


def disruption(change: Change[Host], context: Context) -> Disruption:
    locks = needs(change, context) is Needs.LOCKED or any(settles(change, context))
    return Disruption.LOCK if locks else Disruption.NONE


def impossible(change: Change[Host], context: Context) -> str:
    if change.action is Action.CREATE:
        missing = [n for n in ("boot_mac", "personality") if getattr(change.want, n) is None]
        if missing:
            return "the host is not discovered yet; it comes when it boots, or say bootMAC and personality to add it"
        return ""
    host = context.system.hosts.get(change.key.name)
    frozen = sorted(change.names & FROZEN)
    if frozen and host and host.invprovision in {"provisioned", "provisioning"}:
        return f"{', '.join(frozen)} cannot change on a provisioned host: it takes deleting the host and installing it anew"
    return ""


KIND = ResourceKind(
    name="host",
    spec=Host,
    area=Area.HOST,
    collections=("ihosts",),
    declare=declare,
    read=read,
    spell=spell,
    write=write,
    needs=needs,
    settles=settles,
    disruption=disruption,
    impossible=impossible,
    documents=("Host", "HostProfile.spec"),
)
