"""OSDs and journals (istors): disks given to Ceph.

starlingx/config api/controllers/v1/storage.py. Under ceph-rook an OSD waits for the application whatever the host's
state, and makes the host's ceph filesystem. Under ceph (read in code, not recorded) ``configuring-on-unlock`` ends with
the host's unlock, ``configuring`` with a runtime manifest. Where an OSD may be: ``osd_places``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.simulator.bodies import attributes
from reconciler.simulator.call import Call
from reconciler.simulator.exchange import refuse
from reconciler.simulator.family import Collection, Family, HostEvent
from reconciler.simulator.sysinv import ceph, config, host_filesystems, tiers
from reconciler.simulator.sysinv.facts import is_locked
from reconciler.simulator.sysinv.osd_places import check_host, free_disk
from reconciler.simulator.sysinv.topology import is_aio_simplex
from reconciler.simulator.tables import Row
from reconciler.simulator.views import listed, shown

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("osds")

OSD, JOURNAL = "osd", "journal"
JOURNAL_MIB = 400
FILESYSTEM_GIB = 20
DELETING = "deleting-with-app"


def _derived(system: System, row: Row) -> Mapping[str, Any]:
    tier = system.tables.find("storage_tiers", row["tier_uuid"])
    return {
        "tier_name": tier["name"] if tier else None,
        "fortierid": tier["id"] if tier else None,
        "journal_node": _journal_node(system, row),
    }


OSDS = family.collection(
    Collection(
        "istors",
        columns="uuid osdid function state capabilities ihost_uuid idisk_uuid journal_location journal_size_mib"
        " journal_path journal_node tier_uuid tier_name created_at updated_at",
        more="fortierid",
        sublinks="idisks",
        host_key="ihost_uuid",
        noun="Server",
        derive=_derived,
    )
)


@family.on("GET", "/storage_tiers/{uuid}/istors")
def list_of_tier(system: System, call: Call) -> Row:
    tier = tiers.tier(system, call["uuid"])
    return listed(system, OSDS, system.tables.rows("istors", tier_uuid=tier["uuid"]), call)


@family.on("POST", "/istors")
def create_osd(system: System, call: Call) -> Row:
    known = "ihost_uuid idisk_uuid function tier_uuid journal_location journal_size_mib capabilities uuid osdid state"
    body = attributes(call.body, "stor", known)
    if not body.get("ihost_uuid"):
        raise refuse("No host provided for stor creation.")
    host = system.host(body["ihost_uuid"])
    check_host(system, host)
    found = free_disk(system, host, body.get("idisk_uuid"))
    function = body.get("function") or OSD
    row = _insert_osd(system, host, found, body) if function == OSD else _insert_journal(system, host, found)
    system.update("idisks", found["uuid"], istor_uuid=row["uuid"])
    return _answer(system, row, body, call)


@family.on("DELETE", "/istors/{uuid}")
def delete_osd(system: System, call: Call) -> None:
    row = system.tables.find("istors", call["uuid"])
    if row is None:
        raise refuse(f"Server {call['uuid']} could not be found.", 404)
    host = system.host(row["ihost_uuid"])
    check_host(system, host)
    force = call.query.get("force", "false").lower() == "true"
    if ceph.has_backend(system, ceph.ROOK):
        _delete_under_rook(system, host, row, force=force)
        return
    if force:
        raise refuse("Forcefully deleting an OSD is only supported when storage-backend configured is ceph-rook.")
    _check_deletion(system, row)
    if not is_locked(host):
        raise refuse(f"Host {host['hostname']} must be locked.")
    _forget(system, row)


@family.at(HostEvent.ENABLED)
def configure_what_waited(system: System, host: Row) -> None:
    """The first report after a boot (``_clear_ceph_stor_state``)."""
    if ceph.has_backend(system, ceph.CEPH):
        for row in of_host(system, host):
            configure(system, row["uuid"])


def of_host(system: System, host: Row) -> list[Row]:
    return system.tables.rows("istors", ihost_uuid=host["uuid"])


def configure(system: System, uuid: str) -> None:
    row = system.tables.find("istors", uuid)
    if row is not None and row["state"] in (ceph.CONFIGURING, ceph.ON_UNLOCK):
        system.update("istors", uuid, state=ceph.CONFIGURED)


def _insert_osd(system: System, host: Row, found: Row, body: Row) -> Row:
    tier = _chosen_tier(system, body.get("tier_uuid"))
    rook = ceph.has_backend(system, ceph.ROOK)
    if rook:
        _give_filesystem(system, host)
    uuid = system.uuid()
    journal = _journal(system, host, body.get("journal_location")) or uuid
    row = system.insert(
        "istors",
        uuid=uuid,
        osdid=None if rook else _next_id(system),
        function=OSD,
        state=_first_state(host, rook=rook),
        capabilities={},
        ihost_uuid=host["uuid"],
        idisk_uuid=found["uuid"],
        journal_location=journal,
        journal_size_mib=body.get("journal_size_mib") or JOURNAL_MIB,
        journal_path=_journal_path(system, found, journal, uuid),
        tier_uuid=tier["uuid"],
    )
    system.update("storage_tiers", tier["uuid"], status=tiers.IN_USE)
    if row["state"] == ceph.CONFIGURING:
        config.mark_out_of_date(system, [host])
        system.after(system.durations.runtime_apply, configure, uuid)
    return row


def _insert_journal(system: System, host: Row, found: Row) -> Row:
    if found["device_type"] not in ("SSD", "NVME"):
        raise refuse("Invalid stor device type: only SSD and NVME devices are supported for journal functions.")
    return system.insert(
        "istors",
        osdid=None,
        function=JOURNAL,
        state=ceph.CONFIGURED,
        capabilities={},
        ihost_uuid=host["uuid"],
        idisk_uuid=found["uuid"],
        tier_uuid=None,
    )


def _answer(system: System, row: Row, body: Row, call: Call) -> Row:
    """The answer does not know the journal's default size yet (recorded)."""
    return {**shown(system, OSDS, row, call), "journal_size_mib": body.get("journal_size_mib")}


def _chosen_tier(system: System, uuid: str | None) -> Row:
    rows = system.tables.rows("storage_tiers")
    if not uuid:
        if len(rows) != 1:
            raise refuse("Multiple storage tiers are present. A tier is required for stor creation.")
        return rows[0]
    row = system.tables.find("storage_tiers", uuid)
    if row is None:
        raise refuse(f"No tier with id {uuid} found.")
    return row


def _first_state(host: Row, *, rook: bool) -> str:
    if rook:
        return ceph.WITH_APP
    return ceph.CONFIGURING if host["operational"] == "enabled" else ceph.ON_UNLOCK


def _next_id(system: System) -> int:
    used = {row["osdid"] for row in system.tables.rows("istors")}
    return next(number for number in range(len(used) + 1) if number not in used)


def _give_filesystem(system: System, host: Row) -> None:
    present = host_filesystems.of(system, host, "ceph")
    if present is None:
        host_filesystems.create(system, host, "ceph", FILESYSTEM_GIB, host_filesystems.OSD)
        return
    functions = present["capabilities"].get("functions") or []
    if host_filesystems.OSD not in functions:
        capabilities = {**present["capabilities"], "functions": [*functions, host_filesystems.OSD]}
        system.update("host_fs", present["uuid"], capabilities=capabilities)


def _journal(system: System, host: Row, uuid: str | None) -> str | None:
    """The journal stor to use: the one that is named, or the host's only one; none means beside the data."""
    if uuid is None:
        return None
    row = system.tables.find("istors", uuid)
    if row is None:
        raise refuse(f"No journal stor with the provided uuid: {uuid}")
    if row["ihost_uuid"] != host["uuid"]:
        raise refuse("The provided stor belongs to another host.")
    if row["function"] != JOURNAL:
        raise refuse("The provided uuid belongs to a stor that is not of journal type.")
    return uuid


def _journal_path(system: System, found: Row, journal: str, own: str) -> str:
    if journal == own:
        return f"{found['device_path']}-part2"
    count = len(system.tables.rows("istors", journal_location=journal))
    holder = system.tables.row("istors", journal)
    return f"{system.tables.row('idisks', holder['idisk_uuid'])['device_path']}-part{count + 1}"


def _journal_node(system: System, row: Row) -> str | None:
    path = row.get("journal_path")
    if not path:
        return None
    start, _, number = path.rpartition("-part")
    found = system.tables.first("idisks", ihost_uuid=row["ihost_uuid"], device_path=start)
    if found is None:
        return None
    return f"{found['device_node']}{'p' if 'nvme' in found['device_node'] else ''}{number}"


def _check_deletion(system: System, row: Row) -> None:
    """Bare metal: what was never made, or on AIO-SX one of several whose pools have copies."""
    if row["function"] == JOURNAL or row["state"] == ceph.ON_UNLOCK:
        return
    if not (is_aio_simplex(system) and ceph.is_configured(system)):
        raise refuse(
            "Deleting a Storage Function other than 'journal' and 'osd' in state 'configuring-on-unlock' is not"
            " supported on this setup."
        )
    count = len(system.tables.rows("istors", function=OSD))
    if count <= 1:
        raise refuse(f"Amount of stors having OSD function: {count}. It must be greater than 1.")
    if ceph.replication(system) <= 1:
        raise refuse("pool kube-rbd size is 1 and it should be greater than 1.")


def _delete_under_rook(system: System, host: Row, row: Row, *, force: bool) -> None:
    wanted = f"force-{DELETING}" if force else DELETING
    if row["state"] == wanted:
        raise refuse(f"This stor is already on {wanted} state.")
    if row["state"] == ceph.WITH_APP:
        _forget(system, row)
        _take_filesystem(system, host)
        return
    system.update("istors", row["uuid"], state=wanted)
    for each in system.tables.rows("storage_backend", backend=ceph.ROOK):
        system.update("storage_backend", each["uuid"], state=ceph.WITH_APP)


def _take_filesystem(system: System, host: Row) -> None:
    present = host_filesystems.of(system, host, "ceph")
    if present is None or of_host(system, host):
        return
    functions = [name for name in present["capabilities"].get("functions") or [] if name != host_filesystems.OSD]
    system.update("host_fs", present["uuid"], capabilities={**present["capabilities"], "functions": functions})


def _forget(system: System, row: Row) -> None:
    system.update("idisks", row["idisk_uuid"], istor_uuid=None)
    system.tables.delete("istors", row["uuid"])
    if row["tier_uuid"] and not system.tables.first("istors", tier_uuid=row["tier_uuid"]):
        rook = ceph.has_backend(system, ceph.ROOK)
        system.update("storage_tiers", row["tier_uuid"], status=tiers.DEFINED if rook else tiers.IN_USE)
