"""Which word counts for a plan: the last one about it, or about its change, up to what was approved to cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.diff import compare
from reconciler.engine.approvals import counting, lapsed, of_change, of_plan
from reconciler.engine.fingerprint import fingerprint
from reconciler.engine.judgement import differences
from reconciler.model.approval import Answer, Saying
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
    want, have = snap(*wanted, state=OURS), snap(*shown, state=OURS)
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
    assert counting(numbered(of_plan(YES, told)), todo, found).answer is Answer.APPROVED
    other, its_plan, _ = visit([Net(name="a", mtu=9001)], [Net(name="a", mtu=1500)])
    assert counting(numbered(of_plan(YES, told)), its_plan, other) is None


def test_the_last_word_counts():
    found, todo, told = GROWN
    assert counting(numbered(of_plan(YES, told), of_plan(NO, told)), todo, found).answer is Answer.REJECTED
    assert counting(numbered(of_plan(NO, told), of_plan(YES, told)), todo, found).answer is Answer.APPROVED


def test_a_change_is_approved_on_every_site_that_has_it():
    _, _, told = GROWN
    found, todo, elsewhere = visit([Net(name="a", mtu=9000)], [Net(name="a", mtu=1500)], site="hull")
    assert elsewhere.change == told.change
    assert counting(numbered(of_change(YES, [told])), todo, found).answer is Answer.APPROVED


@pytest.mark.parametrize(("ceiling", "counts"), [(Disruption.NONE, False), (Disruption.LOCK, True), (None, True)])
def test_a_change_is_not_approved_where_it_costs_more(ceiling, counts):
    found, todo, told = LOCKING
    assert bool(counting(numbered(of_change(YES, [told], ceiling)), todo, found)) is counts


def test_a_no_counts_whatever_it_costs():
    found, todo, told = LOCKING
    assert counting(numbered(of_change(NO, [told], Disruption.NONE)), todo, found).answer is Answer.REJECTED


def test_an_approval_that_does_not_count_any_more_names_what_moved_on_the_site():
    _, old, told = GROWN
    found, todo, _ = visit([Net(name="a", mtu=9000)], [Net(name="a", mtu=1400)])
    assert lapsed(numbered(of_plan(YES, told)), todo, found) == (
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
    assert lapsed(numbered(of_plan(YES, GROWN[2])), todo, found).endswith(said)


def test_an_approval_that_counts_or_a_rejection_is_no_lapsed_one():
    found, todo, told = GROWN
    assert lapsed(numbered(of_plan(YES, told)), todo, found) == ""
    moved, its_plan, _ = visit([Net(name="a", mtu=9000)], [Net(name="a", mtu=1400)])
    assert lapsed(numbered(of_plan(NO, told)), its_plan, moved) == ""


def test_nobody_approves_lost_data_for_all_sites_without_saying_so():
    _, _, told = LOCKING
    dear = replace(told, plan={**told.plan, "disruption": "destructive"})
    assert of_change(YES, [dear]).ceiling is Disruption.REBOOT
    assert of_change(YES, [dear], Disruption.DESTRUCTIVE).ceiling is Disruption.DESTRUCTIVE
