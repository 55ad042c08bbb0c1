"""A command's fleet: repository, endpoints, store and clock put together from the options."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.apply import Pace
from reconciler.clients import SYSTEM_CLOCK, load, load_derived
from reconciler.clients.redfish import Boards
from reconciler.engine.board_checks import LIMIT_S, BoardChecks
from reconciler.engine.board_places import macs_of, places_of
from reconciler.engine.board_service import board_services
from reconciler.engine.board_visits import BoardVisits, OwnRefusals, Refusals
from reconciler.engine.central_place import central_of
from reconciler.engine.committed import revealing
from reconciler.engine.fleet import Fleet, open_fleet
from reconciler.engine.measuring import Recent
from reconciler.engine.memory import Memory
from reconciler.engine.office import Office
from reconciler.engine.opening import open_looking, open_repository
from reconciler.engine.repository import Repository
from reconciler.kinds import registry
from reconciler.model.durations import NOTHING, Durations
from reconciler.model.errors import ConfigError
from reconciler.store import durations_of


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the options say."""

    repo: str
    path: str
    rev: str
    endpoints: Path | None
    state: Path
    database: str = ""


def looked_at(chosen: Chosen) -> Repository:
    """The repository that the options name, for a command that does not own the state folder. Raises SourceError."""
    return open_looking(chosen.repo, chosen.path, chosen.rev, chosen.state, registry())


def repository(chosen: Chosen) -> Repository:
    """The repository that the options name, for the owner of the state folder. Raises SourceError."""
    return open_repository(chosen.repo, chosen.path, chosen.rev, chosen.state, registry())


def measured(chosen: Chosen) -> Durations:
    """What the state folder that the options name has measured, if it is there and of this program: CI has none."""
    try:
        return durations_of(chosen.state, chosen.database)
    except ConfigError:
        return NOTHING


@asynccontextmanager
async def fleet(
    chosen: Chosen,
    source: Repository,
    memory: Memory,
    say: Callable[[str, str], None],
    pace: Pace,
    *,
    refusals: Refusals | None = None,
) -> AsyncIterator[Fleet]:
    """The sites, reachable. Raises ConfigError when no endpoints file is given or it is wrong.

    refusals: hosts' controllers that did not let us in, as they are known to others, too.
    """
    if chosen.endpoints is None:
        raise ConfigError("no endpoints file: give --endpoints, or set STXR_ENDPOINTS")
    endpoints, derived = load(chosen.endpoints), load_derived(chosen.endpoints)
    central = central_of(chosen.endpoints, source)
    reveal = revealing(source)
    with Boards(chosen.endpoints.parent, reveal=reveal) as boards:
        visits = BoardVisits(boards, refusals or OwnRefusals(), SYSTEM_CLOCK)
        places = places_of(source, endpoints, derived)
        checks = BoardChecks(places, macs_of(source), visits, SYSTEM_CLOCK, patience_s=LIMIT_S)
        service = board_services(source, registry(), places, visits, SYSTEM_CLOCK)
        lasting = Recent(memory, SYSTEM_CLOCK)
        office = Office(registry(), source, SYSTEM_CLOCK, pace, say, reveal=reveal, lasting=lasting, boards=checks)
        async with open_fleet(office, endpoints, memory, derived=derived, central=central, boards=service) as opened:
            yield opened
        await checks.close()
