"""Which word counts for a plan: the last one about it, or about its change, up to what was approved to cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.diff import compare
from reconciler.engine.answers import of_change, of_plan
from reconciler.engine.approvals import Question, counting, lapsed
from reconciler.engine.fingerprint import fingerprint
from reconciler.engine.judgement import differences
from reconciler.model.approval import Answer, Approval, Pinned, Saying, Subject
from reconciler.model.kind import Context
from reconciler.model.wire import plan_json
from reconciler.model.words import Disruption
from reconciler.plan import plan
from tests.model.verdicts import verdict
from tests.worlds import KINDS, Iface, Net, host, snap, system

YES, NO = (Saying(answer, "night-shift", 1_000.0, "seen") for answer in (Answer.APPROVED, Answer.REJECTED))
OURS = system(host("controller-0"))


def visit(wanted, shown, site="ottawa"):
    """(what differs, the plan, the verdict of it)"""
    want, have = (replace(snap(*said, state=OURS), site=site) for said in (wanted, shown))
    found = compare(want, have, KINDS)
    todo = plan(found, Context(want, have), KINDS)
    told = verdict(
        site, differences=differences(found, todo), plan_id=todo.id, plan=plan_json(todo), change=fingerprint(found)
    )
    return found, todo, told


GROWN = visit([Net(name="a", mtu=9000)], [Net(name="a", mtu=1500)])
LOCKING = visit([Iface(name="a", mtu=9000)], [Iface(name="a", mtu=1500)])


def numbered(*approvals):
    return [replace(approval, number=number) for number, approval in enumerate(approvals, 1)]


def test_a_plan_is_approved_by_its_id():
    found, todo, told = GROWN
    assert counting(numbered(of_plan(YES, told)), Question(todo, found)).answer is Answer.APPROVED
    other, its_plan, _ = visit([Net(name="a", mtu=9001)], [Net(name="a", mtu=1500)])
    assert counting(numbered(of_plan(YES, told)), Question(its_plan, other)) is None


def test_the_last_word_counts():
    found, todo, told = GROWN
    assert counting(numbered(of_plan(YES, told), of_plan(NO, told)), Question(todo, found)).answer is Answer.REJECTED
    assert counting(numbered(of_plan(NO, told), of_plan(YES, told)), Question(todo, found)).answer is Answer.APPROVED


def test_a_change_is_approved_on_every_site_that_has_it():
    _, _, told = GROWN
    found, todo, elsewhere = visit([Net(name="a", mtu=9000)], [Net(name="a", mtu=1500)], site="hull")
    assert elsewhere.change == told.change
    assert counting(numbered(of_change(YES, [told])), Question(todo, found)).answer is Answer.APPROVED


@pytest.mark.parametrize(("ceiling", "counts"), [(Disruption.NONE, False), (Disruption.LOCK, True), (None, True)])
def test_a_change_is_not_approved_where_it_costs_more(ceiling, counts):
    found, todo, told = LOCKING
    assert bool(counting(numbered(of_change(YES, [told], ceiling)), Question(todo, found))) is counts


def test_a_no_counts_whatever_it_costs():
    found, todo, told = LOCKING
    assert counting(numbered(of_change(NO, [told], Disruption.NONE)), Question(todo, found)).answer is Answer.REJECTED


def test_an_approval_that_does_not_count_any_more_names_what_moved_on_the_site():
    _, old, told = GROWN
    found, todo, _ = visit([Net(name="a", mtu=9000)], [Net(name="a", mtu=1400)])
    assert lapsed(numbered(of_plan(YES, told)), Question(todo, found)) == (
        f"the approval of plan {old.id} by night-shift does not count: net/a:mtu is 1400 now, and was 1500"
    )


@pytest.mark.parametrize(
    ("wanted", "shown", "said"),
    [
        ([Net(name="a", mtu=9100)], [Net(name="a", mtu=1500)], "net/a:mtu is to become 9100, and was to become 9000"),
        ([Net(name="a", mtu=9000), Net(name="b")], [Net(name="a", mtu=1500)], "net/b is to change too"),
        ([Net(name="b")], [], "net/a:mtu is as wanted already; net/b is to change too"),
    ],
)
def test_it_names_what_else_is_another(wanted, shown, said):
    found, todo, _ = visit(wanted, shown)
    assert lapsed(numbered(of_plan(YES, GROWN[2])), Question(todo, found)).endswith(said)


def test_an_approval_that_counts_or_a_rejection_is_no_lapsed_one():
    found, todo, told = GROWN
    assert lapsed(numbered(of_plan(YES, told)), Question(todo, found)) == ""
    moved, its_plan, _ = visit([Net(name="a", mtu=9000)], [Net(name="a", mtu=1400)])
    assert lapsed(numbered(of_plan(NO, told)), Question(its_plan, moved)) == ""


def of_rollout(said, told, name="7c1f00aa", ceiling=Disruption.LOCK):
    pinned = {told.site: Pinned(told.plan_id, {"net/a:mtu": ("1500", "9000")})}
    return Approval(said.answer, Subject.ROLLOUT, name, said.by, said.at, ceiling, plans=pinned)


def test_a_rollouts_plan_is_approved_as_it_was_and_no_other():
    found, todo, told = GROWN
    said = numbered(of_rollout(YES, told))
    assert counting(said, Question(todo, found, "7c1f00aa")).answer is Answer.APPROVED
    other, its_plan, _ = visit([Net(name="a", mtu=9000)], [Net(name="a", mtu=1400)])
    assert counting(said, Question(its_plan, other, "7c1f00aa")) is None
    assert lapsed(said, Question(its_plan, other, "7c1f00aa")) == (
        "the approval of rollout 7c1f00aa by night-shift does not count: net/a:mtu is 1400 now, and was 1500"
    )
    assert lapsed(said, Question(todo, found, "7c1f00aa")) == ""


def test_it_counts_on_when_the_rollout_has_no_more_say():
    """A commit that only waited to be approved as a whole has none from that moment on."""
    found, todo, told = GROWN
    assert counting(numbered(of_rollout(YES, told)), Question(todo, found)).answer is Answer.APPROVED


def test_a_site_that_was_not_pinned_is_not_approved():
    found, todo, told = GROWN
    elsewhere = of_rollout(YES, replace(told, site="hull"))
    assert counting(numbered(elsewhere), Question(todo, found, "7c1f00aa")) is None
    assert lapsed(numbered(elsewhere), Question(todo, found, "7c1f00aa")) == ""


def test_a_no_to_a_rollout_is_for_whatever_its_sites_plans_are_and_for_no_other_rollout():
    _, _, told = GROWN
    other, its_plan, _ = visit([Net(name="a", mtu=9001)], [Net(name="a", mtu=1500)])
    no = numbered(of_rollout(NO, told))
    assert counting(no, Question(its_plan, other, "7c1f00aa")).answer is Answer.REJECTED
    assert counting(no, Question(its_plan, other, "0ddba115")) is None


def test_the_last_word_on_a_rollout_takes_back_those_before_it():
    found, todo, told = GROWN
    other, its_plan, _ = visit([Net(name="a", mtu=9001)], [Net(name="a", mtu=1500)])
    relented = numbered(of_rollout(NO, told), of_rollout(YES, told))
    assert counting(relented, Question(todo, found, "7c1f00aa")).answer is Answer.APPROVED
    assert counting(relented, Question(its_plan, other, "7c1f00aa")) is None
    refused = numbered(of_rollout(YES, told), of_rollout(NO, told))
    assert counting(refused, Question(todo, found, "7c1f00aa")).answer is Answer.REJECTED
    assert counting(refused, Question(todo, found, "")) is None


def test_two_yeses_to_a_rollout_are_both_kept():
    found, todo, told = GROWN
    later = of_rollout(YES, replace(told, site="hull"))
    assert counting(numbered(of_rollout(YES, told), later), Question(todo, found, "7c1f00aa")).number == 1


@pytest.mark.parametrize("loses", [False, True])
def test_what_loses_data_is_covered_by_no_yes_that_does_not_say_so(loses):
    found, todo, told = GROWN
    asked = Question(todo, found, "7c1f00aa", loses=loses)
    for said in (of_change(YES, [told]), of_rollout(YES, told)):
        assert bool(counting(numbered(said), asked)) is not loses
    for said in (of_change(YES, [told], Disruption.DESTRUCTIVE), of_rollout(YES, told, ceiling=Disruption.DESTRUCTIVE)):
        assert counting(numbered(said), asked)
    assert counting(numbered(of_plan(YES, told)), asked)


def test_nobody_approves_lost_data_for_all_sites_without_saying_so():
    _, _, told = LOCKING
    dear = replace(told, plan={**told.plan, "disruption": "destructive"})
    assert of_change(YES, [dear]).ceiling is Disruption.REBOOT
    assert of_change(YES, [dear], Disruption.DESTRUCTIVE).ceiling is Disruption.DESTRUCTIVE
