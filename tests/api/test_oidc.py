"""Bearers of an issuer's tokens at the API: let in by their roles, named in the audit, refused with why."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from reconciler.api import Access, Desk, create_app
from reconciler.clients import Oidc
from reconciler.clients.oidc_issuer import open_issuer
from reconciler.model.role import Role
from reconciler.store import Store
from tests.api.calling import told
from tests.api.desks import bearing, shown
from tests.clients.conftest import FakeClock
from tests.issuer import AUDIENCE, NOW, Issuer, Key, serving

STOP = ("POST /api/v1/suspensions", {"site": "hull", "reason": "storm"})


class Door:
    """An API behind which nobody has a token of ours; each request is answered in a loop of its own."""

    def __init__(self, issuer, store):
        roles = {Role.OPERATOR: ("noc",), Role.VIEWER: ("staff",)}
        self.settings = Oidc(issuer=issuer.url, audience=(AUDIENCE,), roles=roles)
        access = Access("", store.tokens.bearer, self._bearer)
        self.app = create_app(
            shown({}), access, desk=Desk(store.words, store.rollouts, store.bounds, store.aborts, lambda: None)
        )

    async def _bearer(self, token):
        async with AsyncExitStack() as stack:
            issuer = await stack.enter_async_context(open_issuer(self.settings, FakeClock(NOW)))
            return await issuer.bearer(token)

    def says(self, token, request, content=None):
        return told(self.app, request, bearing(token), content)


@pytest.fixture
def issuer():
    with serving(Issuer()) as made:
        yield made


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: NOW) as made:
        yield made


@pytest.fixture
def door(issuer, store):
    return Door(issuer, store)


def test_an_operator_of_the_issuer_speaks_under_his_name(door, issuer, store):
    assert door.says(issuer.token(), *STOP).status == 201
    assert [(w.by, w.action) for w in store.words.said()] == [("oidc:u-17", "suspend")]


def test_a_role_that_is_not_enough_is_told_which_would_be(door, issuer):
    seeing = issuer.token(groups=["staff"])
    assert door.says(seeing, "GET /api/v1/sites").status == 200
    answer = door.says(seeing, *STOP)
    assert (answer.status, answer.json["detail"]) == (403, "oidc:u-17 is viewer, and this needs the role operator")


def test_who_has_no_role_here_is_not_let_in(door, issuer):
    answer = door.says(issuer.token(groups=["strangers"]), "GET /api/v1/sites")
    assert (answer.status, answer.json["detail"]) == (
        403,
        "oidc:u-17 has no role here: the claim groups names none that has one",
    )


def test_a_token_that_is_refused_says_why(door, issuer):
    answer = door.says(issuer.token(exp=NOW - 3_600), "GET /api/v1/sites")
    assert (answer.status, answer.json) == (401, {"detail": "the token has expired: get a new one"})
    assert answer.headers["www-authenticate"] == "Bearer"
    assert door.says(issuer.token(Key("k1", "RS256")), "GET /api/v1/sites").status == 401


def test_a_dark_issuer_is_told_and_when_to_come_again(door, issuer):
    issuer.status = 500
    answer = door.says(issuer.token(), "GET /api/v1/sites")
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert answer.json["detail"].startswith(f"{issuer.url} cannot be asked for its keys: ")


def test_tokens_of_our_own_go_on_while_the_issuer_is_dark(door, issuer, store):
    issuer.status = 500
    assert door.says(store.tokens.add("night-shift", Role.VIEWER, "root"), "GET /api/v1/sites").status == 200
    assert issuer.asked == []


@pytest.mark.parametrize("token", ["nonsense", "a.b", "a.b.c.d"])
def test_what_is_no_token_of_an_issuer_is_not_asked_about(door, issuer, token):
    answer = door.says(token, "GET /api/v1/sites")
    assert (answer.status, answer.json["detail"][:31]) == (401, "this bearer token opens nothing")
    assert issuer.asked == []


def test_the_door_is_the_same_for_many_at_once(door, issuer):
    """Verification keeps no state of one request for another."""

    async def both():
        first, second = await asyncio.gather(door._bearer(issuer.token()), door._bearer(issuer.token(groups=["staff"])))
        return first.role, second.role

    assert asyncio.run(both()) == (Role.OPERATOR, Role.VIEWER)
