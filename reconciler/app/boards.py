"""The way to the hosts' board management controllers: one pool of threads for the process, every call counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from reconciler.app.options import Running
from reconciler.clients import SYSTEM_CLOCK, load, load_derived
from reconciler.clients.http import Sender
from reconciler.clients.redfish import Boards
from reconciler.engine.board_checks import BoardChecks
from reconciler.engine.board_places import Places, macs_of, places_of
from reconciler.engine.board_service import SiteBoards, board_services
from reconciler.engine.board_visits import BoardVisits
from reconciler.engine.committed import revealing
from reconciler.engine.repository import Repository
from reconciler.kinds import registry
from reconciler.store import Store
from reconciler.telemetry import Metrics


@dataclass(frozen=True, slots=True)
class BoardLine:
    """places: where a site's controllers are. visits: asks them. checks: of hosts that are to be reinstalled.

    service: those of a site as a service, which kinds read and plans send to.
    """

    places: Places
    visits: BoardVisits
    checks: BoardChecks
    service: Callable[[str], SiteBoards]


@asynccontextmanager
async def open_boards(
    options: Running, repository: Repository, store: Store, metrics: Metrics, sender: Sender
) -> AsyncIterator[BoardLine]:
    """Until the context ends; what is asked then is given up. sender: what is asked before a controller is told something."""
    with Boards(options.endpoints.parent, reveal=revealing(repository)) as boards:
        visits = BoardVisits(boards, store.board_refusals, SYSTEM_CLOCK, metrics.board_call)
        places = places_of(repository, load(options.endpoints), load_derived(options.endpoints))
        checks = BoardChecks(places, macs_of(repository), visits, SYSTEM_CLOCK)
        service = board_services(repository, registry(), places, visits, SYSTEM_CLOCK, may_write=sender.may_write)
        try:
            yield BoardLine(places, visits, checks, service)
        finally:
            await checks.close()
