"""config_target, config_applied and config_status: who moves them, and what a reboot that is owed does to them."""

from __future__ import annotations

import pytest

from reconciler.simulator.identifiers import needs_reboot


def dns(api, value, **more):
    row = api.get("/idns")["idnss"][0]
    return api.patch(f"/idns/{row['uuid']}", nameservers=value, **more)


def ntp(api, value):
    row = api.get("/intp")["intps"][0]
    return api.patch(f"/intp/{row['uuid']}", ntpservers=value, action="apply")


def target(api):
    return api.host("controller-0")["config_target"]


class TestTheApplyTrap:
    """sysinv-api.md 2: what is stored and what is applied are two things."""

    def test_value_alone_is_stored_and_never_applied(self, running):
        before = target(running)
        assert dns(running, "10.1.1.1")["nameservers"] == "10.1.1.1"
        assert target(running) == before

    def test_the_same_value_with_the_action_is_stuck(self, running):
        dns(running, "10.1.1.1")
        before = target(running)
        dns(running, "10.1.1.1", action="apply")
        assert target(running) == before

    def test_a_new_value_with_the_action_is_applied(self, running):
        before = target(running)
        dns(running, "10.1.1.1", action="apply")
        assert target(running) != before

    def test_what_is_stored_by_an_api_that_dies_is_not_applied(self, running):
        before = target(running)
        running.system.marks.add("api-dies")
        dns(running, "10.1.1.1", action="apply")
        assert (running.get("/idns")["idnss"][0]["nameservers"], target(running)) == ("10.1.1.1", before)

    def test_remote_logging_is_applied_whenever_the_action_is_there(self, running):
        row = running.get("/remotelogging")["remoteloggings"][0]
        for _ in range(2):
            before = target(running)
            running.patch(f"/remotelogging/{row['uuid']}", ip_address="10.1.1.9", action="apply")
            assert target(running) != before


def test_a_runtime_manifest_ends_with_target_applied_and_a_status_that_follows(running):
    dns(running, "10.1.1.1", action="apply")
    assert running.host("controller-0")["config_status"] == "Config out-of-date"
    running.system.advance(running.system.now + running.system.durations.runtime_apply)
    host = running.host("controller-0")
    assert (host["config_applied"], host["config_status"]) == (host["config_target"], "Config out-of-date")
    running.system.settle()
    assert running.host("controller-0")["config_status"] is None


def test_ntp_needs_a_reboot_and_later_targets_inherit_it(running):
    ntp(running, "10.1.1.2")
    assert needs_reboot(target(running))
    dns(running, "10.1.1.1", action="apply")
    assert needs_reboot(target(running))


def test_a_runtime_report_under_an_owed_reboot_clears_the_bit_only(running):
    ntp(running, "10.1.1.2")
    dns(running, "10.1.1.1", action="apply")
    running.system.settle()
    host = running.host("controller-0")
    assert host["config_applied"][1:] == host["config_target"][1:]
    assert not needs_reboot(host["config_applied"])
    assert host["config_status"] == "Config out-of-date"


def test_lock_and_unlock_pay_the_reboot(running):
    ntp(running, "10.1.1.2")
    for action in ("lock", "unlock"):
        running.act("controller-0", action)
        running.system.settle()
    host = running.host("controller-0")
    assert (host["config_applied"], host["config_status"]) == (host["config_target"], None)


def test_before_the_first_unlock_the_status_stays_null(simplex):
    ntp(simplex, "10.1.1.2")
    host = simplex.host("controller-0")
    assert host["config_status"] is None
    assert host["config_applied"] != host["config_target"]


def test_silent_agents_report_nothing(running):
    running.system.marks.add("agents-silent")
    dns(running, "10.1.1.1", action="apply")
    running.system.settle()
    host = running.host("controller-0")
    assert host["config_applied"] != host["config_target"]


def test_service_parameters_of_identity_wait_for_their_apply(running):
    body = {"service": "identity", "section": "security_compliance", "parameters": {"lockout_retries": "5"}}
    running.ok("POST", "/service_parameter", body)
    parameter = next(p for p in running.get("/service_parameter")["parameters"] if p["name"] == "token_expiration")
    running.system.settle()
    running.patch(f"/service_parameter/{parameter['uuid']}", value="7200")
    running.system.settle()
    assert running.host("controller-0")["config_status"] == "Config out-of-date"
    running.ok("POST", "/service_parameter/apply", {"service": "identity"})
    running.system.settle()
    assert running.host("controller-0")["config_status"] is None


def test_oam_reboots_a_pair_and_not_a_simplex(running, pair):
    for api, reboot in ((running, False), (pair, True)):
        pool = next(p for p in api.get("/addrpools")["addrpools"] if p["uuid"] == api.network("oam")["pool_uuid"])
        low = pool["ranges"][0][0]
        api.ok("PATCH", f"/addrpools/{pool['uuid']}", [_replace("ranges", [[low, pool["ranges"][0][1]]])])
        api.patch(f"/addrpools/{pool['uuid']}", name="oam-renamed")
        assert needs_reboot(target(api)) is reboot


def test_a_pool_in_use_is_read_only_after_bootstrap(pair):
    pool = pair.network("cluster-host")["pool_uuid"]
    assert pair.refusal("PATCH", f"/addrpools/{pool}", [_replace("name", "x")]) == (
        409,
        "Address pool is read-only and cannot be modified or removed",
    )


@pytest.mark.parametrize("name", ["location", "contact", "description"])
def test_plain_attributes_of_the_system_are_set(running, name):
    row = running.get("/isystems")["isystems"][0]
    assert running.patch(f"/isystems/{row['uuid']}", **{name: "Ottawa"})[name] == "Ottawa"


def test_replacing_the_capabilities_loses_what_is_not_in_them(running):
    row = running.get("/isystems")["isystems"][0]
    changed = running.patch(f"/isystems/{row['uuid']}", capabilities='{"vswitch_type": "ovs-dpdk"}')
    assert changed["capabilities"] == {"vswitch_type": "ovs-dpdk"}


def _replace(name, value):
    return {"op": "replace", "path": f"/{name}", "value": value}
