"""Rollouts over the API: what is shown, who may say what, what is recorded, and what is too late to say."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection

from reconciler.model.forecast import Forecast, WaveForecast
from reconciler.model.forecast_wire import forecast_json
from reconciler.model.gate import GateName, Hold
from reconciler.model.role import Role
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.waves import Strategy
from reconciler.model.words import State
from reconciler.store import Rendered, Store
from tests.api.calling import told
from tests.api.desks import Desks, Opened
from tests.model.verdicts import difference, verdict

PATH = "/api/v1/rollouts"
MEMBERS = {
    "ottawa": Member("ottawa", 0, "d", MemberState.DONE, "p1", 1_000.0, 1_010.0),
    "hull": Member("hull", 0, "d", MemberState.GOING, "p2", 1_012.0),
    "gatineau": Member("gatineau", 1, "d"),
}
EXPECTED = Forecast(1_000.0, waves=(WaveForecast(0, (), 1_000.0, 1_020.0, None),), waves_end=1_200.0, ends=1_200.0)
GOING = Rollout("7c1f00aa", "c0ffee" * 6, Strategy(soak="1m"), MEMBERS, 1_000.0, wave_began=1_000.0, expected=EXPECTED)
ENDED = Rollout("0ddba115", "dead" * 10, Strategy(), {"ottawa": MEMBERS["ottawa"]}, 500.0, ended=600.0)


def kept(store):
    for one in (GOING, ENDED):
        store.rollouts.save(one)
    return store


@pytest.fixture
def desk(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_042.5) as store:
        yield Desks(kept(store), {})


def test_they_are_listed_with_how_far_they_are_the_newest_first(desk):
    first, second = desk.says(Role.VIEWER, f"GET {PATH}").json["rollouts"]
    assert first == {
        "id": "7c1f00aa",
        "commit": "c0ffee" * 6,
        "started": 1_000.0,
        "ended": None,
        "expected_end": 1_200.0,
        "expected": orjson.loads(orjson.dumps(forecast_json(EXPECTED))),
        "foreseen": None,
        "forecast_error": None,
        "wave": 1,
        "waves": 2,
        "counts": {"waiting": 1, "going": 1, "done": 1},
        "soaks_until": None,
        "stopped": "",
        "max_concurrent": 10,
        "may_fail": 0,
    }
    assert (second["id"], second["ended"]) == ("0ddba115", 600.0)
    only_open = desk.says(Role.VIEWER, f"GET {PATH}?is_open=true").json["rollouts"]
    assert [one["id"] for one in only_open] == ["7c1f00aa"]


def test_one_is_shown_with_what_each_site_waits_for(desk):
    shown = desk.says(Role.VIEWER, f"GET {PATH}/7c1f00aa").json
    assert shown["counts"] == {"waiting": 1, "going": 1, "done": 1}
    waits = {site["site"]: (site["state"], site["waits_for"]) for site in shown["sites"]}
    assert waits == {
        "ottawa": ("done", ""),
        "hull": ("going", ""),
        "gatineau": ("waiting", "wave 2 of rollout 7c1f00aa: waits for 1 site of wave 1"),
    }


def test_a_pause_is_kept_under_the_tokens_name_and_heeded_and_told_back(desk):
    answer = desk.says(Role.OPERATOR, f"POST {PATH}/7c1f00aa/pause", {"reason": "storm"})
    assert (answer.status, answer.json["stopped"]) == (200, "paused by the-operator: storm")
    assert desk.store.rollouts.words()["7c1f00aa"].paused.at == 1_042.5
    assert desk.audited == [("the-operator", "rollout paused", "7c1f00aa", "storm")]
    assert desk.heeded == 1


def test_a_resume_takes_the_pause_back(desk):
    desk.says(Role.OPERATOR, f"POST {PATH}/7c1f00aa/pause", {"reason": "storm"})
    assert desk.says(Role.OPERATOR, f"POST {PATH}/7c1f00aa/resume", {}).json["stopped"] == ""
    assert [action for _, action, _, _ in desk.audited] == ["rollout paused", "rollout resumed"]


def test_after_an_abort_nothing_more_can_be_said(desk):
    aborted = desk.says(Role.OPERATOR, f"POST {PATH}/7c1f00aa/abort", {"reason": "wrong profile"})
    assert aborted.json["stopped"] == "aborted by the-operator: wrong profile"
    again = desk.says(Role.OPERATOR, f"POST {PATH}/7c1f00aa/resume", {})
    assert (again.status, again.json) == (
        409,
        {"detail": "rollout 7c1f00aa was aborted by the-operator: a new commit makes another"},
    )
    assert len(desk.audited) == desk.heeded == 1


def test_one_that_has_ended_hears_nothing(desk):
    answer = desk.says(Role.OPERATOR, f"POST {PATH}/0ddba115/pause", {"reason": "storm"})
    assert (answer.status, answer.json) == (409, {"detail": "rollout 0ddba115 has ended"})
    assert (desk.audited, desk.heeded) == ([], 0)


@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        ("7c1f00ab", "there is no rollout 7c1f00ab; did you mean 7c1f00aa?"),
        ("nope", "there is no rollout nope; there are 0ddba115, 7c1f00aa"),
    ],
)
@pytest.mark.parametrize("request_line", [f"GET {PATH}/{{}}", f"POST {PATH}/{{}}/resume"])
def test_one_that_is_not_there_is_said_to_be_so_with_those_that_are(desk, request_line, asked_for, said):
    answer = desk.says(Role.OPERATOR, request_line.format(asked_for), {})
    assert (answer.status, answer.json) == (404, {"detail": said})


@pytest.mark.parametrize("action", ["pause", "abort"])
@pytest.mark.parametrize(
    "said", [{}, {"reason": ""}, {"reason": "two\nlines"}, {"reason": "x", "site": "hull"}, "storm"]
)
def test_what_stops_it_needs_a_reason_and_nothing_else(desk, action, said):
    assert desk.says(Role.OPERATOR, f"POST {PATH}/7c1f00aa/{action}", said).status == 422
    assert (desk.audited, desk.heeded) == ([], 0)


@pytest.mark.parametrize("action", ["pause", "resume", "abort"])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
def test_only_an_operator_stops_one_or_lets_it_go_on(desk, action, role):
    answer = desk.says(role, f"POST {PATH}/7c1f00aa/{action}", {"reason": "storm"})
    assert (answer.status, answer.json) == (
        403,
        {"detail": f"the-{role} is {role}, and this needs the role operator"},
    )
    assert (desk.audited, desk.heeded) == ([], 0)


WAITS = verdict(
    "hull",
    State.HELD,
    input_key="k",
    differences=(difference(),),
    plan_id="p9",
    plan={"version": 1, "disruption": "lock", "stages": [], "blocked": []},
    holds=(Hold(GateName.APPROVAL, "waits for approval: apply is approved"),),
)


@pytest.fixture
def asking(tmp_path):
    with Store.open(tmp_path / "asking", "run", clock=lambda: 1_042.5) as store:
        store.rollouts.rendered({"hull": Rendered("k", "d")})
        yield Desks(kept(store), {"hull": WAITS})


def test_an_approver_says_yes_to_the_plans_of_a_rollout(asking):
    said = {"answer": "approved", "rollout": "7c1f00aa", "reason": "seen"}
    answer = asking.says(Role.APPROVER, "POST /api/v1/approvals", said)
    assert (answer.status, answer.json) == (
        201,
        {
            "answer": "approved",
            "names": ["7c1f00aa"],
            "sites": ["hull"],
            "waits": {"gatineau": ["it was not planned for yet: approve again when it was"]},
        },
    )
    assert asking.audited == [("the-approver", "approved", "7c1f00aa", "rollout: 1 plans up to lock seen")]
    [listed] = asking.says(Role.VIEWER, "GET /api/v1/approvals").json["approvals"]
    assert (listed["subject"], listed["plans"]) == ("rollout", {"hull": {"plan": "p9", "differences": {}}})
    assert asking.heeded == 1


def test_a_yes_for_which_nobody_waits_is_a_conflict_and_one_to_no_rollout_is_not_found(asking):
    for rollout, status in (("0ddba115", 409), ("nope", 404)):
        answer = asking.says(Role.APPROVER, "POST /api/v1/approvals", {"answer": "approved", "rollout": rollout})
        assert answer.status == status, answer.text
    assert (asking.audited, asking.heeded) == ([], 0)


@pytest.mark.parametrize("request_line", [f"GET {PATH}", f"GET {PATH}/7c1f00aa", f"POST {PATH}/7c1f00aa/abort"])
def test_nothing_is_shown_or_said_without_a_token(desk, request_line):
    assert told(desk.app, request_line, b"", {"reason": "x"}).status == 401
    assert told(desk.app, request_line, b"Bearer wrong", {"reason": "x"}).status == 401


OPENED = Opened()
schema = schemathesis.openapi.from_asgi("/openapi.json", OPENED.app({}))


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("api") / "state", "run") as store:
        OPENED.open(kept(store))
        store.rollouts.save(replace(GOING, id="x"))  # an id that cases come upon
        yield


@pytest.mark.usefixtures("opened")
@schema.include(path_regex="rollouts|holds").parametrize()
def test_the_api_does_what_it_says_of_itself(case):
    # no Authorization, or a query with an empty key, reach it as right ones do: see test_app
    case.call_and_validate(headers=OPENED.authorized, excluded_checks=[negative_data_rejection])
