"""A commit for a fleet of which a tenth is dark and a tenth slow, on a clock of the test: the well sites hardly notice."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from statistics import median, quantiles

import pytest

from reconciler.engine.queue import Queue
from tests.engine.waiting import FakeTimer, settled

WORKERS = 6
WELL = {f"well-{number:03}": 0.8 + 0.4 * (number % 5 == 0) for number in range(160)}
DARK = {f"dark-{number:03}": 30.0 for number in range(20)}
SLOW = {f"slow-{number:03}": 60.0 for number in range(20)}
HOUR_S = 3600.0


class Round:
    """Visits that last as long as their sites take; `ended` is when each did last."""

    def __init__(self, sites):
        self.timer, self.sites = FakeTimer(), dict(sorted(sites.items(), key=lambda item: hash_of(item[0])))
        self.queue = Queue(self.timer, WORKERS)
        self.ended = {}

    async def visit(self, site):
        await self.timer.sleep(self.sites[site])
        self.queue.mark(site, failing=site in DARK)
        self.ended[site] = self.timer.time
        return HOUR_S

    async def commit(self, names):
        """Seconds from a commit for all to the end of the visit of each of these."""
        self.ended.clear()
        began = self.timer.time
        for number, site in enumerate(self.sites):
            self.timer.time = began + number * 1e-6  # in the order in which they are put
            self.queue.put(site)
        await settled()
        while not names <= self.ended.keys():
            self.timer.to_next()
            await settled()
        return [self.ended[name] - began for name in names]


def hash_of(name):
    """An order in which dark, slow and well sites are mixed; the same at every run."""
    return sum(ord(letter) * (7 * place + 3) for place, letter in enumerate(name)) % 97


async def taken(sites, *, met):
    """How long the well ones took: of a second commit, if the bad ones were met by a first."""
    fleet = Round(sites)
    running = asyncio.create_task(fleet.queue.run(fleet.visit))
    try:
        if met:
            await fleet.commit(sites.keys())
        return await fleet.commit(WELL.keys())
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.mark.parametrize(("met", "most"), [(True, 1.01), (False, 1.5)], ids=["met-before", "met-by-the-commit"])
async def test_well_sites_follow_a_commit_beside_dark_and_slow_ones_as_they_do_alone(met, most):
    alone = await taken(WELL, met=met)
    beside = await taken(WELL | DARK | SLOW, met=met)
    assert median(beside) <= most * median(alone)
    assert quantiles(beside, n=20)[-1] <= most * quantiles(alone, n=20)[-1]
