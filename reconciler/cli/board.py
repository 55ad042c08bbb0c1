"""`stxr board`: what the board management controllers of a site's hosts say now, whether the site answers or not."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli import results as shown
from reconciler.cli.board_text import board_lines
from reconciler.cli.options import STATE, Database, Endpoints, Exit, Format, Repo, Rev, Root, Show, State
from reconciler.cli.session import Chosen, looked_at
from reconciler.clients import SYSTEM_CLOCK, load, load_derived
from reconciler.clients.redfish import BoardLimits, Boards
from reconciler.engine.board_places import places_of
from reconciler.engine.board_visits import BoardVisits, OwnRefusals, Refusals
from reconciler.engine.committed import revealing
from reconciler.model.board import BoardPlace, Part
from reconciler.model.board_reading import BoardReading, reading_json
from reconciler.model.errors import ConfigError
from reconciler.store import has_store, speaking

READ_S, PATIENCE_S = 20.0, 300.0  # for an answer, and for all parts of a slow controller


def board(
    site: Annotated[str, typer.Argument(help="Site, by name.", metavar="SITE")],
    host: Annotated[list[str] | None, typer.Option(help="Only this host; may be given again.")] = None,
    part: Annotated[list[Part] | None, typer.Option(help="Only this, beside power and health; all without.")] = None,
    repo: Repo = ".",
    path: Root = "",
    rev: Rev = "",
    endpoints: Endpoints = None,
    state: State = STATE,
    database: Database = "",
    anyway: Annotated[bool, typer.Option("--anyway", help="Ask also one that refused us within the last day.")] = False,
    show: Show = Format.TEXT,
) -> None:
    """Show power, health, boot, firmware, BIOS, sensors of a site's hosts. Exit: 3 some controller gave no answer, 1 none known."""
    if endpoints is None:
        raise ConfigError("no endpoints file: give --endpoints, or set STXR_ENDPOINTS")
    chosen = Chosen(repo, path, rev, endpoints, state)
    with looked_at(chosen) as source:
        if site not in source.names:
            raise ConfigError(f"no site is named {site} at this commit")
        places = _of_hosts(site, places_of(source, load(endpoints), load_derived(endpoints))(site), host or [])
        limits = BoardLimits(read_s=READ_S, visit_s=PATIENCE_S)
        with Boards(endpoints.parent, limits, revealing(source)) as boards, _refusals(state, database) as refusals:
            visits = BoardVisits(boards, refusals, SYSTEM_CLOCK, heeds=not anyway)
            readings = asyncio.run(visits.readings(places, tuple(part or Part)))
    _tell(site, readings, show)
    sys.exit(Exit.DONE if all(reading.board for reading in readings) else Exit.UNJUDGED)


@contextmanager
def _refusals(state: Path, database: str) -> Iterator[Refusals]:
    """Those that the controller knows, where there is one: an account that it spares is not to be locked from here."""
    if not has_store(state, database):
        yield OwnRefusals()
        return
    with speaking(state, "board", database) as store:
        yield store.board_refusals


def _of_hosts(site: str, places: tuple[BoardPlace, ...], hosts: list[str]) -> tuple[BoardPlace, ...]:
    """The controllers that are asked for. Raises ConfigError where Git knows none of one of them."""
    known = {place.host for place in places}
    if missing := sorted(set(hosts) - known):
        raise ConfigError(f"{site} {missing[0]}: {_unknown(known)}")
    if not places:
        raise ConfigError(f"{site}: {_unknown(known)}")
    return tuple(place for place in places if not hosts or place.host in hosts)


def _unknown(known: set[str]) -> str:
    rest = f"; it is known of {', '.join(sorted(known))}" if known else ""
    return (
        "Git says no address of its board management controller that speaks Redfish: boardManagement.address of the host, or "
        f"bmc_address in install-values.yaml for controller-0{rest}"
    )


def _tell(site: str, readings: tuple[BoardReading, ...], show: Format) -> None:
    if show is Format.JSON:
        shown.as_json({"site": site, "hosts": [reading_json(reading) for reading in readings]})
        return
    for line in board_lines(readings):
        typer.echo(line)
