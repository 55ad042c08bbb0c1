"""Pull requests, comments and approvals, read alike from three forges."""

from __future__ import annotations

import pytest

from reconciler.clients.forges import ForgeDarkError, ForgeRefusedError
from reconciler.model.pull import Assent, CommitStatus, Proposal, PullState, StatusState
from tests.forges.server import ACCOUNT, NOW, reply

HEAD = "4ead" * 10


async def test_a_pull_request_is_read(forge, client):
    forge.opened(HEAD)
    pull = await client.pull(1)
    assert (pull.number, pull.state, pull.base, pull.branch) == (1, PullState.OPEN, "main", "feature")
    assert (pull.head, pull.is_fork, pull.author, pull.merged) == (HEAD, False, "amelie", "")
    assert pull.url.startswith(forge.url)


@pytest.mark.parametrize("said", [{"is_fork": True}, {"is_fork": True, "is_fork_gone": True}])
async def test_a_fork_is_one_also_when_it_is_gone(forge, client, said):
    forge.opened(HEAD, **said)
    assert (await client.pull(1)).is_fork


async def test_a_merge_names_its_commit_and_a_close_none(forge, client):
    merged, closed = forge.opened(HEAD), forge.opened(HEAD)
    merged.state, merged.merged, closed.state = "merged", "3e46" * 10, "closed"
    first, second = await client.pull(1), await client.pull(2)
    assert (first.state, first.merged) == (PullState.MERGED, "3e46" * 10)
    assert (second.state, second.merged) == (PullState.CLOSED, "")


async def test_lists_are_read_to_their_last_page(forge, client):
    forge.page = 2
    for number in range(5):
        forge.opened(HEAD, branch=f"b{number}")
    assert [pull.branch for pull in await client.open_pulls()] == [f"b{number}" for number in range(5)]
    for number in range(5):
        forge.commented(1, "amelie", f"remark {number}")
    assert [comment.body for comment in await client.comments(1)] == [f"remark {number}" for number in range(5)]


async def test_only_what_people_said_is_a_comment(forge, client):
    forge.opened(HEAD)
    forge.commented(1, "amelie", "why?")
    [comment] = await client.comments(1)
    assert (comment.author, comment.body, comment.at) == ("amelie", "why?", NOW)


async def test_what_was_edited_is_known_to_be(forge, client, clock):
    forge.opened(HEAD)
    row = forge.commented(1, "amelie", "why?")
    clock.time += 60
    row |= {"body": "/stxr approve", "at": clock.now()}
    [comment] = await client.comments(1)
    assert (comment.is_edited, comment.at) == (True, NOW + 60)


async def test_an_approval_stands_until_its_giver_says_otherwise(forge, client):
    forge.opened(HEAD)
    forge.approved(1, "noor")
    forge.approved(1, "amelie")
    forge.approved(1, "amelie", state="CHANGES_REQUESTED")
    forge.approved(1, "sam")
    forge.approved(1, "sam", state="DISMISSED")
    [assent] = await client.assents(1)
    commit = "" if forge.kind == "gitlab" else HEAD  # which GitLab does not tell
    assert assent == Assent("noor", commit, NOW)


@pytest.mark.parametrize("forge", ["gitea", "github"], indirect=True)  # gitlab: a remark is no review there
async def test_a_later_remark_takes_no_approval_back(forge, client):
    forge.opened(HEAD)
    forge.approved(1, "noor")
    forge.approved(1, "noor", state="COMMENTED")
    assert [assent.by for assent in await client.assents(1)] == ["noor"]


async def test_statuses_are_said_and_read_back(forge, client):
    said = CommitStatus("stxr/plan", StatusState.SUCCESS, "2 sites, 1 lock", "https://stxr.example.org/r/1")
    await client.set_status(HEAD, said)
    assert (await client.statuses(HEAD))["stxr/plan"] == said


async def test_an_account_is_asked_for_once(forge, client):
    assert await client.account() == await client.account() == ACCOUNT
    assert len(forge.asked("GET", "/user")) == 1


async def test_a_branch_becomes_a_pull_request_once(forge, client):
    wanted = Proposal("stxr/accept-ottawa-001", "main", "Take the MTU of ottawa-001 into Git", "It drifted on Friday.")
    first = await client.propose(wanted)
    again = await client.propose(wanted)
    assert (first.number, first.branch, first.author) == (1, wanted.branch, ACCOUNT)
    assert again.number == first.number
    assert len(forge.pulls) == 1


async def test_a_refused_proposal_says_why(forge, client):
    forge.pending = [reply({"message": "branch not found"}, 404)]
    with pytest.raises(ForgeRefusedError, match=r"branch not found; check `project` in the forge file"):
        await client.propose(Proposal("nowhere", "main", "t", "x"))


async def test_what_is_not_there_is_refused_with_what_to_check(client):
    with pytest.raises(ForgeRefusedError, match="check `project` in the forge file") as refused:
        await client.pull(404)
    assert refused.value.is_absent


@pytest.mark.parametrize("body", [{"number": "seven"}, [], "html"])
async def test_an_answer_of_another_form_is_no_answer(forge, client, body):
    forge.pending = [reply(body)]
    with pytest.raises(ForgeDarkError, match="an answer of another form"):
        await client.pull(1)


@pytest.mark.parametrize("forge", ["gitea", "github"], indirect=True)  # gitlab: its pages are followed by number
async def test_a_page_on_another_server_is_not_followed(forge, client):
    forge.pending = [reply([], Link='<http://elsewhere.example.org/?page=2>; rel="next"')]
    with pytest.raises(ForgeDarkError, match=r"elsewhere\.example\.org: the token does not go there"):
        await client.open_pulls()


async def test_a_moved_project_is_told_and_not_followed(forge, client):
    forge.pending = [reply({}, 301, Location=f"{forge.url}/elsewhere?private=1")]
    with pytest.raises(ForgeRefusedError, match="/elsewhere now: say so in the forge file"):
        await client.pull(1)
