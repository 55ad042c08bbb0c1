"""A simulated Fault Management answers as the recorded one did, but where `DIFFERENT` says why not."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from reconciler.simulator import fm
from reconciler.simulator.exchange import Request
from reconciler.simulator.sysinv import sysinv
from reconciler.simulator.system import System

from .comparing import Binding, difference

pytestmark = pytest.mark.conformance

BASE = "http://fm:18002"
OUTSIDE = {
    1: "who is not authenticated is turned away by the shell in front (tests/simulator/test_server.py)",
    7: "the simulated Keystone knows no readers",
}
DIFFERENT = {
    25: "the descriptions of alarms are the simulator's own words",
    26: "the descriptions of alarms are the simulator's own words",
}


def test_answers_differ_only_where_the_list_says_so(shared):
    calls = [json.loads(line) for line in (shared / "recorded" / "fm.jsonl").read_text().splitlines()]
    system, binding = System("recorded", sysinv()), Binding()
    told = {call["seq"]: _difference(system, call, binding) for call in calls if call["seq"] not in OUTSIDE}
    assert {seq: text for seq, text in told.items() if text} == DIFFERENT
    assert len(calls) == 32


def _difference(system: System, call: dict, binding: Binding) -> str:
    system.advance(system.now + 1.0)
    answer = fm.handle(system, _request(call, binding))
    if answer.status != call["status"]:
        return f"status: recorded {call['status']}, simulated {answer.status} {answer.body or answer.text}"
    if call["seq"] in DIFFERENT:
        _bind(call["response"], answer.body, binding)
        return DIFFERENT[call["seq"]]
    body = answer.text if answer.text is not None else answer.body
    return "" if answer.status == 204 else difference(_timeless(call["response"]), _timeless(body), binding)


def _bind(recorded: object, simulated: object, binding: Binding) -> None:
    """Rows whose words differ are the same rows by their alarm's id."""
    if isinstance(recorded, dict) and "event_suppression" in recorded and isinstance(simulated, dict):
        ours = {row["alarm_id"]: row["uuid"] for row in simulated["event_suppression"]}
        assert ours.keys() == {row["alarm_id"] for row in recorded["event_suppression"]}
        for row in recorded["event_suppression"]:
            assert binding.agree(row["uuid"], ours[row["alarm_id"]])


def _timeless(body: object) -> object:
    """Events carry the time at which they were made."""
    if isinstance(body, dict) and "event_log" in body:
        return {**body, "event_log": [{**row, "timestamp": "then"} for row in body["event_log"]]}
    return body


def _request(call: dict, binding: Binding) -> Request:
    url = urlsplit(binding.translate(call["path"]))
    content = json.dumps(call["json"]).encode() if "json" in call else b""
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    return Request(
        call["method"], url.path, query, call["request_headers"], binding.translate(content.decode()).encode(), BASE
    )
