"""A simulated dcmanager reads as the recorded one did, and writes groups as it did.

It takes no other write yet: for these the recorded answer's row is put in its place. What moves by itself between two
calls (states of deployment and of sync, times) is put there before each read; so the reads hold which columns there
are, in which form, which rows in which order, and what is derived, and the refusals to the word.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from reconciler.simulator import dcmanager
from reconciler.simulator.dcmanager import groups, strategies, subclouds
from reconciler.simulator.exchange import Request

from .comparing import Binding, difference

pytestmark = pytest.mark.conformance

BASE = "http://dcmanager:8119"
TOKENS = {"admin", "reader"}
READER = {9}  # the simulated Keystone knows no readers
WRITES = {("POST", "/v1.0/subcloud-groups"), ("PATCH", "/v1.0/subcloud-groups/east")}
UNUSED = ("sw-update-options", "subcloud-deploy", "system-peers", "subcloud-peer-groups", "peer-group-associations")


def calls(shared, name):
    return [json.loads(line) for line in (shared / "recorded" / f"{name}.jsonl").read_text().splitlines()]


def is_answered(call):
    is_used = not any(call["path"].startswith(f"/v1.0/{name}") for name in UNUSED)
    is_read = call["method"] in {"GET", "PUT"} or (call["method"], call["path"]) in WRITES
    is_group = call["method"] == "DELETE" and "subcloud-groups" in call["path"]
    return is_used and (is_read or is_group) and call["seq"] not in READER


@pytest.mark.parametrize(("name", "answered"), [("dcmanager", 38), ("dcmanager-manage-cycle", 5)])
def test_what_is_read_is_as_recorded(shared, name, answered):
    system, binding, told, count = dcmanager.central(), Binding(), {}, 0
    for call in calls(shared, name):
        if not is_answered(call):
            _put(system, call)
            continue
        _catch_up(system, call)
        count += 1
        if different := _difference(system, call, binding):
            told[call["seq"]] = different
    assert told == {}
    assert count == answered


def _difference(system, call, binding):
    content = json.dumps(call["json"]).encode() if "json" in call else b""
    url = urlsplit(call["path"])
    asked = Request(call["method"], url.path, dict(parse_qsl(url.query)), call["request_headers"], content, BASE)
    answer = dcmanager.handle(system, asked, TOKENS.__contains__)
    if answer.status != call["status"]:
        return f"recorded {call['status']}, simulated {answer.status} {answer.body}"
    body = answer.text if answer.text is not None else answer.body
    assert answer.content_type == call["response_headers"]["content-type"]
    return difference(_timeless(call["response"]), _timeless(body), binding)


def _timeless(body):
    """Times are none of ours here, but whether there is one is."""
    if isinstance(body, dict):
        return {k: bool(v) if k in ("created-at", "updated-at") else _timeless(v) for k, v in body.items()}
    return [_timeless(each) for each in body] if isinstance(body, list) else body


def _put(system, call):
    """The effect of a write that is not simulated: its answer's row, or a row less."""
    answer = call["response"]
    _, version, collection, *name = call["path"].split("/")
    if (call["method"], version, collection, call["status"]) == ("DELETE", "v1.0", "subclouds", 200):
        [gone] = system.tables.rows(subclouds.TABLE, name=name[0])
        system.tables.delete(subclouds.TABLE, gone["uuid"])
    elif isinstance(answer, dict) and "deploy-status" in answer:
        _row(system, subclouds.TABLE, {"sync": dict.fromkeys(subclouds.ENDPOINTS, "unknown")}, answer)
    elif isinstance(answer, dict) and "subcloud-apply-type" in answer:
        _row(system, strategies.TABLE, {}, answer)


def _catch_up(system, call):
    """What moved by itself before a read, as the read tells it."""
    answer = call["response"]
    for row in _rows(answer):
        sync = {each["endpoint_type"]: each["sync_status"] for each in row.get("endpoint_sync_status", ())}
        if "deploy-status" in row:
            _row(system, subclouds.TABLE, {"sync": sync} if sync else {}, row)
        elif "cloud" in row:
            _row(system, strategies.STEPS, {}, row)
        elif "subcloud-apply-type" in row:
            _row(system, strategies.TABLE, {}, row)
    if call["path"] == "/v1.0/sw-update-strategy" and call["status"] == 404:
        for row in system.tables.rows(strategies.TABLE):
            system.tables.delete(strategies.TABLE, row["uuid"])


def _rows(answer):
    if not isinstance(answer, dict):
        return []
    lists = [value for value in answer.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    return [answer, *(row for rows in lists for row in rows)]


def _row(system, table, more, said):
    """Stored, not shown: what is derived is left out."""
    derived = {"sync_status", "endpoint_sync_status", "created-at", "updated-at"}
    own = {key: value for key, value in said.items() if key not in derived} | more
    times = {"created_at": said["created-at"], "updated_at": said["updated-at"]}
    found = system.tables.first(table, id=said["id"])
    if found is None:
        system.tables.insert(table, {"uuid": system.uuid(), **own, **times})
    else:
        system.tables.update(table, found["uuid"], own | times)


def test_the_default_group_is_there_from_the_start():
    assert [row["name"] for row in dcmanager.central().tables.rows(groups.TABLE)] == [groups.DEFAULT]
