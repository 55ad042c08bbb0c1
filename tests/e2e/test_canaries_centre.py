"""Canaries of what lets us into the central cloud, and into the sites that only it knows; each repeats what it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import yaml

from reconciler.model.words import Result
from reconciler.simulator import endpoints
from reconciler.simulator.build_repo import boards_of, builders
from reconciler.simulator.interference import Rule, Trouble
from reconciler.simulator.server import ServerOptions, serve
from tests.canaries import Canary, found
from tests.e2e.ottawa import OTTAWA, SETTINGS
from tests.e2e.repeating import ECHO
from tests.e2e.searching import DATABASE, database, kept, put, read
from tests.e2e.world import PACE, Waited, World
from tests.secret_places import CENTRE, canaries_of
from tests.sources.history import History
from tests.store.conftest import empty_database, postgresql

__all__ = ["database", "empty_database", "postgresql", "read"]  # fixtures
pytestmark = pytest.mark.xdist_group("postgresql")
BOARD = "hosts: {controller-0: {board: {secureBoot: false}}}\n"
CENTRAL = """
systemController:
  authUrl: {}/systemController/identity/v3
  credentials: {{username: admin, password: {{secretRef: 'file:{}'}}}}
"""
SOFTWARE = "software: {{release: '24.09.1', prestage: {{sysadmin: {{secretRef: 'file:{}'}}}}}}\n"


@asynccontextmanager
async def derived(clone: History, keeps: Path, password: str, database: str) -> AsyncIterator[World]:
    """A site without an entry, behind a centre that fleet.yaml names; who we are to each is in a file of its own."""
    systems, where, clock = builders(clone.folder), put(keeps / "endpoints.yaml", ""), Waited()
    boards = partial(boards_of, clone.folder, password)
    options = ServerOptions(password=password, clock=clock.now, wall_clock=clock.now, boards=boards)
    async with serve(systems, options=options) as server:
        endpoints.write(where, server.url, systems, password)
        said = yaml.safe_load(where.read_text())["derived"]
        said["boards"]["*"]["credentials"]["password"] = by_reference(keeps, "boards", password)
        said["credentials"] = {"username": "admin", "password": by_reference(keeps, "derived", password)}
        where.write_text(yaml.safe_dump({"endpoints": {}, "derived": said}))
        place = by_reference(keeps, "central", password)["secretRef"].removeprefix("file:")
        fleet = (clone.folder / "fleet.yaml").read_text() + CENTRAL.format(server.url, place)
        clone.commit({"fleet.yaml": fleet, SETTINGS: (clone.folder / SETTINGS).read_text() + BOARD})
        yield World(clone.folder, keeps / "state", where, server, clock, PACE, database)


def by_reference(keeps: Path, name: str, text: str) -> dict[str, str]:
    return {"secretRef": f"file:{put(keeps / name, text)}"}


def repeats(method: str, path: str) -> Rule:
    return Rule(Trouble.ECHO, method, path, count=1, status=400, text=ECHO)


async def test_nothing_is_told_of_what_lets_us_into_the_centre_and_the_sites_behind_it(git, tmp_path, database, read):
    lets_in, prestage, clone = Canary("central"), Canary("prestage"), git(OTTAWA)
    canaries = {"central": lets_in, "derived": lets_in, "prestage": prestage, "database": DATABASE}
    said: list[str] = []
    async with derived(clone, tmp_path / "keeps", lets_in.value, database) as world:
        assert (await world.applied(OTTAWA)).result is Result.DONE
        for system in (world.server.central, world.site(OTTAWA)):
            system.interference.rules.append(repeats("POST", "/identity/.*"))
            result = (await world.plan_again(OTTAWA))[OTTAWA]
            said.append(repr(result))
            assert ECHO in str(result.error)
        place = by_reference(tmp_path / "keeps", f"{OTTAWA}.prestage", prestage.value)["secretRef"].removeprefix(
            "file:"
        )
        asked = SOFTWARE.format(place.replace(OTTAWA, "{site}"))
        clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text() + asked})
        world.server.central.interference.rules.append(repeats("PATCH", ".*/prestage"))
        outcomes = [await world.applied(OTTAWA) for _ in range(2)]
        said += [repr(outcome) for outcome in outcomes]
        assert [ECHO in outcome.message for outcome in outcomes] == [True, False]
        assert outcomes[1].result is Result.DONE
        left = kept(world.state, database)
        said += world.said
    assert {f"file:{tmp_path}/keeps/{name}" for name in ("central", "derived", "boards", f"{OTTAWA}.prestage")} <= read
    assert canaries.keys() - {"database"} == canaries_of(CENTRE)
    assert found(canaries, {"said": "\n".join(said).encode()} | left) == []
