"""Service parameters: one call each, one apply per service, and locks where the platform asks for a reboot."""

from __future__ import annotations

import pytest

from reconciler.kinds.service_parameter import ServiceParameter, rebooted
from reconciler.model.words import Disruption
from tests.kinds.machines import AIO, differences, host, planned, rows, sent
from tests.kinds.networks import system_row

NTP = {"service": "platform", "section": "maintenance", "paramname": "worker_boot_timeout", "paramvalue": "900"}
PIDS = {"service": "kubernetes", "section": "config", "paramname": "pod_max_pids", "paramvalue": "1000"}


def text(*parameters: dict) -> str:
    return f"system: {{serviceParameters: {list(parameters)}}}"


def row(service: str, section: str, name: str, value: str, **more: object) -> dict[str, object]:
    facts = {"service": service, "section": section, "name": name, "value": value}
    return {"uuid": f"p-{name}", "personality": None, "resource": None, **facts, **more}


BOOT = row("platform", "maintenance", "worker_boot_timeout", "720")


def test_a_new_one_is_added_and_its_service_applied():
    assert sent(text(NTP), rows()) == [
        "POST service_parameter service=platform section=maintenance parameters={'worker_boot_timeout': '900'}",
        "POST service_parameter/apply service=platform",
    ]


def test_several_of_one_service_are_applied_once():
    other = NTP | {"paramname": "controller_boot_timeout"}
    made = planned(text(NTP, other), rows())
    assert [call.path for call in made.stages[0].last] == ["/v1/service_parameter/apply"]
    assert len(sent(text(NTP, other), rows())) == 3


def test_another_value_is_set_in_place_and_the_others_are_left_alone():
    found = rows(service_parameter=[BOOT, row("identity", "config", "token_expiration", "3600")])
    assert sent(text(NTP), found) == [
        "PATCH service_parameter/<platform/maintenance/worker_boot_timeout> value=900",
        "POST service_parameter/apply service=platform",
    ]
    assert differences(text(NTP | {"paramvalue": "720"}), found) == {}


def test_a_custom_one_is_known_by_what_it_is_for():
    custom = NTP | {"personality": "controller", "resource": "platform::x"}
    assert "personality=controller resource=platform::x" in sent(text(custom), rows(service_parameter=[BOOT]))[0]
    seen = {**BOOT, "personality": "controller", "resource": "platform::x", "value": "900"}
    assert differences(text(custom), rows(service_parameter=[seen])) == {}


def test_a_value_that_is_not_shown_is_not_compared():
    assert differences(text(NTP), rows(service_parameter=[BOOT | {"value": "****"}])) == {}


def test_a_reboot_is_a_lock_of_the_hosts_that_it_concerns():
    hosts = (host(**AIO), host("controller-1", number=2, **AIO), host("compute-0", number=3))
    made = planned(text(PIDS), rows(*hosts, system=system_row("duplex")))
    assert made.locked_hosts == ("controller-1", "controller-0", "compute-0")
    assert planned(text(PIDS), rows(host(state="new"))).locked_hosts == ()
    assert planned(text(NTP), rows(*hosts, system=system_row("duplex"))).disruption is Disruption.SERVICE


@pytest.mark.parametrize(
    ("service", "section", "name", "who"),
    [
        ("platform", "config", "intel_pstate", {"controller", "worker", "storage"}),
        ("platform", "config", "sctp_autoload", {"controller", "worker"}),
        ("platform", "config", "virtual", set()),
        ("platform", "kernel", "audit", {"controller", "worker"}),
        ("platform", "kernel", "ksoftirqd_priority", set()),
        ("platform", "sysctl", "net.ipv4.x", set()),
        ("kubernetes", "kube_apiserver", "x", set()),
        ("kubernetes", "certificates", "apiserver_certsan", {"controller"}),
        ("docker", "docker-registry", "url", {"controller"}),
        ("docker", "docker-registry", "auth-secret", set()),
        ("docker", "proxy", "http_proxy", set()),
        ("identity", "config", "x", set()),
    ],
)
def test_whom_a_parameter_reboots(service, section, name, who):
    assert rebooted(ServiceParameter(name="x", service=service, section=section, parameter=name)) == who
