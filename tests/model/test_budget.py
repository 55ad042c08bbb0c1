"""How many hosts may be out of service at a time."""

import pytest

from reconciler.model.budget import Budget
from reconciler.model.plan import Opening, Plan, Stage, StageType


@pytest.mark.parametrize(
    ("most", "hosts", "limit"), [(3, 100, 3), ("5%", 100, 5), ("5%", 39, 1), ("1%", 10, 1), ("0%", 10, 1), (0, 10, 0)]
)
def test_a_share_of_the_hosts_is_never_nothing(most, hosts, limit):
    assert Budget("the fleet", most, hosts=hosts).limit == limit


def test_what_is_left_may_go():
    assert Budget("the fleet", 3, used=2).holds(1) == ""


def test_what_is_used_up_is_told():
    assert Budget("group ran", 3, used=3).holds(1) == "3 hosts of group ran are out of service already, of 3 at a time"


def test_what_would_never_fit_says_so():
    assert Budget("the fleet", 1).holds(2) == "takes 2 hosts out of service at a time: the fleet may have 1"


def window(host, at_once=1, *, unlocks=True):
    return Stage(StageType.WINDOW, host, opening=Opening.LOCK, unlocks=unlocks, at_once=at_once)


@pytest.mark.parametrize(
    ("stages", "most"),
    [
        ((), 0),
        ((Stage(StageType.ONLINE),), 0),
        ((window("controller-1"), window("controller-0")), 1),
        (tuple(window(f"worker-{n}", 2) for n in range(5)), 2),
        ((window("controller-0"), window("worker-0", 4), window("worker-1", 4)), 2),
        ((window("worker-0", unlocks=False), window("worker-1", unlocks=False)), 2),
        ((window("worker-0", unlocks=False), window("worker-1")), 2),
        ((Stage(StageType.WINDOW, "worker-0", opening=Opening.ADOPT, unlocks=True),), 0),
    ],
)
def test_a_plan_needs_room_for_what_it_locks_side_by_side_and_leaves_locked(stages, most):
    assert Plan("p", "sc-0412", stages).most_out == most
