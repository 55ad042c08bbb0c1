"""The central cloud of a simulated fleet, over HTTP: who its subclouds are, how they are, and how it says no."""

import aiohttp
import pytest

from reconciler.simulator.dcmanager import CENTRAL
from reconciler.simulator.interference import Connection
from reconciler.simulator.server import ServerOptions, serve
from reconciler.simulator.sysinv import sysinv
from reconciler.simulator.system import System

PASSWORD = "simulated"
DCMANAGER = f"/{CENTRAL}/dcmanager"


@pytest.fixture
async def server():
    systems = {name: System(name, sysinv()) for name in ("one", "two")}
    async with serve(systems, options=ServerOptions(password=PASSWORD)) as server:
        yield server


@pytest.fixture
async def ask(server):
    """GET from its dcmanager, with a token of its Keystone."""
    user = {"name": "admin", "domain": {"name": "Default"}, "password": PASSWORD}
    scope = {"project": {"name": "admin", "domain": {"name": "Default"}}}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
    async with aiohttp.ClientSession(server.url) as session:
        async with session.post(f"/{CENTRAL}/identity/v3/auth/tokens", json=body) as answer:
            token = {"X-Auth-Token": answer.headers["X-Subject-Token"]}

        async def ask(path, accept="application/json", base=DCMANAGER, headers=token):
            async with session.get(base + path, headers={**headers, "Accept": accept}) as answer:
                is_json = answer.content_type == "application/json"
                return answer.status, await answer.json() if is_json else await answer.text()

        yield ask


async def subclouds(ask):
    _, body = await ask("/v1.0/subclouds")
    return {row["name"]: row for row in body["subclouds"]}


async def test_every_site_is_a_managed_subcloud_that_is_in_sync(ask):
    found = await subclouds(ask)
    assert list(found) == ["one", "two"]
    states = ("management-state", "availability-status", "deploy-status", "sync_status")
    assert [found["one"][name] for name in states] == ["managed", "online", "complete", "in-sync"]
    assert len({row["region-name"] for row in found.values()}) == 2


async def test_listing_them_builds_none_of_them(server, ask):
    await subclouds(ask)
    assert (await ask("/v1.0/alarms"))[0] == 200
    assert not any(site.is_built for site in server.sites.values())


async def test_a_site_that_does_not_answer_is_offline_and_nothing_of_it_is_known(server, ask):
    server.sites["one"].connect(Connection.SILENT)
    found = await subclouds(ask)
    assert [(row["availability-status"], row["sync_status"]) for row in found.values()] == [
        ("offline", "unknown"),
        ("online", "in-sync"),
    ]
    _, body = await ask("/v1.0/alarms")
    assert [(row["region_name"], row["critical_alarms"], row["cloud_status"]) for row in body["alarm_summary"]] == [
        ("two", 0, "OK"),
        ("one", -1, "disabled"),
    ]
    server.sites["one"].connect(Connection.UP)
    assert (await subclouds(ask))["one"]["sync_status"] == "in-sync"


async def test_alarms_are_counted_where_they_stand(server, ask):
    server.sites["two"].add_row(
        "alarms", {"alarm_id": "200.004", "severity": "critical", "entity_instance_id": "host=controller-0"}
    )
    _, body = await ask("/v1.0/alarms")
    assert {row["region_name"]: row["cloud_status"] for row in body["alarm_summary"]} == {
        "one": "OK",
        "two": "critical",
    }


async def test_a_row_can_be_changed_behind_everybody_s_back(server, ask):
    server.central.change_rows("subclouds", {"name": "one"}, {"deploy-status": "configuring"})
    assert (await subclouds(ask))["one"]["deploy-status"] == "configuring"
    status, one = await ask("/v1.0/subclouds/one/detail")
    assert (status, one["region_name"]) == (200, one["region-name"])


async def test_errors_are_html_unless_json_is_asked_for(ask):
    assert await ask("/v1.0/subclouds/nope") == (
        404,
        {"code": 404, "title": "Not Found", "description": "Subcloud not found"},
    )
    status, page = await ask("/v1.0/subclouds/nope", accept="*/*")
    assert status == 404
    assert "<br /><br />\nSubcloud not found\n" in page


async def test_who_has_no_token_is_turned_away(ask):
    status, body = await ask("/v1.0/subclouds", headers={})
    assert (status, body["description"]) == (401, "Failed to validate access token: Authentication required")


async def test_its_catalogue_says_where_dcmanager_is(server, ask):
    status, body = await ask("/v3/auth/catalog", base=f"/{CENTRAL}/identity")
    found = {each["type"]: each["endpoints"][0] for each in body["catalog"]}
    assert status == 200
    assert found["dcmanager"]["url"] == f"{server.url}{DCMANAGER}/v1.0"
    assert found["dcmanager"]["region"] == "SystemController"
    assert (await ask("/v3/auth/catalog", base=f"/{CENTRAL}/identity", headers={}))[0] == 401


async def test_it_is_no_subcloud_for_the_control_api(ask, server):
    assert (await ask("/sites", base="/control/v1", headers={}))[1] == {"sites": ["one", "two"]}
    assert (await ask(f"/{CENTRAL}/platform/v1/ihosts", base=""))[0] == 404
