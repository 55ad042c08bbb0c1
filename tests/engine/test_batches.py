"""Orders that want the same go by one strategy of dcmanager; others' are waited for; everybody ends where he stood."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from reconciler.engine.batches import LAPSES_S, LATE
from reconciler.model.batch import BatchSight
from reconciler.model.central import SCRATCH_GROUP
from reconciler.model.errors import Refused
from tests.engine.batching import (
    APPLIED,
    DELETED,
    GROUPS,
    KUBERNETES,
    MADE,
    MOVED,
    SITES,
    Bench,
    Fault,
    death,
    silence,
)

FOREIGN = {"type": "firmware", "state": "applying", "extra-args": {}}


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path / "state")
    yield bench
    bench.close()


def ended_well(bench):
    """What holds whatever happened: every site where it was and done once, one strategy for all, and none left."""
    assert bench.groups == GROUPS
    assert bench.strategy is None
    assert bench.states() == dict.fromkeys(SITES, "complete")
    assert (bench.count(MADE), bench.count(APPLIED), bench.count(DELETED)) == (1, 1, 1), bench.sent


async def test_sites_that_want_the_same_go_together_and_are_put_back(bench):
    bench.ask(*SITES)
    await bench.turns()
    assert bench.groups == dict.fromkeys(SITES, SCRATCH_GROUP)
    assert set(bench.states().values()) == {"sw-deploy pre-check"}
    await bench.until_quiet()
    ended_well(bench)
    assert bench.count(MOVED) == 2 * len(SITES)


async def test_how_far_a_site_is_is_told_for_its_status(bench):
    bench.ask("one", "two")
    await bench.until_quiet()
    told = [text for site, text in bench.told if site == "one"]
    assert told[:2] == [
        "a sw-deploy strategy of dcmanager's is made, 2 sites together",
        "dcmanager's sw-deploy strategy is initial, here at: initial",
    ]
    assert "dcmanager's sw-deploy strategy is applying, here at: sw-deploy pre-check" in told


async def test_one_alone_goes_by_its_name_and_stays_in_its_group(bench):
    bench.ask("one")
    await bench.until_quiet()
    assert bench.count(MOVED) == 0
    assert bench.states("one") == {"one": "complete"}


async def test_who_wants_something_else_goes_afterwards(bench):
    bench.out_of_sync("three", endpoint="kubernetes")
    bench.ask("one", "two")
    await bench.clock.sleep(1.0)
    bench.ask("three", wish=KUBERNETES)
    await bench.turns(2)
    assert bench.states("three") == {"three": "waits"}
    await bench.until_quiet()
    bench.ask("three", wish=KUBERNETES)  # it had waited for so long that it was given back to its gates
    await bench.until_quiet()
    assert bench.states() == dict.fromkeys(SITES, "complete")
    assert bench.count(MADE) == 2


async def test_the_others_are_waited_for_but_not_for_ever(bench):
    bench.job.world = replace(bench.job.world, gather_s=30.0)
    bench.ask("one")
    await bench.turns(2)
    bench.ask("two")
    await bench.turns(2)
    assert bench.count(MADE) == 0
    await bench.turns()
    assert set(bench.states("one", "two").values()) == {"sw-deploy pre-check"}


async def test_a_site_that_fails_says_so_in_dcmanagers_words_and_the_others_do_not(bench):
    bench.system.marks.add("apply VIM sw-deploy strategy-fails:two:the alarm 200.004 stands")
    bench.ask(*SITES)
    await bench.until_quiet()
    assert bench.states() == {"one": "complete", "two": "failed", "three": "complete"}
    assert bench.order("two").told == "apply VIM sw-deploy strategy: the alarm 200.004 stands"
    assert bench.groups == GROUPS


async def test_somebody_elses_strategy_is_waited_for_and_never_touched(bench):
    foreign = bench.system.insert("strategies", **FOREIGN)
    bench.ask("one", "two")
    await bench.turns()
    assert bench.states("one", "two") == {"one": "lapsed", "two": "lapsed"}
    assert bench.order("one").told == "waits for the firmware strategy of somebody else, which is applying"
    bench.system.update("strategies", foreign["uuid"], state="complete")
    bench.ask("one", "two")
    await bench.turns()
    assert bench.order("two").told.endswith("which is complete, and not deleted")
    assert bench.sent == []
    bench.system.tables.delete("strategies", foreign["uuid"])
    bench.ask("one", "two")
    await bench.until_quiet()
    assert bench.states("one", "two") == {"one": "complete", "two": "complete"}


async def test_sites_that_wait_for_it_are_told_as_soon_as_it_is_gone(bench):
    foreign = bench.system.insert("strategies", **FOREIGN)
    await bench.central.read()
    bench.central.awaits_strategy("one")
    await bench.turns()
    assert bench.central.is_awaited
    bench.system.tables.delete("strategies", foreign["uuid"])
    await bench.turns()
    assert not bench.central.is_awaited


async def test_who_waits_for_a_batch_of_ours_for_long_is_given_back_to_its_gates(bench):
    bench.ask("one")
    await bench.turns()
    bench.ask("two", wish=KUBERNETES)
    await bench.turns(int(LAPSES_S / 10) + 1)
    assert (bench.order("two").state, bench.order("two").told) == ("lapsed", LATE)


async def test_one_that_appears_while_sites_are_moved_is_waited_for_where_they_stood(bench):
    def appears(_text):
        bench.system.insert("strategies", **FOREIGN)
        return silence("PATCH /v1.0/subclouds/two")

    bench.fault = Fault(f"{MOVED}two ", is_after=True, does=appears)
    bench.ask(*SITES)
    await bench.turns(4)
    assert (bench.groups, bench.states()) == (GROUPS, dict.fromkeys(SITES, "lapsed"))
    assert bench.strategy["type"] == "firmware"
    bench.system.tables.delete("strategies", bench.strategy["uuid"])
    bench.ask(*SITES)
    await bench.until_quiet()
    ended_well(bench)


async def test_a_site_of_which_dcmanager_knows_nothing_yet_keeps_nobody_waiting(bench):
    row = bench.system.tables.first("subclouds", name="two")
    bench.centre.set("two", sync=dict.fromkeys(row["sync"], "unknown"))
    bench.ask(*SITES)
    await bench.until_quiet()
    assert bench.states() == {"one": "complete", "two": "lapsed", "three": "complete"}
    assert bench.order("two").told == "dcmanager does not know yet whether its software is in sync"


async def test_a_site_that_is_offline_or_unmanaged_by_now_is_given_back(bench):
    bench.centre.submit("PATCH", "/subclouds/one", {"management-state": "unmanaged"})
    bench.ask("one", "two")
    await bench.until_quiet()
    assert bench.states("one", "two") == {"one": "lapsed", "two": "complete"}


async def test_what_has_nothing_to_do_ends_as_news_and_not_as_a_failure(bench):
    row = bench.system.tables.first("subclouds", name="one")
    bench.centre.set("one", sync={**row["sync"], "software": "in-sync"})
    bench.ask("one")
    await bench.until_quiet()
    assert bench.order("one").state == "needless"
    assert "does not require software update" in bench.order("one").told


async def test_one_of_several_that_has_nothing_to_do_is_told_beside_the_others(bench):
    row = bench.system.tables.first("subclouds", name="two")
    bench.centre.set("two", sync={**row["sync"], "software": "in-sync"})
    bench.ask(*SITES)
    await bench.until_quiet()
    assert bench.states() == {"one": "complete", "two": "needless", "three": "complete"}
    assert bench.groups == GROUPS


async def test_what_dcmanager_refuses_is_told_in_its_words(bench):
    bench.system.update("central", bench.system.tables.rows("central")[0]["uuid"], deployed=[])
    bench.ask("one", "two")
    await bench.until_quiet()
    assert bench.states("one", "two") == {"one": "refused", "two": "refused"}
    assert "not found or not deployed in the SystemController" in bench.order("one").told
    assert bench.groups == GROUPS


async def test_a_group_with_somebody_elses_subclouds_is_not_used(bench):
    bench.ask("one", "two")
    await bench.until_quiet()
    bench.centre.submit("PATCH", "/subclouds/three", {"group_id": SCRATCH_GROUP})
    bench.out_of_sync("one", "two")
    bench.ask("one", "two")
    await bench.turns(3)
    assert "subclouds stand in it that are not of the batch: three" in bench.order("one").told
    assert (bench.strategy, bench.groups["one"]) == (None, "east")
    bench.centre.submit("PATCH", "/subclouds/three", {"group_id": "Default"})
    await bench.until_quiet()
    assert bench.states("one", "two") == {"one": "complete", "two": "complete"}


async def test_a_strategy_that_a_person_deletes_is_gone_for_its_sites_too(bench):
    bench.ask("one", "two")
    await bench.turns(2)
    bench.centre.send("POST", "/sw-update-strategy/actions", {"action": "abort"})
    uuid = bench.strategy["uuid"]
    for step in bench.system.tables.rows("strategy_steps"):
        bench.system.tables.delete("strategy_steps", step["uuid"])
    bench.system.tables.delete("strategies", uuid)
    await bench.until_quiet()
    assert bench.states("one", "two") == {"one": "needless", "two": "needless"}
    assert bench.groups == GROUPS


async def test_who_is_left_out_after_all_is_put_back_before_a_strategy_is_made(bench):
    """It would be for him, too: he stands in the group."""
    bench.fault = Fault(MADE, is_after=False, does=death)
    bench.ask(*SITES)
    await bench.turns()
    assert bench.groups == dict.fromkeys(SITES, SCRATCH_GROUP)
    bench.centre.submit("PATCH", "/subclouds/two", {"management-state": "unmanaged"})
    await bench.turns()
    assert (bench.groups["one"], bench.groups["two"]) == (SCRATCH_GROUP, "west")
    assert {row["cloud"] for row in bench.system.tables.rows("strategy_steps")} == {"one", "three"}
    await bench.until_quiet()
    assert (bench.states(), bench.groups) == ({"one": "complete", "two": "lapsed", "three": "complete"}, GROUPS)


async def test_whom_dcmanager_does_not_move_is_told_so_and_the_others_go(bench):
    def refuses(_text):
        return Refused("dcmanager", "PATCH", "/v1.0/subclouds/two", 409, "its backup_status is 'backing-up'")

    bench.fault = Fault(f"{MOVED}two ", is_after=False, does=refuses)
    bench.ask(*SITES)
    await bench.until_quiet()
    assert (bench.states(), bench.groups) == ({"one": "complete", "two": "refused", "three": "complete"}, GROUPS)
    assert bench.order("two").told == "its backup_status is 'backing-up'"


@pytest.mark.parametrize("status", [422, 500])
async def test_one_that_dcmanager_has_moved_though_it_said_no_goes_with_the_others(bench, status):
    def refuses(_text):
        return Refused("dcmanager", "PATCH", "/v1.0/subclouds/two", status, "Unable to update subcloud")

    bench.fault = Fault(f"{MOVED}two ", is_after=True, does=refuses)
    bench.ask(*SITES)
    await bench.until_quiet()
    ended_well(bench)


MADE_AFTER_ALL = {
    "the server fails once it is made": (500, "Unable to create strategy"),
    "an earlier call made it meanwhile": (422, "Bad strategy request: Strategy of type: 'sw-deploy' already exists"),
}


@pytest.mark.parametrize(("status", "fault"), MADE_AFTER_ALL.values(), ids=MADE_AFTER_ALL)
async def test_a_strategy_is_gone_on_with_though_dcmanager_said_no(bench, status, fault):
    def refuses(_text):
        return Refused("dcmanager", "POST", "/v1.0/sw-update-strategy", status, fault)

    bench.fault = Fault(MADE, is_after=True, does=refuses)
    bench.ask(*SITES)
    await bench.until_quiet()
    ended_well(bench)


async def test_who_has_lost_his_group_meanwhile_stands_in_that_which_is_always_there(bench):
    bench.ask(*SITES)
    await bench.turns(2)
    bench.centre.send("DELETE", "/subcloud-groups/east")  # it seems empty
    await bench.until_quiet()
    assert bench.groups == {**GROUPS, "one": "Default"}
    assert bench.states() == dict.fromkeys(SITES, "complete")


async def test_somebodys_stop_counts_until_the_strategy_is_made(bench):
    bench.job.world = replace(bench.job.world, stopped=lambda site: "suspended by jo: crane" if site == "one" else "")
    bench.ask("one", "two")
    await bench.until_quiet()
    assert bench.states("one", "two") == {"one": "lapsed", "two": "complete"}
    assert bench.order("one").told == "suspended by jo: crane"


async def test_who_was_put_elsewhere_meanwhile_stays_there(bench):
    bench.ask("one", "two")
    await bench.turns(2)
    bench.centre.submit("PATCH", "/subclouds/one", {"group_id": "west"})
    await bench.until_quiet()
    assert bench.groups["one"] == "west"
    assert bench.groups["two"] == "west"


async def test_a_centre_that_does_not_answer_is_told_once_and_asked_again(bench):
    bench.fault = Fault(r"GET ", is_after=False, does=silence)
    bench.ask("one")
    await bench.turns(1)
    assert "no usable answer" in bench.order("one").told
    await bench.until_quiet()
    assert bench.states("one") == {"one": "complete"}
    assert len(bench.said) == 1


async def test_one_that_is_dark_for_long_is_told_once_and_the_next_time_again(bench):
    async def dark():
        bench.fault = Fault(r"GET ", is_after=False, does=silence)
        await bench.turns()

    bench.ask("one")
    for _ in range(3):
        await dark()
    assert len(bench.said) == 1
    await bench.until_quiet()
    bench.out_of_sync("one")
    bench.ask("one")
    await dark()
    assert len(bench.said) == 2


async def test_who_does_not_lead_does_nothing_and_shows_nothing(bench):
    shown, rounds = [], 3

    class Rounds:
        now = bench.clock.now

        async def sleep(self, seconds):
            nonlocal rounds
            rounds -= 1
            if not rounds:
                raise asyncio.CancelledError
            await bench.clock.sleep(seconds)

    bench.ask("one")
    bench.job.world = replace(bench.job.world, lead=lambda: None, show=shown.append, clock=Rounds())
    with pytest.raises(asyncio.CancelledError):
        await bench.job.run()
    assert (bench.sent, shown, bench.states("one")) == ([], [BatchSight()] * 3, {"one": "waits"})


async def test_what_goes_on_is_shown(bench):
    bench.ask("one", "two")
    await bench.turns(2)
    sight = bench.job.sight()
    assert (sight.type, sight.waits, sight.goes) == ("sw-deploy", 0, 2)


# ---- a process that dies


DEATHS = {
    "its orders are written, and nothing else": ("store begin ", True, 1),
    "the group is made": (r"POST /v1.0/subcloud-groups ", True, 1),
    "a move is noted, and not made": ("store moves_out ", True, 2),
    "half of the groups are moved": (MOVED, True, 2),
    "all of them are moved": (MOVED, True, 3),
    "the strategy is made, and nobody knows": (MADE, True, 1),
    "it is made, and not applied": ("store created ", True, 1),
    "it is applied": (APPLIED, True, 1),
    "it is being applied": (r"GET /v1.0/sw-update-strategy/steps ", True, 3),
    "it has ended, and is not deleted": (DELETED, False, 1),
    "it is deleted, and nobody is put back": (DELETED, True, 1),
    "half of them are put back": (MOVED, True, 5),
    "a move back is made, and not noted": ("store is_back ", False, 2),
    "all are put back, and the batch is not closed": ("store end ", False, 1),
}


@pytest.mark.parametrize(("pattern", "is_after", "nth"), DEATHS.values(), ids=DEATHS)
async def test_a_process_dies_when(bench, pattern, is_after, nth):
    bench.fault = Fault(pattern, is_after, death, nth)
    bench.ask(*SITES)
    await bench.until_quiet()
    assert bench.fault.nth <= 0, "the point was never reached"
    ended_well(bench)


async def test_a_process_may_die_anywhere_and_an_answer_be_lost_anywhere(tmp_path):
    """Every request and every write, before it and after it."""
    model = Bench(tmp_path)
    model.ask(*SITES)
    await model.until_quiet()
    points = list(dict.fromkeys((p, model.points[: n + 1].count(p)) for n, p in enumerate(model.points)))
    assert len(points) > 40
    for text, nth in points:
        for is_after in (False, True):
            for does in (death, silence):
                if does is silence and text.startswith("store"):
                    continue
                fault = Fault(f"{text}$".replace(".", r"\."), is_after, does, nth)
                bench = Bench(tmp_path, fault, model.store)
                bench.ask(*SITES)
                await bench.until_quiet()
                try:
                    ended_well(bench)
                except AssertionError as error:
                    raise AssertionError(
                        f"{does.__name__} {'after' if is_after else 'before'} {text}({nth})"
                    ) from error
    model.close()
