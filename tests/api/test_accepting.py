"""Accepting over the API: who may, what is recorded, and why it cannot be."""

from __future__ import annotations

import pytest

from reconciler.api import Access, Desk, create_app
from reconciler.engine.accept import Acceptance
from reconciler.engine.accept_wishes import Item
from reconciler.engine.accepting import Asked
from reconciler.engine.proposing import Proposed
from reconciler.model.errors import ConfigError, Failure, Unreachable
from reconciler.model.resource import ResourceKey
from reconciler.model.role import Role
from reconciler.store import Store
from tests.api.calling import told
from tests.api.desks import bearing, shown
from tests.model.verdicts import verdict

PATH = "/api/v1/drift/accept"
DNS = Item(ResourceKey("dns", "", ""), "servers", ("10.0.0.53",), ("10.9.9.9",), ())
PASSWORD = Item(ResourceKey("service-parameter", "admin_password", ""), "value", "***", "***", ())
URL = "https://forge.example.org/ran/site-config/pulls/7"
MADE = Proposed("stxr/accept-ottawa-3f2a9c0d", "c0ffee" * 6, is_new=True, base="main", number=7, url=URL)
SILENT = Unreachable("platform", "GET", "/v1/ihosts", Failure.TIMEOUT, "timed out", sent=False, site="ottawa")


class Button:
    """An API over a store, and what comes of accepting."""

    def __init__(self, store):
        self.store, self.asked, self.ends = store, [], (Acceptance("ottawa", (DNS,)), MADE)
        self.tokens = {role: store.tokens.add(f"the-{role}", role, "root") for role in Role}
        self.begins = store.words.last()
        desk = Desk(store.words, store.rollouts, store.bounds, store.aborts, lambda: None)
        access = Access("", store.tokens.bearer)
        self.app = create_app(shown({"ottawa": verdict("ottawa")}), access, desk=desk, accepts=self.accept)

    async def accept(self, asked):
        self.asked.append(asked)
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends

    def press(self, role=Role.OPERATOR, **said):
        return told(self.app, f"POST {PATH}", bearing(self.tokens[role]), said)

    @property
    def audited(self):
        return [(w.by, w.action, w.subject, w.detail) for w in self.store.words.said(after=self.begins)]


@pytest.fixture
def button(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_000.0) as store:
        yield Button(store)


def test_an_operator_has_what_a_site_shows_proposed_and_that_is_recorded(button):
    answer = button.press(site="ottawa", keys=["dns:servers"])
    assert answer.json == {
        "site": "ottawa",
        "accepted": ["dns:servers"],
        "refused": [],
        "reached": [],
        "proposed": {
            "branch": MADE.branch,
            "commit": MADE.commit,
            "is_new": True,
            "base": "main",
            "pull_request": {"number": 7, "url": URL},
            "next": URL,
        },
    }
    assert button.asked == [Asked("ottawa", ("dns:servers",), by="the-operator")]
    assert button.audited == [("the-operator", "accept", "ottawa", f"{MADE.branch}: dns:servers: {URL}")]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
def test_nobody_else_has(button, role):
    assert button.press(role, site="ottawa").status == 403
    assert (button.asked, button.audited) == ([], [])


def test_what_cannot_be_accepted_is_told_and_nothing_is_recorded(button):
    button.ends = (Acceptance("ottawa", refused=((PASSWORD, "a secret is never written to Git"),)), None)
    answer = button.press(site="ottawa", fingerprint="77aa01c2d3").json
    assert (answer["proposed"], answer["refused"]) == (
        None,
        [{"key": "service-parameter/admin_password:value", "why": "a secret is never written to Git"}],
    )
    assert button.audited == []


@pytest.mark.parametrize(
    ("error", "status"), [(ConfigError("dns does not differ between Git and the site"), 409), (SILENT, 502)]
)
def test_why_not_is_told(button, error, status):
    button.ends = error
    answer = button.press(site="ottawa")
    assert (answer.status, answer.json["detail"]) == (status, str(error))


@pytest.mark.parametrize("said", [{}, {"site": "ottawa", "fingerprint": "no hex"}, {"site": "ottawa", "keyz": []}])
def test_a_word_that_is_not_known_is_refused(button, said):
    assert button.press(**said).status == 422


def test_a_site_that_there_is_not_is_not_there(button):
    assert button.press(site="hull").status == 404
