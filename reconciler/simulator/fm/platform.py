"""The alarms that the platform itself raises and clears as its hosts change.

Ids, severities and entities: starlingx/fault fm-doc/fm_doc/events.yaml; the words are this simulator's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from reconciler.simulator.fm import alarms
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System


class Due(NamedTuple):
    """An alarm that a host's state asks for."""

    alarm_id: str
    entity: str
    severity: str
    reason: str
    probable_cause: str


def follow(system: System) -> None:
    """Raise what is due and does not stand, clear what stands and is not due any more."""
    due = {(item.alarm_id, item.entity): (item, host) for host in system.hosts() for item in _due(host)}
    standing = {
        (row["alarm_id"], row["entity_instance_id"]): row
        for row in system.tables.rows(alarms.TABLE, raised_by_platform=True)
    }
    for name in standing.keys() - due.keys():
        alarms.clear_alarm(system, standing[name])
    for name in sorted(due.keys() - standing.keys()):
        _set(system, *due[name])


def _due(host: Row) -> Iterator[Due]:
    name = host.get("hostname")
    if not name or not host.get("personality"):
        return  # discovered only
    entity = f"host={name}"
    if host.get("administrative") == "locked":
        yield Due("200.001", entity, "warning", f"{name} was locked by an administrator.", "out-of-service")
    elif host.get("availability") == "failed":
        yield Due("200.004", entity, "critical", f"{name} has failed.", "application-subsystem-failure")
    if _is_out_of_date(host):
        yield Due("250.001", entity, "major", f"{name} has a configuration out of date.", "unspecified-reason")


def _is_out_of_date(host: Row) -> bool:
    target = host.get("config_target")
    return bool(target) and target != host.get("config_applied")


def _set(system: System, due: Due, host: Row) -> None:
    at = (host.get("updated_at") or system.timeline.stamp()).removesuffix("+00:00")
    alarms.set_alarm(
        system,
        alarm_id=due.alarm_id,
        alarm_state="set",
        entity_type_id="system.host",
        entity_instance_id=due.entity,
        timestamp=at,
        severity=due.severity,
        reason_text=due.reason,
        alarm_type="operational-violation",
        probable_cause=due.probable_cause,
        proposed_repair_action="",
        service_affecting=True,
        suppression=False,
        raised_by_platform=True,
    )
