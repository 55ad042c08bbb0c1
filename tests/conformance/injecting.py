"""What the recording's laboratory did to its world between two calls, done to the simulated one.

An added host is "discovered" there: it boots, and its agent reports a machine like the second controller's, but for
what a worker has less of and the laboratory's own serial numbers.
"""

from __future__ import annotations

from typing import Any

from reconciler.simulator.system import System
from reconciler.simulator.sysinv import host_add
from reconciler.simulator.tables import Row

from .comparing import Binding

_TABLES = ("inodes", "icpus", "imemorys", "idisks", "partitions", "ilvgs", "ipvs", "host_fs", "pci_devices")
_REFERENCES = ("inode_uuid", "idisk_uuid", "ilvg_uuid", "ipv_uuid", "disk_or_part_uuid", "interface_uuid")


def inject(system: System, binding: Binding, injected: dict[str, Any]) -> None:
    for what, value in injected.items():
        if what == "discover":
            _discover(system, system.host(binding.translate(value)))
        elif what == "rook":
            _tell_rook(system, value)
        # kernel_hold and release_kernel hold back an agent's report: time is the replay's own to move


def _tell_rook(system: System, value: dict[str, str]) -> None:
    for row in system.tables.rows("storage_backend", backend="ceph-rook"):
        system.update("storage_backend", row["uuid"], **value)


def _discover(system: System, host: Row) -> None:
    model = system.tables.rows("ihosts", personality="controller")[-1]
    copy = _Copy(system, model, host)
    for table in ("iinterfaces", "ports", *_TABLES):
        copy.table(table)
    copy.connect()
    host_add.discovered(system, host["uuid"])
    _assign(system, host)


class _Copy:
    """Rows of one host made anew for another, with references among them kept."""

    def __init__(self, system: System, model: Row, host: Row) -> None:
        self.system, self.model, self.host = system, model, host
        self.uuids: dict[str, str] = {}

    def table(self, table: str) -> None:
        for row in self.system.tables.rows(table):
            if self.model["uuid"] not in (row.get("ihost_uuid"), row.get("host_uuid")):
                continue
            new = self._changed(table, row)
            if new is not None:
                self.uuids[row["uuid"]] = self.system.insert(table, **new)["uuid"]

    def connect(self) -> None:
        """References to rows that were copied later than the row that names them."""
        for table in ("ports", *_TABLES):
            for row in self.system.tables.rows(table):
                if self.host["uuid"] in (row.get("ihost_uuid"), row.get("host_uuid")):
                    found = {name: self.uuids[row[name]] for name in _REFERENCES if row.get(name) in self.uuids}
                    self.system.tables.update(table, row["uuid"], found)

    def _changed(self, table: str, row: Row) -> Row | None:
        own = {name: self.host["uuid"] for name in ("ihost_uuid", "host_uuid") if name in row}
        new = {**row, **own, **({"forihostid": self.host["id"]} if "forihostid" in row and table != "ipvs" else {})}
        for name in ("uuid", "id"):
            new.pop(name)
        change = getattr(self, f"_{table}", None)
        return change(new) if change else new

    def _iinterfaces(self, row: Row) -> Row | None:
        if row["ifname"] == "cluster0":
            return None
        mac = self._mac(row["imac"])
        if row["ifname"] in ("pxeboot0", "mgmt0"):
            return {**row, "imac": self.host["mgmt_mac"], "ipv4_mode": None, "ipv6_mode": None}
        if row["ifname"] == "oam0":
            return {**row, "ifname": "enp2s0f0", "imac": mac, "ifclass": None, "ipv4_mode": None, "ipv6_mode": None}
        return {**row, "imac": mac}

    def _ports(self, row: Row) -> Row:
        return {**row, "mac": self._mac(row["mac"])}

    def _mac(self, mac: str) -> str:
        first, second = mac.split(":")[:3], mac.split(":")[4:]
        return ":".join([*first, "83", *second])

    def _idisks(self, row: Row) -> Row:
        number = row["serial_id"][-1]
        return {**row, "serial_id": f"DSKN00{self.host['id']}{number}"}

    def _imemorys(self, row: Row) -> Row:
        node = row["numa_node"]
        reserved, minimum, pages = ((8000, 1200, 22528000), (2000, 500, row["vm_hugepages_nr_4K"]))[node]
        return {
            **row,
            "platform_reserved_mib": reserved,
            "minimum_platform_reserved_mib": minimum,
            "vm_hugepages_nr_4K": pages,
        }

    def _host_fs(self, row: Row) -> Row | None:
        return None if row["name"] == "backup" else row

    def _ilvgs(self, row: Row) -> Row:
        return {**row, "lvm_cur_lv": 8, "lvm_vg_uuid": f"new-{self.host['id']}"}

    def _ipvs(self, row: Row) -> Row:
        return {**row, "lvm_pv_uuid": f"npv-{self.host['id']}"}


def _assign(system: System, host: Row) -> None:
    """The laboratory's host booted over pxeboot0, and had its management interface."""
    from reconciler.simulator.sysinv import pools

    for ifname, kind in (("pxeboot0", "pxeboot"), ("mgmt0", "mgmt")):
        network = system.tables.first("networks", type=kind)
        interface = system.tables.first("iinterfaces", ihost_uuid=host["uuid"], ifname=ifname)
        assert network and interface
        system.insert(
            "interface_networks",
            forihostid=host["id"],
            interface_uuid=interface["uuid"],
            ifname=ifname,
            network_id=network["id"],
            network_uuid=network["uuid"],
            network_name=network["name"],
            network_type=kind,
        )
        pools.assign(system, host, interface, network, pools.pools_of(system, network))
