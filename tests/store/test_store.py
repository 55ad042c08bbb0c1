"""What outlives a process: bases, windows, verdicts with the age of each difference, outcomes. On both databases."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Cause, Result, State
from reconciler.store import Before, Store
from tests.model.verdicts import VERDICTS, difference, verdict

ENTRY = Entry("clock", "", (ResourceKey("clock", "ntp"),), StepResult.DONE, "")


def test_a_store_remembers_nothing_that_it_was_not_told(store):
    assert (store.base("ottawa"), store.bases()) == ("", {})
    assert (store.windows("ottawa"), store.opened()) == (frozenset(), {})
    assert (store.verdict("ottawa"), store.verdicts(), list(store.outcomes("ottawa"))) == (None, [], [])


def test_the_base_is_the_last_one_noted(open_store):
    with open_store() as store:
        store.set_base("ottawa", "c1")
        store.set_base("ottawa", "c2")
        store.set_base("gatineau", "c1")
    with open_store() as again:
        assert again.bases() == {"ottawa": "c2", "gatineau": "c1"}
        assert again.base("ottawa") == "c2"


def test_an_open_window_survives_the_process_that_opened_it(open_store):
    with open_store() as store:
        store.open_window("yard", "controller-1", "p1")
        store.open_window("yard", "controller-0", "p1")
        store.open_window("plant", "worker-0", "p2")
    with open_store() as again:
        assert again.windows("yard") == {"controller-0", "controller-1"}
        assert again.opened() == {"yard": {"controller-0", "controller-1"}, "plant": {"worker-0"}}


def test_a_window_is_opened_and_closed_as_often_as_it_is_said(store):
    store.open_window("yard", "controller-0", "p1")
    store.open_window("yard", "controller-0", "p2")
    assert store.windows("yard") == {"controller-0"}
    store.close_window("yard", "controller-0")
    store.close_window("yard", "controller-0")
    assert store.windows("yard") == frozenset()


def test_a_window_is_on_the_disk_before_the_lock_that_follows_also_if_the_power_fails(folder):
    """SQLite's word for it is synchronous=FULL (2); what is judged anew makes do with NORMAL (1)."""
    safety = []
    with Store.open(folder) as store:
        event.listen(
            store._engine, "commit", lambda db: safety.append(db.exec_driver_sql("pragma synchronous").scalar())
        )
        store.open_window("yard", "controller-0", "p1")
        store.save(verdict("yard"))
        store.close_window("yard", "controller-0")
    assert safety == [2, 1, 2]


def test_closing_a_window_leaves_the_same_host_of_other_sites(store):
    store.open_window("yard", "controller-0", "p1")
    store.open_window("plant", "controller-0", "p2")
    store.close_window("yard", "controller-0")
    assert store.opened() == {"plant": {"controller-0"}}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VERDICTS, max_size=3))
def test_verdicts_come_back_as_they_were_saved(store, verdicts):
    saved = {v.site: store.save(v) for v in verdicts}
    found = {v.site: v for v in store.verdicts()}
    assert {site: found[site] for site in saved} == saved
    assert all(store.verdict(site) == v for site, v in saved.items())


def test_verdicts_are_listed_by_name(store):
    for site in ("b", "a-2", "a-10", "B"):
        store.save(verdict(site))
    assert [v.site for v in store.verdicts()] == ["B", "a-10", "a-2", "b"]


def test_a_difference_keeps_the_time_of_its_first_sighting(open_store):
    with open_store() as store:
        first = store.save(verdict(judged_at=1_000.0, differences=(difference(),)))
    with open_store() as again:
        later = again.save(verdict(judged_at=5_000.0, differences=(difference(observed="1400"), difference("vid"))))
        assert [d.since for d in first.differences] == [1_000.0]
        assert [(d.attribute, d.since) for d in later.differences] == [("mtu", 1_000.0), ("vid", 5_000.0)]
        assert again.verdict("ottawa-001") == later


def test_a_sighting_goes_with_its_difference(store):
    store.save(verdict(judged_at=1_000.0, differences=(difference(), difference("vid"))))
    store.save(verdict(judged_at=2_000.0, differences=(difference("vid"),)))
    back = store.save(verdict(judged_at=3_000.0, differences=(difference(), difference("vid"))))
    assert [(d.attribute, d.since) for d in back.differences] == [("mtu", 3_000.0), ("vid", 1_000.0)]


def test_drift_that_a_commit_takes_up_is_dated_anew(store):
    store.save(verdict(judged_at=1_000.0, differences=(difference(cause=Cause.DRIFTED),)))
    now = store.save(verdict(judged_at=2_000.0, differences=(difference(cause=Cause.PENDING),)))
    assert now.differences[0].since == 2_000.0


def test_a_site_that_does_not_answer_keeps_the_dates_of_what_was_known(store):
    seen = store.save(verdict(judged_at=1_000.0, differences=(difference(),)))
    dark = store.save(replace(seen, state=State.UNREACHABLE, judged_at=9_000.0))
    assert (dark.observed_at, dark.differences[0].since) == (1_000.0, 1_000.0)


def test_twenty_thousand_differences_come_and_go(store):
    many = tuple(difference(f"a{i}") for i in range(20_000))
    assert len(store.save(verdict(differences=many)).differences) == 20_000
    assert store.save(verdict(judged_at=2_000.0)).differences == ()
    assert store.save(verdict(judged_at=3_000.0, differences=many[:1])).differences[0].since == 3_000.0


def test_a_forgotten_site_leaves_its_base_and_its_open_window(store):
    """What we locked we owe, and what was applied is where removals are proved from."""
    store.save(verdict("yard", differences=(difference(),)))
    store.save(verdict("plant"))
    store.set_base("yard", "c1")
    store.open_window("yard", "controller-0", "p1")
    store.forget(["yard", "never-there"])
    store.forget([])
    assert [v.site for v in store.verdicts()] == ["plant"]
    assert (store.base("yard"), store.windows("yard")) == ("c1", {"controller-0"})
    assert store.save(verdict("yard", judged_at=7_000.0, differences=(difference(),))).differences[0].since == 7_000.0


def test_outcomes_are_told_newest_first(store, clock):
    done = Outcome("p1", Result.DONE, (ENTRY,))
    held = Outcome("p2", Result.HELD, message="waits for approval")
    store.record("yard", "c1", done)
    clock.at = 2_000.0
    store.record("yard", "c2", held)
    store.record("plant", "c2", done)
    assert list(store.outcomes("yard")) == [(2_000.0, "c2", held), (1_000.0, "c1", done)]


def test_old_outcomes_are_pruned(store, clock):
    store.record("yard", "c1", Outcome("p1", Result.DONE))
    clock.at = 2_000.0
    store.record("yard", "c2", Outcome("p2", Result.DONE))
    store.prune(Before(1_500.0, 0.0))
    assert [commit for _, commit, _ in store.outcomes("yard")] == ["c2"]
