"""What a pull request's comment says, and what then happens once it is merged: one profile of a fleet, locked and unlocked."""

from __future__ import annotations

import json
import sys
from collections import Counter
from resource import RUSAGE_CHILDREN, getrusage

import pytest

from tests.e2e.rolling import Rolling, Size, rolling

SMALL = Size(sites=18, apart=6, at_once=4)  # a dozen: as many as make a measurement of locks believed
LARGE = Size(sites=5_000, apart=4_000, at_once=50)
COMMENT_BYTES, REVIEW_CPU_S = 20_000, 30.0
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(SMALL, id="12-of-18-sites"),
        pytest.param(LARGE, id="1000-of-5000-sites", marks=[pytest.mark.full, pytest.mark.timeout(3_600)]),
    ],
)
async def test_what_the_comment_says_is_what_happens_once_it_is_merged(tmp_path, size, capsys):
    patience_s = 60 + size.sites / 2
    async with rolling(tmp_path, size) as fleet, fleet.controller():
        await fleet.until(fleet.is_in_sync, patience_s)
        fleet.change_all()  # so that locks and unlocks are measured here, where a day is over in seconds
        await fleet.until(fleet.has_ended, patience_s)
        await fleet.until(fleet.is_in_sync, patience_s)
        done, first = _done(fleet), fleet.one.id
        with fleet.proposed("mtu"):
            fleet.change_back()
        before = getrusage(RUSAGE_CHILDREN)
        comment = await fleet.reviewed("mtu", "markdown")
        after = getrusage(RUSAGE_CHILDREN)
        review = json.loads(await fleet.reviewed("mtu", "json"))

        fleet.clone.git("merge", "--quiet", "mtu")
        await fleet.until(lambda: fleet.one.id != first and fleet.has_ended(), patience_s)
        await fleet.until(fleet.is_in_sync, patience_s)

        assert {site for group in review["groups"] for site in group["sites"]} == fleet.touched == set(size.reached)
        told = {what: review["cost"][what] for what in ("locks", "reboots", "swacts")}
        assert told == {what: number - done[what] for what, number in _done(fleet).items()}
        assert len(comment.encode()) < COMMENT_BYTES
        shown = await fleet.told("show", fleet.one.id)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert cpu_s < REVIEW_CPU_S
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(size.reached)} of {size.sites} sites: a comment of {len(comment.encode())} bytes in {cpu_s:.1f} s of"
            f" CPU; {told}, as it says; {_error(shown)}\n"
        )


def _done(fleet: Rolling) -> dict[str, int]:
    """What the simulated sites counted."""
    counted = Counter[str]()
    for what in ("locks", "reboots", "swacts"):
        counted[what] = sum(times * hosts for times, hosts in fleet.count(what.removesuffix("s")).items())
    return dict(counted)


def _error(shown: dict) -> str:
    """By how much the forecast was off that was made when the first site was done."""
    foreseen = shown["foreseen"]
    return f"forecast {foreseen['ends'] - foreseen['made_at']:.0f} s from the first site on, off by {shown['forecast_error']:+.0%}"
