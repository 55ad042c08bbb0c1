"""Probes and metrics are open; the fleet is for who has the token."""

from __future__ import annotations

from dataclasses import replace

import pytest
import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection

from reconciler.api import Access, Fleet, create_app
from reconciler.model.gate import GateName, Hold
from reconciler.model.wire import verdict_json
from reconciler.model.words import Cause, State
from tests.api.calling import asked
from tests.model.verdicts import difference, verdict

TOKEN = "a-token-that-nobody-guesses"
AUTHORIZED = f"Bearer {TOKEN}".encode()
SITES = {
    v.site: v
    for v in (
        verdict("ottawa", State.IN_SYNC),
        verdict(
            "gatineau",
            State.DRIFTED,
            differences=(difference(), difference("vid"), difference("x", cause=Cause.PENDING)),
            plan_id="p1",
            plan={"id": "p1", "stages": []},
            commit="c0ffee",
        ),
        verdict("hull", State.UNKNOWN, group="rail", observed_at=None, reachable=None),
    )
}


def fleet(**changes):
    made = Fleet(
        verdicts=SITES.values,
        verdict=SITES.get,
        metrics=lambda: b"stxr_subclouds 3\n",
        ready=lambda: "",
        now=lambda: 1_042.5,
    )
    return replace(made, **changes)


APP = create_app(fleet(), Access(TOKEN))


@pytest.mark.parametrize("probe", ["/healthz", "/readyz"])
def test_the_probes_are_open_to_all(probe):
    assert (asked(APP, probe).status, asked(APP, probe).text) == (200, "ok\n")


def test_it_says_what_it_waits_for_until_it_is_ready():
    answer = asked(create_app(fleet(ready=lambda: "the first head of https://git/sites"), Access(TOKEN)), "/readyz")
    assert (answer.status, answer.text) == (503, "the first head of https://git/sites\n")


def test_metrics_are_open_and_in_prometheus_form():
    answer = asked(APP, "/metrics")
    assert (answer.status, answer.text) == (200, "stxr_subclouds 3\n")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("path", ["/api/v1/sites", "/api/v1/sites/ottawa", "/api/v1/sites/never-there"])
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        b"Bearer",
        b"Bearer wrong",
        AUTHORIZED + b"x",
        AUTHORIZED.replace(b"Bearer", b"Basic"),
        TOKEN.encode(),
        "Bearer größe".encode("latin-1"),
    ],
)
def test_nothing_of_the_fleet_is_shown_without_the_token(path, authorization):
    answer = asked(APP, path, authorization)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "ottawa" not in answer.text


def test_every_site_is_listed_briefly_with_its_age():
    sites = asked(APP, "/api/v1/sites", AUTHORIZED).json["sites"]
    assert [s["site"] for s in sites] == ["ottawa", "gatineau", "hull"]
    assert sites[1] == {
        "site": "gatineau",
        "group": "ran",
        "mode": "observe",
        "state": "drifted",
        "reason": "",
        "commit": "c0ffee",
        "age_seconds": 42.5,
        "drifted": 2,
        "pending": 1,
        "plan": "p1",
        "gate": None,
        "power": None,
        "release": "",
        "since": None,
    }
    assert sites[2]["age_seconds"] is None


def test_a_site_that_is_held_shows_the_first_gate_and_since_when():
    held = verdict("yard", holds=(Hold(GateName.WINDOW, "outside", since=900.0), Hold(GateName.VETO, "label")))
    app = create_app(fleet(verdicts=lambda: [held]), Access(TOKEN))
    [site] = asked(app, "/api/v1/sites", AUTHORIZED).json["sites"]
    assert (site["gate"], site["since"]) == ("window", 900.0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["ottawa", "gatineau", "hull"]),
        ("?state=drifted", ["gatineau"]),
        ("?group=ran", ["ottawa", "gatineau"]),
        ("?group=ran&state=in_sync", ["ottawa"]),
        ("?group=nowhere", []),
    ],
)
def test_the_list_is_narrowed_by_state_and_group(query, expected):
    sites = asked(APP, f"/api/v1/sites{query}", AUTHORIZED).json["sites"]
    assert [s["site"] for s in sites] == expected


def test_a_state_that_does_not_exist_is_refused_and_the_known_ones_are_named():
    answer = asked(APP, "/api/v1/sites?state=driftd", AUTHORIZED)
    assert answer.status == 422
    assert "'in_sync', 'pending', 'drifted'" in answer.text


def test_a_misspelt_narrowing_does_not_list_everything():
    assert asked(APP, "/api/v1/sites?stat=drifted", AUTHORIZED).status == 422


def test_a_site_is_shown_with_its_differences_its_plan_and_its_age():
    answer = asked(APP, "/api/v1/sites/gatineau", AUTHORIZED)
    assert answer.json == verdict_json(SITES["gatineau"]) | {"age_seconds": 42.5}


def test_a_site_that_is_not_there_is_said_to_be_so():
    answer = asked(APP, "/api/v1/sites/toronto", AUTHORIZED)
    assert (answer.status, answer.json) == (404, {"detail": "no site toronto: see /api/v1/sites"})


@pytest.mark.parametrize("authorization", [None, b"Bearer", b"Bearer ", b"Bearer x"])
def test_without_any_token_the_api_lets_nobody_in_and_the_probes_answer(authorization):
    app = create_app(fleet(), Access())
    assert asked(app, "/api/v1/sites", authorization).status == 401
    assert [asked(app, path).status for path in ("/healthz", "/readyz", "/metrics")] == [200, 200, 200]


def test_who_has_no_token_is_told_how_to_come_by_one():
    assert asked(create_app(fleet(), Access()), "/api/v1/sites").json == {
        "detail": "a bearer token is needed: `stxr token add NAME --role viewer` makes one, STXR_API_TOKEN is another"
    }


def test_the_token_is_nowhere_in_what_the_api_says_of_itself():
    assert TOKEN not in asked(APP, "/openapi.json").text


schema = schemathesis.openapi.from_asgi("/openapi.json", APP)


@schema.parametrize()
def test_the_api_does_what_it_says_of_itself(case):
    # a query whose odd member is an empty list is said to be refused, and leaves nothing in the URL to be refused for;
    # that unknown words are refused is tested above
    authorized = {"Authorization": AUTHORIZED.decode()}
    case.call_and_validate(headers=authorized, excluded_checks=[negative_data_rejection])
