"""Subclouds, read (dcmanager/api/controllers/v1/subclouds.py, dcmanager/db/api.py).

The audit that finds a site online or offline takes no time here: the real one needs two rounds of 40 s
(dcmanager/audit/subcloud_audit_manager.py). What a row says of addresses is made from its number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager.answers import refuse, time
from reconciler.simulator.dcmanager.beyond import Beyond
from reconciler.simulator.family import Family
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("subclouds")
TABLE, DETAIL = "subclouds", "/detail"
ENDPOINTS = ("platform", "identity", "dc-cert", "firmware", "kubernetes", "kube-rootca", "software")
"""In the order in which a list shows them; one row alone shows them by name (recorded)."""
_BEFORE_TIMES = """
id name description location software-version management-state availability-status deploy-status backup-status
backup-datetime error-description region-name management-subnet management-start-ip management-end-ip
management-gateway-ip openstack-installed prestage-status prestage-versions systemcontroller-gateway-ip data_install
data_upgrade
"""
BEFORE_TIMES = tuple(_BEFORE_TIMES.split())
AFTER_TIMES = ("group_id", "peer_group_id", "rehome_data")
UNKNOWN, IN_SYNC, OUT_OF_SYNC = "unknown", "in-sync", "out-of-sync"
ADVICE = {
    "bootstrap-failed": "For bootstrap failures, please use 'dcmanager subcloud deploy resume' after the cause of failure "
    "has been resolved.",
    "config-failed": "For configuration failures, please use dcmanager subcloud deploy config command to reconfigure the "
    "subcloud after the cause of failure has been resolved.",
}
"""What a read adds to the error of a row (consts.py ERR_MSG_DICT); the answer of a change does not (recorded)."""
_AUDITED = """
complete configuring config-failed config-aborted pre-config-failed install-failed install-aborted
pre-install-failed installing restoring restore-prep-failed restore-failed rehome-pending sw-deploy-in-progress
sw-deploy-apply-strategy-failed
"""
AUDITED = frozenset(_AUDITED.split())
AUDITED_WHILE_ONLINE = frozenset({"installing", "rehome-pending", "sw-deploy-in-progress"})
"""States of deployment in which a site is looked at (dcmanager/audit/subcloud_audit_manager.py VALID_DEPLOY_STATE)."""

JUST_ADDED: Row = {
    "management-state": "unmanaged",
    "availability-status": "offline",
    "deploy-status": "not-deployed",
    "error-description": "No errors present",
    "openstack-installed": False,
    "sync": dict.fromkeys(ENDPOINTS, UNKNOWN),
    "there": False,
    "bootstraps": 0,
}
NEW = {
    "description": "",
    "location": "",
    "software-version": "24.09",
    "management-state": "managed",
    "availability-status": "online",
    "deploy-status": "complete",
    "error-description": "No errors present",
    "openstack-installed": False,
    "systemcontroller-gateway-ip": "192.168.204.101",
    "group_id": 1,
    "initial": True,
    "there": True,
    "bootstraps": 0,
}
"""Besides dcmanager's columns: whether the site is there now, and how often it was bootstrapped since the beginning."""


def add(system: System, name: str, **said: Any) -> Row:
    """A row of the table; every column that nobody says is as that of a deployed, managed subcloud, or null."""
    own = {
        "name": name,
        "site": name,
        "region-name": system.uuid().replace("-", ""),
        "sync": dict.fromkeys(ENDPOINTS, IN_SYNC),
    }
    row = system.insert(TABLE, **NEW, **own)
    high, low = divmod(row["id"] - 1, 256)
    subnet = f"10.{128 + high}.{low}"
    addresses = {
        "management-subnet": f"{subnet}.0/24",
        "management-start-ip": f"{subnet}.2",
        "management-end-ip": f"{subnet}.50",
        "management-gateway-ip": f"{subnet}.1",
    }
    return system.tables.update(TABLE, row["uuid"], addresses | said)


def audit(system: System, beyond: Beyond) -> None:
    """Note which sites answer now. What is offline is in sync with nobody knows what."""
    for row in system.tables.rows(TABLE):
        answers = beyond.answers(row) if _is_audited(row) else None
        if answers is None:
            continue
        state, was = "online" if answers else "offline", row["sync"]
        known = IN_SYNC if row["management-state"] == "managed" else UNKNOWN
        seen = {endpoint: known if status == UNKNOWN else status for endpoint, status in was.items()}
        sync = seen if answers else dict.fromkeys(ENDPOINTS, UNKNOWN)
        if (state, sync) != (row["availability-status"], was):
            system.update(TABLE, row["uuid"], **{"availability-status": state, "sync": sync})


def _is_audited(row: Row) -> bool:
    is_online = row["availability-status"] == "online"
    return row["deploy-status"] in AUDITED and (is_online or row["deploy-status"] not in AUDITED_WHILE_ONLINE)


def look_closer(system: System, ref: str, beyond: Beyond) -> None:
    """Note the OAM address of a site that is online, as it says it itself (subclouds.py, GET of a detail)."""
    row = system.tables.first(TABLE, **_key(ref))
    if row is not None:
        is_seen = row["availability-status"] == "online"
        system.tables.update(TABLE, row["uuid"], {"oam": beyond.oam(row) if is_seen else ""})


@family.on("GET", "/subclouds")
def listed(system: System, call: Call) -> Row:  # noqa: ARG001
    """Every row: no pages, no filter."""
    return {"subclouds": [_in_list(row) for row in system.tables.rows(TABLE)]}


@family.on("GET", "/subclouds/{ref}")
def one(system: System, call: Call) -> Row:
    row = found(system, call["ref"])
    return {**_told(row), "endpoint_sync_status": _statuses(row, sorted(ENDPOINTS))}


@family.on("GET", "/subclouds/{ref}/detail")
def detail(system: System, call: Call) -> Row:
    """Unverified: no recording has it. Its Deployment Manager is not looked at here."""
    row = found(system, call["ref"])
    oam = row.get("oam") or "unavailable"
    more = {"oam_floating_ip": oam, "deploy_config_sync_status": UNKNOWN, "region_name": row["region-name"]}
    return {**one(system, call), **more}


def found(system: System, ref: str) -> Row:
    """By its number or its name."""
    row = system.tables.first(TABLE, **_key(ref))
    if row is None:
        raise refuse("Subcloud not found", 404)
    return row


def _key(ref: str) -> Row:
    return {"id": int(ref)} if ref.isdigit() else {"name": ref}


def shown(row: Row) -> Row:
    """The row as it is shown among others of its group."""
    times = {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
    return {n: row.get(n) for n in BEFORE_TIMES} | times | {n: row.get(n) for n in AFTER_TIMES}


def _told(row: Row) -> Row:
    """The row as it is read: a failure comes with advice (_append_static_err_content)."""
    advice = ADVICE.get(row["deploy-status"])
    said = row["error-description"]
    return {**shown(row), "error-description": f"{said}\n{advice}" if advice else said}


def _in_list(row: Row) -> Row:
    statuses = set(row["sync"].values())
    overall = statuses.pop() if len(statuses) == 1 else OUT_OF_SYNC
    return {**_told(row), "sync_status": overall, "endpoint_sync_status": _statuses(row, ENDPOINTS)}


def _statuses(row: Row, order: Any) -> list[Row]:
    return [{"endpoint_type": name, "sync_status": row["sync"][name]} for name in order]
