"""How a host can be stuck: each way has a next move, and shows when it is over."""

from __future__ import annotations

import pytest

from reconciler.model.condition import ABOUT, Condition, HostCondition
from reconciler.model.wire import condition_json, condition_of
from tests.worlds import host

OUT_OF_DATE = {"config_target": "f000", "config_applied": "0000"}


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_names_the_host_or_the_site_in_what_to_do_next(condition):
    moved = HostCondition(condition, "worker-7").next_move("plant-9")
    assert "{" not in moved
    assert "worker-7" in moved or "plant-9" in moved or "host" in condition.about.look.lower()
    assert all((ABOUT[condition].means, ABOUT[condition].look))


@pytest.mark.parametrize(
    ("condition", "still", "no_more"),
    [
        (Condition.LOCK_REFUSED, host("h"), host("h", "locked")),
        (Condition.LOCK_STUCK, host("h", task="Locking-"), host("h", "locked")),
        (Condition.SWACT_STUCK, host("h", is_active=True), host("h", is_active=False)),
        (Condition.UNLOCK_REFUSED, host("h", "locked"), host("h")),
        (Condition.UNLOCK_WAITS, host("h", "locked"), host("h", task="Unlocking")),
        (Condition.LEFT_LOCKED, host("h", "locked"), host("h")),
        (Condition.DEGRADED, host("h", availability="degraded"), host("h")),
        (Condition.FAILED, host("h", operational="disabled", availability="failed"), host("h")),
        (Condition.FAILED, host("h", operational="disabled", availability="failed"), host("h", "locked")),
        (Condition.OFFLINE, host("h", operational="disabled", availability="offline"), host("h")),
        (Condition.NOT_ENABLED, host("h", operational="disabled", availability="intest"), host("h")),
        (Condition.OUT_OF_DATE, host("h", **OUT_OF_DATE), host("h")),
    ],
)
def test_a_condition_stands_until_the_host_shows_that_it_is_over(condition, still, no_more):
    assert [condition.is_over(one) for one in (still, no_more, None)] == [False, True, True]


def test_a_condition_crosses_a_store_whole_and_says_what_comes_next():
    one = HostCondition(Condition.LEFT_LOCKED, "worker-7", "why", 5.0, 9.0, "d1")
    content = condition_json(one, "plant-9")
    assert condition_of(content) == one
    assert content["next"] == one.next_move("plant-9")
