"""One line beside a commit for each question, and a state that does not say more than is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.gate import GateName
from reconciler.model.proof import Proof, ProofResult, Refusal
from reconciler.model.pull import StatusState
from reconciler.model.review import Finding, Held
from reconciler.model.rollout import Member, MemberState, Rollout, Said, Words
from reconciler.model.waves import Strategy
from reconciler.review.commit_status import LONGEST, plan, proof, rollout, statuses, validation
from tests.review.reviews import LOCK, group, named, review

ASKS = Held(GateName.APPROVAL, "waits for approval: apply is approved", ("edge-0001",))
WIDE = group(named(1200), cost=LOCK)
PROVED = Proof("f", "edge-0001", named(1200), ProofResult.PROVED)
REFUSED = Proof(
    "f", "edge-0001", named(3), ProofResult.REFUSED, refusal=Refusal("PATCH", "/v1/x", 400, "MTU too large")
)


def said(status):
    return status.state, status.text


def test_errors_fail_the_validation_and_leave_the_plan_unjudged():
    one = review(errors=(Finding("nme is not known", "site.yaml", 2, 6), Finding("no")))
    assert said(validation(one)) == (StatusState.FAILURE, "2 errors: site.yaml:2:6: nme is not known")
    assert plan(one).state is StatusState.ERROR
    assert said(validation(review(reached=3))) == (StatusState.SUCCESS, "what 3 sites would follow is well-formed")


def test_a_plan_says_what_is_felt_and_that_somebody_is_asked():
    assert said(plan(review(WIDE, held=(ASKS,)))) == (
        StatusState.SUCCESS,
        "1,200 sites change, 1,200 hosts locked, 1,200 sites are out meanwhile, needs approval",
    )
    assert plan(review()).text == "nothing changes on any site"
    assert plan(review(gone=("a",))).text == "nothing changes on any site, 1 site no longer managed"


@pytest.mark.parametrize(
    ("proofs", "state", "text"),
    [
        ((PROVED,), StatusState.SUCCESS, "proved for 1,200 sites, on 1 twin"),
        ((REFUSED,), StatusState.FAILURE, "failed for 3 sites: PATCH /v1/x: 400: MTU too large"),
        ((), StatusState.ERROR, "not proved for 1,200 of 1,200 sites, the rest on 0 twins"),
    ],
)
def test_a_proof_that_failed_fails_and_one_that_is_missing_is_no_success(proofs, state, text):
    assert said(proof(review(WIDE, proofs=proofs))) == (state, text)


def test_a_proof_is_a_check_only_where_it_was_tried():
    assert [status.name for status in statuses(review(WIDE))] == ["stxr/validation", "stxr/plan"]
    assert [status.name for status in statuses(review(WIDE, proofs=()))][-1] == "stxr/proof"


def on_its_way(*states, **more):
    members = {f"s{n}": Member(f"s{n}", 0, state=state) for n, state in enumerate(states)}
    return Rollout("r", "c" * 40, Strategy(), members, 0.0, **more)


@pytest.mark.parametrize(
    ("one", "state", "text"),
    [
        (on_its_way(MemberState.DONE, MemberState.GOING), StatusState.PENDING, "wave 1 of 1: 1 of 2 sites done"),
        (on_its_way(MemberState.DONE, ended=1.0), StatusState.SUCCESS, "ended: 1 of 1 site done"),
        (on_its_way(MemberState.FAILED, ended=1.0), StatusState.FAILURE, "ended: 0 of 1 site done, 1 failed"),
        (on_its_way(MemberState.LATE, ended=1.0), StatusState.PENDING, "ended: 0 of 1 site done, 1 late"),
        (
            on_its_way(MemberState.GOING, words=Words(paused=Said("ann", 1.0, "lunch"))),
            StatusState.PENDING,
            "0 of 1 site done; paused by ann: lunch",
        ),
        (
            on_its_way(MemberState.GOING, words=Words(aborted=Said("ann", 1.0, "wrong")), ended=1.0),
            StatusState.FAILURE,
            "0 of 1 site done; aborted by ann: wrong",
        ),
    ],
)
def test_a_rollout_is_a_success_when_every_site_has_it(one, state, text):
    assert said(rollout(one)) == (state, text)


@given(st.text())
def test_no_text_is_longer_than_forges_take_or_more_than_one_line(text):
    told = validation(review(errors=(Finding(text, text),))).text
    assert len(told) <= LONGEST
    assert len(told.splitlines()) == 1
