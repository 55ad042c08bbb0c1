"""A simulated dcmanager remembers other central clouds, the groups that go over to them, and which belong together."""

import pytest

from tests.simulator.central import Centre

PEER = {
    "peer_uuid": "2e8c8a2f-4f38-4a8f-9d0b-111111111111",
    "peer_name": "elsewhere",
    "manager_endpoint": "http://10.20.0.1:5000/v3",
    "manager_username": "admin",
    "manager_password": "UHcx",
    "peer_controller_gateway_address": "192.168.204.1",
}


@pytest.fixture
def centre():
    return Centre()


def test_a_peer_is_shown_without_its_password(centre):
    status, shown = centre.send("POST", "/system-peers", PEER)
    assert (status, shown["peer-name"], shown["heartbeat-interval"]) == (200, "elsewhere", 60)
    assert "UHcx" not in str(shown)
    assert centre.get("/system-peers/elsewhere")["id"] == shown["id"]
    assert centre.send("POST", "/system-peers", PEER)[0] == 409


@pytest.mark.parametrize("key", [*PEER])
def test_what_a_peer_lacks_is_named(centre, key):
    status, body = centre.send("POST", "/system-peers", {k: v for k, v in PEER.items() if k != key})
    assert status == 400
    assert key.removeprefix("peer_") in body["description"]


def test_what_belongs_together_is_not_deleted(centre):
    centre.send("POST", "/system-peers", PEER)
    assert centre.send("POST", "/subcloud-peer-groups", {"peer-group-name": "pair"})[1]["max_subcloud_rehoming"] == 10
    body = {"peer_group_id": 1, "system_peer_id": 1, "peer_group_priority": 1}
    assert centre.send("POST", "/peer-group-associations", body)[1]["sync-status"] == "syncing"
    assert centre.send("DELETE", "/system-peers/1")[0] == 400
    assert centre.send("DELETE", "/peer-group-associations/1") == (200, None)
    assert centre.send("DELETE", "/system-peers/1") == (200, None)


def test_a_group_counts_its_members(centre):
    centre.send("POST", "/subcloud-peer-groups", {"peer-group-name": "pair"})
    centre.add(install=None)
    centre.system.settle()
    row = centre.system.tables.first("subclouds", name="new-001")
    centre.system.tables.update("subclouds", row["uuid"], {"peer_group_id": 1})
    status = centre.get("/subcloud-peer-groups/pair/status")
    assert (status["total_subclouds"], status["complete"], status["unmanaged"]) == (1, 1, 1)
    assert centre.ask("DELETE", "/subclouds/new-001")[0] == 400
    assert centre.send("DELETE", "/subcloud-peer-groups/pair")[0] == 200
    assert centre.get("/subclouds/new-001")["peer_group_id"] is None
