"""Time servers: taken up by controllers at a lock and unlock."""

from __future__ import annotations

from reconciler.model.plan import StageType
from reconciler.model.words import Disruption
from tests.kinds.machines import AIO, KINDS, context, difference, differences, host, planned, rows, sent, why_not
from tests.kinds.networks import system_row, told

TEXT = "system: {ntpServers: [0.pool.ntp.org, 1.pool.ntp.org]}"


def listed(servers: str | None, *hosts, **more):
    return rows(*hosts, intp=[{"uuid": "ntp", "ntpservers": servers}], **more)


def test_value_and_action_are_one_call():
    (stage, _) = planned(TEXT, listed("2.pool.ntp.org")).stages
    assert [told(c) for step in stage.steps for c in step.calls] == [
        "PATCH intp/<> ntpservers=0.pool.ntp.org,1.pool.ntp.org action=apply"
    ]


def test_another_order_is_not_worth_a_lock():
    assert differences(TEXT, listed("1.pool.ntp.org,0.pool.ntp.org")) == {}


def test_controllers_in_service_are_locked_for_it_after_it_was_sent_the_active_one_last():
    hosts = (host(**AIO), host("controller-1", number=2), host("compute-0", number=3))
    made = planned(TEXT, listed("", *hosts, system=system_row("duplex")))
    assert [(s.type, s.host) for s in made.stages] == [
        (StageType.ONLINE, ""),
        (StageType.WINDOW, "controller-1"),
        (StageType.SWACT, "controller-0"),
        (StageType.WINDOW, "controller-0"),
    ]
    assert made.disruption is Disruption.LOCK


def test_a_controller_that_never_was_in_service_takes_it_up_by_itself():
    found = listed("", host(state="new"))
    assert sent(TEXT, found)
    assert planned(TEXT, found).locked_hosts == ()
    assert KINDS["ntp"].disruption_of(difference(TEXT, found), context(TEXT, found)) is Disruption.NONE


def test_a_controller_that_somebody_locked_holds_it():
    assert "locked-by-operator" in why_not(TEXT, listed("", host(state="locked")))["ntp"]


def test_name_servers_come_first_since_time_servers_have_names():
    text = "system: {dnsServers: [8.8.8.8], ntpServers: [0.pool.ntp.org]}"
    found = listed("", host(state="new"), idns=[{"uuid": "dns", "nameservers": ""}])
    assert [call.split()[1] for call in sent(text, found)] == ["idns/<>", "intp/<>"]


def test_an_empty_list_clears():
    assert sent("system: {ntpServers: []}", listed("a", host(state="new"))) == [
        "PATCH intp/<> ntpservers=NC action=apply"
    ]


def test_more_than_three_are_too_many():
    assert "takes 3" in why_not("system: {ntpServers: [a, b, c, d]}", listed(""))["ntp"]
