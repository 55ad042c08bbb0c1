"""Settings of the whole system that site.yaml says, and the last ones of the System document: one call each."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.words import Disruption
from tests.kinds.machines import AIO, KINDS, differences, host, planned, resource, rows, sent, why_not
from tests.kinds.networks import system_row
from tests.kinds.test_cpu_function import cpus

ROW = {
    **system_row(),
    "timezone": "UTC",
    "security_feature": "nopti nospectre_v2 nospectre_v1",
    "capabilities": {"vswitch_type": "none", "https_enabled": False, "sdn_enabled": False},
}
LOGGING = {"uuid": "log", "ip_address": None, "enabled": False, "transport": "udp", "port": 514, "key_file": None}
TO_A_SERVER = "own: {system: {remoteLogging: {enabled: true, address: 'FD00::0009', port: 6514, transport: tcp}}}"


def listed(*hosts: dict[str, Any], logging: dict[str, Any] | None = None, icpus: Any = (), **system: Any):
    return rows(*hosts, system={**ROW, **system}, remotelogging=[LOGGING | (logging or {})], icpus=icpus)


@pytest.mark.parametrize(
    ("text", "call", "then"),
    [
        ("own: {system: {timezone: Asia/Tokyo}}", "timezone=Asia/Tokyo", {"timezone": "Asia/Tokyo"}),
        ("own: {system: {https: true}}", "https_enabled=true", {"capabilities": {"https_enabled": True}}),
        (
            "own: {system: {securityFeature: spectre_meltdown_all}}",
            "security_feature=spectre_meltdown_all",
            {"security_feature": ""},
        ),
        ("system: {vswitchType: other}", "vswitch_type=other", {"capabilities": {"vswitch_type": "other"}}),
    ],
)
def test_a_setting_is_one_call_and_then_nothing_differs(text, call, then):
    assert sent(text, listed()) == [f"PATCH isystems/<> {call}"]
    assert differences(text, listed(**then)) == {}


def test_what_lives_in_the_capabilities_goes_alone():
    text = "{system: {vswitchType: other}, own: {system: {https: true, timezone: Asia/Tokyo}}}"
    assert len(sent(text, listed())) == 3


def test_what_git_does_not_say_is_left_alone():
    assert differences("own: {system: {}}", listed()) == {}


def test_mitigations_are_read_as_they_are_said():
    assert resource("security-feature", listed()).spec.name == "spectre_meltdown_v1"
    assert resource("security-feature", listed(security_feature="")).spec.name == "spectre_meltdown_all"
    assert resource("security-feature", listed(security_feature="mitigations=off")).spec.name == "mitigations=off"


def test_mitigations_lock_every_host_that_was_in_service():
    hosts = (host("controller-0"), host("controller-1", number=2), host("compute-0", number=3))
    found = listed(*hosts, system_mode="duplex", system_type="Standard")
    made = planned("own: {system: {securityFeature: spectre_meltdown_all}}", found)
    assert set(made.locked_hosts) == {"controller-0", "controller-1", "compute-0"}


def test_a_vswitch_locks_the_hosts_that_run_workloads():
    hosts = (host("controller-0"), host("compute-0", number=3))
    standard = listed(*hosts, system_mode="duplex", system_type="Standard")
    assert planned("system: {vswitchType: other}", standard).locked_hosts == ("compute-0",)
    assert planned("system: {vswitchType: other}", listed(host(**AIO))).locked_hosts == ("controller-0",)


def test_a_vswitch_without_a_core_would_keep_its_host_locked():
    refusal = why_not("system: {vswitchType: ovs-dpdk}", listed(host(**AIO), icpus=cpus("Platform", "Application")))
    assert "say processors of function vswitch" in refusal["vswitch"]


def test_cores_for_a_vswitch_that_there_is_not_would_too():
    found = listed(host(**AIO), icpus=cpus("Platform", "Vswitch"), capabilities={"vswitch_type": "ovs-dpdk"})
    assert "say count 0" in why_not("system: {vswitchType: none}", found)["vswitch"]


def test_a_vswitch_of_hosts_that_never_were_in_service_locks_nothing():
    assert planned("system: {vswitchType: ovs-dpdk}", listed(host(state="new", **AIO))).locked_hosts == ()


def test_https_costs_the_service_of_the_endpoints():
    assert planned("own: {system: {https: true}}", listed()).disruption is Disruption.SERVICE


def test_remote_logging_is_sent_and_applied_in_one_call():
    assert sent(TO_A_SERVER, listed()) == [
        "PATCH remotelogging/<> ip_address=FD00::0009 enabled=true port=6514 transport=tcp action=apply"
    ]
    assert KINDS["remote-logging"].is_stored_first


def test_an_address_has_many_spellings_and_one_meaning():
    there = {"ip_address": "fd00::9", "enabled": True, "port": 6514, "transport": "tcp"}
    assert differences(TO_A_SERVER, listed(logging=there)) == {}


def test_remote_logging_without_any_address_is_refused_before_it_is_sent():
    text = "own: {system: {remoteLogging: {enabled: true}}}"
    assert "without an address" in why_not(text, listed())["remote-logging"]
    assert sent(text, listed(logging={"ip_address": "10.0.0.9"})) == [
        "PATCH remotelogging/<> enabled=true action=apply"
    ]


def test_the_system_wide_ptp_of_older_releases_is_compared_and_never_sent():
    found = rows(ptp=[{"uuid": "ptp", "mode": "hardware", "transport": "l2", "mechanism": "e2e"}])
    assert differences("system: {ptp: {mode: hardware, transport: l2}}", found) == {}
    assert "deprecated" in why_not("system: {ptp: {mode: software}}", found)["legacy-ptp"]
    assert planned("system: {ptp: {mode: software}}", found).stages == ()
