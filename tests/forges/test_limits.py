"""Limits, revoked tokens and lost answers: what a forge says about being asked is heeded."""

from __future__ import annotations

import pytest
from aiohttp import web

from reconciler.clients.forges import ForgeBusyError, ForgeDarkError, ForgeRefusedError, TokenRefusedError
from reconciler.model.pull import CommitStatus, StatusState
from tests.forges.server import NOW, TOKEN, reply

HEAD = "4ead" * 10
STATUS = CommitStatus("stxr/plan", StatusState.PENDING, "is being made")


async def test_a_used_up_limit_is_waited_for_without_asking(forge, client, clock):
    forge.opened(HEAD)
    forge.left, forge.resets_at = 0, NOW + 1200
    with pytest.raises(ForgeBusyError, match="asked again in 1200 s") as busy:
        await client.pull(1)
    assert busy.value.until == NOW + 1200
    clock.time += 600
    with pytest.raises(ForgeBusyError):
        await client.pull(1)
    assert len(forge.journal) == 1
    clock.time += 601
    forge.left = 100
    assert (await client.pull(1)).number == 1


@pytest.mark.parametrize("forge", ["github", "gitlab"], indirect=True)  # gitea: it does not count
async def test_the_last_request_of_a_limit_is_known_to_be_the_last(forge, client):
    forge.opened(HEAD)
    forge.left, forge.resets_at = 1, NOW + 60
    assert (await client.pull(1)).number == 1
    with pytest.raises(ForgeBusyError):
        await client.comments(1)
    assert len(forge.journal) == 1


async def test_a_burst_is_answered_by_a_pause_of_the_forges_own_length(forge, client, clock):
    forge.opened(HEAD)
    forge.pending = [forge.secondary(after_s=37)]
    with pytest.raises(ForgeBusyError) as busy:
        await client.set_status(HEAD, STATUS)
    assert busy.value.until == NOW + 37
    clock.time += 37
    await client.set_status(HEAD, STATUS)
    assert forge.states(HEAD) == {"stxr/plan": "pending"}


async def test_without_a_length_pauses_grow(forge, client, clock):
    waits = []
    for _ in range(3):
        forge.pending = [forge.secondary()]
        with pytest.raises(ForgeBusyError) as busy:
            await client.pull(1)
        waits.append(busy.value.until - clock.now())
        clock.time = busy.value.until
    assert waits == [60, 120, 240]


async def test_a_missing_right_is_no_limit(forge, client):
    forge.pending = [reply({"message": "Resource not accessible by personal access token"}, 403)]
    with pytest.raises(ForgeRefusedError, match="check what the token may do"):
        await client.pull(1)


async def test_a_revoked_token_is_told_once_and_not_tried_again(forge, client):
    forge.tokens.clear()
    for _ in range(3):
        with pytest.raises(TokenRefusedError, match="it was revoked or has run out") as refused:
            await client.pull(1)
        assert TOKEN not in str(refused.value)
    assert len(forge.journal) == 1


async def test_a_new_token_is_used_without_a_restart(forge, client, monkeypatch):
    forge.opened(HEAD)
    forge.tokens = {"another"}
    with pytest.raises(TokenRefusedError):
        await client.pull(1)
    monkeypatch.setenv("FORGE_TOKEN", "another")
    assert (await client.pull(1)).number == 1


async def test_what_echoes_the_token_is_masked(forge, client):
    forge.pending = [reply({"message": f"no such thing as Bearer {TOKEN}"}, 400)]
    with pytest.raises(ForgeRefusedError, match=r"Bearer \*\*\*") as refused:
        await client.pull(1)
    assert TOKEN not in str(refused.value)


async def test_a_read_without_an_answer_is_asked_again(forge, client, clock):
    forge.opened(HEAD)
    gateway = "<html><h1>502 Bad Gateway</h1></html>"
    forge.pending = [web.Response(status=502, text=gateway), web.Response(status=502, text=gateway)]
    assert (await client.pull(1)).number == 1
    assert clock.slept == [0.5, 1.0]


async def test_a_line_that_breaks_is_no_end(forge, client):
    forge.opened(HEAD)
    forge.pending = [None]
    assert (await client.pull(1)).number == 1


async def test_a_write_without_an_answer_is_not_sent_again(forge, client):
    forge.pending = [web.Response(status=503, text="later")]
    with pytest.raises(ForgeDarkError, match="503 later"):
        await client.set_status(HEAD, STATUS)
    assert len(forge.journal) == 1


async def test_writes_keep_a_distance(forge, client, clock):
    for name in ("stxr/validate", "stxr/plan"):
        await client.set_status(HEAD, CommitStatus(name, StatusState.SUCCESS, "well"))
    assert clock.slept == [1.0]


async def test_what_has_not_changed_is_not_sent_again_by_the_forge(forge, client):
    forge.opened(HEAD)
    forge.left, forge.resets_at = 10, NOW + 60
    first = await client.pull(1)
    assert await client.pull(1) == first
    assert forge.left == 9
    forge.pulls[1].head = "5eed" * 10
    assert (await client.pull(1)).head == "5eed" * 10
