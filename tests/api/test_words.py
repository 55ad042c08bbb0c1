"""What people say over the API: who may, what is recorded, what is heeded, and what is refused in which words."""

from __future__ import annotations

import pytest
import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection

from reconciler.model.gate import GateName, Hold
from reconciler.model.role import Role
from reconciler.model.words import Disruption, State
from reconciler.store import Store
from tests.api.calling import asked, posted, told
from tests.api.desks import FROM_THE_ENVIRONMENT, Desks, Opened, bearing
from tests.model.verdicts import difference, verdict

PLAN = {"version": 1, "disruption": "lock", "stages": [], "blocked": []}
WAITING = Hold(GateName.WINDOW, "outside the maintenance windows", until=9_000.0, since=1_000.0)
FOUND = {
    v.site: v
    for v in (
        verdict("gatineau", differences=(difference(),), plan_id="p1", change="c1", plan=PLAN, holds=(WAITING,)),
        verdict("ottawa", differences=(difference(),), plan_id="p2", change="c1", plan=PLAN),
        verdict("hull", State.IN_SYNC, group="rail"),
    )
}


@pytest.fixture
def desk(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_042.5) as store:
        yield Desks(store, FOUND)


def test_plans_are_approved_by_their_ids_and_what_else_holds_them_is_told(desk):
    said = {"answer": "approved", "plans": ["p1", "p2"], "reason": "seen"}
    answer = desk.says(Role.APPROVER, "POST /api/v1/approvals", said)
    assert (answer.status, answer.json) == (
        201,
        {
            "answer": "approved",
            "names": ["p1", "p2"],
            "sites": ["gatineau", "ottawa"],
            "waits": {"gatineau": ["outside the maintenance windows"]},
        },
    )
    [approval] = desk.store.words.approvals("ottawa")
    assert (approval.name, approval.by, approval.at, approval.ceiling) == ("p2", "the-approver", 1_042.5, "lock")
    assert desk.heeded == 1
    assert desk.audited == [
        ("the-approver", "approved", "p1", "plan of gatineau seen"),
        ("the-approver", "approved", "p2", "plan of ottawa seen"),
    ]


def test_a_change_is_approved_for_all_no_further_than_is_said(desk):
    said = {"answer": "approved", "change": "c1", "up_to": "service"}
    assert desk.says(Role.OPERATOR, "POST /api/v1/approvals", said).json["sites"] == ["gatineau", "ottawa"]
    assert [a.ceiling for a in desk.store.words.approvals("hull")] == [Disruption.SERVICE]


def test_a_plan_is_rejected_with_its_reason(desk):
    said = {"answer": "rejected", "plans": ["p1"], "reason": "not this year"}
    assert desk.says(Role.APPROVER, "POST /api/v1/approvals", said).status == 201
    assert [a.in_words for a in desk.store.words.approvals("gatineau")] == ["rejected by the-approver: not this year"]


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ({"plans": ["p1", "p9"]}, "no site has the plan p9 now; there are p1, p2"),
        ({"plans": [" "]}, "no site has the plan   now; there are p1, p2"),
        ({"change": "c9"}, "no site has the change c9 now; there are c1"),
    ],
)
def test_what_nobody_has_is_refused_whole_with_what_there_is(desk, subject, said):
    answer = desk.says(Role.APPROVER, "POST /api/v1/approvals", {"answer": "approved", **subject})
    assert (answer.status, answer.json) == (404, {"detail": said})
    assert (desk.audited, desk.heeded) == ([], 0)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("approvals", {"answer": "approved"}),
        ("approvals", {"answer": "approved", "plans": []}),
        ("approvals", {"answer": "approved", "plans": ["p1"], "change": "c1"}),
        ("approvals", {"answer": "approved", "plans": ["p1"], "up_to": "lock"}),
        ("approvals", {"answer": "approved", "change": "c1", "upto": "none"}),
        ("approvals", {"answer": "yes", "plans": ["p1"]}),
        ("approvals", {"answer": "approved", "plans": ["p1"], "reason": "two\nlines"}),
        ("approvals", {"answer": "approved", "plans": ["p1"], "by": "somebody-else"}),
        ("suspensions", {"site": "hull"}),
        ("suspensions", {"site": "hull", "reason": ""}),
        ("suspensions", {"site": "hull", "group": "rail", "reason": "storm"}),
        ("suspensions", ["hull"]),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_recorded(desk, path, said):
    assert desk.says(Role.OPERATOR, f"POST /api/v1/{path}", said).status == 422
    assert (desk.audited, desk.heeded) == ([], 0)


def test_a_group_is_suspended_and_whom_it_concerns_is_told(desk):
    answer = desk.says(Role.OPERATOR, "POST /api/v1/suspensions", {"group": "ran", "reason": "storm"})
    told_back = {"site": "", "group": "ran", "by": "the-operator", "reason": "storm", "since": 1_042.5}
    assert (answer.status, answer.json) == (201, told_back | {"sites": ["gatineau", "ottawa"]})
    assert desk.says(Role.VIEWER, "GET /api/v1/suspensions").json == {"suspensions": [answer.json]}
    assert desk.audited == [("the-operator", "suspend", "ran", "group: storm")]
    assert desk.heeded == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"site": "gatinau"}, "no site gatinau is known; did you mean gatineau?"),
        ({"site": "ran"}, "no site ran is known; ran is a group"),
        ({"group": "rall"}, "no site of a group rall is known; did you mean rail?"),
        ({"group": "hull"}, "no site of a group hull is known; hull is a site"),
    ],
)
def test_a_misspelt_name_is_not_taken_for_suspended(desk, said, why):
    answer = desk.says(Role.OPERATOR, "POST /api/v1/suspensions", said | {"reason": "storm"})
    assert answer.json == {"detail": f"{why} (`unseen: true` suspends it all the same)"}
    assert (answer.status, desk.audited, desk.heeded) == (404, [], 0)


def test_a_name_that_no_site_has_yet_is_suspended_where_that_is_meant(desk):
    said = {"site": "toronto", "reason": "storm", "unseen": True}
    answer = desk.says(Role.OPERATOR, "POST /api/v1/suspensions", said)
    assert (answer.status, answer.json["sites"]) == (201, [])


def test_a_suspension_is_taken_back_with_a_reason(desk):
    desk.store.words.suspend("night-shift", "storm", site="hull")
    answer = desk.says(Role.OPERATOR, "DELETE /api/v1/suspensions/site/hull?reason=storm%20over")
    assert (answer.status, answer.json) == (200, {"scope": "site", "name": "hull"})
    assert desk.store.words.suspensions() == ()
    assert desk.audited[-1] == ("the-operator", "resume", "hull", "site: storm over")
    again = desk.says(Role.OPERATOR, "DELETE /api/v1/suspensions/site/hull")
    assert (again.status, again.json) == (
        404,
        {"detail": "the site hull is not suspended, and no host of it is stuck: see /api/v1/suspensions"},
    )
    assert desk.heeded == 1


def test_approvals_are_listed_newest_first_a_page_at_a_time(desk):
    for plan in ("p1", "p2"):
        desk.says(Role.APPROVER, "POST /api/v1/approvals", {"answer": "approved", "plans": [plan]})
    [latest] = desk.says(Role.VIEWER, "GET /api/v1/approvals?limit=1").json["approvals"]
    assert (latest["name"], latest["site"], latest["by"], latest["used_on"]) == ("p2", "ottawa", "the-approver", [])
    before = desk.says(Role.VIEWER, f"GET /api/v1/approvals?before={latest['number']}").json["approvals"]
    assert [a["name"] for a in before] == ["p1"]


def test_the_audit_is_listed_newest_first_a_page_at_a_time(desk):
    desk.store.words.note("night-shift", "decline", "hull", "vlan/mgmt0")
    [latest] = desk.says(Role.VIEWER, "GET /api/v1/audit?limit=1").json["audit"]
    assert latest | {"number": 0} == {
        "at": 1_042.5, "by": "night-shift", "action": "decline", "subject": "hull", "detail": "vlan/mgmt0", "number": 0,
    }  # fmt: skip
    before = desk.says(Role.VIEWER, f"GET /api/v1/audit?before={latest['number']}").json["audit"]
    assert (before[0]["action"], before[0]["subject"]) == ("token add", "the-operator")


YES = ("POST /api/v1/approvals", {"answer": "approved", "plans": ["p1"]})
STOP = ("POST /api/v1/suspensions", {"site": "hull", "reason": "storm"})
GO = ("DELETE /api/v1/suspensions/site/hull", None)


@pytest.mark.parametrize(
    ("role", "said", "needed"),
    [
        (Role.VIEWER, YES, "approver"),
        (Role.VIEWER, STOP, "operator"),
        (Role.VIEWER, GO, "operator"),
        (Role.APPROVER, STOP, "operator"),
        (Role.APPROVER, GO, "operator"),
    ],
)
def test_a_role_that_is_not_enough_is_told_which_would_be(desk, role, said, needed):
    answer = desk.says(role, *said)
    assert (answer.status, answer.json) == (
        403,
        {"detail": f"the-{role} is {role}, and this needs the role {needed}"},
    )
    assert (desk.audited, desk.heeded) == ([], 0)


def test_the_token_of_the_environment_only_sees(desk):
    assert asked(desk.app, "/api/v1/sites", bearing(FROM_THE_ENVIRONMENT)).status == 200
    answer = told(desk.app, YES[0], bearing(FROM_THE_ENVIRONMENT), YES[1])
    assert (answer.status, answer.json["detail"]) == (403, "STXR_API_TOKEN is viewer, and this needs the role approver")


def test_a_revoked_token_opens_nothing_from_the_next_request_on(desk):
    desk.store.tokens.revoke("the-operator", "root")
    answer = desk.says(Role.OPERATOR, *STOP)
    assert answer.status == 401
    assert answer.json["detail"] == "this bearer token opens nothing: it was never given, or it was revoked"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "request_line", [YES[0], STOP[0], GO[0], *(f"GET /api/v1/{p}" for p in ("approvals", "suspensions", "audit"))]
)
def test_nothing_is_said_or_shown_without_a_token(desk, request_line):
    assert told(desk.app, request_line, b"", {}).json["detail"].startswith("a bearer token is needed")
    assert told(desk.app, request_line, b"Bearer wrong", {}).status == 401


def test_no_token_is_in_any_answer_or_in_the_audit(desk):
    answers = [desk.says(role, *said).text for role in Role for said in (YES, STOP, GO)]
    seen = [desk.says(Role.VIEWER, f"GET /api/v1/{p}").text for p in ("approvals", "suspensions", "audit", "sites")]
    everything = " ".join([*answers, *seen, str(desk.audited)])
    assert not any(token in everything for token in [FROM_THE_ENVIRONMENT, *desk.tokens.values()])


def test_a_body_is_read_no_further_than_it_may_be_long(desk):
    body = b'{"answer": "approved", "reason": "' + b"x" * 300_000 + b'"}'
    answer = posted(desk.app, "/api/v1/approvals", body, {"content-type": "application/json"})
    assert (answer.status, answer.json) == (413, {"detail": "a body has at most 262144 bytes"})


OPENED = Opened()
schema = schemathesis.openapi.from_asgi("/openapi.json", OPENED.app(FOUND))


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("api") / "state", "run") as store:
        OPENED.open(store)
        yield


@pytest.mark.usefixtures("opened")
@schema.include(path_regex="approvals|suspensions|audit|breakers").parametrize()
def test_the_api_does_what_it_says_of_itself(case):
    # no Authorization, or a query with an empty key, reach it as right ones do: see test_app
    case.call_and_validate(headers=OPENED.authorized, excluded_checks=[negative_data_rejection])
