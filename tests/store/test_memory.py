"""The store as the fleet asks it, and as a command that only looks reads it beside the owner."""

from __future__ import annotations

import pytest

from reconciler.store import Store, StoreMemory, recall, verdicts_of
from tests.model.verdicts import verdict


def test_the_memory_is_the_store(folder):
    with Store.open(folder) as store:
        memory = StoreMemory(store)
        memory.ended("yard", "c1")
        memory.journal("yard").window_opens("controller-0", "p1")
        memory.journal("plant").window_opens("worker-0", "p2")
        memory.journal("plant").window_closed("worker-0")
        assert (memory.base("yard"), memory.windows("yard"), memory.windows("plant")) == (
            "c1",
            {"controller-0"},
            frozenset(),
        )


def test_a_base_that_stays_is_not_written_again(folder):
    times = iter([1.0, 2.0, 3.0])
    with Store.open(folder, clock=lambda: next(times)) as store:
        memory = StoreMemory(store)
        memory.ended("yard", "c1")
        memory.ended("yard", "c1")
        assert next(times) == 3.0  # the lock asked first, the base once


def test_a_command_that_looks_reads_beside_the_owner(folder):
    with Store.open(folder, "run") as store:
        store.save(verdict("yard"))
        store.set_base("yard", "c1")
        store.open_window("yard", "controller-0", "p1")
        assert verdicts_of(folder) == [verdict("yard")]
        seen = recall(folder)
        store.set_base("yard", "c2")
        assert (seen.base("yard"), seen.windows("yard")) == ("c1", {"controller-0"})
        assert (seen.base("plant"), seen.windows("plant")) == ("", frozenset())


def test_a_look_waits_for_no_write_under_way(folder):
    """SQLite's WAL: a reader sees what was committed before."""
    with Store.open(folder, "run") as store:
        store.save(verdict("yard"))
        with store._engine.connect() as db:
            db.exec_driver_sql("delete from verdicts")
            assert verdicts_of(folder) == [verdict("yard")]
            db.exec_driver_sql("rollback")


def test_a_folder_without_a_store_is_empty_and_stays_so(folder):
    assert verdicts_of(folder) == []
    assert recall(folder).windows("yard") == frozenset()
    assert not folder.exists()


def test_a_command_that_looks_can_lock_nothing(folder):
    journal = recall(folder).journal("yard")
    with pytest.raises(AssertionError, match="about to lock controller-0"):
        journal.window_opens("controller-0", "p1")
    with pytest.raises(AssertionError, match="about to unlock controller-0"):
        journal.window_closed("controller-0")


def test_what_a_look_finds_in_sync_is_not_noted(folder):
    with Store.open(folder) as store:
        recall(folder).ended("yard", "c1")
        assert store.bases() == {}
