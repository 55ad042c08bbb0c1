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
TABLE = "subclouds"
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
}


def add(system: System, name: str, **said: Any) -> Row:
    """A row of the table; every column that nobody says is as that of a deployed, managed subcloud, or null."""
    own = {"name": name, "region-name": system.uuid().replace("-", ""), "sync": dict.fromkeys(ENDPOINTS, IN_SYNC)}
    row = system.insert(TABLE, **NEW, **own)
    high, low = divmod(row["id"], 256)
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
        answers = beyond.answers(row["name"])
        state = "online" if answers else "offline"
        if answers is None or state == row["availability-status"]:
            continue
        is_known = answers and row["management-state"] == "managed"
        sync = dict.fromkeys(ENDPOINTS, IN_SYNC if is_known else UNKNOWN)
        system.update(TABLE, row["uuid"], **{"availability-status": state, "sync": sync})


@family.on("GET", "/subclouds")
def listed(system: System, call: Call) -> Row:  # noqa: ARG001
    """Every row: no pages, no filter."""
    return {"subclouds": [_in_list(row) for row in system.tables.rows(TABLE)]}


@family.on("GET", "/subclouds/{ref}")
def one(system: System, call: Call) -> Row:
    row = found(system, call["ref"])
    return {**shown(row), "endpoint_sync_status": _statuses(row, sorted(ENDPOINTS))}


@family.on("GET", "/subclouds/{ref}/detail")
def detail(system: System, call: Call) -> Row:
    """Unverified: no recording has it. Neither the site's address nor its Deployment Manager is looked at here."""
    row = found(system, call["ref"])
    more = {"oam_floating_ip": "unavailable", "deploy_config_sync_status": UNKNOWN, "region_name": row["region-name"]}
    return {**one(system, call), **more}


def found(system: System, ref: str) -> Row:
    """By its number or its name."""
    row = system.tables.first(TABLE, **({"id": int(ref)} if ref.isdigit() else {"name": ref}))
    if row is None:
        raise refuse("Subcloud not found", 404)
    return row


def shown(row: Row) -> Row:
    """The row as it is shown among others of its group."""
    times = {"created-at": time(row["created_at"]), "updated-at": time(row["updated_at"])}
    return {n: row.get(n) for n in BEFORE_TIMES} | times | {n: row.get(n) for n in AFTER_TIMES}


def _in_list(row: Row) -> Row:
    statuses = set(row["sync"].values())
    overall = statuses.pop() if len(statuses) == 1 else OUT_OF_SYNC
    return {**shown(row), "sync_status": overall, "endpoint_sync_status": _statuses(row, ENDPOINTS)}


def _statuses(row: Row, order: Any) -> list[Row]:
    return [{"endpoint_type": name, "sync_status": row["sync"][name]} for name in order]
