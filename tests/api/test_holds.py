"""Closed gates over the API: each with since when and until when, who waits longest first, narrowed by what is asked."""

from __future__ import annotations

import pytest

from reconciler.api import Access, create_app
from reconciler.model.gate import GateName, Hold
from tests.api.calling import asked
from tests.api.desks import shown
from tests.model.verdicts import verdict

WINDOW = Hold(GateName.WINDOW, "outside the maintenance windows", until=9_000.0, since=1_000.0)
YES = Hold(GateName.APPROVAL, "waits for approval: apply is approved", since=500.0)
APP = create_app(
    shown(
        {
            v.site: v
            for v in (
                verdict("gatineau", plan_id="p1", holds=(WINDOW, YES)),
                verdict("hull", group="rail", plan_id="p2", holds=(WINDOW,)),
                verdict("ottawa"),
            )
        }
    ),
    Access("t"),
)


def holds(query=""):
    answer = asked(APP, f"/api/v1/holds{query}", b"Bearer t")
    assert answer.status == 200, answer.text
    return answer.json


def test_every_closed_gate_is_told_with_since_when_who_waits_longest_first():
    assert holds() == {
        "counts": {"approval": 1, "window": 2},
        "holds": [
            {"site": "gatineau", "group": "ran", "plan": "p1", "gate": "approval", "since": 500.0, "until": None,
             "reason": "waits for approval: apply is approved"},
            {"site": "gatineau", "group": "ran", "plan": "p1", "gate": "window", "since": 1_000.0, "until": 9_000.0,
             "reason": "outside the maintenance windows"},
            {"site": "hull", "group": "rail", "plan": "p2", "gate": "window", "since": 1_000.0, "until": 9_000.0,
             "reason": "outside the maintenance windows"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "sites"),
    [
        ("?gate=window", ["gatineau", "hull"]),
        ("?group=rail", ["hull"]),
        ("?site=gatineau&gate=approval", ["gatineau"]),
        ("?group=nobody", []),
    ],
)
def test_it_is_narrowed_by_gate_group_and_site(query, sites):
    assert [one["site"] for one in holds(query)["holds"]] == sites


@pytest.mark.parametrize("query", ["?gate=windows", "?gates=window"])
def test_a_word_that_is_not_known_is_refused(query):
    assert asked(APP, f"/api/v1/holds{query}", b"Bearer t").status == 422


def test_it_is_not_for_everybody():
    assert asked(APP, "/api/v1/holds").status == 401
