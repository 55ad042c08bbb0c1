"""A site is there once the central cloud has bootstrapped it, is gone while it is installed anew, and comes back fresh."""

from contextlib import asynccontextmanager

import aiohttp
import pytest

from reconciler.simulator.dcmanager import CENTRAL
from reconciler.simulator.server import ServerOptions, serve
from reconciler.simulator.sysinv import sysinv
from reconciler.simulator.system import System
from tests.simulator.central import BOOTSTRAP, DOCUMENTS, INSTALL, MARK, PASSWORD, form

SECRET = "simulated"
FORM = {"Content-Type": f"multipart/form-data; boundary={MARK}"}
LONG = 3 * 3600
AWAY = {"availability-status": "offline", "deploy-status": "bootstrap-failed"}  # as nobody looks at it then


class Fleet:
    """A served simulator with a token for its central cloud."""

    def __init__(self, server, session):
        self.server, self.session = server, session

    async def token(self, name):
        user = {"name": "admin", "domain": {"name": "Default"}, "password": SECRET}
        scope = {"project": {"name": "admin", "domain": {"name": "Default"}}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        async with self.session.post(f"/{name}/identity/v3/auth/tokens", json=body) as answer:
            return {"X-Auth-Token": answer.headers["X-Subject-Token"], "Accept": "application/json"}

    async def centre(self, method, path, fields=None, **files):
        headers = await self.token(CENTRAL)
        sent = {"data": form(fields or {}, **files), "headers": {**headers, **FORM}} if fields else {"headers": headers}
        async with self.session.request(method, f"/{CENTRAL}/dcmanager/v1.0{path}", **sent) as answer:
            return answer.status, await answer.json()

    async def add(self, *, documents=DOCUMENTS, **bootstrap):
        said = {"bootstrap-address": "10.10.10.12", "sysadmin_password": PASSWORD, "bmc_password": PASSWORD}
        files = {"bootstrap_values": BOOTSTRAP | bootstrap, "install_values": INSTALL, "deploy_config": documents}
        return await self.centre("POST", "/subclouds", said, **files)

    async def row(self, name="new-001"):
        return (await self.centre("GET", f"/subclouds/{name}"))[1]

    async def hosts(self, name="new-001"):
        """Their names; None where nobody answers."""
        try:
            headers = await self.token(name)
            async with self.session.get(f"/{name}/platform/v1/ihosts", headers=headers) as answer:
                return [row["hostname"] for row in (await answer.json())["ihosts"]]
        except aiohttp.ClientError:
            return None


@pytest.fixture
async def fleet():
    @asynccontextmanager
    async def fleet(systems=(), **options):
        async with (
            serve(dict(systems), options=ServerOptions(password=SECRET, **options)) as server,
            aiohttp.ClientSession(server.url) as session,
        ):
            yield Fleet(server, session)

    return fleet


async def test_a_posted_site_answers_when_it_is_bootstrapped(fleet):
    async with fleet() as it:
        assert (await it.add())[0] == 200
        async with it.session.get("/new-001/platform/v1/ihosts") as answer:
            assert answer.status == 404
        it.server.central.advance(LONG)
        row = await it.row()
        assert (row["deploy-status"], row["availability-status"]) == ("complete", "online")
        assert await it.hosts() == ["controller-0"]


HOSTS = """
---
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata: {name: server, namespace: deployment}
spec: {personality: controller}
---
apiVersion: starlingx.windriver.com/v1
kind: Host
metadata: {name: controller-0, namespace: deployment}
spec: {profile: server}
---
apiVersion: starlingx.windriver.com/v1
kind: Host
metadata: {name: controller-1, namespace: deployment}
spec: {profile: server, match: {bootMAC: "52:54:00:00:00:01"}}
"""


async def test_the_machines_that_its_documents_name_stand_there(fleet):
    async with fleet() as it:
        nodes = {f"external_oam_node_{number}_address": f"10.10.10.2{number}" for number in (0, 1)}
        await it.add(documents=DOCUMENTS + HOSTS, system_mode="duplex", **nodes)
        it.server.central.advance(LONG)
        assert await it.hosts() == ["controller-0", "controller-1"]


async def test_what_stands_in_the_rack_answers_nobody_before(fleet):
    async with fleet({"new-001": lambda: System("new-001", sysinv())}, racked=frozenset({"new-001"})) as it:
        assert await it.hosts() is None
        assert (await it.centre("GET", "/subclouds"))[1] == {"subclouds": []}
        await it.add()
        assert await it.hosts() is None
        it.server.central.advance(LONG)
        assert await it.hosts() == []


async def test_a_site_that_is_installed_anew_is_gone_and_comes_back_fresh(fleet):
    async with fleet() as it:
        await it.add()
        it.server.central.advance(LONG)
        await it.hosts()
        before = it.server.sites["new-001"].system
        it.server.central.change_rows("subclouds", {}, AWAY)
        status, _ = await it.centre("PATCH", "/subclouds/new-001/redeploy", {"sysadmin_password": PASSWORD})
        assert status == 200
        it.server.central.advance(60)
        assert await it.hosts() is None
        it.server.central.advance(LONG)
        assert await it.hosts() == ["controller-0"]
        assert it.server.sites["new-001"].system is not before


async def test_a_site_that_always_was_there_is_gone_too_while_it_is_installed_anew(fleet):
    async with fleet({"one": lambda: System("one", sysinv())}) as it:
        assert await it.hosts("one") == []
        it.server.central.change_rows("subclouds", {}, {"deploy-status": "installing", "there": False})
        assert await it.hosts("one") is None


async def test_a_deleted_site_goes_on_by_itself(fleet):
    async with fleet() as it:
        await it.add()
        it.server.central.advance(LONG)
        assert await it.hosts() == ["controller-0"]
        it.server.central.delete_rows("subclouds", {"name": "new-001"})
        assert await it.hosts() == ["controller-0"]


async def test_the_central_cloud_is_what_it_is_said_to_be(fleet):
    async with fleet(central={"release": "26.03"}) as it:
        assert (await it.add())[1]["software-version"] == "26.03"
