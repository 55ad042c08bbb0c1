"""Every way in which a lock, a swact or an unlock ends badly: named, told once, and never tried again by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from reconciler.model.condition import Condition
from reconciler.model.words import Result
from reconciler.simulator.interference import Rule, Trouble
from reconciler.store import Store
from tests.e2e.ottawa import OTTAWA, OWN, TWO_STEPS
from tests.e2e.test_windows import CONTROLLERS, YARD, YARD_MTU, actions, counts, own

INVENTORY = (
    "Expecting number of interface sriov_numvfs=16. Please wait a few minutes for inventory update and retry"
    " host-unlock."
)


@dataclass(frozen=True)
class End:
    """What goes wrong, how it is called, and how the host is left: its state, and how often it was locked."""

    mark: str
    condition: Condition
    left: str
    locks: int = 1
    said: str = ""
    is_open: bool = False

    def __str__(self) -> str:
        return self.mark.replace(" ", "-")


IN_SERVICE, OUT = "unlocked-enabled-available", "locked-disabled-online"
AT_ONE_HOST = [
    End("vim-refuses:pods cannot move", Condition.LOCK_REFUSED, IN_SERVICE, said="pods cannot move"),
    End("vim-refuses:", Condition.LOCK_REFUSED, IN_SERVICE, said="services-disable-failed"),
    End("vim-hangs", Condition.LOCK_STUCK, IN_SERVICE, said="gave it up"),
    End("mtce-refuses:no power", Condition.UNLOCK_REFUSED, OUT, said="no power", is_open=True),
    End("drops-unlock", Condition.UNLOCK_REFUSED, OUT, said="stays locked", is_open=True),
    End("comes-up:degraded", Condition.DEGRADED, "unlocked-enabled-degraded", said="not available"),
    End("comes-up:failed", Condition.FAILED, "unlocked-disabled-failed", said="failed"),
    End(
        "comes-up:failed:Configuration failure, threshold reached, Lock/Unlock to retry",
        Condition.FAILED,
        "unlocked-disabled-failed",
        said="threshold reached",
    ),
    End("comes-up:offline", Condition.OFFLINE, "unlocked-disabled-offline", said="offline"),
    End("comes-up:out-of-date", Condition.OUT_OF_DATE, IN_SERVICE, said="running the configuration"),
]


def in_words(world, name, host="controller-0"):
    row = world.host(name, host)
    return "-".join(str(row[part]) for part in ("administrative", "operational", "availability"))


def standing(world, name=OTTAWA):
    with Store.open(world.state) as store:
        return {(c.host, c.name) for c in store.conditions.of(name)}


@pytest.mark.parametrize("end", AT_ONE_HOST, ids=str)
async def test_a_host_that_is_stuck_is_named_and_not_locked_again_by_itself(in_service, end):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add(end.mark)
        first = await world.applied(OTTAWA, approved="")
        assert (first.result, [c.name for c in first.conditions]) == (Result.FAILED, [end.condition])
        assert end.said in first.message
        assert "Next: " in first.message
        assert standing(world) == {("controller-0", end.condition)}
        assert (in_words(world, OTTAWA), bool(world.windows(OTTAWA))) == (end.left, end.is_open)
        if not end.is_open:
            for _ in range(2):
                await world.applied(OTTAWA, approved="")
            assert (in_words(world, OTTAWA), standing(world)) == (end.left, {("controller-0", end.condition)})
        assert world.count(OTTAWA, "lock") == end.locks


@pytest.mark.parametrize("end", [e for e in AT_ONE_HOST if e.condition.is_before], ids=str)
async def test_a_host_that_would_not_be_locked_is_tried_again_when_somebody_says_so(in_service, end):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add(end.mark)
        await world.applied(OTTAWA, approved="")
        with Store.open(world.state) as store:
            assert store.words.resume("jo", site=OTTAWA)
        assert (await world.applied(OTTAWA, approved="")).is_done
        assert (standing(world), world.count(OTTAWA, "lock")) == (set(), 2)
        assert await world.is_in_sync(OTTAWA)


async def test_a_host_that_would_not_be_locked_is_tried_again_for_something_else(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add("vim-refuses:pods cannot move")
        await world.applied(OTTAWA, approved="")
        clone.commit({OWN: TWO_STEPS.replace("9000", "8000")})
        assert (await world.applied(OTTAWA, approved="")).is_done
        assert standing(world) == set()


@pytest.mark.parametrize("end", [e for e in AT_ONE_HOST if e.is_open], ids=str)
async def test_an_unlock_that_is_refused_is_asked_again_and_the_host_never_locked_again(in_service, end):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add(end.mark)
        await world.applied(OTTAWA, approved="")
        assert (await world.applied(OTTAWA, approved="")).is_done
        assert (standing(world), world.windows(OTTAWA), world.count(OTTAWA, "lock")) == (set(), frozenset(), 1)
        assert await world.is_in_sync(OTTAWA)


async def test_an_unlock_that_is_to_wait_for_inventory_is_waited_for_a_while_and_then_named(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        again = Rule(Trouble.REFUSE, "PATCH", ".*/ihosts/[^/]*", count=None, status=400, text=INVENTORY)
        world.at(OTTAWA, '"value":"lock"', lambda: world.site(OTTAWA).interference.rules.append(again))
        first = await world.applied(OTTAWA, approved="")
        assert [c.name for c in first.conditions] == [Condition.UNLOCK_WAITS]
        assert "inventory update" in first.message
        world.site(OTTAWA).interference.rules.clear()
        assert (await world.applied(OTTAWA, approved="")).is_done
        assert (standing(world), world.count(OTTAWA, "lock")) == (set(), 1)


async def test_a_host_that_is_degraded_for_a_while_is_waited_for(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add("comes-up:degraded:600")
        assert (await world.applied(OTTAWA, approved="")).is_done
        assert (in_words(world, OTTAWA), standing(world)) == (IN_SERVICE, set())


async def test_a_host_that_failed_is_over_it_once_a_person_has_it_in_hand(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add("comes-up:failed")
        await world.applied(OTTAWA, approved="")
        rows = {"administrative": "locked", "availability": "online"}
        world.site(OTTAWA).change_rows("ihosts", {"hostname": "controller-0"}, rows)
        await world.applied(OTTAWA, approved="")
        assert standing(world) == set()
        assert in_words(world, OTTAWA) == OUT, "it is theirs to unlock"


SWACTS = [
    End("sm-refuses:controller-1 is not ready to take service", Condition.SWACT_REFUSED, IN_SERVICE, said="not ready"),
    End("swact-fails:Swact: Failed", Condition.SWACT_STUCK, IN_SERVICE, said="Swact: Failed"),
    End("swact-fails:Swact: Timeout", Condition.SWACT_STUCK, IN_SERVICE, said="Swact: Timeout"),
    End("swact-stays", Condition.SWACT_STUCK, IN_SERVICE, said="not the standby after"),
    End("swact-loses", Condition.OFFLINE, "unlocked-disabled-offline", said="offline"),
]


@pytest.mark.parametrize("end", SWACTS, ids=str)
async def test_activity_that_does_not_move_leaves_the_active_controller_unlocked(in_service, end):
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): YARD_MTU})
        world.site(YARD).system.marks.add(end.mark)
        first = await world.applied(YARD, approved="")
        assert [c.name for c in first.conditions] == [end.condition]
        assert end.said in first.message
        swacts = counts(world, YARD, "swact", CONTROLLERS)
        for _ in range(2):
            await world.applied(YARD, approved="")
        assert (in_words(world, YARD), in_words(world, YARD, "controller-1")) == (end.left, IN_SERVICE)
        assert standing(world, YARD) == {("controller-0", end.condition)}
        assert counts(world, YARD, "lock", CONTROLLERS) == [0, 1]
        assert counts(world, YARD, "swact", CONTROLLERS) == swacts


@pytest.mark.parametrize("seconds", [60, 600])
async def test_an_address_that_is_long_on_its_way_to_the_other_controller_is_waited_for(in_service, seconds):
    """Connections are cut, a gateway says 503, and lists are empty; the swact is sent once."""
    async with in_service(YARD) as (world, clone):
        began = len(actions(world, YARD))
        clone.commit({own(YARD): YARD_MTU})
        world.site(YARD).system.marks.add(f"address-moves:{seconds}")
        assert (await world.applied(YARD, approved="")).is_done
        assert actions(world, YARD)[began:] == [
            ("controller-1", "lock"),
            ("controller-1", "unlock"),
            ("controller-0", "swact"),
            ("controller-0", "lock"),
            ("controller-0", "unlock"),
        ], "activity is not moved back"
        assert await world.is_in_sync(YARD)


async def test_a_window_of_ours_outlives_lists_that_are_empty_for_a_while(in_service):
    """Else the host would be taken for one that somebody else has locked, and nobody would unlock it."""
    async with in_service(YARD) as (world, _clone):
        locked = {"administrative": "locked", "operational": "disabled", "availability": "online"}
        world.site(YARD).change_rows("ihosts", {"hostname": "controller-1"}, locked)
        with Store.open(world.state) as store:
            store.open_window(YARD, "controller-1", "a-plan")
        async with world.fleet() as fleet:
            assert [r.error async for r in fleet.judge_all([YARD])] == [None]  # there is a token
            system = world.site(YARD).system
            system.address_moves = (system.now - 90, system.now + 10)
            [found] = [r async for r in fleet.apply_all([YARD], {YARD: ""})]
        assert "it lists no host, as while its services come up" in str(found.error)
        assert world.windows(YARD) == {"controller-1"}


async def test_a_standby_that_comes_back_degraded_keeps_the_other_controller_in_service_until_it_is_well(in_service):
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): YARD_MTU})
        world.site(YARD).system.marks.add("comes-up:degraded")
        first = await world.applied(YARD, approved="")
        assert [(c.host, c.name) for c in first.conditions] == [("controller-1", Condition.DEGRADED)]
        held = await world.applied(YARD, approved="")
        assert (held.result, counts(world, YARD, "lock", CONTROLLERS)) == (Result.HELD, [0, 1])
        world.site(YARD).change_rows("ihosts", {"hostname": "controller-1"}, {"availability": "available"})
        assert (await world.applied(YARD, approved="")).is_done
        assert counts(world, YARD, "lock", CONTROLLERS) == [1, 1]
