"""A simulated dcmanager has one strategy at a time, which goes through its subclouds and stays until it is deleted."""

import pytest

from reconciler.simulator import dcmanager
from tests.simulator.central import PASSWORD, Centre

RELEASE = "starlingx-24.09.1"
NAMES = ("one", "two", "three")


@pytest.fixture
def centre():
    centre = Centre(dcmanager.central(NAMES))
    out_of_sync(centre, *NAMES)
    return centre


def out_of_sync(centre, *names, endpoint="software"):
    for name in names:
        row = centre.system.tables.first("subclouds", name=name)
        centre.set(name, sync={**row["sync"], endpoint: "out-of-sync"})


def create(centre, kind="sw-deploy", **said):
    own = {"release_id": RELEASE} if kind == "sw-deploy" else {}
    body = {"type": kind, **own, **{key.replace("_at_once", "-parallel-subclouds"): v for key, v in said.items()}}
    return centre.send("POST", "/sw-update-strategy", body)


def act(centre, action):
    return centre.send("POST", "/sw-update-strategy/actions", {"action": action})


def strategy(centre):
    return centre.get("/sw-update-strategy")


def steps(centre):
    return {row["cloud"]: row["state"] for row in centre.get("/sw-update-strategy/steps")["strategy-steps"]}


def told(answer):
    return answer[1]["description"]


def test_it_goes_through_its_subclouds_so_many_at_a_time(centre):
    assert create(centre)[1]["max-parallel-subclouds"] == 2
    act(centre, "apply")
    assert steps(centre) == {"one": "sw-deploy pre-check", "two": "sw-deploy pre-check", "three": "initial"}
    centre.system.settle()
    assert set(steps(centre).values()) == {"complete"}
    assert strategy(centre)["state"] == "complete"
    row = centre.get("/subclouds/one")
    assert {e["sync_status"] for e in row["endpoint_sync_status"]} == {"in-sync"}
    assert row["deploy-status"] == "complete"


def test_nobody_makes_another_until_an_ended_one_is_deleted(centre):
    create(centre)
    act(centre, "apply")
    assert "Strategy in state applying cannot be deleted" in told(centre.send("DELETE", "/sw-update-strategy"))
    centre.system.settle()
    out_of_sync(centre, "one", endpoint="kubernetes")
    assert "Strategy of type: 'sw-deploy' already exists" in told(create(centre, "kubernetes"))
    assert centre.send("DELETE", "/sw-update-strategy")[1]["state"] == "deleting"
    centre.system.settle()
    assert centre.ask("GET", "/sw-update-strategy")[0] == 404
    assert create(centre, "kubernetes")[0] == 200


def test_a_step_fails_with_words_and_the_others_go_on(centre):
    centre.system.marks.add("apply VIM sw-deploy strategy-fails:one:the alarm 200.004 stands")
    create(centre)
    act(centre, "apply")
    centre.system.settle()
    assert steps(centre) == {"one": "failed", "two": "complete", "three": "complete"}
    assert strategy(centre)["state"] == "failed"
    step = centre.get("/sw-update-strategy/steps/one")
    assert step["details"] == "apply VIM sw-deploy strategy: the alarm 200.004 stands"
    assert centre.get("/subclouds/one")["deploy-status"] == "sw-deploy-apply-strategy-failed"


def test_it_stops_at_a_failure_where_that_was_asked_for(centre):
    centre.system.marks.add("sw-deploy pre-check-fails:one:no")
    create(centre, **{"stop-on-failure": "true", "subcloud-apply-type": "serial"})
    act(centre, "apply")
    centre.system.settle()
    assert steps(centre) == {"one": "failed", "two": "initial", "three": "initial"}


def test_an_abort_keeps_new_steps_from_beginning(centre):
    create(centre)
    act(centre, "apply")
    assert act(centre, "abort")[1]["state"] == "abort requested"
    centre.system.settle()
    assert steps(centre) == {"one": "complete", "two": "complete", "three": "aborted"}
    assert strategy(centre)["state"] == "aborted"


def test_an_abort_when_all_run_ends_complete(centre):
    create(centre, max_at_once="3")
    act(centre, "apply")
    act(centre, "abort")
    centre.system.settle()
    assert strategy(centre)["state"] == "complete"


def test_one_group_or_one_subcloud_may_be_meant(centre):
    group = {"name": "canary", "description": "x", "update_apply_type": "serial", "max_parallel_subclouds": 7}
    number = centre.send("POST", "/subcloud-groups", group)[1]["id"]
    centre.submit("PATCH", "/subclouds/two", {"group_id": str(number)})
    made = create(centre, subcloud_group="canary")[1]
    assert (made["subcloud-apply-type"], made["max-parallel-subclouds"]) == ("serial", 1)
    assert list(steps(centre)) == ["two"]
    centre.send("DELETE", "/sw-update-strategy")
    create(centre, cloud_name="one")
    assert list(steps(centre)) == ["one"]


@pytest.mark.parametrize(
    ("said", "status", "text"),
    [
        ({"kind": "patch"}, 400, "type invalid"),
        ({"stop-on-failure": True}, 400, "stop-on-failure invalid"),
        ({"release_id": "starlingx-99.9"}, 400, "not found or not deployed in the SystemController"),
        ({"kind": "kubernetes"}, 422, "Strategy has no steps to apply"),
        ({"kind": "kubernetes", "cloud_name": "one"}, 422, "Subcloud one does not require kubernetes update"),
        ({"cloud_name": "nowhere"}, 422, "Subcloud nowhere does not exist"),
        ({"max-parallel-subclouds": "5001"}, 400, "must be between 1 and 5000"),
        ({"rollback": "true"}, 400, "Option rollback cannot be used with any of the following options"),
        ({"kind": "prestage", "release": "24.09.1"}, 400, "Version format must be MM.mm"),
        ({"kind": "prestage", "release": "24.09"}, 400, "subcloud sysadmin_password required"),
        ({"kind": "prestage", "max-parallel-subclouds": "251"}, 400, "between 1 and 250"),
        ({"kind": "kube-rootca-update"}, 422, "Strategy has no steps to apply"),
    ],
)
def test_what_is_refused_says_why(centre, said, status, text):
    answer = create(centre, **said)
    assert (answer[0], text in told(answer)) == (status, True), answer


def test_one_online_site_of_which_nothing_is_known_keeps_everybody_waiting(centre):
    out_of_sync(centre, "one")
    centre.set("three", sync=dict.fromkeys(dcmanager.subclouds.ENDPOINTS, "unknown"))
    assert "software sync status is unknown for one or more subclouds" in told(create(centre))


def test_a_renewal_of_the_root_ca_may_be_forced_upon_sites_in_sync(centre):
    assert create(centre, "kube-rootca-update", force="true")[0] == 200
    assert list(steps(centre)) == list(NAMES)


def test_prestaging_is_seen_in_the_rows(centre):
    assert create(centre, "prestage", release="24.09", sysadmin_password=PASSWORD, for_install="true")[0] == 200
    act(centre, "apply")
    assert centre.get("/subclouds/one")["prestage-status"] == "prestaging"
    centre.system.settle()
    row = centre.get("/subclouds/three")
    assert (row["prestage-status"], row["prestage-versions"]) == ("complete", "24.09")
    assert strategy(centre)["extra-args"]["sysadmin_password"] == PASSWORD  # as the real one shows it


def test_a_subcloud_is_prestaged_alone(centre):
    body = {"sysadmin_password": PASSWORD, "release": "24.09", "for_sw_deploy": "true"}
    assert centre.send("PATCH", "/subclouds/one/prestage", body)[1]["prestage-software-version"] == "24.09"
    assert centre.send("PATCH", "/subclouds/one/prestage", body)[0] == 400
    centre.system.settle()
    assert centre.get("/subclouds/one")["prestage-versions"] == "24.09"
    assert (
        told(centre.send("PATCH", "/subclouds/one/prestage", {"release": "24.09"})) == "sysadmin_password is required."
    )


# ---- options, backups, files


OPTIONS = {
    "storage-apply-type": "serial",
    "worker-apply-type": "parallel",
    "max-parallel-workers": 3,
    "alarm-restriction-type": "strict",
    "default-instance-action": "migrate",
}


def test_options_are_for_all_or_for_one(centre):
    assert centre.send("POST", "/sw-update-options/SystemController", OPTIONS)[1]["name"] == "all clouds default"
    assert centre.send("POST", "/sw-update-options/one", OPTIONS)[1]["subcloud-id"] == 1
    assert centre.ask("GET", "/sw-update-options/two")[0] == 404
    assert centre.send("DELETE", "/sw-update-options/one") == (200, None)
    assert centre.send("DELETE", "/sw-update-options/SystemController") == (200, None)
    [usual] = centre.get("/sw-update-options")["sw-update-options"]
    assert usual["max-parallel-workers"] == 10


def test_options_that_python_cannot_read_are_a_traceback(centre):
    status, text = centre.send("POST", "/sw-update-options/one", {**OPTIONS, "max-parallel-workers": True})
    assert (status, text.splitlines()[-1]) == (500, "NameError: name 'true' is not defined")


def test_a_backup_is_seen_in_the_row(centre):
    asked = {"sysadmin_password": PASSWORD, "subcloud": "one"}
    assert centre.send("POST", "/subcloud-backup", {**asked, "local_only": "false"})[0] == 200
    assert centre.get("/subclouds/one")["backup-status"] == "pre-backup"
    centre.system.settle()
    row = centre.get("/subclouds/one")
    assert (row["backup-status"], bool(row["backup-datetime"])) == ("complete-central", True)
    assert centre.send("PATCH", "/subcloud-backup/delete/24.09", {"subcloud": "one"})[0] == 204
    centre.system.marks.add("backing-up-fails:one:no space")
    centre.send("POST", "/subcloud-backup", asked)
    centre.system.settle()
    assert "no space" in centre.get("/subclouds/one")["error-description"]


def test_a_site_is_restored_while_nobody_manages_it(centre):
    asked = {"sysadmin_password": PASSWORD, "subcloud": "one"}
    assert centre.send("PATCH", "/subcloud-backup/restore", asked)[0] == 400
    centre.submit("PATCH", "/subclouds/one", {"management-state": "unmanaged"})
    assert centre.send("PATCH", "/subcloud-backup/restore", asked)[1]["subclouds"][0]["deploy-status"] == "pre-restore"
    assert centre.states("one") == ["pre-restore", "restoring", "complete"]


def test_the_files_of_deployments_show_their_names(centre):
    assert centre.submit("POST", "/subcloud-deploy", deploy_playbook="- hosts: all")[0] == 400
    assert centre.submit("POST", "/subcloud-deploy", deploy_playbook="- hosts: all", deploy_chart="x")[0] == 200
    assert centre.get("/subcloud-deploy")["subcloud_deploy"]["deploy_chart"] == "deploy_chart.yaml"
    assert centre.send("DELETE", "/subcloud-deploy/24.09") == (200, None)
    assert centre.get("/subcloud-deploy")["subcloud_deploy"]["deploy_chart"] is None
