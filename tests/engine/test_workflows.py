"""How many plans are sent at a time, and how many of those are of slow sites."""

from __future__ import annotations

import pytest

from reconciler.engine.workflows import LONG_S, QUEUE, SLOW_QUEUE, SLOW_S, WAITING_QUEUE, Limits


@pytest.mark.parametrize(
    ("limits", "rooms"),
    [
        (Limits(worker=50), {QUEUE: (50, None), SLOW_QUEUE: (25, None), WAITING_QUEUE: (200, None)}),
        (Limits(worker=1), {QUEUE: (1, None), SLOW_QUEUE: (1, None), WAITING_QUEUE: (4, None)}),
        (Limits(worker=50, fleet=100), {QUEUE: (50, 50), SLOW_QUEUE: (25, 25), WAITING_QUEUE: (25, 25)}),
        (Limits(worker=50, fleet=10), {QUEUE: (4, 4), SLOW_QUEUE: (3, 3), WAITING_QUEUE: (3, 3)}),
        (Limits(worker=50, fleet=3), {QUEUE: (1, 1), SLOW_QUEUE: (1, 1), WAITING_QUEUE: (1, 1)}),
        (Limits(worker=50, fleet=2), {QUEUE: (1, 1), SLOW_QUEUE: (1, 1)}),
        (Limits(worker=50, fleet=1), {QUEUE: (1, 1)}),
    ],
)
def test_slow_sites_and_those_that_wait_have_room_of_their_own_within_the_limit_of_the_fleet(limits, rooms):
    assert limits.rooms == rooms


@pytest.mark.parametrize("fleet", range(1, 40))
def test_never_more_than_the_limit_of_the_fleet(fleet):
    assert sum(room for _, room in Limits(fleet=fleet).rooms.values() if room) == fleet


@pytest.mark.parametrize(
    ("took_s", "waits_s", "queue"),
    [
        (1.0, 0.0, QUEUE),
        (SLOW_S + 1.0, 0.0, SLOW_QUEUE),
        (1.0, LONG_S, WAITING_QUEUE),
        (SLOW_S + 1.0, LONG_S, WAITING_QUEUE),
    ],
)
def test_a_plan_stands_where_it_takes_no_place_from_others(took_s, waits_s, queue):
    assert Limits().queue(took_s, waits_s) == queue


def test_where_only_one_may_be_sent_at_a_time_all_stand_in_one_queue():
    assert Limits(fleet=1).queue(SLOW_S + 1.0, LONG_S) == QUEUE
