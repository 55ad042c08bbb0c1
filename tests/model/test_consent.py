"""Whose approval of a pull request counts: by account, path and cost."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.model.consent import Consent, ConsentRule
from reconciler.model.words import Disruption

LAB = ConsentRule(paths=("subclouds/lab-*/**",), up_to=Disruption.LOCK, approvers=("sam",))
CONSENT = Consent(approvers=("Noor",), rules=(LAB,))
IN_LAB, ELSEWHERE = frozenset({"subclouds/lab-1/site.yaml"}), frozenset({"profiles/ran/deployment-config.yaml"})


@pytest.mark.parametrize(
    ("account", "paths", "cost", "counts"),
    [
        ("noor", ELSEWHERE, Disruption.REBOOT, True),
        ("noor", ELSEWHERE, Disruption.REINSTALL, False),
        ("noor", ELSEWHERE, Disruption.DESTRUCTIVE, False),
        ("sam", IN_LAB, Disruption.LOCK, True),
        ("SAM", IN_LAB, Disruption.LOCK, True),
        ("sam", IN_LAB, Disruption.REBOOT, False),
        ("sam", IN_LAB | ELSEWHERE, Disruption.NONE, False),
        ("mallory", IN_LAB, Disruption.NONE, False),
    ],
)
def test_a_yes_counts_where_a_rule_goes_as_far(account, paths, cost, counts):
    assert CONSENT.may(account, "amelie", paths, cost) == counts


def test_authors_do_not_approve_their_own_unless_that_is_said():
    assert not CONSENT.may("noor", "NOOR", IN_LAB, Disruption.NONE)
    assert CONSENT.model_copy(update={"own": True}).may("noor", "NOOR", IN_LAB, Disruption.NONE)


def test_who_would_count_is_told_by_name():
    assert CONSENT.approvers_of("amelie", IN_LAB, Disruption.LOCK) == ["Noor", "sam"]
    assert CONSENT.approvers_of("sam", IN_LAB, Disruption.REBOOT) == ["Noor"]
    assert CONSENT.approvers_of("amelie", IN_LAB, Disruption.DESTRUCTIVE) == []


def test_nobody_counts_where_nobody_is_named():
    assert not Consent().may("noor", "amelie", IN_LAB, Disruption.NONE)
    assert not Consent().knows("noor")
    assert CONSENT.knows("Sam")


@pytest.mark.parametrize(
    "said",
    [
        {"approvers": ["two words"]},
        {"approvers": ["@noor"]},
        {"rules": [{"paths": ["**"], "upTo": "lock", "approvers": []}]},
        {"rules": [{"paths": ["**"], "upTo": "destructive", "approvers": ["sam"]}]},
        {"rules": [{"upTo": "lock", "approvers": ["sam"]}]},
        {"approver": ["noor"]},
    ],
)
def test_what_cannot_be_is_refused(said):
    with pytest.raises(ValidationError):
        Consent.model_validate(said)
