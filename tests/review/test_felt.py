"""What each host will feel of a plan, told from the plan alone."""

from __future__ import annotations

from reconciler.diff import compare
from reconciler.model.kind import Context
from reconciler.model.plan import Plan, Stage, StageType, Step
from reconciler.model.words import Disruption
from reconciler.plan import plan
from reconciler.review.felt import felt
from tests.plan.test_planner import shared_net
from tests.worlds import KINDS, Iface, Machine, Net, Tag, host, snap, system


def told(desired, observed):
    return list(felt(plan(compare(desired, observed, KINDS), Context(desired, observed), KINDS)))


def test_a_host_that_is_locked_twice_is_told_with_what_it_is_without_meanwhile():
    assert told(shared_net("vlan"), shared_net("flat")) == [
        "controller-0: locked; activity moves away",
        "controller-1: locked twice; activity moves away; without link eth0/a from stage 1 to stage 5",
    ]


def test_a_host_that_git_takes_out_of_service_stays_locked():
    two = system(host("controller-0"), host("worker-0", personality="worker", is_active=False), mode="duplex")
    said = snap(Machine(name="worker-0", administrative="locked"), state=two)
    assert told(said, snap(Machine(name="worker-0", administrative="unlocked"), state=two)) == [
        "worker-0: locked, and stays locked"
    ]


def test_a_host_whose_machine_is_replaced_is_installed_anew():
    changes = compare(snap(Tag(name="t")), snap(), KINDS).changes
    steps = (Step("tag", "worker-0", changes, (), Disruption.REINSTALL),)
    assert list(felt(Plan("p", "ottawa", (Stage(StageType.ONLINE, steps=steps),)))) == [
        "worker-0: deleted, added and installed anew"
    ]


def test_nothing_is_felt_of_what_costs_nothing():
    assert told(snap(Net(name="a"), Tag(name="t")), snap()) == []


def test_the_first_unlock_of_a_host_is_felt_by_nobody():
    new = system(host("controller-0", "new"))
    said = [Machine(name="controller-0", administrative="unlocked"), Iface(name="eth0")]
    shown = [Machine(name="controller-0", administrative="locked")]
    assert told(snap(*said, state=new), snap(*shown, state=new)) == []


def test_an_interrupted_service_names_what_is_changed_and_where():
    changes = compare(snap(Net(name="a"), Tag(name="t")), snap(), KINDS).changes
    steps = tuple(Step(c.key.kind, c.key.host, (c,), (), Disruption.SERVICE) for c in changes)
    assert list(felt(Plan("p", "ottawa", (Stage(StageType.ONLINE, steps=steps),)))) == [
        "controller-0: service of tag t is interrupted",
        "whoever uses net a: service is interrupted",
    ]
