"""What people say is kept with who and when, counts until it is used, and leaves an audit row each time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.approval import Answer, Approval, Pinned, Subject
from reconciler.model.errors import Held
from reconciler.model.gate import Suspension
from reconciler.model.outcome import Outcome
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.waves import Strategy
from reconciler.model.words import Disruption, Result
from reconciler.store import Holder, StateLock, Store, StoreMemory, speaking

YES = Approval(
    Answer.APPROVED, Subject.PLAN, "3f2a9c", "night-shift", 990.0, Disruption.LOCK, "ottawa", "checked",
    {"dns:servers": ("10.0.0.1", "10.0.0.2")},
)  # fmt: skip
FOR_ALL = Approval(Answer.APPROVED, Subject.CHANGE, "77aa01", "night-shift", 995.0, Disruption.SERVICE)

OF_ROLLOUT = Approval(
    Answer.APPROVED, Subject.ROLLOUT, "7c1f00aa", "night-shift", 995.0, Disruption.REBOOT, reason="seen"
)


def spoken(words):
    return [(word.by, word.action, word.subject, word.detail) for word in words.said()]


def test_a_suspension_counts_from_its_first_word_and_is_told_by_the_last(folder):
    times = iter([1_000.0, 1_000.0, 2_000.0, 2_000.0])
    with Store.open(folder, clock=lambda: next(times)) as store:
        store.words.suspend("night-shift", "storm", site="ottawa")
        store.words.suspend("day-shift", "flood", site="ottawa")
        assert store.words.suspensions() == (Suspension("day-shift", "flood", 1_000.0, site="ottawa"),)


def test_sites_and_groups_are_suspended_apart(store):
    store.words.suspend("night-shift", "storm", group="ran")
    store.words.suspend("night-shift", "fire", site="ran")
    assert store.words.resume("day-shift", site="ran")
    assert not store.words.resume("day-shift", site="ran")
    assert [(s.group, s.site) for s in store.words.suspensions()] == [("ran", "")]
    assert spoken(store.words) == [
        ("night-shift", "suspend", "ran", "group: storm"),
        ("night-shift", "suspend", "ran", "site: fire"),
        ("day-shift", "resume", "ran", "site"),
    ]


def test_an_approval_of_a_plan_is_its_sites_and_one_of_a_change_is_everybodys(store):
    store.words.answer(YES)
    store.words.answer(FOR_ALL)
    assert [(a.name, a.number) for a in store.words.approvals("ottawa")] == [("3f2a9c", 1), ("77aa01", 2)]
    assert [a.name for a in store.words.approvals("hull")] == ["77aa01"]
    assert StoreMemory(store).approvals("ottawa")[0].differences == YES.differences
    assert spoken(store.words) == [
        ("night-shift", "approved", "3f2a9c", "plan of ottawa checked"),
        ("night-shift", "approved", "77aa01", "change of any site"),
    ]


def test_an_approval_of_a_rollout_is_bound_to_the_plans_of_its_sites(store):
    members = {name: Member(name, 0, "d") for name in ("ottawa", "hull", "toronto")}
    store.rollouts.save(Rollout("7c1f00aa", "c2", Strategy(), members, 900.0))
    pinned = {site: Pinned(f"p-{site}", {"dns:servers": ("10.0.0.1", "10.0.0.2")}) for site in ("ottawa", "hull")}
    store.words.answer(replace(OF_ROLLOUT, plans=pinned))
    [mine] = store.words.approvals("ottawa")
    assert mine == replace(OF_ROLLOUT, plans={"ottawa": pinned["ottawa"]}, number=1)
    assert [a.plans for a in store.words.approvals("toronto")] == [{}]
    [listed] = store.words.answered(10)
    assert listed.approval.plans == {"hull": Pinned("p-hull"), "ottawa": Pinned("p-ottawa")}
    assert spoken(store.words) == [("night-shift", "approved", "7c1f00aa", "rollout: 2 plans up to reboot seen")]


def test_it_is_used_up_site_by_site(store):
    store.words.answer(replace(OF_ROLLOUT, plans={"ottawa": Pinned("p1"), "hull": Pinned("p2")}))
    store.record("ottawa", "c2", Outcome("p1", Result.DONE, approval=1))
    assert [len(store.words.approvals(site)) for site in ("ottawa", "hull")] == [0, 1]
    assert store.words.answered(1)[0].used_on == ("ottawa",)


def test_a_word_on_a_rollout_that_has_ended_is_only_for_the_sites_that_it_pinned(store):
    gone = {"ottawa": Member("ottawa", 0, "d", MemberState.GONE), "hull": Member("hull", 0, "d", MemberState.DONE)}
    store.rollouts.save(Rollout("7c1f00aa", "c2", Strategy(), gone, 900.0, ended=950.0))
    store.words.answer(replace(OF_ROLLOUT, plans={"ottawa": Pinned("p1")}))
    assert [len(store.words.approvals(site)) for site in ("ottawa", "hull")] == [1, 0]


@pytest.mark.parametrize(("result", "left"), [(Result.DONE, ["77aa01"]), (Result.UNREACHABLE, ["3f2a9c", "77aa01"])])
def test_an_approval_is_used_up_by_the_plan_that_ended_well(store, result, left):
    store.words.answer(YES)
    store.words.answer(FOR_ALL)
    store.record("ottawa", "c1", Outcome("3f2a9c", result, approval=1))
    assert [a.name for a in store.words.approvals("ottawa")] == left


def test_an_approval_of_a_change_is_used_up_site_by_site(store):
    store.words.answer(FOR_ALL)
    store.record("ottawa", "c1", Outcome("3f2a9c", Result.DONE, approval=1))
    assert store.words.approvals("ottawa") == ()
    assert [a.name for a in store.words.approvals("hull")] == ["77aa01"]


def test_what_was_said_since_is_told_in_order(store):
    store.words.note("night-shift", "decline", "ottawa", "vlan/mgmt0")
    last = store.words.last()
    store.words.answer(YES)
    assert [word.action for word in store.words.said(after=last)] == ["approved"]


def test_a_word_is_taken_beside_the_controller(folder):
    with Store.open(folder, "run") as store:
        with speaking(folder, "suspend") as beside:
            beside.words.suspend("night-shift", "storm", site="ottawa")
        assert [s.site for s in store.words.suspensions()] == ["ottawa"]


def test_a_word_said_while_the_controller_writes_waits_for_its_turn(folder):
    with Store.open(folder, "run") as store, speaking(folder, "suspend") as beside:
        with store._engine.connect() as reading:  # a long look must not refuse the word
            reading.exec_driver_sql("select * from bases").all()
            store.set_base("ottawa", "c1")
            beside.words.suspend("night-shift", "storm", site="ottawa")
        assert store.words.suspensions()


def test_a_folder_whose_owner_has_not_made_its_store_yet_names_the_owner(folder):
    lock = StateLock(folder, Holder.here("run", 1_000.0))
    with pytest.raises(Held, match="in use by `stxr run`"), speaking(folder, "suspend"):
        pass
    lock.release()


def test_a_word_is_taken_by_the_database_that_the_controller_uses(open_store, url, tmp_path):
    where = url or f"sqlite:///{tmp_path}/elsewhere.db"
    with speaking(tmp_path / "no-folder-of-its-own", "suspend", where) as beside:  # makes it, if nobody has yet
        beside.words.suspend("night-shift", "storm", site="ottawa")
    with speaking(tmp_path / "no-folder-of-its-own", "suspend", where) as again:
        assert [s.site for s in again.words.suspensions()] == ["ottawa"]
    assert not (tmp_path / "no-folder-of-its-own").exists()
    if url:
        assert [s.site for s in open_store().words.suspensions()] == ["ottawa"]
