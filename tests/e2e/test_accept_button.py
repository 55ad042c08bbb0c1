"""A running controller is asked to accept what a site shows: a branch where the repository is hosted, a pull request."""

from __future__ import annotations

import aiohttp
import pytest

from reconciler import app
from reconciler.clients.forges.settings import ForgeFile
from reconciler.model.role import Role
from tests.e2e.ottawa import OTTAWA, SETTINGS
from tests.e2e.test_durable import until
from tests.e2e.world import running
from tests.forges.github import Github
from tests.forges.server import PROJECT, TOKEN, served

pytestmark = pytest.mark.xdist_group("dbos")


async def test_an_operator_s_button_opens_one_pull_request(in_service, tmp_path, monkeypatch):
    monkeypatch.setenv("FORGE_TOKEN", TOKEN)
    async with in_service(OTTAWA, kind=running) as (world, clone):
        clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text() + "heal: never\n"})
        assert await world.is_in_sync(OTTAWA)
        clone.git("clone", "--quiet", "--bare", str(clone.folder), str(tmp_path / "hosted.git"))
        world.site(OTTAWA).change_rows("idns", {}, {"nameservers": "192.0.2.66"})
        forge = Github()
        server = await served(forge)
        said = {"type": "github", "url": forge.url, "project": PROJECT, "token": {"secretRef": "env:FORGE_TOKEN"}}
        options = app.Running(
            str(tmp_path / "hosted.git"),
            "",
            world.endpoints,
            world.state,
            app.Listen("127.0.0.1", 0, "token"),
            branch="main",
            quiet=True,
            forge=ForgeFile.model_validate(said),
        )
        async with app.controller(options) as started, aiohttp.ClientSession() as session:
            it = started.controller
            await until(lambda: OTTAWA in it.drift and it.drift[OTTAWA].open)
            headers = {"Authorization": f"Bearer {it.store.tokens.add('night-shift', Role.OPERATOR, 'root')}"}
            wanted = {"site": OTTAWA, "keys": ["dns:servers"]}
            answers = []
            for _ in range(2):
                async with session.post(f"{started.url}/api/v1/drift/accept", json=wanted, headers=headers) as answer:
                    assert answer.status == 200, await answer.text()
                    answers.append((await answer.json())["proposed"])
            [word, _] = [word for word in it.store.words.said() if word.action == "accept"]
        await server.close()
    first, again = answers
    [pull] = forge.pulls.values()
    assert (pull.branch, pull.base) == (first["branch"], "main")
    assert (first["is_new"], again["is_new"], again["pull_request"]) == (True, False, first["pull_request"])
    assert (word.by, word.subject) == ("night-shift", OTTAWA)
    hosted = ("-C", str(tmp_path / "hosted.git"))
    assert "192.0.2.66" in clone.git(*hosted, "show", first["branch"])
    assert clone.git(*hosted, "rev-list", "--count", f"main..{first['branch']}") == "1"
