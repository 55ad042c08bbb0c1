"""dcmanager's lists beside its subclouds, in its own words: rows that kinds read, without what is secret there.

Only members that are named here leave this package, whatever a newer dcmanager shows beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reconciler.clients.dcmanager.groups import ALL, GROUPS, OPTIONS
from reconciler.clients.dcmanager.service import Dcmanager
from reconciler.clients.platform import Row

PEERS = "/v1.0/system-peers"
PEER_GROUPS = "/v1.0/subcloud-peer-groups"
ASSOCIATIONS = "/v1.0/peer-group-associations"
STATUS = "/status"  # of a peer group: how far its subclouds are
COUNTS = ("peer_group_name", "total_subclouds", "complete", "waiting_for_migrate", "rehoming", "rehome_failed")
TOLD = "sync-message"  # of one association, not of their list (recorded)
OF_ALL = "all clouds default"  # the name under which the list has what the path calls by ALL (recorded)


@dataclass(frozen=True, slots=True)
class _List:
    """items: the key that holds its rows. members: what of a row is given on."""

    items: str
    members: Collection[str]


LISTS: Mapping[str, _List] = {
    GROUPS: _List(
        "subcloud_groups",
        ("id", "name", "description", "update_apply_type", "max_parallel_subclouds", "subcloud_count"),
    ),
    OPTIONS: _List(
        "sw-update-options",
        (
            *("name", "storage-apply-type", "worker-apply-type", "max-parallel-workers"),
            *("alarm-restriction-type", "default-instance-action"),
        ),
    ),
    PEERS: _List(
        "system_peers",
        (
            *(
                "id",
                "peer-uuid",
                "peer-name",
                "manager-endpoint",
                "manager-username",
                "peer-controller-gateway-address",
            ),
            *("administrative-state", "heartbeat-interval", "heartbeat-failure-threshold", "heartbeat-failure-policy"),
            *("heartbeat-maintenance-timeout", "availability-state"),
        ),
    ),
    PEER_GROUPS: _List(
        "subcloud_peer_groups",
        (
            *("id", "peer_group_name", "group_priority", "group_state", "max_subcloud_rehoming", "system_leader_name"),
            "migration_status",
        ),
    ),
    ASSOCIATIONS: _List(
        "peer_group_associations",
        ("id", "peer-group-id", "system-peer-id", "peer-group-priority", "association-type", "sync-status"),
    ),
}


class Lists:
    """Read whole: there are no pages (recorded)."""

    def __init__(self, dcmanager: Dcmanager) -> None:
        self._dcmanager = dcmanager

    async def all(self, path: str) -> tuple[Row, ...]:
        """The rows of a list, by its path."""
        known = LISTS[path]
        rows = await self._dcmanager.rows(path, known.items)
        return self._dcmanager.read(lambda row: _kept(row, known), rows, path)

    async def one(self, path: str) -> Row:
        """One row, by its path below that of its list, or its status; empty where it is not there."""
        found = await self._dcmanager.one(path)
        above = path.rpartition("/")[0]
        members = COUNTS if path.endswith(STATUS) else (*LISTS[above].members, TOLD)
        return {name: found[name] for name in members if name in found} if found else {}


def _kept(row: Row, known: _List) -> Row:
    kept = {name: row[name] for name in known.members}
    return {**kept, "name": ALL} if kept.get("name") == OF_ALL else kept
