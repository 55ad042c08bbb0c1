"""Host: who it is, how it boots, and whether it is in service. Its administrative state is written by windows only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from reconciler.kinds import _addresses as addresses
from reconciler.kinds import _board_management as board
from reconciler.kinds import _host_limits as limits
from reconciler.kinds import _hosts as hosts
from reconciler.kinds import _matching as matching
from reconciler.kinds import _new_hosts as new_hosts
from reconciler.kinds import _storage as storage
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Given, ResourceKind
from reconciler.model.plan import Call, Ref, replacing
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule
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
    "bm_type": "boardManagement.type",
    "bm_address": "boardManagement.address",
    "power_on": "powerOn",
}
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


NO_BOOT_MAC = Rule(
    "no-boot-mac", "Where management is on the loopback of a simplex system there is no boot MAC to compare."
)


class Host(Spec):
    """`provisioning` and `match_mac` say how a host that is not there yet comes to be; the rest is what it is."""

    name: Annotated[str, Attr(key=True)]
    personality: Annotated[
        Literal["controller", "worker", "storage", "controller-worker"] | None, Attr(canonical=ROLE)
    ] = None
    subfunctions: Annotated[tuple[str, ...] | None, Attr(canonical=SUBFUNCTIONS)] = None
    location: Annotated[str | None, Attr(severity=Severity.INFO)] = None
    boot_device: Annotated[str | None, Attr(spelled=storage.DEVICE)] = None
    root_device: Annotated[str | None, Attr(spelled=storage.DEVICE)] = None
    console: str | None = None
    install_output: Literal["text", "graphical"] | None = None
    hw_settle: str | None = None
    apparmor: str | None = None
    clock_synchronization: Literal["ntp", "ptp"] | None = None
    boot_mac: Annotated[str | None, Attr(replaces=True, canonical=new_hosts.MACHINE, spelled=NO_BOOT_MAC)] = None
    bm_type: Annotated[str | None, Attr(severity=Severity.INFO)] = None
    bm_address: Annotated[
        str | None, Attr(severity=Severity.INFO, canonical=addresses.IP_TEXT, spelled=board.FORGOTTEN)
    ] = None
    bm_username: Annotated[str | None, Attr(severity=Severity.INFO, spelled=board.FORGOTTEN)] = None
    bm_secret: Annotated[str | None, Attr(send_only=True)] = None
    bm_password: Annotated[str | None, Attr(send_only=True, secret=True)] = None
    power_on: bool | None = None
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
        is_known = self.boot_mac and self.boot_mac != new_hosts.AWAITED
        return str(matching.plain_mac((self.boot_mac if is_known else self.match_mac) or ""))

    @property
    def criteria(self) -> Mapping[str, str]:
        """What recognises its machine, by the attribute of kind machine."""
        said = {"mac": self.mac, **{a: getattr(self, ours) for ours, (_, a) in MATCH.items() if a != "mac"}}
        return {attribute: value for attribute, value in said.items() if value}

    @property
    def controller(self) -> board.Controller:
        """Its board management controller."""
        said = (self.bm_type, self.bm_address, self.bm_username, self.bm_password, self.bm_secret)
        return board.Controller(*(value or "" for value in said))


def declare(site: Site) -> Iterator[Resource[Host]]:
    for name, profile in site.hosts.items():
        yield KIND.declared(
            profile,
            name=Given(name),
            boot_mac="bootMAC",
            provisioning="provisioningMode",
            **{ours: place for ours, (place, _) in MATCH.items()},
            **{**DOCUMENT, **board.places(site, profile)},
        )


def express(resource: Resource[Host], snapshot: Snapshot) -> Iterator[Said]:
    """The first controller is recognised when it is there; every other host can be added by what is said of it."""
    spec, place = resource.spec, Said("Host", resource.spec.name)
    yield from KIND.said(resource, place, {a: m for a, m in DOCUMENT.items() if a != "subfunctions"})
    if spec.subfunctions:
        yield place.at("subfunctions").says(tuple(f for f in spec.subfunctions if f != LOWLATENCY))
    is_first = spec.name == new_hosts.FIRST
    yield place.at("provisioningMode").says("dynamic" if is_first else "static")
    if spec.boot_mac not in {None, NO_MAC}:
        yield place.member("match.bootMAC" if is_first else "bootMAC").says(spec.boot_mac)
    yield from board.express(spec.controller, place, snapshot.site)


def withheld(resource: Resource[Host], snapshot: Snapshot) -> str:
    return board.withheld(resource.spec.controller, resource.spec.name, snapshot.site)


def read(rows: Rows) -> Iterator[Resource[Host]]:
    paths = storage.paths_by_node(rows)
    for row in rows.all("ihosts"):
        if row.get("hostname"):
            spec = Host.of(name=row["hostname"], administrative=row["administrative"], **_attributes(row, paths))
            shown = {ours: row.get(api) for ours, api in DEVICES.items() if row.get(api) != getattr(spec, ours)}
            yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"], "id": row["id"]}, written=shown)


def _attributes(row: Row, paths: Mapping[tuple[str, str], str]) -> Mapping[str, Any]:
    values: dict[str, Any] = {ours: row.get(api) for ours, api in API_NAMES.items()}
    values |= {d: paths.get((row["hostname"], values[d]), values[d]) for d in DEVICES}
    subfunctions = tuple(filter(None, (row.get("subfunctions") or "").split(",")))
    location = (row.get("location") or {}).get("locn")
    return {**values, **board.read(row), "subfunctions": subfunctions, "location": location}


def spell(resource: Resource[Host], observed: Snapshot) -> Resource[Host]:
    """Disks by the site's paths; what the site has nothing of to compare is left out."""
    name, spec, have = resource.key.name, resource.spec, observed.resources.get(resource.key)
    paths = ((d, getattr(spec, d)) for d in DEVICES)
    found = resource.respelled(**{d: storage.disk_path(path, name, observed) for d, path in paths if path})
    if spec.bm_type == board.NONE:
        found = found.without(*(board.NAMES - {"bm_type"}))
    if have and NO_MAC in {have.spec.boot_mac or NO_MAC, spec.boot_mac}:
        return found.without("boot_mac")
    if have and name != new_hosts.FIRST and (mac := new_hosts.boot_mac(spec, observed)):
        return _of_machine(found, mac)
    return found


def _of_machine(resource: Resource[Host], mac: str) -> Resource[Host]:
    """With the boot address of its machine, where Git says it as such or in `match`."""
    said = resource.spec.boot_mac or resource.spec.match_mac
    spec = resource.spec.model_copy(update={"boot_mac": mac})
    return replace(resource, spec=spec, written={**resource.written, "boot_mac": said} if said else resource.written)


def write(changes: Sequence[Change[Host]], context: Context) -> Iterable[Call]:
    for change in changes:
        if change.action is Action.DELETE:
            yield Call("DELETE", f"{PATH}/{{uuid}}", refs={"uuid": Ref(change.key)})
        elif change.action is Action.CREATE:
            yield from _added(change, context)
        else:
            yield from _updated(change)


def _added(change: Change[Host], context: Context) -> Iterator[Call]:
    """A machine that has booted is given its name and what it is to be; any other is announced by its boot MAC.

    One with a controller is then made to boot from the network and be installed, once (deployment-manager
    host_controller.go reinstallAllowed): POST takes no power state (sysinv host.py class Host).
    """
    want = change.want
    body = {"hostname": want.name, **_body(want.model_dump(exclude_unset=True)), **want.controller.body()}
    body.pop("mgmt_mac", None)
    if machine := matching.found(want.criteria, context):
        refs = {"uuid": Ref(machine.key)}
        yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(body), refs=refs, creates=change.key)
    else:
        yield Call("POST", PATH, {**body, "mgmt_mac": want.mac}, creates=change.key)
    if want.power_on is not None and want.controller.is_there:
        yield _action("reinstall" if want.power_on else "power-off", change)


def _updated(change: Change[Host]) -> Iterator[Call]:
    values = _body({f.name: f.desired for f in change.fields})
    values |= change.want.controller.body() if change.names & board.NAMES else {}
    if values:
        yield Call("PATCH", f"{PATH}/{{uuid}}", replacing(values), refs={"uuid": Ref(change.key)})
    if "power_on" in change.names:
        yield _action("power-on" if change.want.power_on else "power-off", change)


def _action(name: str, change: Change[Host]) -> Call:
    return Call("PATCH", f"{PATH}/{{uuid}}", replacing({"action": name}), refs={"uuid": Ref(change.key)})


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


def needs(change: Change[Host], context: Context) -> Needs:
    """Until it is installed a host is locked, whatever is asked of it; one in service is locked to be switched off."""
    host = hosts.state(change.key.name, context)
    if host is None or change.action is not Action.UPDATE or not host.is_installed:
        return Needs.ANY
    goes_off = "power_on" in change.names and not change.want.power_on and host.is_unlocked
    return Needs.LOCKED if goes_off or change.names & LOCKED_ONLY else Needs.ANY


def settles(change: Change[Host], context: Context) -> Iterable[str]:
    """A host that was in service takes up its clock source at its next unlock (conductor manager.py)."""
    host = hosts.state(change.key.name, context)
    return [change.key.name] if host and host.is_provisioned and "clock_synchronization" in change.names else []


def disruption(change: Change[Host], context: Context) -> Disruption:
    """Switching the power of a host that was in service may surprise whoever works on it."""
    if hosts.is_replaced(change):
        return Disruption.REINSTALL
    host = hosts.state(change.key.name, context)
    if "power_on" in change.names and host and host.is_provisioned:
        return Disruption.REBOOT
    locks = needs(change, context) is Needs.LOCKED or any(settles(change, context))
    return Disruption.LOCK if locks else Disruption.NONE


KIND = ResourceKind(
    name="host",
    spec=Host,
    area=Area.HOST,
    collections=("ihosts", "idisks"),
    declare=declare,
    express=express,
    withheld=withheld,
    read=read,
    spell=spell,
    write=write,
    needs=needs,
    settles=settles,
    disruption=disruption,
    impossible=limits.impossible,
    keeps_locked=limits.keeps_locked,
    documents=("Host.spec", "HostProfile.spec"),
    usual={"bm_type": board.NONE, "power_on": True},
    about=About(
        words={
            "bm_username": "whom we are to the board management controller",
            "bm_password": "where the password is. It cannot be read back: it is sent along with whatever else of board management changes, and when the host is added; a new one alone is not seen",
        },
        places={
            **{name: f"HostProfile.spec.{member}" for name, member in DOCUMENT.items()},
            "name": "Host.metadata.name",
            "boot_mac": "HostProfile.spec.bootMAC",
            "provisioning": "HostProfile.spec.provisioningMode",
            "bm_username": "Site.secrets.username",
            "bm_secret": "HostProfile.spec.boardManagement.credentials.password.secret",
            "bm_password": "Site.secrets.secretRef",
            **{ours: place for ours, (place, _) in MATCH.items()},
        },
        calls=(f"POST {PATH}", f"PATCH {PATH}/{{uuid}}", f"DELETE {PATH}/{{uuid}}"),
        costs="Most attributes change in service; its clock source wants a lock and unlock. Devices, console, install output and settling time are written on a locked host and read at its next installation; AppArmor is taken up at the unlock. The administrative state is written by lock windows alone.",
        sources=(
            "sysinv api/controllers/v1/host.py",
            "sysinv conductor/manager.py",
            "deployment-manager internal/controller/host/host_controller.go",
            "recorded",
        ),
    ),
)
