"""A word over the API of a running controller: its sites are visited at once, not at the next look for words."""

from __future__ import annotations

import time

import aiohttp
import pytest

from reconciler import app
from reconciler.app import jobs
from reconciler.clients import Oidc
from reconciler.model.role import Role
from tests.e2e.ottawa import OTTAWA
from tests.e2e.test_durable import until
from tests.e2e.world import running
from tests.issuer import AUDIENCE, Issuer, serving

pytestmark = pytest.mark.xdist_group("dbos")


async def test_a_site_is_visited_as_soon_as_it_is_suspended(in_service, monkeypatch):
    monkeypatch.setattr(jobs, "HEED_S", 3600.0)
    async with in_service(OTTAWA, kind=running) as (world, _clone):
        listen = app.Listen("127.0.0.1", 0, "token")
        options = app.Running(str(world.root), "", world.endpoints, world.state, listen, quiet=True)
        async with app.controller(options) as started, aiohttp.ClientSession() as session:
            it = started.controller
            await until(lambda: OTTAWA in it.verdicts and it.verdicts[OTTAWA].observed_at)
            before = it.verdicts[OTTAWA].observed_at
            headers = {"Authorization": f"Bearer {it.store.tokens.add('night-shift', Role.OPERATOR, 'root')}"}
            said = {"site": OTTAWA, "reason": "storm"}
            async with session.post(f"{started.url}/api/v1/suspensions", json=said, headers=headers) as answer:
                assert (answer.status, (await answer.json())["sites"]) == (201, [OTTAWA])
            await until(lambda: it.verdicts[OTTAWA].observed_at > before)


async def test_who_has_a_token_of_the_issuer_is_heard_under_his_name(in_service):
    now = time.time()
    with serving(Issuer()) as issuer:
        oidc = Oidc(issuer=issuer.url, audience=(AUDIENCE,), roles={Role.OPERATOR: ("noc",)})
        async with in_service(OTTAWA, kind=running) as (world, _clone):
            listen = app.Listen("127.0.0.1", 0, "", oidc=oidc)
            options = app.Running(str(world.root), "", world.endpoints, world.state, listen, quiet=True)
            async with app.controller(options) as started, aiohttp.ClientSession() as session:
                headers = {"Authorization": f"Bearer {issuer.token(iat=now, exp=now + 600)}"}
                said = {"site": OTTAWA, "reason": "storm"}
                async with session.post(f"{started.url}/api/v1/suspensions", json=said, headers=headers) as answer:
                    assert answer.status == 201
                assert [s.by for s in started.controller.store.words.suspensions()] == ["oidc:u-17"]
                async with session.get(f"{started.url}/api/v1/sites") as answer:
                    assert answer.status == 401
                async with session.get(f"{started.url}/metrics") as answer:
                    assert "stxr_rollouts_active 0.0" in await answer.text()
