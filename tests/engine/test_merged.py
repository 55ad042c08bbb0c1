"""Merged is approved: only by a rule, only what Git moved, only on its paths, only up to its cost, never a word more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from reconciler.diff import compare
from reconciler.engine.approvals import Question
from reconciler.engine.merged import Merged, approved_by_merge
from reconciler.engine.opening import open_commit
from reconciler.kinds import registry
from reconciler.model.gate import GateName, Suspension
from reconciler.model.kind import Context
from reconciler.model.merge import Merge, MergeRule
from reconciler.model.words import ApplyPolicy, Disruption, HealPolicy, Mode, Result
from reconciler.plan import plan
from reconciler.store import Store, StoreMemory
from tests.engine.offices import APPLY, Git, Line, World
from tests.engine.sites import OTTAWA, PROFILE, networks, system
from tests.plan.test_properties import sides
from tests.worlds import KINDS, Iface, Net, host, snap
from tests.worlds import system as platform

LAB = MergeRule(paths=("subclouds/lab-*/**",), up_to=Disruption.LOCK)
EVERYTHING = MergeRule(paths=("**",), up_to=Disruption.REBOOT)
MERGE = Merge("c0ffee" * 6, "Amelie", "Forge", 990.0, frozenset({"subclouds/lab-1/site.yaml"}))
OURS = platform(host("controller-0"))
OLD, NEW = Net(name="a", mtu=1500), Net(name="a", mtu=9000)


def asked(want, have, base, loses=False):
    want, have, base = (snap(*said, state=OURS) for said in (want, have, base))
    found = compare(want, have, KINDS, base)
    return Question(plan(found, Context(want, have), KINDS), found, loses=loses), Merged(MERGE, base, "c1")


def judged(want, have, base, *, rules=(LAB,), merge=MERGE, loses=False):
    question, merged = asked(want, have, base, loses)
    return approved_by_merge(question, replace(merged, merge=merge), rules, KINDS)


def test_what_a_merge_on_its_paths_changes_is_approved_by_who_merged_it():
    approval = judged([NEW], [OLD], [OLD])
    assert approval.by == "the merge of c0ffeec0ffee by Amelie, committed by Forge"
    assert (approval.at, approval.answer, approval.differences) == (990.0, "approved", {"net/a:mtu": ("1500", "9000")})


def test_without_a_rule_nobody_is_passed_over():
    assert judged([NEW], [OLD], [OLD], rules=()) is None


def test_a_file_beside_the_paths_is_not_merged_for_them():
    beside = replace(MERGE, paths=MERGE.paths | {"profiles/ran/host.yaml"})
    assert judged([NEW], [OLD], [OLD], merge=beside) is None
    assert judged([NEW], [OLD], [OLD], merge=replace(MERGE, paths=frozenset())) is None


def test_what_takes_a_yes_to_its_very_plan_takes_it_whatever_was_merged():
    """However little it costs: dcmanager's bootstrap and its move of a subcloud's network."""
    asking = {**KINDS, "net": replace(KINDS["net"], asks="the network by which the centre reaches it moves")}
    question, merged = asked([NEW], [OLD], [OLD])
    assert approved_by_merge(question, merged, (EVERYTHING,), KINDS)
    assert approved_by_merge(question, merged, (EVERYTHING,), asking) is None


def test_a_plan_that_costs_more_waits():
    iface = {
        "want": [Iface(name="a", mtu=9000)],
        "have": [Iface(name="a", mtu=1500)],
        "base": [Iface(name="a", mtu=1500)],
    }
    assert judged(**iface).ceiling is Disruption.LOCK
    assert judged(**iface, rules=(LAB.model_copy(update={"up_to": Disruption.SERVICE}),)) is None


def test_drift_is_not_merged_and_holds_the_plan_that_mends_it_too():
    other = Net(name="b", mtu=9000)
    assert judged([NEW, other], [OLD, Net(name="b", mtu=1400)], [OLD, other]) is None
    assert judged([NEW, other], [OLD], [OLD, other]) is None
    assert judged([NEW, other], [OLD], [OLD])


def test_a_value_that_somebody_changed_on_the_site_is_not_overwritten_unseen():
    """Git said 1500 and says 9000 now; who merged it did not know of 1400."""
    assert judged([NEW], [Net(name="a", mtu=1400)], [OLD]) is None


def test_a_value_that_git_had_not_said_was_nobodys_drift():
    assert judged([NEW], [Net(name="a", mtu=1400)], [Net(name="a")])
    assert judged([NEW], [Net(name="a", mtu=1400)], [])


def test_what_loses_data_is_never_approved_by_a_merge():
    assert judged([NEW], [OLD], [OLD], rules=(EVERYTHING,), loses=True) is None


@tried(deadline=None)
@given(sides(), st.sets(st.sampled_from(["subclouds/lab-1/a", "subclouds/prod/a", "fleet.yaml"]), max_size=2))
def test_whatever_is_approved_is_git_s_own_move_on_the_rules_paths_up_to_its_cost(two, paths):
    want, have = two
    for base in (want, have, snap(state=want.system)):
        found = compare(want, have, KINDS, base)
        todo = plan(found, Context(want, have), KINDS)
        merge = replace(MERGE, paths=frozenset(paths))
        if approved_by_merge(Question(todo, found), Merged(merge, base, "c1"), (LAB,), KINDS):
            assert paths == {"subclouds/lab-1/a"}
            assert todo.disruption <= Disruption.LOCK
            assert all(field.cause == "pending" for change in found.changes for field in change.fields)
            assert all(change.cause == "pending" for change in found.changes)


# ---- on the way of a visit


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_000.0) as made:
        yield made


def visited(store, said=NEW, shown=OLD, **policy):
    """A site whose base is OLD, with a merge that moved what Git says to `said`."""
    git = Git(**{"lab-1": snap(said)})
    update = {"apply": ApplyPolicy.APPROVED, "merged": (LAB,)} | policy
    git.policies["lab-1"] = APPLY.model_copy(update=update)
    git.past["c0"], git.merged = snap(OLD), MERGE
    store.set_base("lab-1", "c0")
    return World(StoreMemory(store), git, {"lab-1": Line(snap(shown))})


async def applied(world):
    [result] = [r async for r in world.fleet.apply_all(["lab-1"], {})]
    return result


async def test_a_merged_change_is_sent_and_kept_as_an_approval_with_who_and_when(store):
    world = visited(store)
    result = await applied(world)
    assert (result.outcome.result, len(world.lines["lab-1"].sent)) == (Result.DONE, 1)
    store.record("lab-1", "c1", result.outcome)
    [kept] = store.words.answered(10)
    assert (kept.approval.by, kept.approval.at) == (MERGE.in_words, 990.0)
    assert (kept.approval.number, kept.used_on) == (result.outcome.approval, ("lab-1",))
    assert [(w.by, w.action, w.detail) for w in store.words.said()] == [
        (MERGE.in_words, "approved", "plan of lab-1 merged is approved")
    ]


@pytest.mark.parametrize(
    "policy", [{"merged": ()}, {"apply": ApplyPolicy.NEVER}, {"mode": Mode.OBSERVE}, {"mode": Mode.PLAN}]
)
async def test_a_rule_lifts_no_other_policy(store, policy):
    world = visited(store, **policy)
    await applied(world)
    assert world.lines["lab-1"].sent == []
    assert store.words.answered(10) == ()


@tried(deadline=None, max_examples=30)
@given(
    st.sampled_from([mode for mode in Mode if mode is not Mode.APPLY]),
    st.sampled_from(list(ApplyPolicy)),
    st.sampled_from(list(HealPolicy)),
    st.sampled_from([LAB, EVERYTHING]),
)
def test_no_rule_makes_a_site_that_is_only_looked_at_apply(tmp_path_factory, mode, apply, heal, rule):
    import asyncio

    with Store.open(tmp_path_factory.mktemp("s") / "state", "run") as store:
        world = visited(store, mode=mode, apply=apply, heal=heal, merged=(rule,))
        result = asyncio.run(applied(world))
        assert (result.outcome.result, world.lines["lab-1"].sent) == (Result.PLANNED, [])
        assert store.words.answered(1) == ()


async def test_a_suspended_site_waits_and_no_approval_is_kept(store):
    world = visited(store)
    store.words.suspend("night-shift", "storm", site="lab-1")
    assert store.words.suspensions() == (Suspension("night-shift", "storm", 1_000.0, site="lab-1"),)
    result = await applied(world)
    assert [hold.gate for hold in result.outcome.holds] == [GateName.SUSPENDED]
    assert (world.lines["lab-1"].sent, store.words.answered(10)) == ([], ())


async def test_a_no_of_a_person_stands_against_a_merge(store):
    from reconciler.engine.answers import of_plan
    from reconciler.model.approval import Answer, Saying
    from tests.model.verdicts import verdict

    world = visited(store, merged=())
    plan_id = (await applied(world)).outcome.plan_id
    no = Saying(Answer.REJECTED, "night-shift", 1_000.0, "not this year")
    store.words.answer(of_plan(no, verdict("lab-1", plan_id=plan_id)))
    world.git.policies["lab-1"] = world.git.policies["lab-1"].model_copy(update={"merged": (LAB,)})
    assert (await applied(world)).outcome.message == "rejected by night-shift: not this year"
    assert world.lines["lab-1"].sent == []


async def test_where_the_site_moved_too_it_waits_for_a_person(store):
    world = visited(store, shown=Net(name="a", mtu=1400))
    result = await applied(world)
    assert (result.outcome.result, world.lines["lab-1"].sent) == (Result.HELD, [])
    assert "waits for approval: apply is approved" in result.outcome.message


async def test_a_field_that_somebody_sets_back_again_and_again_is_for_people(store):
    """The merge says what Git wants; it does not say which of two writers is right."""
    world = visited(store)
    world.git.policies["lab-1"] = world.git.policies["lab-1"].model_copy(
        update={"apply": ApplyPolicy.AUTO, "merged": ()}
    )
    for number in range(6):
        world.clock.time += 60.0
        world.lines["lab-1"].shown = snap(OLD)
        last = await applied(world)
        store.record("lab-1", f"c{number}", last.outcome)
    assert GateName.FIGHTING in {hold.gate for hold in last.outcome.holds}
    store.set_base("lab-1", "c0")
    world.git.policies["lab-1"] = world.git.policies["lab-1"].model_copy(
        update={"apply": ApplyPolicy.APPROVED, "merged": (EVERYTHING,)}
    )
    sent = len(world.lines["lab-1"].sent)
    await applied(world)
    assert len(world.lines["lab-1"].sent) == sent


async def test_without_a_commit_that_merged_it_it_waits(store):
    world = visited(store)
    world.git.merged = None
    assert (await applied(world)).outcome.result is Result.HELD


# ---- from real commits


def opened(mirrored):
    return open_commit(mirrored(), registry())


def test_a_merge_is_the_last_commit_that_moved_an_input_and_all_that_moved_since(history, mirrored):
    base = history.head()
    history.commit({OTTAWA: system("Hull")}, subject="Move it")
    moved = history.commit({PROFILE: networks(9000)})
    history.commit({"README.md": "x"})
    found = opened(mirrored).merge("ottawa", base)
    assert found == Merge(moved, "Site Editor", "Site Editor", 1_795_161_600.0, frozenset({OTTAWA, PROFILE}))
    assert opened(mirrored).merge("gatineau", base).paths == {PROFILE}


def test_what_came_by_a_branch_is_of_the_commit_that_merged_it(history, mirrored):
    base = history.head()
    history.git("switch", "--quiet", "--create", "feature")
    history.commit({OTTAWA: system("Hull")})
    history.git("switch", "--quiet", "main")
    history.commit({"README.md": "x"})
    history.git("merge", "--quiet", "--no-ff", "-m", "Merge it", "feature")
    assert opened(mirrored).merge("ottawa", base).commit == history.head()


def test_what_was_moved_and_moved_back_is_no_merge(history, mirrored):
    base = history.head()
    before = (history.folder / OTTAWA).read_text()
    history.commit({OTTAWA: system("Hull")})
    history.commit({OTTAWA: before})
    assert opened(mirrored).merge("ottawa", base) is None


def test_of_the_fleet_file_only_what_reaches_the_site_counts(history, mirrored):
    fleet = "apiVersion: stxr.io/v1\nkind: Fleet\nname: ran\ngroups: {rail: {mode: apply}}\n"
    base = history.commit({"fleet.yaml": fleet})
    history.commit({"fleet.yaml": fleet.replace("mode: apply", "mode: plan")})
    assert opened(mirrored).merge("ottawa", base) is None
    history.commit({"fleet.yaml": fleet + "defaults: {mode: plan}\n"})
    assert opened(mirrored).merge("ottawa", base).paths == {"fleet.yaml"}


@pytest.mark.parametrize("base", ["", "f" * 40, "no commit"])
def test_from_a_commit_that_nobody_knows_nothing_is_a_merge(mirrored, base):
    assert opened(mirrored).merge("ottawa", base) is None
