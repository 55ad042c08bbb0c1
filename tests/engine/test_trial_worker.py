"""Trials in a process of their own: what comes of them comes back, and what goes wrong there is a reason, no more."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from multiprocessing.context import SpawnProcess

import pytest

from reconciler.engine.trial import tried
from reconciler.engine.trial_worker import MOST_BYTES, TrialWorker, UntriedError
from reconciler.kinds import registry
from reconciler.model.proof import ProofResult
from tests.desired.writing import document
from tests.engine.twins import KINDS, OTTAWA, case

LONG_S = 60.0
OWN = document("DataNetwork", "extra", "  type: vlan")


@pytest.fixture(scope="module")
def worker():
    with TrialWorker(registry) as worker:
        yield worker


def test_what_comes_of_it_is_what_would_have_come_of_it_here(worker):
    assert worker(case(OTTAWA, OWN), LONG_S) == tried(case(OTTAWA, OWN), KINDS)


def test_a_fault_of_ours_is_a_reason_and_the_process_goes_on(worker):
    broken = replace(case(OTTAWA, OWN), inventory={"/v1/ihosts": {"ihosts": [{"uuid": 4}]}})
    with pytest.raises(UntriedError, match="the trial failed: "):
        worker(broken, LONG_S)
    assert worker(case(OTTAWA, OWN), LONG_S).result is ProofResult.PROVED


def test_one_that_takes_too_long_is_ended_and_the_next_has_a_new_process(worker):
    worker(case(OTTAWA, OWN), LONG_S)
    before = worker.pid
    with pytest.raises(UntriedError, match="it took longer than 0 s"):
        worker(case(OTTAWA, OWN), 0.0)
    assert worker(case(OTTAWA, OWN), LONG_S).result is ProofResult.PROVED
    assert worker.pid != before


def test_a_process_that_dies_is_a_reason_too(worker):
    worker(case(OTTAWA, OWN), LONG_S)
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(UntriedError, match="its process ended"):
        worker(case(OTTAWA, OWN), LONG_S)
    assert worker(case(OTTAWA, OWN), LONG_S).result is ProofResult.PROVED


def test_one_that_takes_too_much_memory_is_a_reason_too():
    with (
        TrialWorker(greedy) as worker,
        pytest.raises(UntriedError, match="its process ended, perhaps for want of memory"),
    ):
        worker(case(OTTAWA, OWN), LONG_S)


def greedy():
    """Made in the worker's process, in place of the kinds."""
    return {"all": bytearray(MOST_BYTES)}


def test_nothing_is_left_of_it_when_it_is_over():
    with TrialWorker(registry) as worker:
        worker(case(OTTAWA, OWN), LONG_S)
        process = worker.pid
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_one_that_is_stopped_tries_no_more():
    with TrialWorker(registry) as worker:
        worker.kill()
        with pytest.raises(UntriedError, match="it was stopped"):
            worker(case(OTTAWA, OWN), LONG_S)


def test_one_that_is_stopped_while_it_tries_ends_that():
    with TrialWorker(registry) as worker:
        worker(case(OTTAWA, OWN), LONG_S)
        stopper = threading.Timer(0.05, worker.kill)
        stopper.start()
        with pytest.raises(UntriedError, match=r"its process ended|it was stopped"):
            _over_and_over(worker)
        stopper.join()


def _over_and_over(worker):
    while True:
        worker(case(OTTAWA, OWN), LONG_S)


def test_one_that_is_stopped_while_its_process_starts_ends_with_that(monkeypatch):
    start = SpawnProcess.start
    worker = TrialWorker(registry)

    def stopped(process):
        worker.kill()
        start(process)

    monkeypatch.setattr(SpawnProcess, "start", stopped)
    with worker, pytest.raises(UntriedError, match="its process ended"):
        worker(case(OTTAWA, OWN), LONG_S)
