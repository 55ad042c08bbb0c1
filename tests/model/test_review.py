"""A review sums what its groups do, and tells edits apart from their exceptions."""

from __future__ import annotations

from reconciler.model.gate import GateName
from reconciler.model.review import Cost, Finding, Held, Review, merged, total
from reconciler.model.words import Disruption
from tests.review.reviews import DUPLEX, LOCK, difference, group, named, review


def test_its_name_is_that_of_the_question_and_not_of_the_answer():
    one = review(group(("a",)))
    assert one.id == review(made_at=0.0).id
    assert len({one.id, review(head="d" * 40).id, review(base="d" * 40).id, review(root="").id}) == 4


def test_it_costs_what_its_groups_cost_on_each_of_their_sites():
    one = review(group(named(9), cost=LOCK), group(("dx",), difference(new="c"), cost=DUPLEX))
    assert one.cost == Cost(hosts=11, locks=11, reboots=11, swacts=1, outages=9, disruption=Disruption.LOCK)
    assert total(()) == Cost()
    assert LOCK.on(0) == Cost()


def test_a_site_is_found_in_its_group():
    one = review(group(("a", "b")), group(("c",), difference("dns")))
    assert one.sites == ("a", "b", "c")
    assert one.group_of("c") is one.groups[1]
    assert one.group_of("d") is None


def test_reasons_are_told_once_with_all_their_sites_and_the_earliest_end():
    frozen = [Held(GateName.FREEZE, "frozen: fair", (site,), until) for site, until in (("b", 20.0), ("a", 10.0))]
    asks = Held(GateName.APPROVAL, "waits for approval: apply is approved", ("a",))
    one = review().with_held([*frozen, asks])
    assert one.held == (asks, Held(GateName.FREEZE, "frozen: fair", ("a", "b"), 10.0))
    assert one.approvals == (asks,)
    assert merged(one.held) == one.held


def test_nothing_is_said_where_nothing_changes_and_nothing_is_wrong():
    assert Review("a", "b").is_empty
    assert not Review("a", "b", errors=(Finding("no"),)).is_empty
    assert not Review("a", "b", gone=("a",)).is_empty


def test_a_finding_says_where_as_far_as_it_is_known():
    assert Finding("no", "a.yaml", 2, 6).in_words == "a.yaml:2:6: no"
    assert Finding("no", "a.yaml").in_words == "a.yaml: no"
    assert Finding("no").in_words == "no"
