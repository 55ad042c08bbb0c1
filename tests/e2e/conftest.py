"""Worlds to play in: a copy of `sites/`, or a folder of the test's own, simulated from bootstrap on."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from tests.e2e.world import playing


@pytest.fixture
def world_of(tmp_path):
    """An opener of worlds: `async with world_of(root) as world`."""

    @asynccontextmanager
    async def opened(root):
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        async with playing(root, scratch) as world:
            yield world

    return opened
