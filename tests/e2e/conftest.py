"""A site of `sites/` alone, in a git repository of its own, brought into service; and openers of other worlds."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import reconciler
from reconciler.model.words import Result
from tests.e2e.ottawa import OTTAWA, OWN
from tests.e2e.removing import LESS, ONCE
from tests.e2e.world import playing
from tests.sources.history import History

SITES = Path(reconciler.__file__).parents[1] / "sites"


@pytest.fixture
def git(tmp_path):
    """A developer's clone of `sites/` with the subclouds that a test names."""

    def cloned(*names: str) -> History:
        clone = History(tmp_path / "clone")
        for part in ("fleet.yaml", "profiles", *(f"subclouds/{name}" for name in names)):
            whole = SITES / part
            (shutil.copytree if whole.is_dir() else shutil.copy)(whole, clone.folder / part)
        clone.commit({}, subject="The fleet")
        return clone

    return cloned


@pytest.fixture
def opened(tmp_path):
    """An opener of worlds: `async with opened(clone) as world`; the sites are as bootstrap leaves them."""

    @asynccontextmanager
    async def opened(clone, kind=playing):
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        async with kind(clone.folder, scratch) as world:
            yield world

    return opened


@pytest.fixture
def in_service(git, opened):
    """An opener of worlds whose sites are in service and in sync: `async with in_service("ottawa-001") as (world, clone)`."""

    @asynccontextmanager
    async def in_service(*names, kind=playing):
        clone = git(*names)
        async with opened(clone, kind) as world:
            ended = await world.converge()
            assert [r for r in ended.values() if not (r.outcome and r.outcome.result is Result.DONE)] == []
            yield world, clone

    return in_service


@pytest.fixture
def removed(in_service):
    """A world whose site had everything, and whose Git does not say the most of it any more."""

    @asynccontextmanager
    async def removed():
        async with in_service(OTTAWA) as (world, clone):
            clone.commit({OWN: ONCE})
            assert (await world.applied(OTTAWA)).result is Result.DONE
            assert await world.is_in_sync(OTTAWA)
            clone.commit({OWN: LESS})
            yield world, clone

    return removed
