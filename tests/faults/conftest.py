"""Templates of the worlds of the fault matrix, and the summary's cases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from itertools import count

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from tests.faults.case import Case
from tests.faults.rehearsal import Play
from tests.faults.results import PROPERTY
from tests.faults.staged import Template, staged, template
from tests.properties.direct import in_service as at_rest
from tests.store.conftest import postgresql

__all__ = ["postgresql"]  # a fixture


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    """Where a case of a plan begins; made once in each process that tests. database: gives an empty one to make it in."""
    made: dict[tuple[Play, bool], Template] = {}

    async def of(play: Play, database: Callable[[], str] | None = None) -> Template:
        place = (play, database is not None)
        if place not in made:
            system = await asyncio.to_thread(at_rest, play.site)
            made[place] = await template(
                play, tmp_path_factory.mktemp("template"), system, database() if database else ""
            )
        return made[place]

    return of


@pytest.fixture(scope="session")
def copied(postgresql: URL):
    """A database of the server: empty, or like another one."""
    numbers = count()

    def copied(like: str = "template1") -> str:
        name = f"case_{next(numbers)}"
        engine = create_engine(postgresql, isolation_level="AUTOCOMMIT")
        with engine.connect() as db:
            ends = "select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"
            db.execute(text(ends), {"name": like})
            db.execute(text(f"create database {name} template {like}"))
        engine.dispose()
        return postgresql.set(database=name).render_as_string(hide_password=False)

    return copied


@pytest.fixture
def staged_there(templates, copied, tmp_path):
    """An opener of stages whose controllers keep everything in the server."""

    @asynccontextmanager
    async def staged_there(play: Play, replicas: int):
        made = await templates(play, copied)
        database = copied(str(make_url(made.database).database))
        async with staged(made, tmp_path, database, replicas) as stage:
            yield stage

    return staged_there


@pytest.fixture
def fault_case(record_property):
    """Has a case counted in the summary: what was broken, where, and where the plans are kept."""

    def counted(case: Case, place: str) -> None:
        told = {"site": case.play.site, "at": str(case.boundary.at), "fault": str(case.fault), "place": place}
        record_property(PROPERTY, told)

    return counted
