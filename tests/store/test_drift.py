"""Drift in the store: it survives the process, ends with how it ended, and a site that is dark loses none of it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import text

from reconciler.model.drift import DriftCause, Resolution, Turning
from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Cause, Result, State
from reconciler.store import drift_of, ended_of
from tests.model.verdicts import difference, verdict

MTU, VID = difference(), difference("vid", cause=Cause.PENDING)
DATA0 = ResourceKey("ethernet", "data0", "controller-0")


def sent(result, plan="p1", end=Result.DONE):
    return Outcome(plan, end, (Entry("ethernet", "controller-0", (DATA0,), result),))


def ends(store, **narrowed):
    return [(one.content["attribute"], one.content["resolution"]) for one in store.drift.ended(**narrowed)]


def test_drift_survives_the_process_with_its_age(open_store):
    with open_store() as store:
        kept = store.keep(verdict("yard", judged_at=1_000.0, differences=(MTU,)))
        assert [e.turning for e in kept.events] == [Turning.BEGAN]
    with open_store() as again:
        kept = again.keep(verdict("yard", judged_at=5_000.0, differences=(MTU,)))
        [drift] = again.drift.all()["yard"].open.values()
    assert (drift.first_seen, drift.last_seen, kept.events) == (1_000.0, 5_000.0, ())


def test_what_a_plan_did_is_how_it_ended(store, clock):
    store.keep(verdict("yard", judged_at=1_000.0, differences=(MTU, VID)))
    clock.at = 1_100.0
    store.record("yard", "c1", sent(StepResult.DONE))
    store.record("plant", "c1", sent(StepResult.FAILED))
    store.keep(verdict("yard", judged_at=1_200.0))
    assert ends(store) == [("vid", Resolution.APPLIED), ("mtu", Resolution.HEALED)]


def test_a_plan_of_long_ago_ended_nothing(store, clock):
    clock.at = 900.0
    store.record("yard", "c1", sent(StepResult.DONE))
    store.keep(verdict("yard", judged_at=1_000.0, differences=(MTU,)))
    store.keep(verdict("yard", judged_at=1_200.0))
    assert ends(store) == [("mtu", Resolution.VANISHED)]


def test_a_plan_that_failed_is_the_cause_as_soon_as_it_is_recorded(store, clock):
    seen = store.keep(verdict("yard", judged_at=1_000.0, differences=(VID,))).verdict
    clock.at = 1_100.0
    store.record("yard", "c1", sent(StepResult.FAILED, end=Result.FAILED))
    kept = store.keep(replace(seen, state=State.FAILED, judged_at=1_100.0))
    assert kept.drift.open[VID.place].why is DriftCause.FAILED_APPLY


def test_a_dark_site_ends_nothing_and_a_forgotten_one_has_none(store):
    seen = store.keep(verdict("yard", differences=(MTU,))).verdict
    store.keep(replace(seen, state=State.UNREACHABLE, reachable=False, judged_at=9_000.0))
    assert (ends(store), len(store.drift.all()["yard"].open)) == ([], 1)
    store.forget(["yard"])
    assert store.drift.all() == {}


def test_the_history_is_narrowed_paged_and_pruned(store):
    for number, site in enumerate(("yard", "plant", "yard")):
        store.keep(verdict(site, judged_at=1_000.0 + number, differences=(difference(f"a{number}"),)))
        store.keep(verdict(site, judged_at=2_000.0 + number))
    newest, *_ = store.drift.ended()
    assert [a for a, _ in ends(store)] == ["a2", "a1", "a0"]
    assert [a for a, _ in ends(store, site="yard")] == ["a2", "a0"]
    assert [a for a, _ in ends(store, most=1)] == ["a2"]
    assert [a for a, _ in ends(store, before=newest.number)] == ["a1", "a0"]
    assert [a for a, _ in ends(store, fingerprint=newest.content["fingerprint"])] == ["a2"]
    store.drift.prune(2_001.5)
    assert [a for a, _ in ends(store)] == ["a2"]


def test_what_cannot_be_read_is_made_anew_from_the_verdict(store):
    store.keep(verdict("yard", judged_at=1_000.0, differences=(MTU,)))
    with store._engine.begin() as db:
        db.execute(text('update drift set content = \'{"site": "yard"}\''))
    assert store.drift.all() == {}
    kept = store.keep(verdict("yard", judged_at=2_000.0, differences=(MTU,)))
    assert (kept.verdict.differences[0].since, kept.events) == (1_000.0, ())


def test_who_only_looks_sees_it_beside_the_controller(folder, open_store, url):
    store = open_store()
    store.keep(verdict("yard", judged_at=1_000.0, differences=(MTU, VID)))
    store.keep(verdict("yard", judged_at=2_000.0, differences=(MTU,)))
    assert [d.place for d in drift_of(folder, url)["yard"].open.values()] == [MTU.place]
    assert [one.content["attribute"] for one in ended_of(folder, ["yard", "plant"], "", 9, url)] == ["vid"]
    assert drift_of(folder / "elsewhere") == {}
    assert ended_of(folder / "elsewhere", [""], "", 9) == []
