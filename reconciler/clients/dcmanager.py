"""dcmanager of the central cloud, to read: its subclouds, their groups, its one strategy, counts of alarms.

starlingx/distcloud dcmanager/api/controllers/v1. Recorded: errors are HTML unless JSON is asked for, which our session
always does; the list has no pages and no filter; `data_install` holds the password of each board's management in
plain base64, and `rehome_data` what bootstrap was told. Neither leaves this module, not in an error either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from reconciler.clients.platform import PlatformClient, Row
from reconciler.model.central import AlarmCounts, CentralStrategy, Subcloud, SubcloudGroup
from reconciler.model.errors import Failure, Refused, Unreachable
from reconciler.model.words import Service

SUBCLOUDS = "/v1.0/subclouds"
GROUPS = "/v1.0/subcloud-groups"
STRATEGY = "/v1.0/sw-update-strategy"
ALARMS = "/v1.0/alarms"
T = TypeVar("T")


class DcmanagerClient:
    """The central cloud's dcmanager. Methods raise what `PlatformClient` raises; reading changes nothing."""

    def __init__(self, service: PlatformClient) -> None:
        self._service = service

    async def subclouds(self) -> tuple[Subcloud, ...]:
        """Every subcloud, in one call: 1.2 s and 7.7 MB for 5,000 (measured), so not more often than each 15 s."""
        return self._read(_subcloud, await self._service.list(SUBCLOUDS, "subclouds"), SUBCLOUDS)

    async def subcloud(self, name: str) -> Subcloud | None:
        """One of them, by its name; None where there is none."""
        path = f"{SUBCLOUDS}/{quote(name, safe='')}"
        found = await self._found(path)
        return self._read(_subcloud, [found], path)[0] if found is not None else None

    async def groups(self) -> tuple[SubcloudGroup, ...]:
        return self._read(_group, await self._service.list(GROUPS, "subcloud_groups"), GROUPS)

    async def strategy(self) -> CentralStrategy | None:
        """The strategy that is there, ended or not, with the state of each subcloud's step; None where there is none."""
        found = await self._found(STRATEGY)
        if found is None:
            return None
        steps = await self._service.list(f"{STRATEGY}/steps", "strategy-steps")
        return self._read(lambda row: _strategy(row, steps), [found], STRATEGY)[0]

    async def alarm_counts(self) -> Mapping[str, AlarmCounts]:
        """Subcloud -> its alarms, without those that are not managed or not online: their counts are -1 (recorded)."""
        rows = await self._service.list(ALARMS, "alarm_summary")
        found = self._read(_counts, rows, ALARMS)
        return {name: counts for name, counts in found if counts.critical >= 0}

    async def _found(self, path: str) -> Any:
        try:
            return await self._service.get(path)
        except Refused as error:
            if error.status != 404:
                raise
            return None

    def _read(self, form: Callable[[Row], T], rows: Iterable[Row], path: str) -> tuple[T, ...]:
        """The rows as values. What cannot be read is told by the name of what is missing, never by a value."""
        try:
            return tuple(map(form, rows))
        except KeyError as error:
            odd = f"a row without {error}"
        except (TypeError, ValueError, AttributeError) as error:
            odd = f"a row of another form ({type(error).__name__})"
        raise Unreachable(Service.DCMANAGER.value, "GET", path, Failure.GARBLED, odd, False, self._service.site)


def _subcloud(row: Row) -> Subcloud:
    return Subcloud(
        name=row["name"],
        region=row["region-name"] or "",
        group_id=int(row["group_id"]),
        management=row["management-state"],
        availability=row["availability-status"],
        deploy_status=row["deploy-status"],
        release=row["software-version"] or "",
        backup_status=row.get("backup-status") or "",
        prestage_status=row.get("prestage-status") or "",
        error=row.get("error-description") or "",
        sync={each["endpoint_type"]: each["sync_status"] for each in row["endpoint_sync_status"]},
    )


def _group(row: Row) -> SubcloudGroup:
    return SubcloudGroup(int(row["id"]), row["name"], row["update_apply_type"], int(row["max_parallel_subclouds"]))


def _strategy(row: Row, steps: Iterable[Row]) -> CentralStrategy:
    return CentralStrategy(row["type"], row["state"], {step["cloud"]: step["state"] for step in steps})


def _counts(row: Row) -> tuple[str, AlarmCounts]:
    """Despite its key, `region_name` holds the subcloud's name (recorded)."""
    critical, major, minor = (int(row[f"{name}_alarms"]) for name in ("critical", "major", "minor"))
    return row["region_name"], AlarmCounts(critical, major, minor, int(row["warnings"]))
