"""Each of the three forges on loopback, and a client of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from reconciler.clients.forges import ForgeClient, Waits, open_forge
from reconciler.clients.forges.settings import ForgeFile
from reconciler.clients.patience import Patience
from tests.clients.conftest import FakeClock
from tests.forges.gitea import Gitea
from tests.forges.github import Github
from tests.forges.gitlab import Gitlab
from tests.forges.server import PROJECT, TOKEN, FakeForge, served

KINDS = {kind.kind: kind for kind in (Github, Gitlab, Gitea)}
QUICKLY = Waits(answer_s=5.0, connect_s=2.0, patience=Patience(chance=lambda: 1.0))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=sorted(KINDS))
async def forge(request, clock) -> AsyncIterator[FakeForge]:
    fake = KINDS[request.param](clock=clock.now)
    server = await served(fake)
    yield fake
    await server.close()


@pytest.fixture
def file(forge, monkeypatch) -> ForgeFile:
    monkeypatch.setenv("FORGE_TOKEN", TOKEN)
    said = {"type": forge.kind, "url": forge.url, "project": PROJECT, "token": {"secretRef": "env:FORGE_TOKEN"}}
    return ForgeFile.model_validate(said)


@pytest.fixture
async def client(file, clock) -> AsyncIterator[ForgeClient]:
    async with open_forge(file, clock, QUICKLY) as opened:
        yield opened
