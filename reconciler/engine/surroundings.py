"""What surrounds a site, read when a plan is about to be sent: its alarms, and who else is at work there.

A service that the endpoints file does not name is not asked. One that does not answer is said as unread: a gate that
needs it stays closed, the others are judged all the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from reconciler.model.alarm import Alarm, Noted
from reconciler.model.busy import Deployment, Orchestration
from reconciler.model.central import Attention
from reconciler.model.errors import ReconcilerError
from reconciler.model.gate import Surroundings
from reconciler.model.rows import Rows
from reconciler.model.words import Service

T = TypeVar("T")


class Faults(Protocol):
    async def alarms(self) -> tuple[Alarm, ...]: ...

    async def noted(self) -> tuple[Noted, ...]: ...


class Orchestrator(Protocol):
    async def orchestration(self) -> Orchestration | None: ...


class Software(Protocol):
    async def deployment(self) -> Deployment | None: ...


class Centre(Protocol):
    async def of(self, site: str) -> Attention | None: ...


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The services that surround a site's platform; None is in no endpoints file. centre: one for all sites."""

    fault: Faults | None = None
    vim: Orchestrator | None = None
    usm: Software | None = None
    centre: Centre | None = None


async def surroundings(site: str, neighbours: Neighbours, rows: Rows) -> Surroundings:
    """What the services say now, and the labels of the last reading. Raises nothing that one service is the cause of."""
    unread: dict[Service, str] = {}

    async def asked(service: Service, question: Callable[[], Awaitable[T]] | None, unknown: T) -> T:
        if question is None:
            return unknown
        try:
            return await question()
        except ReconcilerError as error:
            unread[service] = str(error)
            return unknown

    fault, vim, usm, centre = neighbours.fault, neighbours.vim, neighbours.usm, neighbours.centre
    return Surroundings(
        alarms=await asked(Service.FAULT, fault.alarms if fault else None, ()),
        labels=_labels(rows),
        orchestration=await asked(Service.VIM, vim.orchestration if vim else None, None),
        deployment=await asked(Service.USM, usm.deployment if usm else None, None),
        attention=await asked(Service.DCMANAGER, (lambda: centre.of(site)) if centre else None, None),
        unread=unread,
    )


def _labels(rows: Rows) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for host, row in rows.by_host("labels"):
        found.setdefault(host, {})[str(row["label_key"])] = str(row["label_value"])
    return found
