"""Fault Management of a simulated system: the platform's own alarms, and the traps of its API."""

import json

import pytest

from reconciler.simulator import fm
from reconciler.simulator.exchange import Request

DRIFT = {
    "alarm_id": "260.002",
    "alarm_state": "set",
    "entity_instance_id": "resource=stx-reconciler,name=sc-0412",
    "severity": "minor",
    "alarm_type": "operational-violation",
    "probable_cause": "configuration-out-of-date",
    "reason_text": "mtu of mgmt0",
}


def ask(api, method, path, body=None):
    path, _, query = path.partition("?")
    pairs = dict(item.split("=", 1) for item in query.split("&") if item)
    content = b"" if body is None else json.dumps(body).encode()
    return fm.handle(api.system, Request(method, f"/v1{path}", pairs, {}, content))


def standing(api, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return [(a["alarm_id"], a["entity_instance_id"]) for a in ask(api, "GET", f"/alarms?{asked}").body["alarms"]]


def events(api):
    rows = ask(api, "GET", "/event_log").body["event_log"]
    return [(row["event_log_id"], row["state"]) for row in reversed(rows)]


def test_a_locked_host_has_its_alarm_until_it_is_in_service(pair):
    assert standing(pair) == []
    pair.act("controller-1", "lock")
    pair.system.settle()
    assert standing(pair) == [("200.001", "host=controller-1")]
    pair.act("controller-1", "unlock")
    pair.system.settle()
    assert standing(pair) == []
    assert events(pair) == [("200.001", "set"), ("200.001", "clear")]


def test_a_configuration_that_waits_for_a_reboot_has_its_alarm(pair):
    uuid = pair.get("/intp")["intps"][0]["uuid"]
    pair.ok("PATCH", f"/intp/{uuid}", [{"op": "replace", "path": "/ntpservers", "value": "192.0.2.9"}, apply_op()])
    assert standing(pair) == [("250.001", "host=controller-0"), ("250.001", "host=controller-1")]


def apply_op():
    return {"op": "replace", "path": "/action", "value": "apply"}


def test_posting_twice_makes_two_alarms_which_cannot_be_cleared_by_name(running):
    for _ in range(2):
        assert ask(running, "POST", "/alarms", DRIFT).status == 200
    assert len(standing(running)) == 2
    assert ask(running, "POST", "/alarms", {**DRIFT, "alarm_state": "clear"}).status == 500


def test_the_only_alarm_of_its_name_is_cleared_by_name(running):
    given = json.loads(ask(running, "POST", "/alarms", DRIFT).body)["uuid"]
    assert ask(running, "POST", "/alarms", {**DRIFT, "alarm_state": "clear"}).body == json.dumps({"uuid": given})
    assert standing(running) == []


def test_one_severity_that_nobody_knows_breaks_every_list(running):
    ask(running, "POST", "/alarms", {**DRIFT, "severity": "purple"})
    assert ask(running, "GET", "/alarms").status == 500


def test_a_suppressed_alarm_shows_only_where_it_is_asked_for(running):
    ask(running, "POST", "/alarms", DRIFT)
    rows = ask(running, "GET", "/event_suppression?alarm_id=260.002").body["event_suppression"]
    change = [{"op": "replace", "path": "/suppression_status", "value": "suppressed"}]
    assert ask(running, "PATCH", f"/event_suppression/{rows[0]['uuid']}", change).status == 200
    assert standing(running) == []
    assert standing(running, include_suppress="true") == [("260.002", DRIFT["entity_instance_id"])]


@pytest.mark.parametrize(("kept", "shown"), [("alarms=true", ["set"]), ("logs=true", ["log"]), ("", ["log", "set"])])
def test_events_are_of_alarms_or_logs(running, kept, shown):
    ask(running, "POST", "/alarms", DRIFT)
    running.system.advance(running.system.now + 60)
    ask(running, "POST", "/alarms", {**DRIFT, "alarm_state": "log"})
    found = ask(running, "GET", f"/event_log?{kept}").body["event_log"]
    assert [row["state"] for row in found] == shown


def test_alarms_come_in_pages(running):
    for number in range(3):
        ask(running, "POST", "/alarms", {**DRIFT, "entity_instance_id": f"name=sc-{number}"})
    first = ask(running, "GET", "/alarms?limit=2").body
    second = ask(running, "GET", "/alarms?" + first["next"].partition("?")[2]).body
    assert [a["entity_instance_id"] for page in (first, second) for a in page["alarms"]] == [
        "name=sc-0",
        "name=sc-1",
        "name=sc-2",
    ]
