"""Edits and commits in a local folder are told; git's inner business is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.sources.watch import is_telling, moved
from tests.sources.history import History


@pytest.mark.parametrize(
    "path", ["fleet.yaml", "subclouds/sc-1/site.yaml", ".git/HEAD", ".git/refs/heads/main", "fleet/.git/packed-refs"]
)
def test_what_tells_something(path):
    assert is_telling(path)


@pytest.mark.parametrize(
    "path",
    [".git/index", ".git/objects/ab/cd", ".git/refs/heads/main.lock", ".git/refs/stash", "a/.b.yaml.swp", "a.yaml~"],
)
def test_what_tells_nothing(path):
    assert not is_telling(path)


async def told(folder: Path, act: Callable[[], object]) -> frozenset[str]:
    """The first move told. The act is repeated, because a watch takes a moment to begin and tells nothing older."""
    stop = asyncio.Event()
    moves = moved(folder, stop)
    first = asyncio.ensure_future(anext(moves))
    while not first.done():
        await asyncio.to_thread(act)
        await asyncio.wait({first}, timeout=1)
    stop.set()
    assert [move async for move in moves] == []
    return first.result()


async def test_an_edit_is_told_by_its_path(history: History):
    path = "subclouds/sc-1/site.yaml"
    assert await told(history.folder, lambda: history.write({path: "layers:\n"})) == {path}


async def test_a_commit_is_told(history: History):
    assert ".git/refs/heads/main" in await told(history.folder, lambda: history.commit({}))


async def test_a_watch_ends_when_it_is_told_to(history: History):
    stop = asyncio.Event()
    stop.set()
    assert [move async for move in moved(history.folder, stop)] == []
