"""Name servers: one list, sent and applied in one call."""

from __future__ import annotations

from reconciler.model.words import Disruption
from tests.kinds.machines import KINDS, context, difference, differences, planned, resource, rows, sent, why_not

TEXT = "system: {dnsServers: [8.8.8.8, 'FD00::0053']}"


def listed(servers: str | None):
    return rows(idns=[{"uuid": "dns", "nameservers": servers}])


def test_a_list_is_read_in_its_order():
    assert resource("dns", listed("8.8.8.8,fd00::53")).spec.servers == ("8.8.8.8", "fd00::53")
    assert resource("dns", listed(None)).spec.servers == ()


def test_addresses_have_many_spellings_and_one_meaning():
    assert differences(TEXT, listed("8.8.8.8,fd00::53")) == {}


def test_value_and_action_are_one_call_or_nothing_is_ever_applied():
    assert sent(TEXT, listed("8.8.4.4")) == ["PATCH idns/<> nameservers=8.8.8.8,FD00::0053 action=apply"]
    assert KINDS["dns"].is_stored_first


def test_another_order_is_another_list():
    assert difference("system: {dnsServers: [8.8.8.8, 8.8.4.4]}", listed("8.8.4.4,8.8.8.8"))


def test_an_empty_list_clears_and_an_absent_one_says_nothing():
    assert sent("system: {dnsServers: []}", listed("8.8.8.8")) == ["PATCH idns/<> nameservers=NC action=apply"]
    assert differences("system: {dnsServers: []}", listed("")) == {}
    assert differences("system: {dnsServers: null}", listed("8.8.8.8")) == {}


def test_no_host_is_locked_for_it():
    assert planned(TEXT, listed("8.8.4.4")).locked_hosts == ()
    assert KINDS["dns"].disruption_of(difference(TEXT, listed("")), context(TEXT, listed(""))) is Disruption.NONE


def test_more_than_three_are_too_many():
    assert "takes 3" in why_not("system: {dnsServers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]}", listed(""))["dns"]
