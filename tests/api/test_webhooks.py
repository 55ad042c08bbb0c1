"""Deliveries of forges: a signed push asks for a look, and nothing else does."""

from __future__ import annotations

import orjson
import pytest
import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from reconciler.api import Access, Fleet, Hooks, create_app
from reconciler.api.webhooks import LARGEST_BODY
from tests.api.calling import asked, posted
from tests.sources.test_push_events import PUSH, SECRET, github, signature

PATH = "/api/v1/webhooks/git"


class Heard:
    """An application, and what it was moved to."""

    def __init__(self, **said):
        self.pushed, self.counted = [], []
        fleet = Fleet(lambda: (), lambda _name: None, lambda: b"", lambda: "", lambda: 0.0)
        hooks = Hooks(
            pushed=self.pushed.append,
            counted=lambda forge, result: self.counted.append((str(forge), str(result))),
            **{"secrets": (SECRET,), "branch": "main", **said},
        )
        self.app = create_app(fleet, Access("token"), hooks)

    def post(self, body=PUSH, headers=None):
        return posted(self.app, PATH, body, github(body) if headers is None else headers)


@pytest.fixture
def heard():
    return Heard()


def test_a_push_asks_for_a_look(heard):
    answer = heard.post()
    assert (answer.status, answer.json) == (200, {"result": "accepted"})
    assert heard.pushed == ["push to main, says github"]
    assert heard.counted == [("github", "accepted")]


def test_a_replayed_delivery_is_ignored(heard):
    heard.post()
    assert heard.post(headers=github(**{"x-github-delivery": "another"})).json == {"result": "replayed"}
    assert len(heard.pushed) == 1
    assert heard.counted[-1] == ("github", "replayed")


@pytest.mark.parametrize(
    ("headers", "result", "says"),
    [
        ({"x-github-event": "push"}, "unsigned", "a signature of GitHub, GitLab, Gitea or Forgejo is needed"),
        (github(b"other"), "forged", "the signature is not of a secret that this controller shares"),
        ({"x-gitlab-event": "Push Hook", "x-gitlab-token": "guess"}, "forged", "the signature is not of a secret"),
    ],
)
def test_a_missing_or_wrong_signature_is_refused_and_counted(heard, headers, result, says):
    answer = heard.post(headers=headers)
    assert answer.status == 401
    assert answer.json["detail"].startswith(says)
    assert SECRET not in answer.text
    assert heard.pushed == []
    assert heard.counted[-1][1] == result


def test_a_large_body_is_refused_before_it_is_read(heard):
    body = b"x" * 10_000_000
    answer = heard.post(body, {"content-length": str(len(body))})
    assert (answer.status, heard.pushed, heard.counted) == (413, [], [("unknown", "too_large")])


def test_a_large_body_that_says_it_is_small_is_refused_too(heard):
    body = b"x" * (LARGEST_BODY + 1)
    assert heard.post(body, {"x-github-event": "push"}).status == 413


def test_a_push_that_names_no_ref_is_refused(heard):
    body = b"{}"
    assert heard.post(body).status == 400


@pytest.mark.parametrize(
    ("body", "event", "result"),
    [(PUSH, "ping", "other_event"), (orjson.dumps({"ref": "refs/heads/feature"}), "push", "other_branch")],
)
def test_what_does_not_concern_us_is_ignored(heard, body, event, result):
    headers = {"x-github-event": event, "x-hub-signature-256": f"sha256={signature(body)}"}
    assert heard.post(body, headers).json == {"result": result}
    assert heard.pushed == []


def test_without_a_secret_no_delivery_is_taken():
    deaf = Heard(secrets=())
    answer = deaf.post()
    assert (answer.status, deaf.pushed) == (404, [])
    assert "STXR_WEBHOOK_SECRETS" in answer.text


def test_it_is_told_not_asked(heard):
    assert asked(heard.app, PATH).status == 405


PULL = orjson.dumps({"action": "opened", "number": 7, "repository": {"full_name": "ran/site-config"}})


@pytest.fixture
def pulled():
    return []


@pytest.fixture
def reviewing(pulled):
    return Heard(project="ran/site-config", pulled=pulled.append)


def test_an_event_of_a_pull_request_asks_for_a_look_at_it(reviewing, pulled):
    answer = reviewing.post(PULL, github(PULL, event="pull_request"))
    assert (answer.status, answer.json, pulled) == (200, {"result": "accepted"}, [7])
    assert reviewing.pushed == []


def test_an_event_of_a_pull_request_is_believed_once_and_signed_only(reviewing, pulled):
    assert reviewing.post(PULL, {"x-github-event": "pull_request"}).status == 401
    assert reviewing.post(PULL, github(b"other", event="pull_request")).status == 401
    reviewing.post(PULL, github(PULL, event="pull_request"))
    assert reviewing.post(PULL, github(PULL, event="pull_request")).json == {"result": "replayed"}
    assert pulled == [7]


def test_a_pull_request_of_another_repository_is_others_business(reviewing, pulled):
    body = PULL.replace(b"ran/site-config", b"ran/charts")
    assert reviewing.post(body, github(body, event="pull_request")).json == {"result": "other_event"}
    assert pulled == []


def test_without_a_forge_pull_requests_are_others_business(heard):
    assert heard.post(PULL, github(PULL, event="pull_request")).json == {"result": "other_event"}


schema = schemathesis.openapi.from_asgi("/openapi.json", Heard().app)


@schema.include(path_regex="webhooks").parametrize()
@settings(max_examples=50)
def test_whatever_is_delivered_unsigned_is_answered_as_the_api_says_and_moves_nothing(case):
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
