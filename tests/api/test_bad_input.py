"""What is wrong, sent to the API as it is served: over a socket, by uvicorn. It is refused, counted, and moves nothing."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import aiohttp
import pytest

from reconciler.api import Access, Desk, Drifts, Hooks, create_app
from reconciler.api.answering import LARGEST_BODY
from reconciler.api.webhooks import LARGEST_BODY as LARGEST_DELIVERY
from reconciler.api.webhooks import PATH
from reconciler.app.options import Listen
from reconciler.app.serving import Server
from reconciler.model.role import Role
from reconciler.store import Store
from tests.api.desks import shown
from tests.model.verdicts import verdict
from tests.sources.test_push_events import PUSH, SECRET, github

HUGE = 10_000_000
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


@dataclass
class Served:
    """The API at a port. pushed: why it was asked to look at the repository. counted: what became of deliveries."""

    app: object
    operator: str
    url: str = ""
    pushed: list[str] = field(default_factory=list)
    counted: list[tuple[str, str]] = field(default_factory=list)
    heeded: int = 0

    @property
    def authorized(self):
        return {"Authorization": f"Bearer {self.operator}"}

    @property
    def place(self):
        return self.url.rpartition("/")[2].split(":")

    async def asks(self, method, path, *, headers=None, **what):
        """Status and JSON of an answer."""
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                method, f"{self.url}{path}", headers=headers if headers is not None else self.authorized, **what
            ) as answer,
        ):
            return answer.status, await answer.json()

    async def delivers(self, body=PUSH, headers=None):
        return await self.asks("POST", PATH, data=body, headers=github(body) if headers is None else headers)

    async def begins(self, path, *lines):
        """A POST whose head is sent, and its connection."""
        reader, writer = await asyncio.open_connection(*self.place)
        writer.write("\r\n".join([f"POST {path} HTTP/1.1", "Host: controller", *lines, "", ""]).encode())
        await writer.drain()
        return reader, writer


@pytest.fixture
async def api(tmp_path):
    with Store.open(tmp_path) as store:
        made = Served(None, store.tokens.add("operator", Role.OPERATOR, "root"))
        heed = lambda: setattr(made, "heeded", made.heeded + 1)  # noqa: E731
        hooks = Hooks(made.pushed.append, lambda *told: made.counted.append((*map(str, told),)), (SECRET,), "main")
        desk = Desk(store.words, store.rollouts, store.bounds, store.aborts, heed)
        drifts = Drifts(dict, store.drift.ended, lambda _origin, _commit: None)
        fleet = replace(shown({"ottawa": verdict("ottawa")}), sendings=store.history.sendings)
        made.app = create_app(fleet, Access("", store.tokens.bearer), hooks, desk, drifts)
        async with listening(made.app) as made.url:
            yield made


@asynccontextmanager
async def listening(app):
    server = Server(app, Listen("127.0.0.1", 0, ""))
    serving = asyncio.create_task(server.serve())
    try:
        yield await server.url(serving)
    finally:
        server.should_exit = True
        await serving


async def status(reader):
    """Of the answer that comes, whatever is still to be sent."""
    return int((await reader.readline()).split()[1])


# ---- deliveries of forges


@pytest.mark.parametrize(
    ("headers", "result"),
    [
        ({"x-github-event": "push"}, "unsigned"),
        ({}, "unsigned"),
        (github(b"another body"), "forged"),
        (github(**{"x-hub-signature-256": "sha256=00"}), "forged"),
        ({"x-gitlab-event": "Push Hook", "x-gitlab-token": "guess"}, "forged"),
    ],
    ids=["no signature", "nothing", "another body's", "a wrong one", "a wrong token"],
)
async def test_a_delivery_with_a_wrong_or_missing_signature_is_refused_counted_and_fetches_nothing(
    api, headers, result
):
    code, said = await api.delivers(headers=headers)
    assert (code, list(said)) == (401, ["detail"])
    assert [told for _, told in api.counted] == [result]
    assert api.pushed == []


async def test_a_delivery_of_ten_megabytes_is_refused_before_it_is_sent(api):
    reader, writer = await api.begins(PATH, f"Content-Length: {HUGE}", "X-GitHub-Event: push")
    assert await status(reader) == 413
    writer.close()
    assert (api.counted, api.pushed) == ([("unknown", "too_large")], [])


async def test_a_delivery_that_does_not_say_how_long_it_is_ends_at_the_limit(api):
    sent, (reader, writer) = 0, await api.begins(PATH, "Transfer-Encoding: chunked", "X-GitHub-Event: push")
    answer = asyncio.create_task(status(reader))
    with suppress(ConnectionError):
        while sent < HUGE and not answer.done():
            writer.write(CHUNK)
            await writer.drain()
            sent += 0x10000
    assert await answer == 413
    writer.close()
    assert sent > LARGEST_DELIVERY
    assert (api.counted, api.pushed) == ([("unknown", "too_large")], [])


async def test_a_replayed_delivery_is_ignored(api):
    assert await api.delivers() == (200, {"result": "accepted"})
    assert await api.delivers(headers=github(**{"x-github-delivery": "another"})) == (200, {"result": "replayed"})
    assert api.pushed == ["push to main, says github"]
    assert api.counted == [("github", "accepted"), ("github", "replayed")]


# ---- everybody else's bodies


@pytest.mark.parametrize("how", [f"Content-Length: {HUGE}", "Transfer-Encoding: chunked"])
async def test_a_body_without_end_is_ended_by_us(api, how):
    known = f"Authorization: Bearer {api.operator}"
    reader, writer = await api.begins("/api/v1/suspensions", known, "Content-Type: application/json", how)
    piece = CHUNK if "chunked" in how else b"x" * 0x10000
    with suppress(ConnectionError):
        for _ in range(LARGEST_BODY // 0x10000 + 1):
            writer.write(piece)
            await writer.drain()
    assert await status(reader) == 413
    writer.close()
    assert (await api.asks("GET", "/api/v1/suspensions"))[1] == {"suspensions": []}
    assert api.heeded == 0


# ---- a site that there is not


def about_one_site(app):
    """Every operation whose path or query names a site, with a site that there is not."""
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            queries = [p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"]
            if "/sites/{name}" in path:
                yield method.upper(), path.format(name="nowhere")
            elif "site" in queries:
                yield method.upper(), f"{path}?site=nowhere"


async def test_a_site_that_there_is_not_is_a_404_in_the_api_s_form_wherever_one_is_named(api):
    asked = list(about_one_site(api.app))
    assert len(asked) >= 6
    for method, path in asked:
        body = {"json": {"reason": "crane"}} if path.endswith("/abort") else {}
        told = await api.asks(method, path, **body)
        assert told == (404, {"detail": "no site nowhere: see /api/v1/sites"}), f"{method} {path}"
        there = await api.asks(method, re.sub("nowhere", "ottawa", path), **body)
        assert there[0] in {200, 202, 409 if body else 200}, f"{method} {path}"  # nothing is being sent to it


async def test_a_site_that_there_is_not_cannot_be_suspended_by_mistake(api):
    code, said = await api.asks("POST", "/api/v1/suspensions", json={"site": "otawa", "reason": "crane"})
    assert (code, list(said)) == (404, ["detail"])
    assert "ottawa" in said["detail"]
