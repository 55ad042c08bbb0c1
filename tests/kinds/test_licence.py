"""The licence: compared by digest, installed by one call, never shown and never taken away."""

from __future__ import annotations

import pytest

from reconciler.kinds import registry
from reconciler.model.change import Change
from reconciler.model.plan import Call
from reconciler.model.rows import COLLECTIONS
from reconciler.model.secret import SecretRef, Upload, digest
from reconciler.model.words import Action
from tests.kinds.machines import context, desired, difference, differences, observed, planned, rows, sent, written

KIND = registry()["licence"]
PAPER = "FEATURE ran 2030\nSIGN=12ab\n"
SAID = "{system: {license: {secret: paper}}, own: {secrets: {paper: {secretRef: env:PAPER}}}}"
NONE = {"content": "", "error": "License file not found. A license may not have been installed."}


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    monkeypatch.setenv("PAPER", PAPER)
    return monkeypatch


def listed(**shown):
    """A reading of what `GET /v1/license/get_license_file` answers."""
    return rows(license=[COLLECTIONS["license"].kept({"content": PAPER, "error": "", **shown})])


def test_a_site_without_one_gets_it_in_one_upload():
    body = Upload(SecretRef("env:PAPER"), digest=digest(PAPER))
    assert written(SAID, listed(**NONE)) == [Call("POST", "/v1/license/install_license", body)]


def test_the_same_file_is_no_difference_however_its_lines_end():
    assert differences(SAID, listed()) == {}
    assert differences(SAID, listed(content=PAPER.replace("\n", "\r\n"))) == {}
    assert differences(SAID, listed(content=PAPER.rstrip())) == {}


def test_another_file_is_one_call_and_of_neither_anything_is_shown():
    found = listed(content="FEATURE ran 2026\n")
    change = difference(SAID, found)
    assert [(f.name, f.observed) for f in change.fields] == [("digest", digest("FEATURE ran 2026\n"))]
    assert len(sent(SAID, found)) == 1
    assert "FEATURE" not in repr((change, planned(SAID, found), found, context(SAID, found)))


def test_without_its_secret_nothing_is_planned_and_the_reason_is_told(secrets):
    secrets.delenv("PAPER")
    assert planned(SAID, listed(**NONE)).is_empty
    ((key, why),) = desired(SAID).sealed.items()
    assert str(key) == "licence"
    assert why.startswith("its secret cannot be read: env:PAPER: the environment variable PAPER is not set, or empty")


def test_a_licence_is_never_taken_away():
    have = observed(listed())
    (key,) = (key for key in have.resources if key.kind == "licence")
    change = Change(key, Action.DELETE, None, have.resources[key])
    assert KIND.why_not(change, context("{}", listed())).startswith(
        "the platform takes another licence, and never none"
    )


def test_what_git_says_can_be_said_again_and_what_a_site_shows_cannot():
    want, have = desired(SAID), observed(listed())
    (mine,), (theirs,) = ([r for r in s.resources.values() if r.key.kind == "licence"] for s in (want, have))
    assert [said.value for said in KIND.express(mine, have)] == [None, "paper"]
    assert list(KIND.express(theirs, have)) == []
