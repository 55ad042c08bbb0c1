"""Which windows may be open together: those of workers that follow each other and keep nobody else's copies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.diff import compare
from reconciler.model.kind import Context
from reconciler.plan import plan
from tests.worlds import KINDS, Iface, Tag, host, snap, system

REPLICATED = {**KINDS, "tag": replace(KINDS["tag"], is_replicated=True)}


def plant(*workers, **states):
    controllers = (host("controller-0"), host("controller-1", is_active=False))
    return system(
        *controllers, *(host(w, states.get(w, "unlocked"), personality="worker") for w in workers), mode="duplex"
    )


def planned(names, out=2, kinds=KINDS, have_more=(), **states):
    """(host, how many at a time) of each window of a plan that changes something on all of these."""
    state = plant(*(n for n in names if n.startswith("worker")), **states)
    want = snap(*((n, Iface(name="e", mtu=9000)) for n in names), *have_more, state=state)
    have = snap(*((n, Iface(name="e", mtu=1500)) for n in names), *have_more, state=state)
    todo = plan(compare(want, have, kinds), Context(want, have, workers_out=out), kinds)
    return [(s.host, s.at_once) for s in todo.stages if s.opening]


WORKERS = ["worker-0", "worker-1", "worker-2"]


def test_workers_go_one_after_the_other_unless_somebody_says_more():
    assert planned(WORKERS, out=1) == [("worker-0", 1), ("worker-1", 1), ("worker-2", 1)]


@pytest.mark.parametrize(("out", "at_once"), [(2, 2), (3, 3), (40, 3)])
def test_so_many_workers_go_together_as_the_site_lets_be_out(out, at_once):
    assert planned(WORKERS, out) == [(w, at_once) for w in WORKERS]


def test_controllers_go_one_at_a_time_before_them():
    assert planned(["controller-0", "controller-1", *WORKERS], 3) == [
        ("controller-1", 1),
        ("controller-0", 1),
        *((w, 3) for w in WORKERS),
    ]


def test_a_worker_that_keeps_copies_goes_alone_and_before_the_others():
    copies = [("worker-1", Tag(name="osd"))]
    assert planned(WORKERS, 3, REPLICATED, copies) == [("worker-1", 1), ("worker-0", 2), ("worker-2", 2)]


def test_a_worker_that_never_was_in_service_is_nobody_s_loss_and_goes_by_itself():
    assert dict(planned(WORKERS, 3, **{"worker-1": "new"}))["worker-1"] == 1


def test_who_reviewed_one_at_a_time_did_not_review_more():
    state = plant(*WORKERS)
    want, have = (snap(*((w, Iface(name="e", mtu=mtu)) for w in WORKERS), state=state) for mtu in (9000, 1500))
    found = compare(want, have, KINDS)
    ids = [plan(found, Context(want, have, workers_out=out), KINDS).id for out in (1, 2, 3, 4)]
    assert len(set(ids[:3])) == 3
    assert ids[2] == ids[3], "there are three of them"
