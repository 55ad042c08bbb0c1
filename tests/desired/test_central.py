"""`central` of fleet.yaml: what may be said there, what reaches whom, and what is told at its line."""

from __future__ import annotations

import pytest

from reconciler.desired import fleet_part, load_fleet, load_site
from reconciler.kinds import registry
from reconciler.model.errors import ConfigErrors
from reconciler.model.site import SiteFiles

HEAD = "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\n"
FIVE = (
    "{storageApplyType: parallel, workerApplyType: serial, maxParallelWorkers: 4, alarmRestrictionType: strict, "
    "defaultInstanceAction: migrate}"
)
EAST = f"{HEAD}central:\n  site: central-1\n  groups:\n    east: {{maxParallelSubclouds: 10}}\n"
IN_EAST = "subcloud: {group: east}\n"


def loaded(fleet: str, site: str = "{}\n", name: str = "ottawa"):
    files = {"fleet.yaml": fleet.encode(), f"subclouds/{name}/site.yaml": site.encode()}
    return load_site(SiteFiles(name, "", "", files))


def refused(fleet: str, site: str = "{}\n", name: str = "ottawa") -> list[str]:
    with pytest.raises(ConfigErrors) as told:
        loaded(fleet, site, name)
    return [str(error) for error in told.value.errors]


def declared(fleet: str, name: str = "central-1"):
    site = loaded(fleet, name=name)
    return [(r.key.kind, r.spec) for kind in registry().values() for r in kind.declare(site)]


def test_only_the_system_controllers_folder_has_what_is_said_of_it():
    assert [(kind, spec.name) for kind, spec in declared(EAST)] == [("subcloud-group", "east")]
    assert declared(EAST, "ottawa") == []
    assert loaded(EAST, name="central-1").settings.is_central


def test_the_folder_of_rollouts_is_the_one_where_none_is_named():
    fleet = f"{HEAD}rollout: {{central: {{site: central-1}}}}\ncentral: {{groups: {{east: {{}}}}}}\n"
    assert [kind for kind, _ in declared(fleet)] == ["subcloud-group"]


def test_that_nobody_says_which_folder_it_is_is_told():
    [error] = refused(f"{HEAD}central: {{groups: {{east: {{}}}}}}\n")
    assert error.startswith("fleet.yaml:4:")
    assert "say central.site, or rollout.central" in error


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("groups: {'17': {}}", "must be a name of at most 255 characters, no number"),
        ("groups: {'a.b': {}}", "without any of"),
        ("groups: {stx-reconciler: {}}", "is the group that this program puts subclouds into"),
        ("groups: {default: {}}", "is refused by dcmanager, which has a group Default"),
        ("groups: {east: {maxParallelSubclouds: 0}}", "must be at least 1, not the number 0"),
        ("groups: {east: {maxParallelSubclouds: 5001}}", "must be at most 5000, not the number 5001"),
        ("groups: {east: {updateApplyType: both}}", "must be one of parallel, serial"),
        ("groups: {east: {max_parallel_subclouds: 2}}", "is not known; known are description, updateApplyType"),
        ("updateOptions: {storageApplyType: parallel}", "workerApplyType is missing"),
        (f"updateOptions: {FIVE.replace(': strict', ': some')}", "must be one of strict, relaxed"),
    ],
)
def test_what_dcmanager_would_refuse_is_told_at_its_line(said, told):
    errors = refused(f"{HEAD}central:\n  site: central-1\n  {said}\n")
    assert all(error.startswith("fleet.yaml:6:") for error in errors), errors
    assert any(told in error for error in errors), errors


PEER = (
    "{uuid: 2e8c8a2f-4f38-4a8f-9d0b-111111111111, managerEndpoint: 'https://w:5000/v3', managerUsername: admin, "
    "managerPassword: {secretRef: 'env:WEST'}, controllerGatewayAddress: 192.168.204.1}"
)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"peers: {{west: {PEER.replace('2e8c8a2f-', '')}}}", "must be a uuid"),
        (f"peers: {{west: {PEER.replace('https', 'ftp')}}}", "must be an http or https URL"),
        (f"peers: {{west: {PEER.replace('192.168.204.1', 'gateway')}}}", "must be an IPv4 or IPv6 address"),
        (f"peers: {{west: {PEER.replace('env:WEST', 'hunter2')}}}", "secretRef must be"),
        (f"peers: {{west: {PEER[:-1]}, heartbeatInterval: 5}}}}", "must be at least 10"),
        (f"peers: {{west: {PEER[:-1]}, heartbeatFailureThreshold: 31}}}}", "must be at most 30"),
        (f"peers: {{west: {PEER[:-1]}, heartbeatMaintenanceTimeout: 299}}}}", "must be at least 300"),
        ("peerGroups: {pair: {priority: 65537}}", "must be at most 65536"),
        ("peerGroups: {pair: {maxSubcloudRehoming: 251}}", "must be at most 250"),
        ("peerGroups: {none: {}}", "is dcmanager's word for no group at all"),
        ("peerGroups: {pair: {peers: {west: {}}}}", "priority is missing"),
        ("peerGroups: {pair: {peers: {west: {priority: 0}}}}", "must be at least 1"),
        ("peerGroups: {pair: {priority: 1, peers: {west: {priority: 1}}}}", "only where its priority is 0"),
        (f"{{peers: {{west: {PEER}}}, peerGroups: {{pair: {{peers: {{east: {{priority: 1}}}}}}}}}}", 'no "east"'),
    ],
)
def test_what_dcmanager_would_refuse_of_a_peer_is_told_at_its_line_and_no_password_is_repeated(said, told):
    central = said if said.startswith("{") else f"{{{said}}}"
    errors = refused(f"{HEAD}central:\n  {central[0]}site: central-1, {central[1:]}\n")
    assert all(error.startswith("fleet.yaml:5:") for error in errors), errors
    assert any(told in error for error in errors), errors
    assert "hunter2" not in str(errors)


def test_peers_groups_and_what_belongs_together_are_resources_of_the_system_controller():
    groups = "peerGroups: {pair: {peers: {west: {priority: 2}}}}"
    found = declared(f"{HEAD}central: {{site: central-1, peers: {{west: {PEER}}}, {groups}}}\n")
    assert {(kind, spec.name) for kind, spec in found} == {
        ("system-peer", "west"),
        ("peer-group", "pair"),
        ("peer-association", "pair/west"),
    }
    assert next(spec.password for kind, spec in found if kind == "system-peer") == "env:WEST"


def test_a_group_that_nobody_defines_is_told_where_groups_are_said_at_all():
    [error] = refused(EAST, "subcloud:\n  group: west\n")
    assert error.startswith("subclouds/ottawa/site.yaml:2:")
    assert 'subcloud.group: no "west": central.groups of fleet.yaml defines east' in error
    for group in ("east", "Default"):
        assert loaded(EAST, f"subcloud: {{group: {group}}}\n").settings.subcloud.group == group
    assert loaded(f"{HEAD}central: {{site: central-1}}\n", "subcloud: {group: west}\n").settings.subcloud


def test_a_group_that_the_defaults_name_is_told_at_their_line():
    [error] = refused(EAST + "defaults: {subcloud: {group: west}}\n")
    assert error.startswith("fleet.yaml:8:")


def test_the_system_controller_is_no_subcloud_of_itself():
    assert loaded(EAST + "defaults: {subcloud: {state: managed}}\n", name="central-1").settings.subcloud is None
    [error] = refused(EAST, IN_EAST, "central-1")
    assert error.startswith("subclouds/central-1/site.yaml:1:")
    assert "no subcloud of itself" in error


def test_an_edit_reaches_the_system_controller_and_those_whom_its_names_concern():
    more, renamed = EAST.replace("10}", "20}"), EAST.replace("east", "west")

    def moves(after: str, site: str, name: str) -> bool:
        one, other = (fleet_part(fleet.encode(), site.encode(), name) for fleet in (EAST, after))
        return one != other

    assert moves(more, "{}\n", "central-1")
    assert not moves(more, IN_EAST, "ottawa")
    assert moves(renamed, IN_EAST, "ottawa")
    assert not moves(renamed, "{}\n", "ottawa")


def test_fleets_that_say_nothing_of_it_keep_the_keys_of_their_sites():
    assert b"central" not in fleet_part(HEAD.encode(), IN_EAST.encode(), "ottawa")
    assert load_fleet(HEAD.encode()).central_site == ""


def test_options_are_said_for_all_and_for_one():
    fleet = f"{HEAD}central:\n  site: central-1\n  updateOptions: {FIVE}\n  updateOptionsOf:\n    ottawa: {FIVE}\n"
    assert [(spec.name, spec.most_workers) for _, spec in declared(fleet)] == [("SystemController", 4), ("ottawa", 4)]
