"""`stxr token`: what is printed once, what is listed, and what is said of names that are not there."""

from __future__ import annotations

import json

import pytest

from reconciler.model.role import Role
from reconciler.store import Store

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def store(tmp_path):
    """The store of a controller at work."""
    with Store.open(tmp_path / "state", "run") as opened:
        yield opened


def test_a_token_is_printed_alone_and_opens_at_once(stxr, tmp_path, store):
    ended = stxr("token", "add", "night-shift", "--role", "approver", "--state", tmp_path / "state")
    assert (ended.code, ended.err) == (0, "night-shift is approver; keep the token now: it is not shown again\n")
    assert store.tokens.bearer(ended.out.strip()).role is Role.APPROVER


def test_those_who_hold_one_are_listed_without_it(stxr, tmp_path, store):
    added = stxr("token", "add", "web", "--role", "viewer", "--state", tmp_path / "state", "--format", "json")
    token = json.loads(added.out)["token"]
    text = stxr("token", "list", "--state", tmp_path / "state").out
    assert text.startswith("web: viewer, added 0s ago by ")
    listed = stxr("token", "list", "--state", tmp_path / "state", "--format", "json").out
    assert [(t["name"], t["role"]) for t in json.loads(listed)["tokens"]] == [("web", "viewer")]
    assert token not in text + listed


def test_where_there_is_none_it_says_how_to_make_one(stxr, tmp_path):
    Store.open(tmp_path / "state").close()
    assert stxr("token", "list", "--state", tmp_path / "state").out == (
        "no token was added: `stxr token add NAME --role ROLE` makes one\n"
    )


def test_a_token_is_revoked_by_its_name(stxr, tmp_path, store):
    token = store.tokens.add("web", Role.VIEWER, "root")
    store.tokens.add("night-shift", Role.OPERATOR, "root")
    assert stxr("token", "revoke", "web", "--state", tmp_path / "state").out == "web: revoked\n"
    assert store.tokens.bearer(token) is None
    ended = stxr("token", "revoke", "web", "--state", tmp_path / "state")
    assert (ended.code, ended.err) == (1, "stxr: there is no token web; there are night-shift\n")


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(stxr, tmp_path):
    ended = stxr("token", "add", "web", "--role", "root", "--state", tmp_path / "state")
    assert ended.code == 1
    assert "'viewer', 'approver', 'operator'" in ended.err
