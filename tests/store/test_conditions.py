"""How hosts are stuck outlives the process; which were left locked is made from the windows. On both databases."""

from __future__ import annotations

from reconciler.model.condition import Condition, HostCondition
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.waves import Strategy
from reconciler.model.words import State
from tests.model.verdicts import verdict

REFUSED = HostCondition(Condition.LOCK_REFUSED, "worker-0", "no room", 1_000.0, work="d1")


def test_since_when_a_condition_stands_does_not_move_while_it_stands(open_store):
    with open_store() as store:
        store.conditions.stands("plant", REFUSED)
        store.conditions.stands(
            "plant", HostCondition(Condition.LOCK_REFUSED, "worker-0", "no cpu", 2_000.0, work="d2")
        )
    with open_store() as again:
        assert again.conditions.of("plant") == (
            HostCondition(Condition.LOCK_REFUSED, "worker-0", "no cpu", 1_000.0, work="d2"),
        )
        again.conditions.stands("plant", HostCondition(Condition.FAILED, "worker-0", "", 3_000.0))
        assert [c.since for c in again.conditions.of("plant")] == [3_000.0]


def test_a_host_that_did_what_it_was_told_is_not_stuck_any_more(store):
    store.conditions.stands("plant", REFUSED)
    assert store.conditions.over("plant", ["worker-1"]) is False
    assert store.conditions.over("plant", ["worker-0"]) is True
    assert store.conditions.of("plant") == ()


def test_a_host_is_left_locked_once_its_deadline_has_passed(store, clock):
    store.open_window("plant", "worker-0", "p1", until=1_600.0)
    store.open_window("plant", "worker-1", "p1")
    clock.at = 1_600.0
    assert (store.conditions.late("plant"), store.deadlines("plant")) == ((), {"worker-0": 1_600.0})
    clock.at = 1_601.0
    [late] = store.conditions.late("plant")
    assert (late.host, late.name, late.since, late.until) == ("worker-0", Condition.LEFT_LOCKED, 1_000.0, 1_600.0)
    store.close_window("plant", "worker-0")
    assert store.conditions.late("plant") == ()


def test_a_person_s_word_has_the_hosts_of_a_site_or_a_group_tried_again(store):
    for site, group in (("plant", "rail"), ("yard", "rail"), ("ottawa", "ran")):
        store.save(verdict(site, State.FAILED, group=group))
        store.conditions.stands(site, REFUSED)
    assert store.words.resume("jo", site="ottawa")
    assert store.words.resume("jo", group="rail")
    assert [store.conditions.of(site) for site in ("plant", "yard", "ottawa")] == [(), (), ()]
    assert store.words.resume("jo", site="ottawa") is False
    assert store.words.latest(1)[0].detail == "group: 2 hosts tried again: plant worker-0, yard worker-0"


def test_a_site_that_is_not_managed_any_more_has_none(store):
    store.conditions.stands("plant", REFUSED)
    store.forget(["plant"])
    assert store.conditions.of("plant") == ()


def test_a_word_to_go_on_with_a_rollout_lets_the_hosts_be_tried_again_where_it_failed(store):
    members = {"plant": Member("plant", 0, state=MemberState.FAILED), "yard": Member("yard", 0)}
    store.rollouts.save(Rollout("7c1f", "c" * 40, Strategy(), members, 500.0))
    for site in members:
        store.conditions.stands(site, REFUSED)
    store.rollouts.say("7c1f", "resumed", "day-shift", "mended")
    assert (store.conditions.of("plant"), store.conditions.of("yard")) == ((), (REFUSED,))
    assert store.words.said()[-1].detail == "mended: 1 hosts tried again: plant worker-0"
