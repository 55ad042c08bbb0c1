"""A review comes back from JSON as it was."""

from __future__ import annotations

import json

import pytest

from reconciler.model.gate import GateName
from reconciler.model.review import Finding, Held
from reconciler.model.review_wire import review_json, review_of
from tests.review.reviews import LOCK, difference, group, named, review

FULL = review(
    group(
        named(3),
        difference(),
        cost=LOCK,
        stages=("1. window on controller-0: lock, then unlock",),
        felt=("controller-0: locked",),
        blocked={"dns": "the release has none"},
        unjudged=("certificate/ssl",),
        before=(difference("dns"),),
        is_exact=True,
        differing=("edge-0002",),
        read_at=1_794_990_000.0,
    ),
    new=("n",),
    gone=("g",),
    broken=("b",),
    errors=(Finding("nme is not known", "subclouds/a/site.yaml", 2, 6),),
    held=(Held(GateName.FREEZE, "frozen: fair", ("edge-0001",), 1_795_000_500.0), Held(GateName.MASS, "too much")),
    reached=4,
)


def test_all_of_a_review_comes_back_from_json():
    assert review_of(json.loads(json.dumps(review_json(FULL)))) == FULL


def test_what_is_summed_is_told_to_programs_too():
    told = review_json(FULL)
    assert (told["id"], told["cost"]["hosts"], told["cost"]["outages"]) == (FULL.id, 3, 3)


def test_members_that_a_newer_program_added_are_dropped():
    told = json.loads(json.dumps(review_json(FULL)))
    told["groups"][0]["cost"]["noise"] = told["errors"][0]["code"] = told["groups"][0]["colour"] = "red"
    assert review_of(told) == FULL


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"held": [{"gate": "door", "reason": "", "sites": [], "until": 0}]}]
)
def test_a_form_that_this_program_does_not_know_is_refused(change):
    with pytest.raises(ValueError, match=r"version 2|door"):
        review_of(review_json(FULL) | change)
