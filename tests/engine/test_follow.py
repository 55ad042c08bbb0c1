"""A remote repository is looked at when its time has come, or as soon as somebody says that it moved."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.engine.follow import FolderSource, RemoteSource, Watch
from reconciler.kinds import registry
from reconciler.sources.mirror import Mirror
from reconciler.sources.triggers import Poll
from reconciler.sources.verify import Trust


class Hours:
    """Sleeps of a poll last until the test ends; a burst settles at once."""

    async def sleep(self, seconds: float) -> None:
        if seconds > 60:
            await asyncio.Event().wait()


@pytest.fixture
def source(history, tmp_path):
    said, fetches = [], []
    with Mirror.open(history.folder, tmp_path / "state") as mirror:
        made = RemoteSource(
            mirror, "", registry(), Watch(Poll(3600.0), Trust(), lambda result, _s: fetches.append(result)), said.append
        )
        made.said, made.fetches = said, fetches
        yield made


async def test_the_first_look_is_made_at_once_and_the_next_when_somebody_pushed(source, history):
    moves = source.moves(Hours().sleep)
    first = await anext(moves)
    assert first.appeared == source.repository.names
    assert source.waits_for == ""
    touched = min(first.appeared)
    text = (history.folder / f"subclouds/{touched}/site.yaml").read_text()
    history.commit({f"subclouds/{touched}/site.yaml": f"{text}\ndescription: by the river\n"}, subject="Describe it")
    following = asyncio.ensure_future(anext(moves))
    await asyncio.sleep(0)
    assert not following.done()
    source.ring("push to main, says github")
    assert (await following).changed == {touched}
    await moves.aclose()


class Looked:
    """Each look of a source, when it has ended; `found` overrides what it finds."""

    def __init__(self, source, monkeypatch):
        self.ended: asyncio.Queue[None] = asyncio.Queue()
        look, loop = source._look, asyncio.get_running_loop()

        def noted():
            found = look()
            loop.call_soon_threadsafe(self.ended.put_nowait, None)
            return found

        monkeypatch.setattr(source, "_look", noted)


async def turns():
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_storm_of_pushes_is_one_look_and_one_for_nothing_moves_no_site(source, monkeypatch):
    looked = Looked(source, monkeypatch)
    moves = source.moves(Hours().sleep)
    await anext(moves)
    following = asyncio.ensure_future(anext(moves))
    await looked.ended.get()
    await turns()
    for _ in range(30):
        source.ring("push to main, says github")
    await looked.ended.get()
    await turns()
    assert looked.ended.empty()
    assert not following.done()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_a_remote_that_is_away_is_said_and_looked_at_again(source, history):
    moves = source.moves(Hours().sleep)
    first = await anext(moves)
    away = history.folder.rename(history.folder.with_name("away"))
    following = asyncio.ensure_future(anext(moves))
    await turns()
    source.ring("push to main, says github")
    while not source.said:  # noqa: ASYNC110 - said from a thread
        await asyncio.sleep(0)
    assert source.repository.names == first.appeared
    away.rename(history.folder)
    history.commit({"fleet.yaml": None}, subject="Take the fleet's file out")
    source.ring("push to main, says github")
    assert (await following).changed
    assert source.fetches == ["ok", "failed", "ok"]
    await moves.aclose()


async def test_an_edit_of_a_folder_between_its_reading_and_its_watching_is_told(history, tmp_path):
    source = FolderSource(history.folder, "", registry(), tmp_path / "state", lambda _text: None)
    moves = source.moves()
    touched = min((await anext(moves)).appeared)
    path = history.folder / f"subclouds/{touched}/site.yaml"
    path.write_text(f"{path.read_text()}\ndescription: by the river\n")
    assert (await asyncio.wait_for(anext(moves), 30)).changed == {touched}
    await moves.aclose()
    source.repository.close()
