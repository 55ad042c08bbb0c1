"""Forgetting while the controller runs: by a clock of the test, four times a day, and a failure ends nothing."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.engine.tidying import DAY_S, EVERY_S, WORKFLOWS_S, Keep, Tidying
from reconciler.model.errors import ConfigError
from reconciler.store import Before, Store

NOW = 1_000 * DAY_S


class Days:
    """A clock on which so many sleeps fit; then somebody stops the controller."""

    def __init__(self, sleeps):
        self.time, self.left = NOW, sleeps

    def now(self):
        return self.time

    async def sleep(self, seconds):
        if not self.left:
            raise asyncio.CancelledError
        self.left -= 1
        self.time += seconds


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: NOW) as made:
        yield made


def tidying(store, clock, said, keep=None):
    before = []

    async def workflows(moment):
        before.append(moment)

    return before, Tidying(store, workflows, keep or Keep(), clock, said.append)


async def test_it_forgets_four_times_a_day_what_is_older_than_is_said(store):
    said = []
    clock = Days(sleeps=4)
    forgotten, it = tidying(store, clock, said, Keep(history_days=30, audit_days=60))
    store.words.note("root", "look", "first")
    store.words.note("root", "look", "last")
    with pytest.raises(asyncio.CancelledError):
        await it.run()
    assert forgotten == [NOW + number * EVERY_S - WORKFLOWS_S for number in (1, 2, 3, 4)]
    assert (said, len(store.words.said())) == ([], 2)
    clock.time = NOW + 61 * DAY_S
    await it.once()
    assert [word.subject for word in store.words.said()] == ["last"]


async def test_what_cannot_be_done_is_told_and_tried_again(store):
    said = []
    with store._writing.begin() as db:
        db.exec_driver_sql("alter table outcomes rename to elsewhere")
    forgotten, it = tidying(store, Days(sleeps=2), said)
    with pytest.raises(asyncio.CancelledError):
        await it.run()
    assert [text.split(":")[0] for text in said] == ["what is old was not forgotten, and is tried again in 6 hours"] * 2
    assert forgotten == []


def test_words_are_kept_as_long_as_the_deeds_that_they_explain():
    assert Keep(90, 400).before(NOW) == Before(NOW - 90 * DAY_S, NOW - 400 * DAY_S)
    for history, audit in ((90, 89), (0, 400), (-1, -1)):
        with pytest.raises(ConfigError, match="keep at least one day of history, and the audit as long as that"):
            Keep(history, audit)
