"""One commit for a whole fleet, sent by the real controller: canaries, waves, a stop by failures, a word to go on."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest

from reconciler.model.rollout import MemberState
from reconciler.store import rollouts_of
from tests.e2e.rolling import Size, rolling

SMALL = Size(sites=20, at_once=8, may_fail=1, fail=3)
LARGE = Size(sites=500, at_once=50, may_fail=5, fail=12)
LOCK, IN_ITS_WINDOW = "/platform/v1/ihosts/.*", "/platform/v1/iinterfaces/.*"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(SMALL, id="20-sites"),
        pytest.param(LARGE, id="500-sites", marks=[pytest.mark.full, pytest.mark.timeout(1800)]),
    ],
)
async def test_a_commit_for_all_stops_at_its_budget_and_is_finished_by_a_word(tmp_path, size, capsys):
    patience_s = 60 + 2 * size.sites
    async with rolling(tmp_path, size) as fleet, fleet.controller():
        await fleet.until(fleet.is_in_sync, patience_s)
        known_s = _since(fleet)
        *others, in_its_window = size.failing
        for name in others:
            fleet.refuse(name, LOCK)
        fleet.refuse(in_its_window, IN_ITS_WINDOW)
        fleet.change_all()
        await fleet.until(fleet.is_stopped, patience_s)
        stopped_s, stopped, reached = _since(fleet), fleet.one, fleet.touched
        failed = stopped.count(MemberState.FAILED)
        assert size.may_fail < failed <= size.may_fail + size.at_once
        assert stopped.wave == 1
        assert set(size.canaries) <= reached <= {*size.canaries, *size.ring}

        fleet.mend()
        await fleet.says("resume", stopped.id)
        await fleet.until(fleet.has_ended, patience_s)
        done_s = _since(fleet)
        await fleet.until(fleet.is_in_sync, patience_s)

        assert {m.state for m in fleet.one.members.values()} == {MemberState.DONE}
        assert fleet.one.waves == 3
        assert 0 < fleet.most <= size.at_once
        assert fleet.locked == []
        was_locked_before = fleet.world.count(in_its_window, "lock") == 2  # unless it never went before the stop
        locks = {1: size.sites - was_locked_before} | ({2: 1} if was_locked_before else {})
        assert (fleet.count("lock"), fleet.count("unlock")) == (locks, locks)
        said = await fleet.told("show", stopped.id)
        assert (said["counts"], said["stopped"]) == ({"done": size.sites}, "")
    sizes = "+".join(str(wave["sites"]) for wave in said["by_wave"])
    figures = (
        f"{size.sites} sites in waves of {sizes}, {size.at_once} at a time: looked at in {known_s:.0f} s,"
        f" stopped by {failed} failures ({size.may_fail} may) after {stopped_s:.0f} s with {len(reached)} sites reached,"
        f" resumed and done {done_s:.0f} s later; hosts locked once: {locks[1]}, twice, as their plan failed in its"
        f" window: {locks.get(2, 0)}, at most {fleet.most} at a time"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param('"value":"lock"', id="at-a-lock", marks=pytest.mark.full),
        pytest.param("PATCH /v1/iinterfaces", id="in-a-window"),
        pytest.param('"value":"unlock"', id="at-an-unlock", marks=pytest.mark.full),
    ],
)
async def test_a_controller_that_was_killed_in_a_wave_goes_on_with_it_and_does_nothing_twice(tmp_path, moment):
    size = Size(sites=12, at_once=6, soak="")
    async with rolling(tmp_path, size) as fleet:
        async with fleet.controller() as first:
            await fleet.until(fleet.is_in_sync, 120)
            fleet.change_all()
            fleet.world.at(size.last[2], moment, first.kill)  # when others of its wave are on their way, too
            await asyncio.wait_for(first.wait(), 120)
        assert 0 < fleet.one.count(MemberState.GOING) <= size.at_once
        begun = fleet.touched
        async with fleet.controller():
            await fleet.until(fleet.has_ended, 120)
            await fleet.until(fleet.is_in_sync, 120)
        assert len(rollouts_of(fleet.world.state)) == 1
        assert (fleet.count("lock"), fleet.count("unlock"), fleet.locked) == ({1: 12}, {1: 12}, [])
        assert 0 < fleet.most <= size.at_once
        for name in size.names:
            done = [(w.method, w.path, w.body) for w in fleet.world.writes(name) if w.status < 300]
            assert len(done) == len(set(done)), (name, name in begun, done)


def _since(fleet):
    """Seconds since the last question."""
    before, fleet.began = fleet.began, time.monotonic()
    return fleet.began - before
