"""Reviews over the API: listed, whole as JSON and as Markdown, and asked for by who may."""

from __future__ import annotations

import pytest

from reconciler.api import Access, ReviewDesk, create_app
from reconciler.model.errors import ConfigError, Held
from reconciler.model.review import Cost, Example, Group, Review
from reconciler.model.role import Role
from reconciler.model.words import Disruption
from tests.api.calling import _exchanged, told
from tests.api.desks import bearing, shown

PATH = "/api/v1/reviews"
COST = Cost(hosts=1, locks=1, reboots=1, disruption=Disruption.LOCK)
GROUP = Group("77aa01c2d3", "e1", ("ottawa-001", "ottawa-002"), COST, Example("ottawa-001", {}))
MADE = Review("b" * 40, "e" * 40, made_at=1_000.0, fleet=14, reached=2, groups=(GROUP,))


class Reviewing:
    """An API over a store, with what it was asked for."""

    def __init__(self, store):
        self.store, self.asked, self.fails = store, [], None
        self.tokens = {role: store.tokens.add(f"the-{role}", role, "root") for role in Role}
        desk = ReviewDesk(store.reviews, store.words, self.ask)
        self.app = create_app(shown({}), Access("", store.tokens.bearer), reviews=desk)

    async def ask(self, base, head):
        if self.fails:
            raise self.fails
        self.asked.append((base, head))
        return MADE

    def says(self, role, request, content=None):
        return told(self.app, request, bearing(self.tokens[role]), content)

    def reads(self, path, accept):
        headers = {"authorization": bearing(self.tokens[Role.VIEWER]), "accept": accept.encode()}
        return _exchanged(self.app, "GET", path, headers)


@pytest.fixture
def api(tmp_path):
    from reconciler.store import Store

    with Store.open(tmp_path / "state", clock=lambda: 1_000.0) as store:
        yield Reviewing(store)


def test_reviews_are_listed_with_what_they_cost(api):
    api.store.reviews.keep(MADE, 7)
    answer = api.says(Role.VIEWER, f"GET {PATH}?pull=7")
    assert answer.status == 200
    assert answer.json == {
        "reviews": [
            {
                "id": MADE.id,
                "pull": 7,
                "made_at": 1_000.0,
                "base": MADE.base,
                "head": MADE.head,
                "sites": 2,
                "hosts": 2,
                "disruption": "lock",
                "errors": 0,
            }
        ]
    }
    assert api.says(Role.VIEWER, f"GET {PATH}?pull=8").json == {"reviews": []}


def test_one_review_is_told_with_every_site(api):
    api.store.reviews.keep(MADE, 7)
    answer = api.says(Role.VIEWER, f"GET {PATH}/{MADE.id}")
    assert answer.json["groups"][0]["sites"] == ["ottawa-001", "ottawa-002"]


def test_who_wants_markdown_is_given_the_comment_uncut(api):
    api.store.reviews.keep(MADE, 7)
    answer = api.reads(f"{PATH}/{MADE.id}", "text/markdown")
    assert answer.headers["content-type"].startswith("text/markdown")
    assert answer.text.startswith("**2 sites of 14 change.") or "2 of 14 sites change" in answer.text


def test_a_review_that_is_not_there_is_404(api):
    answer = api.says(Role.VIEWER, f"GET {PATH}/0000")
    assert (answer.status, "may be in the making" in answer.json["detail"]) == (404, True)


def test_an_operator_asks_for_one_and_the_audit_knows_it(api):
    answer = api.says(Role.OPERATOR, f"POST {PATH}", {"base": "main", "head": "raise-mtu"})
    assert (answer.status, answer.json) == (202, {"id": MADE.id, "base": MADE.base, "head": MADE.head})
    assert api.asked == [("main", "raise-mtu")]
    [word] = [word for word in api.store.words.said(after=0) if word.action == "review"]
    assert (word.by, word.subject, word.detail) == ("the-operator", MADE.id, "main to raise-mtu")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
def test_who_only_sees_or_approves_asks_for_none(api, role):
    assert api.says(role, f"POST {PATH}", {"base": "main", "head": "x"}).status == 403
    assert api.asked == []


@pytest.mark.parametrize(
    ("error", "status"), [(ConfigError("no commit 'x'; fetch first, or check the name"), 404), (Held("20 wait"), 429)]
)
def test_what_cannot_be_asked_says_why(api, error, status):
    api.fails = error
    answer = api.says(Role.OPERATOR, f"POST {PATH}", {"base": "main", "head": "x"})
    assert (answer.status, answer.json["detail"]) == (status, str(error))


@pytest.mark.parametrize(
    "body", [{}, {"base": "main"}, {"base": "main", "head": "x", "sites": []}, {"base": "", "head": "x"}]
)
def test_a_body_of_another_form_is_refused(api, body):
    assert api.says(Role.OPERATOR, f"POST {PATH}", body).status == 422
