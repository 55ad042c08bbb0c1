"""docs/costs.md says what the planner says, of every attribute of every kind."""

from __future__ import annotations

from dataclasses import fields

import pytest

from reconciler.apply import Pace
from reconciler.model.words import Disruption
from tests.kinds.cost_cases import CASES, KINDS, REFUSED
from tests.kinds.costs import MADE, OPERATOR, PAGE, SYSTEMS, changes, planned, rows, written

CHANGES = [pytest.param(case, what, id=f"{case.label}-{what}") for case in CASES for what in changes(case)]


def test_the_page_has_the_table_of_today():
    page = PAGE.read_text()
    assert written(page) == page, "run `python -m tests.kinds.costs`"


@pytest.mark.parametrize("name", sorted(name for name, kind in KINDS.items() if not kind.is_inventory))
def test_every_attribute_that_is_compared_has_a_price(name):
    kind = KINDS[name]
    priced = {attribute for case in CASES if case.kind == name for attribute in changes(case)}
    facts = kind.attributes.items()
    unpriced = {a for a, f in facts if not (f.key or f.send_only or f.lock_state)} - priced
    assert unpriced == set(), "add them to a case in tests/kinds/cost_cases.py"
    assert not kind.has_deletes or MADE in priced or name == "controller-filesystem"  # ceph-float alone is made


@pytest.mark.parametrize("name", sorted({case.kind for case in CASES}))
def test_a_price_that_depends_is_told_on_the_reference_page(name):
    prices = {cell for label, _, cells in rows() for cell in cells if label.partition(" ")[0] == name}
    if len(prices - {"no", "none"}) > 1:
        assert KINDS[name].about.costs
    assert KINDS[name].about.sources


@pytest.mark.parametrize(
    ("case", "what"),
    [pytest.param(case, what, id=f"{case.label}-{what}") for case in REFUSED for what in changes(case)],
)
@pytest.mark.parametrize("name", SYSTEMS)
def test_what_the_platform_does_not_do_is_said_and_not_sent(case, what, name):
    made = planned(case, what, SYSTEMS[name])
    if case.kind == "vswitch" and name in {"first install", "new worker"}:
        assert made.blocked == ()  # nobody was in service who would not come back: the cores may follow
    else:
        assert made.blocked
        assert made.stages == ()


@pytest.mark.parametrize(("case", "what"), CHANGES)
def test_on_a_host_that_a_person_locked_only_what_needs_no_lock_is_sent(case, what):
    in_service, theirs = (planned(case, what, state) for state in (SYSTEMS["AIO-SX"], OPERATOR))
    if in_service.locked_hosts:
        assert theirs.stages == () or all(step.disruption < Disruption.LOCK for step in _steps(theirs))
        assert {b.reason.partition(":")[0] for b in theirs.blocked} == {"locked-by-operator"}
    assert theirs.locked_hosts == ()


def _steps(made):
    return [step for stage in made.stages for step in stage.steps]


@pytest.mark.parametrize(("case", "what"), CHANGES)
def test_what_a_system_that_never_was_in_service_is_made_of_costs_nobody_anything(case, what):
    made = planned(case, what, SYSTEMS["first install"])
    may = {Disruption.NONE, Disruption.DESTRUCTIVE}
    assert made.disruption in (may | {Disruption.REINSTALL} if case.kind == "subcloud-install" else may)
    assert made.locked_hosts == ()


def test_the_page_tells_the_limits_that_are_kept():
    limits = {int(getattr(Pace(), field.name)) for field in fields(Pace) if field.name.endswith("limit_s")}
    assert {limit for limit in limits if f" {limit} s" not in PAGE.read_text()} == set()
