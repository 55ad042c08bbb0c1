"""A simulated dcmanager takes a subcloud from its adding into service, through failures and aborts, and away again."""

import pytest

from reconciler.model import deployment
from reconciler.model.deployment import AFTER_RESTART, Step
from reconciler.simulator.dcmanager import phases
from tests.simulator.central import BOOTSTRAP, DOCUMENTS, INSTALL, PASSWORD, Answering, Centre

WAY = "creating pre-install installing pre-bootstrap bootstrapping pre-config configuring complete"


@pytest.fixture
def centre():
    return Centre()


def test_adding_goes_on_by_itself_after_its_answer(centre):
    status, row = centre.add()
    assert (status, row["deploy-status"], row["management-state"]) == (200, "not-deployed", "unmanaged")
    assert " ".join(centre.states()) == WAY


def test_without_install_values_and_documents_it_is_bootstrapped_only(centre):
    centre.add(install=None, documents=None)
    assert centre.states() == ["creating", "pre-bootstrap", "bootstrapping", "complete"]


def test_installing_takes_simulated_time(centre):
    centre.add()
    centre.system.advance(centre.system.durations.subcloud_install)
    assert centre.status() == "installing"


@pytest.mark.parametrize(
    "state", ["creating", "installing", "bootstrapping", "configuring", "pre-install", "pre-config"]
)
def test_each_state_can_be_made_to_fail(centre, state):
    centre.system.marks.add(f"{state}-fails:new-001:the disk is too small")
    centre.add()
    seen = centre.states()
    assert seen[-1] == AFTER_RESTART[state]
    error = centre.get("/subclouds/new-001")["error-description"]
    is_playbook = state in ("installing", "bootstrapping", "configuring")
    assert ("the disk is too small" in error) is is_playbook


def test_a_resumption_goes_on_where_it_failed(centre):
    centre.system.marks.add("bootstrapping-fails:new-001:no registry")
    centre.add()
    centre.states()
    assert centre.phase("new-001", "resume")[1]["deploy-status"] == "pre-bootstrap"
    assert centre.status() == "bootstrap-failed"  # its manager has not taken it up yet
    assert centre.states()[1:] == ["pre-bootstrap", "bootstrapping", "pre-config", "configuring", "complete"]
    assert centre.get("/subclouds/new-001")["error-description"] == "No errors present"


def test_phases_are_asked_for_one_by_one(centre):
    said = {"bootstrap-address": "10.10.10.12", "bmc_password": PASSWORD}
    files = {"bootstrap_values": BOOTSTRAP, "install_values": INSTALL}
    status, row = centre.submit("POST", "/phased-subcloud-deploy", said, **files)
    assert (status, row["deploy-status"]) == (200, "create-complete")
    for verb, ends in (("install", "install-complete"), ("bootstrap", "bootstrap-complete"), ("complete", "complete")):
        assert centre.phase("new-001", verb)[0] == 200
        assert centre.states()[-1] == ends


def test_an_abort_ends_what_runs_and_leaves_something_to_resume(centre):
    centre.add()
    centre.system.advance(centre.system.durations.subcloud_state * 3)
    assert centre.phase("new-001", "abort")[1]["deploy-status"] == "aborting-install"
    assert centre.states() == ["aborting-install", "install-aborted"]
    assert centre.phase("new-001", "resume")[0] == 200


def test_documents_are_sent_again_to_a_site_in_service(centre):
    centre.add()
    centre.states()
    assert centre.phase("new-001", "configure", deploy_config=DOCUMENTS)[1]["deploy-status"] == "pre-config"
    centre.system.advance(centre.system.now + centre.system.durations.subcloud_cast)
    assert centre.phase("new-001", "configure", deploy_config=DOCUMENTS)[0] == 400
    assert centre.states() == ["pre-config", "configuring", "complete"]


def test_a_restart_of_the_manager_breaks_off_all_that_is_under_way(centre):
    centre.add()
    centre.system.advance(100)
    centre.system.marks.add("manager-restarts")
    assert centre.states() == ["install-failed"]
    assert centre.phase("new-001", "resume")[0] == 200
    assert centre.states()[-1] == "complete"


def test_a_site_comes_online_when_it_is_bootstrapped_and_looked_at(centre):
    centre.beyond = Answering("new-001")
    centre.add()
    centre.states()
    row = centre.get("/subclouds/new-001")
    assert (row["availability-status"], row["management-state"]) == ("online", "unmanaged")


# ---- into management, and out of it


@pytest.fixture
def deployed(centre):
    centre.beyond = Answering("new-001")
    centre.add()
    centre.states()
    centre.get("/subclouds")
    return centre


def patch(centre, **fields):
    """Columns of the site; an underscore in `management_state` is a dash there."""
    said = {"management-state": fields.pop("management_state")} if "management_state" in fields else {}
    return centre.submit("PATCH", "/subclouds/new-001", {**said, **fields})


def test_a_managed_site_is_in_sync_after_the_next_audit(deployed):
    status, row = patch(deployed, management_state="managed")
    assert (status, row["management-state"]) == (200, "managed")
    assert {each["sync_status"] for each in deployed.get("/subclouds/new-001")["endpoint_sync_status"]} == {"in-sync"}
    assert patch(deployed, management_state="managed")[0] == 422


def test_an_unmanaged_site_is_known_for_its_certificate_only(deployed):
    patch(deployed, management_state="managed")
    deployed.get("/subclouds")
    patch(deployed, management_state="unmanaged")
    statuses = deployed.get("/subclouds/new-001")["endpoint_sync_status"]
    assert {e["endpoint_type"] for e in statuses if e["sync_status"] != "unknown"} == {"dc-cert"}


def test_a_change_may_be_refused_after_it_was_made(deployed):
    deployed.system.marks.add("state-fails:new-001:dcorch does not answer")
    status, body = patch(deployed, management_state="managed")
    assert (status, body["description"]) == (422, "dcorch does not answer")
    assert deployed.get("/subclouds/new-001")["management-state"] == "managed"


def test_a_patch_in_json_is_a_traceback(deployed):
    status, text = deployed.send("PATCH", "/subclouds/new-001", {"description": "x"})
    assert status == 500
    assert text.splitlines()[-1].endswith("Unexpected mimetype in content-type: 'application/json'")


def test_it_is_renamed_while_unmanaged(deployed):
    assert patch(deployed, name="Not Good")[0] == 400
    assert patch(deployed, name="newer-001")[1]["name"] == "newer-001"
    assert deployed.get("/subclouds/newer-001")["availability-status"] == "online"


MOVE = {
    "management_subnet": "192.168.150.0/24",
    "management_gateway_ip": "192.168.150.1",
    "management_start_ip": "192.168.150.2",
    "management_end_ip": "192.168.150.50",
    "bootstrap_address": "10.10.10.12",
    "sysadmin_password": PASSWORD,
}


def test_its_network_moves_in_a_while(deployed):
    assert patch(deployed, **MOVE)[1]["management-start-ip"] == "192.168.101.2"
    assert deployed.states() == ["complete", "reconfiguring-network", "complete"]
    assert deployed.get("/subclouds/new-001")["management-start-ip"] == "192.168.150.2"


def test_its_network_moves_wholly_or_not_at_all(deployed):
    assert patch(deployed, **{**MOVE, "management_gateway_ip": "192.168.101.1"})[0] == 422
    assert patch(deployed, management_subnet="192.168.150.0/24")[0] == 422


def test_only_a_dark_and_unmanaged_site_is_deleted_or_installed_anew(deployed):
    assert deployed.ask("DELETE", "/subclouds/new-001")[0] == 422
    assert deployed.submit("PATCH", "/subclouds/new-001/redeploy", {"sysadmin_password": PASSWORD})[0] == 400
    deployed.beyond.names.clear()
    deployed.get("/subclouds")
    assert deployed.submit("PATCH", "/subclouds/new-001/redeploy", {"sysadmin_password": PASSWORD})[0] == 200
    assert deployed.ask("DELETE", "/subclouds/new-001")[0] == 400
    assert deployed.states()[-1] == "complete"
    assert deployed.ask("DELETE", "/subclouds/new-001") == (200, None)
    assert deployed.ask("DELETE", "/subclouds/new-001")[0] == 404


def test_an_unreachable_board_keeps_a_site_from_being_installed_anew(deployed):
    deployed.beyond.names.clear()
    deployed.get("/subclouds")
    deployed.system.marks.add("bmc-unreachable:new-001")
    status, body = deployed.submit("PATCH", "/subclouds/new-001/redeploy", {"sysadmin_password": PASSWORD})
    assert (status, "10.10.10.112" in body["description"]) == (422, True)


def test_an_enrolled_site_has_another_region_afterwards(centre):
    before = centre.add(fields={"enroll": "true"})[1]["region-name"]
    assert centre.states()[-4:] == ["enrolling", "pre-config", "configuring", "complete"]
    assert centre.get("/subclouds/new-001")["region-name"] != before


# ---- what is refused


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": "12345"}, "name must contain alphabetic characters"),
        ({"name": None}, "name required"),
        ({"external_oam_floating_address": None}, "external_oam_floating_address required"),
        (
            {"management_gateway_address": "192.168.102.1"},
            "management_gateway_address invalid: Address must be in subnet",
        ),
        ({"management_gateway_address": "192.168.101.9"}, "is within management pool"),
        ({"management_end_address": "192.168.101.1"}, "management_start_address greater than management_end_address"),
        ({"systemcontroller_gateway_address": "fd00::1"}, "systemcontroller_gateway_address invalid: Expected IPv4"),
        ({"external_oam_subnet": "192.168.101.0/24"}, "oam_gateway_address invalid"),
        ({"management_subnet": "192.168.101.0/31"}, "Subnet too small - must have at least 4 addresses"),
        ({"fields": {"release": "25.03"}}, "25.03 is not a supported release version"),
        ({"install": {**INSTALL, "bmc_address": "fd00::12"}}, "must be the same IP version"),
        ({"install": {**INSTALL, "persistent_size": 20_000}}, "persistent_size of 20000 MB is less than 30000"),
        ({"fields": {"bmc_password": ""}}, "subcloud bmc_password required"),
        ({"fields": {"migrate": "perhaps"}}, "Invalid boolean string: perhaps"),
    ],
)
def test_bad_values_are_refused_and_leave_nothing(centre, said, told):
    status, body = centre.add(**said)
    assert (status, told in body["description"]) == (400, True), body
    assert centre.get("/subclouds") == {"subclouds": []}


def test_ranges_of_two_subclouds_may_not_meet(centre):
    centre.add()
    status, body = centre.add(
        name="new-002", management_start_address="192.168.101.50", management_end_address="192.168.101.60"
    )
    assert (status, body["description"]) == (400, "Management address range overlaps with that of subcloud new-001")
    assert (
        centre.add(
            name="new-002",
            management_start_address="192.168.101.51",
            management_end_address="192.168.101.60",
            external_oam_subnet="10.10.11.0/24",
            external_oam_gateway_address="10.10.11.1",
            external_oam_floating_address="10.10.11.2",
        )[0]
        == 200
    )


def test_nothing_is_added_while_the_centre_gets_software_itself(centre):
    centre.system.tables.update("central", centre.system.tables.rows("central")[0]["uuid"], {"deploying": True})
    assert centre.add()[0] == 400


STATES = {
    Step.INSTALL: phases.INSTALL_FROM,
    Step.BOOTSTRAP: phases.BOOTSTRAP_FROM,
    Step.CONFIGURE: phases.CONFIGURE_FROM,
    Step.COMPLETE: phases.COMPLETE_FROM,
    Step.ENROLL: phases.ENROLL_FROM,
    Step.ABORT: phases.ABORT_FROM,
    Step.RESUME: phases.RESUME_FROM,
}


@pytest.mark.parametrize("step", list(STATES))
def test_phases_begin_where_our_model_says_that_they_do(step):
    assert {state.value for state in deployment.STARTS[step]} == set(STATES[step])
