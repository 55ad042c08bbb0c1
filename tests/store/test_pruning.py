"""What is old is forgotten by its age: what was done sooner than what people said, and what counts still never."""

from __future__ import annotations

from reconciler.model.approval import Answer, Approval, Pinned, Subject
from reconciler.model.proof import Proof, ProofResult
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.waves import Strategy
from reconciler.model.words import Disruption
from reconciler.store import Before

DONE = {"ottawa": Member("ottawa", 0, "d", MemberState.DONE)}


def rollout(id_, state=MemberState.DONE, ended=1_000.0):
    return Rollout(id_, "c1", Strategy(), {"ottawa": Member("ottawa", 0, "d", state)}, 900.0, ended=ended)


def yes(name):
    plans = {"ottawa": Pinned("p1", {"dns:servers": ("a", "b")})}
    return Approval(Answer.APPROVED, Subject.ROLLOUT, name, "root", 1_000.0, Disruption.LOCK, plans=plans)


def test_rollouts_that_ended_are_forgotten_with_all_that_is_theirs(store, clock):
    store.rollouts.save(rollout("old"))
    store.rollouts.say("old", "paused", "night-shift", "storm")
    store.words.answer(yes("old"))
    clock.at = 2_000.0
    store.rollouts.save(rollout("new"))
    store.words.answer(yes("new"))
    store.prune(Before(history=1_500.0, audit=0.0))
    assert [one.id for one in store.rollouts.all()] == ["new"]
    assert list(store.rollouts.words()) == []
    assert [(a.approval.name, list(a.approval.plans)) for a in store.words.answered(10)] == [
        ("new", ["ottawa"]),
        ("old", []),
    ]
    assert [a.name for a in store.words.approvals("ottawa")] == ["new"]


def test_one_that_has_a_say_still_is_kept_however_old(store):
    store.rollouts.save(rollout("late", MemberState.LATE))
    store.rollouts.save(rollout("going", MemberState.GOING, ended=None))
    store.prune(Before(history=9_000.0, audit=0.0))
    assert {one.id for one in store.rollouts.all()} == {"late", "going"}


def test_the_audit_is_kept_longer(store, clock):
    for at in (1_000.0, 2_000.0, 3_000.0):
        clock.at = at
        store.words.note("root", "look", f"at {at:g}")
    store.prune(Before(history=9_000.0, audit=2_000.0))
    assert [word.subject for word in store.words.said()] == ["at 2000", "at 3000"]


def test_the_last_word_stays_so_that_the_next_is_known_to_be_new(store, clock):
    """SQLite gives the number of the last row again, once it is gone."""
    store.words.note("root", "look", "first")
    known = store.words.last()
    store.prune(Before(history=9_000.0, audit=9_000.0))
    assert [word.subject for word in store.words.said()] == ["first"]
    store.words.note("root", "look", "second")
    assert [word.subject for word in store.words.said(after=known)] == ["second"]


def test_an_empty_store_has_nothing_to_forget(store):
    store.prune(Before(history=9_000.0, audit=9_000.0))
    assert store.words.said() == ()


def test_what_still_counts_is_no_history(store):
    store.words.suspend("root", "storm", site="ottawa")
    store.set_base("ottawa", "c1")
    store.open_window("ottawa", "controller-0", "p1")
    store.prune(Before(history=9_000.0, audit=9_000.0))
    assert [s.site for s in store.words.suspensions()] == ["ottawa"]
    assert (store.base("ottawa"), store.windows("ottawa")) == ("c1", {"controller-0"})


def test_a_proof_that_failed_long_ago_holds_nothing_any_more(store):
    for site, at in (("ottawa", 1_000.0), ("hull", 2_000.0)):
        store.proofs.keep([Proof("f1", site, (site,), ProofResult.NOT_CONVERGED, "dns is left")], at)
    store.prune(Before(history=1_500.0, audit=0.0))
    assert [bool(store.proofs.of(site, "f1")) for site in ("ottawa", "hull")] == [False, True]
