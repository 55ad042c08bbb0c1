"""Small systems for tests of the host, system and storage kinds: documents as authors write them, rows as listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import yaml

from reconciler.clients import reveal
from reconciler.diff import compare, spelled
from reconciler.engine.render import snapshot
from reconciler.engine.unsealed import unsealed
from reconciler.kinds import registry
from reconciler.model.change import Change
from reconciler.model.kind import Context
from reconciler.model.plan import Call, Plan
from reconciler.model.resource import Resource
from reconciler.model.rows import Rows
from reconciler.model.site import Settings, Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action
from reconciler.observe import interpret
from reconciler.plan import plan
from tests.kinds.networks import calls, node, system_row, told

KINDS = {
    name: registry()[name]
    for name in (
        "application",
        "application-state",
        "bios-attribute",
        "board-firmware",
        "boot-order",
        "ceph-monitor",
        "certificate",
        "controller-filesystem",
        "cpu-frequency",
        "cpu-function",
        "host-ptp-instance",
        "disk",
        "dns",
        "drbd",
        "helm-override",
        "host",
        "host-filesystem",
        "https",
        "kernel",
        "label",
        "leaving-filesystem",
        "legacy-ptp",
        "licence",
        "machine",
        "memory",
        "ntp",
        "osd",
        "partition",
        "pci-device",
        "physical-volume",
        "remote-logging",
        "secure-boot",
        "security-feature",
        "service-parameter",
        "storage-backend",
        "storage-tier",
        "system",
        "timezone",
        "volume-group",
        "vswitch",
    )
}
HOST = "controller-0"
SDA = "/dev/disk/by-path/pci-0000:00:0d.0-ata-1.0"
SDB = "/dev/disk/by-path/pci-0000:00:0d.0-ata-2.0"
SYSTEM_LISTS = (
    "apps", "ceph_mon", "certificate", "clusters", "controller_fs", "drbdconfig", "helm_charts", "helm_overrides", "host_fs", "icpus", "idisks", "idns", "ilvgs", "imemorys",
    "intp", "ipvs", "istors", "pci_devices", "license", "ptp", "ptp_instances", "remotelogging", "service_parameter", "storage_backend",
    "storage_ceph", "storage_tiers",
)  # fmt: skip
HOST_LISTS = ("labels", "partitions", "board_bios", "board_boot_order", "board_firmware", "board_secure_boot")


# desired


def site(text: str) -> Site:
    """`system: {...}`, `name: ...`, `hosts: {name: profile}`, and of site.yaml `own: {system, hosts, secrets}`."""
    said = yaml.safe_load(text) or {}
    hosts = {name: node(profile) for name, profile in said.get("hosts", {}).items()}
    system, name = (node(said[key]) if key in said else None for key in ("system", "name"))
    own = said.get("own", {})
    ours = node(own["system"]) if "system" in own else None
    own_hosts = {name: node(section) for name, section in own.get("hosts", {}).items()}
    secrets = {name: node(place) for name, place in own.get("secrets", {}).items()}
    return Site("ottawa", Settings(), system, name, hosts, {}, ours, own_hosts, own_secrets=secrets)


def desired(text: str) -> Snapshot:
    said = site(text)
    resources = {r.key: r for r in snapshot(said, KINDS).resources.values()}
    return unsealed(Snapshot("ottawa", resources), KINDS, reveal)


# observed


def host(name: str = HOST, state: str = "unlocked", number: int = 1, **more: Any) -> dict[str, Any]:
    """A row of /ihosts: in service (`unlocked`), locked by somebody, or never in service (`new`)."""
    personality = name.split("-", maxsplit=1)[0] if name.startswith(("controller", "storage")) else "worker"
    in_service = state == "unlocked"
    return {
        "uuid": f"host-{name}",
        "id": number,
        "hostname": name,
        "personality": personality,
        "subfunctions": personality,
        "administrative": "unlocked" if in_service else "locked",
        "operational": "enabled" if in_service else "disabled",
        "availability": "available" if in_service else "online",
        "invprovision": "unprovisioned" if state == "new" else "provisioned",
        "inv_state": "inventoried",
        "task": "",
        "capabilities": {"Personality": "Controller-Active"} if name == HOST else {},
        "location": {},
        "boot_device": SDA,
        "rootfs_device": SDA,
        "console": "ttyS0,115200n8",
        "install_output": "text",
        "hw_settle": "0",
        "apparmor": "disabled",
        "clock_synchronization": "ntp",
        "mgmt_mac": f"52:54:00:00:00:{number:02x}",
        "max_cpu_mhz_configured": None,
        "max_cpu_mhz_allowed": "",
        **more,
    }


AIO = {"subfunctions": "controller,worker"}


def of(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row as one of another host."""
    return {**row, "ihost_uuid": f"host-{name}", "uuid": f"{row['uuid']}-{name}"}


def disk(path: str = SDA, device: str = "/dev/sda", free: int = 200_000) -> dict[str, Any]:
    sizes = {"size_mib": 491_520, "available_mib": free}
    return {"uuid": f"disk-{device}", "device_path": path, "device_node": device, "ihost_uuid": f"host-{HOST}", **sizes}


DISKS = [disk(), disk(SDB, "/dev/sdb")]


def partition(number: int, gib: int, on: str = "/dev/sda", status: int = 0, used: bool = False) -> dict[str, Any]:
    """A row of /ihosts/<host>/partitions."""
    path = {"/dev/sda": SDA, "/dev/sdb": SDB}[on]
    return {
        "uuid": f"part-{number}",
        "device_path": f"{path}-part{number}",
        "device_node": f"{on}{number}",
        "idisk_uuid": f"disk-{on}",
        "size_mib": gib * 1024,
        "status": 1 if used else status,
        "ihost_uuid": f"host-{HOST}",
        "ipv_uuid": f"pv-part-{number}" if used else None,
    }


def volume(of_: str, group: str = "nova-local", path: str = "", state: str = "provisioned") -> dict[str, Any]:
    """A row of /ipvs; `of_` is the uuid of its disk or partition."""
    device = {"disk_or_part_uuid": of_, "disk_or_part_device_path": path or f"{SDA}-{of_}"}
    return {"uuid": f"pv-{of_}", "pv_state": state, "lvm_vg_name": group, "ihost_uuid": f"host-{HOST}", **device}


def group(name: str = "nova-local", state: str = "provisioned", **capabilities: Any) -> dict[str, Any]:
    """A row of /ilvgs."""
    facts = {"vg_state": state, "capabilities": capabilities, "ihost_uuid": f"host-{HOST}"}
    return {"uuid": f"vg-{name}", "lvm_vg_name": name, **facts}


def backend(kind: str = "ceph", state: str = "configured", services: Any = None, **capabilities: str) -> dict[str, Any]:
    """A row of /storage_backend."""
    facts = {"state": state, "services": services, "capabilities": capabilities, "network": "mgmt"}
    return {"uuid": f"backend-{kind}", "backend": kind, "name": f"{kind}-store", **facts}


TIER = {"uuid": "tier", "name": "storage", "status": "in-use"}


def rows(*hosts: dict[str, Any], system: dict[str, Any] | None = None, **lists: Any) -> Rows:
    """Every list of one system, read to its end; per-host lists by host, or of controller-0."""
    listed: dict[tuple[str, str], Any] = {("isystems", ""): (system or system_row(),)}
    listed["ihosts", ""] = hosts or (host(**AIO),)
    listed |= {(name, ""): tuple(lists.get(name, ())) for name in SYSTEM_LISTS}
    for name in HOST_LISTS:
        given = lists.get(name, ())
        given = given if isinstance(given, dict) else {HOST: given}
        listed |= {(name, h["hostname"]): tuple(given.get(h["hostname"], ())) for h in listed["ihosts", ""]}
    return Rows(listed)


def observed(found: Rows) -> Snapshot:
    return interpret("ottawa", found, KINDS, 0.0)


def resource(kind: str, found: Rows, name: str = "", on: str = "") -> Resource[Any]:
    """The one resource of a kind that was read, or the one of this name on this host."""
    made = [r for r in KINDS[kind].read(found) if (not name or r.key.name == name) and (not on or r.key.host == on)]
    assert len(made) == 1, made
    return made[0]


# what follows


def context(text: str, found: Rows) -> Context:
    have = observed(found)
    return Context(spelled(desired(text), have, KINDS), have)


def differences(text: str, found: Rows) -> dict[str, Change[Any]]:
    """What has to change, by host/kind/name."""
    around = context(text, found)
    return {str(c.key): c for c in compare(around.desired, around.observed, KINDS).changes}


def difference(text: str, found: Rows) -> Change[Any]:
    """The one thing that has to change."""
    (change,) = differences(text, found).values()
    return change


def planned(text: str, found: Rows) -> Plan:
    around = context(text, found)
    return plan(compare(around.desired, around.observed, KINDS), around, KINDS)


def sent(text: str, found: Rows) -> list[str]:
    """Every call of the plan in one line, in the order in which it is sent; asserts that nothing is blocked."""
    made = planned(text, found)
    assert made.blocked == ()
    return [told(c) for c in calls(made)]


def stages(text: str, found: Rows) -> list[tuple[str, list[str]]]:
    """(host of the window or `online`, kinds of its steps in turn) for each stage."""
    made = planned(text, found).stages
    return [(s.host or "online", [f"{step.kind} {step.host}".strip() for step in s.steps]) for s in made]


def why_not(text: str, found: Rows) -> dict[str, str]:
    """Why something is not in the plan, by resource."""
    return {str(b.key): b.reason for b in planned(text, found).blocked}


def written(text: str, found: Rows) -> list[Call]:
    """The calls of the one change; a replacement as its two halves."""
    change, around = difference(text, found), context(text, found)
    halves = [change]
    if change.action is Action.REPLACE:
        halves = [replace(change, action=Action.DELETE, desired=None), replace(change, action=Action.CREATE)]
    return [call for half in halves for call in KINDS[change.key.kind].write([half], around)]
