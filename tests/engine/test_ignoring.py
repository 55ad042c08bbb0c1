"""What a rule says does not count is not compared, not sent, and shown; whatever else differs is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.queue import Queue
from reconciler.model.drift import Resolution
from reconciler.model.ignore import Rule
from reconciler.model.words import HealPolicy, Mode, Prune, State
from reconciler.store import Store, StoreMemory
from tests.engine.offices import APPLY, Git, Line, World
from tests.properties.profile import looking
from tests.worlds import KINDS, Link, Net, Tag, snap

GIT = snap(Net(name="a", mtu=9000, type="vlan"), Tag(name="t", value="new"))
LIVE = snap(Net(name="a", mtu=1500, type="flat"), Tag(name="t", value="old"))


def rule(kind, field="", **facts):
    return Rule(**{"kind": kind, "field": field, "reason": "known", "where": "fleet.yaml:7"} | facts)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_000.0) as made:
        yield made


@pytest.fixture
def visited(store):
    """What a visit under these rules sends, and its verdict; Git was followed at `base` where that is given."""

    def visit(*rules, git=GIT, live=LIVE, base=None, at=1_000.0, **policies):
        world = World(StoreMemory(store), Git(ottawa=git), {"ottawa": Line(live)})
        world.clock.time = at
        if base is not None:
            store.set_base("ottawa", "c0")
            world.git.past["c0"] = base
        world.git.policies["ottawa"] = APPLY.model_copy(update={"ignore": rules, **policies})
        controller = Controller(world.fleet, store, Schedule(), Queue(world.clock, 1), lambda _verdict: None)

        async def once():
            await controller.visit("ottawa")
            return [call.partition(" ")[0] for call in world.lines["ottawa"].sent], controller.verdicts["ottawa"]

        return once()

    return visit


def shown(verdict):
    return [(one.difference.resource, one.difference.attribute, one.where) for one in verdict.ignored]


def left(verdict):
    return [d.place for d in verdict.differences]


async def test_a_field_is_neither_compared_nor_sent_and_is_shown(visited):
    sent, known = await visited(
        rule("tag", "value"), live=snap(Net(name="a", mtu=9000, type="vlan"), Tag(name="t", value="old"))
    )
    assert (sent, known.state, known.differences) == ([], State.IN_SYNC, ())
    assert shown(known) == [("controller-0/tag/t", "value", "fleet.yaml:7")]


async def test_what_else_differs_of_the_resource_is_sent_without_it(visited):
    _, known = await visited(rule("net", "mtu"), rule("tag"), mode=Mode.PLAN)
    assert left(known) == [("net/a", "type")]
    [change] = [c for stage in known.plan["stages"] for step in stage["steps"] for c in step["changes"]][-1:]
    assert change["desired"]["mtu"] == 1500, "what is made anew is made as the site has it"


async def test_without_the_field_that_replaces_nothing_is_made_anew(visited):
    sent, known = await visited(rule("net", "type"), rule("tag"))
    assert (sent, left(known)) == (["PATCH"], [("net/a", "mtu")])


@pytest.mark.parametrize(
    "other",
    [
        rule("tag", key="u*"),
        rule("tag", host="compute-*"),
        rule("tag", value="ol"),
        rule("net", "value"),
        rule("tag", until="1970-01-01T00:16:40Z"),
    ],
)
async def test_a_rule_that_is_about_something_else_or_over_changes_nothing(visited, other):
    _, known = await visited(other, mode=Mode.PLAN)
    assert (known.ignored, len(known.differences)) == ((), 3)
    assert bool(known.lapsed) is (other.until is not None)


async def test_a_missing_resource_is_not_made_and_what_is_extra_is_not_deleted(visited):
    extra = Link(iface="e", net="a")
    git = snap(Tag(name="t", value="x"), owned=frozenset({("link", "", "e")}))
    sent, known = await visited(rule("tag"), rule("link"), git=git, live=snap(extra), base=git)
    assert (sent, known.state) == ([], State.IN_SYNC)
    assert {one.difference.action for one in known.ignored} == {"create", "delete"}


async def test_what_a_commit_removed_is_not_deleted(visited):
    both = snap(Net(name="a"), Net(name="b"))
    policies = {"prune": {"default": Prune.AUTO}, "git": snap(Net(name="a")), "live": both, "base": both}
    sent, _ = await visited(rule("net", key="b"), **policies)
    assert sent == []
    sent, _ = await visited(**policies)
    assert sent == ["DELETE"]


async def test_what_is_unmanaged_may_be_ignored_too(visited):
    _, known = await visited(rule("tag"), git=snap(Net(name="a")), live=snap(Net(name="a"), Tag(name="t")))
    assert (known.strangers, shown(known)) == ((), [("controller-0/tag/t", "", "fleet.yaml:7")])


async def test_drift_that_a_rule_takes_out_ends_as_ignored_and_counts_again_when_the_rule_has_ended(visited, store):
    policies = {"base": GIT, "heal": HealPolicy.NEVER}
    await visited(**policies)
    ended = rule("tag", until="1970-01-01T00:30:00Z")
    _, known = await visited(ended, at=1_600.0, **policies)
    assert known.lapsed == ()
    assert [(one.content["attribute"], one.content["resolution"]) for one in store.drift.ended()] == [
        ("value", Resolution.IGNORED)
    ]
    _, known = await visited(ended, at=2_200.0, **policies)
    assert ("controller-0/tag/t", "value") in left(known)
    assert known.lapsed == ("fleet.yaml:7: ignore tag (known) has ended",)


FIELDS = {"net": ("mtu", "type"), "tag": ("value",)}
RULES = st.lists(
    st.sampled_from(sorted(FIELDS)).flatmap(
        lambda kind: st.builds(rule, st.just(kind), st.sampled_from(("", *FIELDS[kind])), key=st.sampled_from("*ab"))
    ),
    max_size=3,
)
NETS = st.lists(
    st.builds(
        Net, name=st.sampled_from("ab"), mtu=st.sampled_from([1500, 9000]), type=st.sampled_from(["vlan", "flat"])
    ),
    max_size=2,
    unique_by=lambda net: net.name,
)


@looking(150)
@given(RULES, NETS, NETS, st.none() | NETS)
def test_nothing_that_is_ignored_is_in_any_plan_and_nothing_else_is_lost(rules, said, has, before):
    from reconciler.diff import compare
    from reconciler.engine.ignoring import left_out, passed_over, without
    from reconciler.engine.judgement import differences, passed_over_by, strangers
    from reconciler.model.kind import Context
    from reconciler.plan import plan

    want, have = snap(*said), snap(*has)
    base = snap(*before) if before is not None else None
    found = compare(want, have, KINDS, base)
    ignored = passed_over_by(rules, found, 0.0)
    out = left_out(ignored)
    head, past = without(want, have, out), base and without(base, have, out)
    again = passed_over(compare(head, have, KINDS, past), out)
    todo = plan(again, Context(head, have), KINDS, frozenset(), "c1")
    every = {d.place for d in (*differences(found, todo), *strangers(found))}
    counting = {d.place for d in (*differences(again, todo), *strangers(again))}
    assert counting == every - {one.difference.place for one in ignored}
    touched = {str(c.key) for c in todo.changes if not c.fields}
    assert not touched & out.resources
    for change in todo.changes:
        for name in out.fields.get(str(change.key), ()):
            assert change.desired is None or getattr(change.want, name) == getattr(change.have, name)
