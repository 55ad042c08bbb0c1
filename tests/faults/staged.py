"""Sites at rest whose controller knew them when it ended, and a commit that has come since: where each case begins."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.model.history import Sending
from reconciler.model.words import State
from reconciler.simulator import endpoints
from reconciler.simulator.journal import Journal, Write
from reconciler.simulator.server import ServerOptions, serve
from reconciler.simulator.site import Site
from reconciler.simulator.system import System
from reconciler.store import recall, sendings_of
from tests.e2e.world import PASSWORD, SPEED
from tests.faults.controller_process import Place, Process
from tests.faults.crew import crew_of
from tests.faults.rehearsal import Play
from tests.faults.story import story
from tests.properties.documents import SITES
from tests.sources.history import History

LIMIT_S = 60.0  # real seconds, on a machine that does other things too
# what a person would look at to see whether the site is as Git says, and what of it is never the same twice
SHOWN = ("datanetworks", "iinterfaces", "labels", "idns", "isystems", "ihosts", "interface_networks", "addresses")
REGION = "region_name"  # a central cloud gives a site one, and a rehearsal has none
OWN_TIME = (
    "at",
    "busy_until",
    "uuid",
    "id",
    "uptime",
    "config_applied",
    "config_target",
    "iconfig_applied",
    "iconfig_target",
)


@dataclass(frozen=True, slots=True)
class Template:
    """The site before the commit, and the state folder that its controller left."""

    play: Play
    system: System
    clone: History
    state: Path
    commit: str
    database: str = ""


@dataclass
class Stage:
    """One case's own site, and where its controllers are: one, or replicas on one database."""

    template: Template
    site: Site
    places: tuple[Place, ...]

    @property
    def place(self) -> Place:
        return self.places[0]

    @property
    def name(self) -> str:
        return self.template.play.site

    def is_as_said(self, process: Process, since: float) -> bool:
        """The controller says so, of a reading after this time."""
        told = process.told
        return (
            told is not None
            and (told.state, told.commit) == (State.IN_SYNC, self.template.commit)
            and told.observed_at > since
            and not told.is_under_way
        )

    def taken(self) -> list[Write]:
        """The writes that the site has taken."""
        return [w for w in self.site.system.journal.writes if w.status < 300]

    def windows(self) -> frozenset[str]:
        """Hosts that the store believes to be locked by us."""
        return recall(self.place.state, self.place.database).windows(self.name)

    def sendings(self) -> tuple[Sending, ...]:
        return sendings_of(self.place.state, self.name, url=self.place.database)

    def sender(self) -> str:
        """The replica that sends to the site now."""
        return self.sendings()[0].happenings[-1].replica


def shown(system: System) -> set[tuple[Any, ...]]:
    """A site's values, without what is never the same twice: (list, number of the row, column, value)."""
    tables = {table: sorted(map(_plain, system.tables.rows(table)), key=str) for table in SHOWN}
    return {
        (t, n, name, str(value))
        for t, rows in tables.items()
        for n, row in enumerate(rows)
        for name, value in row.items()
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.endswith(OWN_TIME) and name != REGION}


async def template(play: Play, folder: Path, system: System, database: str = "") -> Template:
    """A controller has seen the site in sync and ended; then somebody pushed. database: an empty one."""
    clone = History(folder / "clone")
    for part in ("fleet.yaml", "profiles", f"subclouds/{play.site}"):
        whole = SITES / part
        (shutil.copytree if whole.is_dir() else shutil.copy)(whole, clone.folder / part)
    commit = clone.commit({}, subject="The fleet")
    made = Template(play, system, clone, folder / "state-0", commit, database)
    async with _served(made, folder, (database,)) as stage, crew_of(stage.places) as crew:
        await crew.until(lambda: any(stage.is_as_said(one, 0.0) for one in crew.live), LIMIT_S)
    return replace(made, commit=clone.commit({play.file: play.own}))


@asynccontextmanager
async def staged(made: Template, folder: Path, database: str = "", replicas: int = 1) -> AsyncIterator[Stage]:
    """A copy of the template in an empty folder, behind a socket of its own. database: a copy of the template's."""
    for number in range(replicas):
        shutil.copytree(made.state, folder / f"state-{number}")
    async with _served(made, folder, (database,) * replicas) as stage:
        try:
            yield stage
        except AssertionError as error:
            error.add_note(story(stage))
            raise


@asynccontextmanager
async def _served(made: Template, folder: Path, databases: tuple[str, ...]) -> AsyncIterator[Stage]:
    system = deepcopy(made.system)
    system.journal = Journal()
    name, ends = made.play.site, folder / "endpoints.yaml"
    async with serve({name: system}, options=ServerOptions(SPEED, PASSWORD)) as server:
        endpoints.write(ends, server.url, [name], PASSWORD)
        count = len(databases)
        places = (
            Place(made.clone.folder, ends, folder / f"state-{n}", url, f"stxr-{n}", count)
            for n, url in enumerate(databases)
        )
        yield Stage(made, server.sites[name], tuple(places))
