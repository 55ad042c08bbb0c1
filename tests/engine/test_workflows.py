"""How many plans are sent at a time, and how many of those are of slow sites."""

from __future__ import annotations

import pytest

from reconciler.engine.workflows import QUEUE, SLOW_QUEUE, Limits


@pytest.mark.parametrize(
    ("limits", "rooms"),
    [
        (Limits(worker=50), {QUEUE: (50, None), SLOW_QUEUE: (25, None)}),
        (Limits(worker=1), {QUEUE: (1, None), SLOW_QUEUE: (1, None)}),
        (Limits(worker=50, fleet=100), {QUEUE: (50, 75), SLOW_QUEUE: (25, 25)}),
        (Limits(worker=50, fleet=10), {QUEUE: (7, 7), SLOW_QUEUE: (3, 3)}),
        (Limits(worker=50, fleet=2), {QUEUE: (1, 1), SLOW_QUEUE: (1, 1)}),
        (Limits(worker=50, fleet=1), {QUEUE: (1, 1)}),
    ],
)
def test_slow_sites_have_room_of_their_own_within_the_limit_of_the_fleet(limits, rooms):
    assert limits.rooms == rooms


@pytest.mark.parametrize("fleet", range(1, 40))
def test_never_more_than_the_limit_of_the_fleet(fleet):
    assert sum(room for _, room in Limits(fleet=fleet).rooms.values() if room) == fleet
