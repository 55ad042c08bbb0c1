"""Tokens open by what they are, are kept as digests, and end when they are revoked."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import text

from reconciler.model.errors import ConfigError
from reconciler.model.role import Bearer, Role
from reconciler.store.database import engine_of, file_url


def test_a_token_opens_for_its_bearer_with_its_role(store, clock):
    clock.at = 1_500.0
    token = store.tokens.add("night-shift", Role.APPROVER, "root")
    store.tokens.add("web", Role.VIEWER, "root")
    assert store.tokens.bearer(token) == Bearer("night-shift", Role.APPROVER, 1_500.0, "root")
    assert [b.name for b in store.tokens.bearers()] == ["night-shift", "web"]


@pytest.mark.parametrize("other", ["", "stxr_", "größe", "\udcff", "x" * 10_000])
def test_nothing_else_opens(store, other):
    token = store.tokens.add("night-shift", Role.OPERATOR, "root")
    assert store.tokens.bearer(other) is None
    assert store.tokens.bearer(token + "x") is None
    assert store.tokens.bearer(token[:-1]) is None


def test_the_digest_of_a_token_is_no_token(store, folder, url):
    token = store.tokens.add("night-shift", Role.VIEWER, "root")
    engine = engine_of(url or file_url(folder))
    with engine.connect() as db:
        [row] = db.execute(text("select * from tokens")).all()
    engine.dispose()
    assert token not in str(row)
    assert store.tokens.bearer(row.digest) is None


def test_a_token_has_256_random_bits_and_is_never_given_twice(store):
    tokens = {store.tokens.add(f"bearer-{number}", Role.VIEWER, "root") for number in range(20)}
    assert len(tokens) == 20
    assert {len(base64.urlsafe_b64decode(token.removeprefix("stxr_") + "=")) for token in tokens} == {32}


def test_a_revoked_token_opens_nothing_and_its_name_may_be_given_again(store):
    first = store.tokens.add("night-shift", Role.OPERATOR, "root")
    assert store.tokens.revoke("night-shift", "root")
    assert not store.tokens.revoke("night-shift", "root")
    assert store.tokens.bearer(first) is None
    second = store.tokens.add("night-shift", Role.VIEWER, "root")
    assert (store.tokens.bearer(first), store.tokens.bearer(second).role) == (None, Role.VIEWER)


def test_a_name_that_is_taken_keeps_its_token(store):
    token = store.tokens.add("night-shift", Role.VIEWER, "root")
    with pytest.raises(ConfigError, match=r"there is a token night-shift already \(viewer\): revoke it first"):
        store.tokens.add("night-shift", Role.OPERATOR, "root")
    assert store.tokens.bearer(token).role is Role.VIEWER


@pytest.mark.parametrize("name", ["", "two words", "-x", "x" * 64, "größe", "line\nbreak"])
def test_a_name_that_would_not_stand_well_in_an_audit_is_refused(store, name):
    with pytest.raises(ConfigError, match="is no name of a token: letters, digits"):
        store.tokens.add(name, Role.VIEWER, "root")


def test_adding_and_revoking_are_in_the_audit_without_the_token(store):
    token = store.tokens.add("night-shift", Role.APPROVER, "root")
    store.tokens.revoke("night-shift", "deputy")
    assert [(w.by, w.action, w.subject, w.detail) for w in store.words.said()] == [
        ("root", "token add", "night-shift", "approver"),
        ("deputy", "token revoke", "night-shift", ""),
    ]
    assert token not in str(store.words.said())


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.VIEWER, [True, False, False]),
        (Role.APPROVER, [True, True, False]),
        (Role.OPERATOR, [True, True, True]),
    ],
)
def test_a_role_may_do_what_those_before_it_may(role, may):
    assert [role.may(needed) for needed in Role] == may
