"""What dcmanager has beside its subclouds: its rows in its own words, and only the members that are known."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from reconciler.clients.central import open_central
from reconciler.model.errors import Refused, Unreachable
from reconciler.model.multipart import InBase64
from reconciler.model.secret import SecretRef
from tests.clients.conftest import QUICKLY

SECRET = "d2VzdHM="
PEER = {
    "id": 1,
    "peer-uuid": "2e8c8a2f-4f38-4a8f-9d0b-111111111111",
    "peer-name": "west",
    "manager-endpoint": "https://w:5000/v3",
    "manager-username": "admin",
    "peer-controller-gateway-address": "192.168.204.1",
    "administrative-state": "enabled",
    "heartbeat-interval": 60,
    "heartbeat-failure-threshold": 3,
    "heartbeat-failure-policy": "alarm",
    "heartbeat-maintenance-timeout": 600,
    "availability-state": "created",
}
OPTIONS = {
    "name": "all clouds default",
    "storage-apply-type": "parallel",
    "worker-apply-type": "parallel",
    "max-parallel-workers": 10,
    "alarm-restriction-type": "relaxed",
    "default-instance-action": "migrate",
}


@pytest.fixture
async def central(site, endpoint, clock):
    at = endpoint.model_copy(update={"services": {"dcmanager": f"{site.url}/v1.0"}})
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(open_central(at, clock=clock, limits=QUICKLY))


async def test_a_list_is_one_call_and_its_rows_are_as_dcmanager_says_them(site, central):
    site.answers({"system_peers": [PEER]})
    assert await central.listed("/v1.0/system-peers") == (PEER,)
    assert [request.path for request in site.asked] == ["/v1.0/system-peers"]


async def test_what_a_newer_dcmanager_shows_beside_is_left_in_its_answer(site, central):
    site.answers({"system_peers": [{**PEER, "manager-password": SECRET}]})
    assert SECRET not in repr(await central.listed("/v1.0/system-peers"))


async def test_the_options_of_all_have_the_name_by_which_they_are_asked_for(site, central):
    site.answers({"sw-update-options": [OPTIONS, {**OPTIONS, "name": "ottawa-001"}]})
    assert [row["name"] for row in await central.listed("/v1.0/sw-update-options")] == [
        "SystemController",
        "ottawa-001",
    ]


async def test_a_row_without_a_member_is_no_readable_list(site, central):
    site.answers({"system_peers": [{k: v for k, v in PEER.items() if k != "peer-name"}]})
    with pytest.raises(Unreachable, match="a row without 'peer-name'"):
        await central.listed("/v1.0/system-peers")


async def test_one_association_says_why_it_failed_and_one_that_is_not_there_says_nothing(site, central):
    row = {"id": 5, "sync-status": "failed", "sync-message": "no way", "created-at": "today"}
    site.answers(row, web.json_response({"code": 404, "title": "Not Found", "description": "gone"}, status=404))
    path = "/v1.0/peer-group-associations/5"
    assert await central.shown(path) == {"id": 5, "sync-status": "failed", "sync-message": "no way"}
    assert await central.shown(path) == {}


async def test_a_password_goes_out_in_base64_and_a_refusal_that_repeats_it_does_not_tell_it(site, central, monkeypatch):
    monkeypatch.setenv("WEST", "wests")
    told = f'Invalid peer manager_password: {{"manager_password": "{SECRET}"}}'
    site.answers(web.json_response({"code": 400, "title": "Bad Request", "description": told}, status=400))
    with pytest.raises(Refused) as refused:
        await central.send("POST", "/v1.0/system-peers", {"manager_password": InBase64(SecretRef("env:WEST"))})
    assert json.loads(site.bodies[-1]) == {"manager_password": SECRET}
    assert SECRET not in f"{refused.value!r} {refused.value.__context__!r}"
