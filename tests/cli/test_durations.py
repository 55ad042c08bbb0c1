"""`stxr durations`: what was measured, as a table and as JSON. No site is asked."""

from __future__ import annotations

import json

import pytest

from reconciler.model.forecast import Act, Like, Took
from reconciler.store import Store

pytestmark = pytest.mark.usefixtures("offline")

EDGE = Like("simplex", "All-in-one", "controller,worker", "Xeon D-2183IT")


@pytest.fixture
def state(tmp_path):
    with Store.open(tmp_path / "state", "run") as store:
        store.durations.note([Took(Act.UNLOCK, EDGE, 612.0 + n) for n in range(12)], 1_000.0)
        store.durations.note([Took(Act.CALL, EDGE, 1.5, "label")], 1_000.0)
        yield tmp_path / "state"


def test_a_line_for_each_act_and_what_is_not_gone_by_yet(stxr, state):
    ended = stxr("durations", "--state", state)
    assert (ended.code, ended.err) == (0, "")
    head, label, unlock, last = ended.out.splitlines()
    assert head.split() == ["act", "of", "hosts", "hardware", "times", "mean", "p50", "p90", "p95"]
    on = "All-in-one simplex controller,worker  Xeon D-2183IT"
    assert label == f"call    label  {on}      1    1.5s    1.5s    1.5s    1.5s"
    assert unlock == f"unlock         {on}     12  10m18s  10m17s  10m22s  10m23s"
    assert last == "what was measured fewer than 10 times is not gone by yet"


def test_json_has_it_all(stxr, state):
    said = json.loads(stxr("durations", "--state", state, "--format", "json").out)
    assert [(one["act"], one["count"], one["p95_s"]) for one in said["durations"]] == [
        ("call", 1, 1.5),
        ("unlock", 12, 623.0),
    ]


def test_a_fleet_to_which_nothing_was_sent_has_measured_nothing(stxr, tmp_path):
    Store.open(tmp_path / "state", "run").close()
    assert stxr("durations", "--state", tmp_path / "state").out.startswith("nothing was measured yet")
