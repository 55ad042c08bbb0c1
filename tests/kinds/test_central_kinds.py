"""What dcmanager has beside its subclouds: read from its lists, compared, and written in the bodies that it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.desired import load_site
from reconciler.diff import compare
from reconciler.kinds import registry
from reconciler.model.kind import Context
from reconciler.model.multipart import InBase64
from reconciler.model.plan import Ref
from reconciler.model.resource import ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.secret import SecretRef
from reconciler.model.site import SiteFiles
from reconciler.model.snapshot import Snapshot
from reconciler.model.wire import plan_json
from reconciler.observe import interpret
from reconciler.plan import plan

KINDS = registry()
NAMES = ("subcloud-group", "update-options", "system-peer", "peer-group", "peer-association")
HEAD = "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\n"
PEER = """
    west:
      uuid: 2e8c8a2f-4f38-4a8f-9d0b-111111111111
      managerEndpoint: https://w:5000/v3
      managerUsername: admin
      managerPassword: {secretRef: "file:/etc/{site}/west"}
      controllerGatewayAddress: fd00::1
"""
BOTH = f"  peers:{PEER}  peerGroups: {{pair: {{priority: 0, peers: {{west: {{priority: 1}}}}}}}}\n"
PEER_ROW = {
    "id": 7,
    "peer-uuid": "2e8c8a2f-4f38-4a8f-9d0b-111111111111",
    "peer-name": "west",
    "manager-endpoint": "https://w:5000/v3",
    "manager-username": "admin",
    "peer-controller-gateway-address": "FD00:0::1",
    "administrative-state": "enabled",
    "heartbeat-interval": 60,
    "heartbeat-failure-threshold": 3,
    "heartbeat-failure-policy": "alarm",
    "heartbeat-maintenance-timeout": 600,
    "availability-state": "available",
}
GROUP_ROW = {
    "id": 3,
    "peer_group_name": "pair",
    "group_priority": 0,
    "group_state": "enabled",
    "max_subcloud_rehoming": 10,
    "system_leader_name": "here",
    "migration_status": None,
}
PAIRED = {
    "id": 5,
    "peer-group-id": 3,
    "system-peer-id": 7,
    "peer-group-priority": 1,
    "association-type": "primary",
    "sync-status": "in-sync",
}


def seen(**lists):
    collections = {name for kind in NAMES for name in KINDS[kind].collections}
    rows = Rows({(name, ""): tuple(lists.get(name, ())) for name in collections})
    return interpret("central-1", rows, KINDS, 0.0)


def said(central):
    fleet = f"{HEAD}central:\n  site: central-1\n{central}"
    files = {"fleet.yaml": fleet.encode(), "subclouds/central-1/site.yaml": b"{}\n"}
    site = load_site(SiteFiles("central-1", "", "", files))
    return Snapshot("central-1", {r.key: r for name in NAMES for r in KINDS[name].declare(site)})


def planned(central, **lists):
    want, have = said(central), seen(**lists)
    return plan(compare(want, have, KINDS), Context(want, have), KINDS)


def calls(made):
    steps = [step for stage in made.stages for step in stage.steps]
    return [(call.method, call.path, call.body) for step in steps for call in step.calls]


def pairs(**changes):
    return {"system_peers": [PEER_ROW], "peer_groups": [GROUP_ROW], "peer_associations": [{**PAIRED, **changes}]}


def test_a_peer_is_made_first_and_what_belongs_together_last():
    made = calls(planned(BOTH))
    assert [path for _, path, _ in made] == [
        "/v1.0/subcloud-peer-groups",
        "/v1.0/system-peers",
        "/v1.0/peer-group-associations",
    ]
    assert made[2][2] == {
        "peer_group_id": Ref(ResourceKey("peer-group", "pair"), "id"),
        "system_peer_id": Ref(ResourceKey("system-peer", "west"), "id"),
        "peer_group_priority": 1,
    }


def test_a_password_goes_along_with_what_else_changes_of_a_peer_and_is_a_reference_until_then():
    [(method, path, body)] = calls(
        planned(BOTH, **{**pairs(), "system_peers": [{**PEER_ROW, "manager-username": "x"}]})
    )
    assert (method, path) == ("PATCH", "/v1.0/system-peers/west")
    assert body == {"manager_username": "admin", "manager_password": InBase64(SecretRef("file:/etc/central-1/west"))}


def test_a_plan_shows_where_a_password_is_and_in_which_form_it_goes():
    [stage] = plan_json(planned(BOTH))["stages"]
    bodies = [call["body"] for step in stage["steps"] for call in step["calls"]]
    assert bodies[1]["manager_password"] == "<base64 of <secret file:/etc/central-1/west>>"
    assert bodies[2]["peer_group_id"] == "<id of peer-group/pair>"


def test_another_password_alone_is_not_seen():
    other = BOTH.replace("/west", "/elsewhere")
    assert calls(planned(other, **pairs())) == []


@pytest.mark.parametrize("status", ["in-sync", "syncing"])
def test_what_is_being_sent_counts_as_sent(status):
    assert planned(BOTH, **pairs(**{"sync-status": status})).is_empty


@pytest.mark.parametrize("status", ["out-of-sync", "failed"])
def test_a_peer_is_sent_what_it_lacks(status):
    made = planned(BOTH, **pairs(**{"sync-status": status}))
    assert [(method, path) for method, path, _ in calls(made)] == [("PATCH", "/v1.0/peer-group-associations/{id}/sync")]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sync-status": "unknown"}, "west does not answer"),
        ({"association-type": "non-primary", "peer-group-priority": None}, "it is the other central cloud's"),
    ],
)
def test_what_dcmanager_would_refuse_is_blocked(changes, told):
    made = planned(BOTH, **pairs(**changes))
    assert (made.stages, [told in blocked.reason for blocked in made.blocked]) == ((), [True])


def test_a_group_with_blanks_in_its_name_is_asked_for_by_its_path():
    row = {"id": 2, "name": "The valley", "description": "d", "update_apply_type": "serial", "subcloud_count": 0}
    made = planned(
        "  groups: {The valley: {maxParallelSubclouds: 5}}\n", subcloud_groups=[{**row, "max_parallel_subclouds": 2}]
    )
    assert calls(made) == [("PATCH", "/v1.0/subcloud-groups/The%20valley", {"max_parallel_subclouds": 5})]


def test_this_programs_own_group_is_not_seen_and_the_default_one_is_nobodys_doing():
    usual = {"description": "d", "update_apply_type": "parallel", "max_parallel_subclouds": 2, "subcloud_count": 0}
    names = ("Default", "stx-reconciler", "theirs")
    rows = [{"id": number, "name": name, **usual} for number, name in enumerate(names)]
    found = compare(replace(said(""), resources={}), seen(subcloud_groups=rows), KINDS)
    assert [r.key.name for r in found.built_in if r.key.kind == "subcloud-group"] == ["Default"]
    assert [r.key.name for r in found.unmanaged] == ["theirs"]


def test_a_peer_that_nobody_has_is_told_before_anything_is_sent_and_one_that_people_made_is_taken():
    group = "  peerGroups: {pair: {priority: 0, peers: {west: {priority: 1}}}}\n"
    todo = planned(group, peer_groups=[GROUP_ROW])
    assert [(str(b.key), b.reason) for b in todo.blocked] == [
        (
            "peer-association/pair/west",
            "the central cloud has no peer west: correct the name, or say it under central.peers of fleet.yaml",
        )
    ]
    assert planned(group, peer_groups=[GROUP_ROW], system_peers=[PEER_ROW]).blocked == ()
