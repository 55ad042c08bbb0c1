"""Replication between controllers: one call that says everything, for what it does not say is lost."""

from __future__ import annotations

import pytest

from tests.kinds.machines import KINDS, differences, planned, resource, rows, sent, why_not

TEXT = "system: {storage: {drbd: {linkUtilization: 60}}}"
ENCRYPTED = {"service": "platform", "section": "drbd", "name": "secure", "value": "True", "uuid": "p"}


def listed(link: int = 40, *parameters: dict[str, str]):
    row = {"uuid": "drbd", "link_util": link, "num_parallel": 1, "rtt_ms": 0.2}
    return rows(drbdconfig=[row], service_parameter=parameters)


def test_value_and_action_are_one_call_or_nothing_is_ever_applied():
    assert sent(TEXT, listed()) == ["PATCH drbdconfig/<> link_util=60 secure=False action=apply"]
    assert KINDS["drbd"].is_stored_first
    assert planned(TEXT, listed()).locked_hosts == ()


def test_encryption_is_repeated_or_the_call_would_turn_it_off():
    assert sent(TEXT, listed(40, ENCRYPTED)) == ["PATCH drbdconfig/<> link_util=60 secure=True action=apply"]


def test_encryption_is_a_service_parameter_on_the_site():
    assert resource("drbd", listed(40, ENCRYPTED)).spec.is_secure is True
    assert differences("own: {system: {drbd: {secure: true}}}", listed(40, ENCRYPTED)) == {}
    assert sent("own: {system: {drbd: {secure: true}}}", listed()) == ["PATCH drbdconfig/<> secure=True action=apply"]


def test_both_documents_make_one_call():
    text = TEXT + "\nown: {system: {drbd: {rttMs: 10.0}}}"
    assert sent(text, listed()) == ["PATCH drbdconfig/<> link_util=60 rtt_ms=10.0 secure=False action=apply"]
    assert differences(TEXT, listed(60)) == {}


@pytest.mark.parametrize(("percent", "refusal"), [(90, "5 to 80"), (4, "5 to 80")])
def test_the_platform_takes_less_than_the_custom_resource_allows(percent, refusal):
    assert refusal in why_not(f"system: {{storage: {{drbd: {{linkUtilization: {percent}}}}}}}", listed())["drbd"]
