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


def pair(centre, **marks):
    """A peer, a group, and their association, with time gone by."""
    centre.system.marks.update(marks.get("marks", ()))
    centre.send("POST", "/system-peers", PEER)
    centre.send("POST", "/subcloud-peer-groups", {"peer-group-name": "pair"})
    centre.send("POST", "/peer-group-associations", {"peer_group_id": 1, "system_peer_id": 1, "peer_group_priority": 1})
    centre.system.settle()
    return centre.get("/peer-group-associations/1")


def test_a_group_goes_over_to_a_peer_that_answers(centre):
    assert (pair(centre)["sync-status"], centre.get("/system-peers/1")["availability-state"]) == (
        "in-sync",
        "available",
    )
    assert "sync-message" not in centre.get("/peer-group-associations")["peer_group_associations"][0]


def test_to_one_that_does_not_it_goes_when_it_is_asked_again(centre):
    said = pair(centre, marks=["peer-unreachable:elsewhere"])
    assert (said["sync-status"], said["sync-message"]) == (
        "failed",
        f"Unable to establish connection to {PEER['manager_endpoint']}",
    )
    assert centre.send("PATCH", "/subcloud-peer-groups/1", {"group-state": "disabled"})[0] == 403
    centre.system.marks.clear()
    assert centre.send("PATCH", "/peer-group-associations/1/sync")[1]["sync-status"] == "syncing"
    centre.system.settle()
    assert centre.get("/peer-group-associations/1")["sync-status"] == "in-sync"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"peer_group_id": 1, "system_peer_id": 1, "peer_group_priority": 1}, "already exists"),
        ({"peer_group_id": 1, "system_peer_id": 1}, "it is required when the subcloud peer group priority is 0"),
        ({"peer_group_id": 1, "system_peer_id": 1, "peer_group_priority": 0}, "Invalid peer_group_priority"),
        ({"peer_group_id": 9, "system_peer_id": 1, "peer_group_priority": 1}, "Invalid peer_group_id"),
        ({"peer_group_id": 1, "system_peer_id": 9, "peer_group_priority": 1}, "Invalid system_peer_id"),
    ],
)
def test_what_belongs_together_is_made_once_and_with_its_priority(centre, body, told):
    pair(centre)
    status, answer = centre.send("POST", "/peer-group-associations", body)
    assert (status, told in answer["description"]) == (400, True), answer


def test_another_gateway_of_a_peer_puts_what_went_over_out_of_sync(centre):
    pair(centre)
    centre.send("PATCH", "/system-peers/elsewhere", {"heartbeat_interval": 30})
    assert centre.get("/peer-group-associations/1")["sync-status"] == "in-sync"
    centre.send("PATCH", "/system-peers/elsewhere", {"peer_controller_gateway_address": "192.168.204.9"})
    assert centre.get("/peer-group-associations/1")["sync-status"] == "out-of-sync"


def test_a_group_that_is_not_first_here_is_not_changed_here(centre):
    centre.send("POST", "/subcloud-peer-groups", {"peer-group-name": "pair", "group-priority": 2})
    status, answer = centre.send("PATCH", "/subcloud-peer-groups/pair", {"group-state": "disabled"})
    assert (status, answer["description"]) == (400, "Cannot update a peer group from a non-primary site.")


def test_a_group_takes_over_what_waits_for_it(centre):
    centre.send("POST", "/subcloud-peer-groups", {"peer-group-name": "pair"})
    assert centre.send("PATCH", "/subcloud-peer-groups/pair/migrate", {"sysadmin_password": "UHcx"})[0] == 400
    centre.add(install=None)
    centre.system.settle()
    row = centre.system.tables.first("subclouds", name="new-001")
    centre.system.tables.update("subclouds", row["uuid"], {"peer_group_id": 1, "deploy-status": "secondary"})
    assert centre.send("PATCH", "/subcloud-peer-groups/pair/migrate", {"sysadmin_password": "UHcx"})[0] == 200
    assert centre.get("/subclouds/new-001")["deploy-status"] == "pre-rehome"
    centre.system.settle()
    assert centre.get("/subcloud-peer-groups/pair/status")["complete"] == 1
    assert centre.get("/subcloud-peer-groups/pair")["migration_status"] == "complete"
