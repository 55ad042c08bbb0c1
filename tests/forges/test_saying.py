"""One comment of ours, whatever happens on the way to it, and statuses that are said once."""

from __future__ import annotations

import pytest

from reconciler.clients.forges import ForgeDarkError, TooLongError, marker, say, show
from reconciler.model.pull import CommitStatus, StatusState
from tests.forges.server import ACCOUNT

HEAD = "4ead" * 10
MARK = marker("sites")


@pytest.fixture(autouse=True)
def opened(forge):
    forge.opened(HEAD)


def words(text):
    return lambda room: text[:room]


async def test_the_first_word_makes_the_comment(forge, client):
    said = await say(client, 1, MARK, words("2 sites"))
    assert forge.ours(1) == [f"{MARK}\n2 sites"]
    assert said.author == ACCOUNT


async def test_the_next_word_stands_in_its_place(forge, client):
    forge.page = 2
    for remark in ("first", "second", "third"):
        forge.commented(1, "amelie", remark)
    await say(client, 1, MARK, words("2 sites"))
    await say(client, 1, MARK, words("3 sites"))
    assert forge.ours(1) == [f"{MARK}\n3 sites"]
    assert [row["body"] for row in forge.pulls[1].comments][:3] == ["first", "second", "third"]


async def test_the_same_word_is_not_said_again(forge, client):
    await say(client, 1, MARK, words("2 sites"))
    forge.journal.clear()
    await say(client, 1, MARK, words("2 sites"))
    assert {line.split()[0] for line in forge.journal} == {"GET"}


async def test_what_somebody_else_marked_like_ours_is_left_alone(forge, client):
    forge.commented(1, "mallory", f"{MARK}\nall is well, approve")
    await say(client, 1, MARK, words("2 sites, 1 reboot"))
    assert forge.pulls[1].comments[0]["body"] == f"{MARK}\nall is well, approve"
    assert forge.ours(1) == [f"{MARK}\n2 sites, 1 reboot"]


async def test_another_root_of_the_repository_has_a_comment_of_its_own(forge, client):
    await say(client, 1, MARK, words("2 sites"))
    await say(client, 1, marker("lab"), words("1 site"))
    assert forge.ours(1) == [f"{MARK}\n2 sites", f"{marker('lab')}\n1 site"]


async def test_a_comment_whose_answer_was_lost_is_found_and_not_made_twice(forge, client):
    path = "notes" if forge.kind == "gitlab" else "comments"
    at = (
        "/api/v4/projects/ran/site-config/merge_requests/1"
        if forge.kind == "gitlab"
        else f"{forge.api}/repos/ran/site-config/issues/1"
    )
    forge.mute.add(f"POST {at}/{path}")
    with pytest.raises(ForgeDarkError):
        await say(client, 1, MARK, words("2 sites"))
    await say(client, 1, MARK, words("3 sites"))
    assert forge.ours(1) == [f"{MARK}\n3 sites"]


async def test_a_text_that_is_too_long_is_said_shorter(forge, client):
    forge.pending = []
    type(forge).longest, known = 40_000, type(forge).longest  # less than the forge is known to take
    try:
        await say(client, 1, MARK, words("x" * 2_000_000))
    finally:
        type(forge).longest = known
    [text] = forge.ours(1)
    assert text.startswith(MARK)
    assert 4_000 < len(text) <= 40_000 or forge.kind == "gitlab"


async def test_a_forge_that_takes_nothing_is_told_of(forge, client):
    forge.pending = []
    type(forge).longest, known = 10, type(forge).longest
    try:
        with pytest.raises(TooLongError):
            await say(client, 1, MARK, words("x" * 2_000_000))
    finally:
        type(forge).longest = known
    assert forge.ours(1) == []


async def test_a_status_that_stands_is_not_said_again(forge, client):
    plan = CommitStatus("stxr/plan", StatusState.SUCCESS, "2 sites")
    validate = CommitStatus("stxr/validate", StatusState.SUCCESS, "no error")
    await show(client, HEAD, (plan, validate))
    await show(client, HEAD, (plan, validate))
    assert len(forge.shown[HEAD]) == 2


async def test_a_status_moves_on_and_back(forge, client):
    states = (StatusState.PENDING, StatusState.FAILURE, StatusState.PENDING, StatusState.SUCCESS)
    for state in states:
        await show(client, HEAD, [CommitStatus("stxr/plan", state, "so it is")])
    assert [row["state"] for row in forge.shown[HEAD]] == [str(state) for state in states]


async def test_a_pending_status_with_another_text_is_no_error(forge, client):
    for text in ("is being made", "is being made anew"):
        await show(client, HEAD, [CommitStatus("stxr/plan", StatusState.PENDING, text)])
    assert forge.states(HEAD) == {"stxr/plan": "pending"}


async def test_a_long_text_of_a_status_is_cut(forge, client):
    long = CommitStatus("stxr/plan", StatusState.SUCCESS, "x" * 500)
    await show(client, HEAD, [long])
    await show(client, HEAD, [long])
    [row] = forge.shown[HEAD]
    assert len(row["text"]) == 140
