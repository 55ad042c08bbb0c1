"""The worlds of the end-to-end tests, and templates of those of the fault matrix."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.conftest import git, in_service, opened
from tests.faults.case import Case
from tests.faults.rehearsal import Play
from tests.faults.results import PROPERTY
from tests.faults.staged import Template, template
from tests.properties.direct import in_service as at_rest

__all__ = ["git", "in_service", "opened"]


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    """Where a case of a plan begins; made once in each process that tests."""
    made: dict[Play, Template] = {}

    async def of(play: Play) -> Template:
        if play not in made:
            system = await asyncio.to_thread(at_rest, play.site)
            made[play] = await template(play, tmp_path_factory.mktemp("template"), system)
        return made[play]

    return of


@pytest.fixture
def fault_case(record_property):
    """Has a case counted in the summary: what was broken, where, and where the plans are kept."""

    def counted(case: Case, place: str) -> None:
        told = {"site": case.play.site, "at": str(case.boundary.at), "fault": str(case.fault), "place": place}
        record_property(PROPERTY, told)

    return counted
