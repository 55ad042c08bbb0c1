"""A simulated Fault Management answers as the recorded one did, but where `differences.yaml` says why not."""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from reconciler.simulator import fm
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.keystone import unauthorized
from reconciler.simulator.sysinv import sysinv
from reconciler.simulator.system import System

from .comparing import Binding, difference
from .renaming import renamed_text
from .test_sysinv_replay import listed

pytestmark = pytest.mark.conformance

BASE = "http://fm:18002"
TOKENS, WRITERS = {"admin", "reader"}, {"admin"}
CALLS = 32
WORDS = "the description of alarms"


def recorded(shared, change=str):
    lines = change((shared / "recorded" / "fm.jsonl").read_text()).splitlines()
    return [json.loads(line) for line in lines]


def replayed(calls):
    """What differs by call."""
    system, binding = System("recorded", sysinv()), Binding()
    told = {call["seq"]: _difference(system, call, binding) for call in calls}
    return {seq: text for seq, text in told.items() if text}


@pytest.mark.parametrize("change", [str, renamed_text], ids=["as recorded", "renamed"])
def test_answers_differ_only_where_the_list_says_so(shared, capsys, change):
    calls = recorded(shared, change)
    different = replayed(calls)
    assert set(different) == listed("fm").calls, different
    assert set(different.values()) == {WORDS}
    assert len(calls) == CALLS
    with capsys.disabled():
        sys.stdout.write(f"\nfm: {len(calls) - len(different)} of {len(calls)} recorded calls are equal\n")


def test_what_happened_to_alarms_comes_newest_first_each_with_its_state(shared):
    """The order that the recorded rows have by their times, which are not compared one by one."""
    rows = [row for call in recorded(shared) for row in _events(call["response"])]
    assert len(rows) == 5
    for call in recorded(shared):
        times = [row["timestamp"] for row in _events(call["response"])]
        assert times == sorted(times, reverse=True)
    assert {row["state"] for row in rows} == {"set", "clear", "log"}


def _difference(system: System, call: dict[str, Any], binding: Binding) -> str:
    """WORDS where nothing but the description of alarms differs."""
    system.advance(system.now + 1.0)
    answer = _answer(system, _request(call, binding))
    if answer.status != call["status"]:
        return f"status: recorded {call['status']}, simulated {answer.status} {answer.body or answer.text}"
    if answer.status == 204:
        return ""
    theirs, ours = _timeless(call["response"]), _timeless(answer.text if answer.text is not None else answer.body)
    if told := difference(_wordless(theirs), _wordless(ours), binding):
        return told
    return WORDS if difference(theirs, ours, binding) else ""


def _answer(system: System, request: Request) -> Response:
    """As the server's shell puts it together: who has no token does not come as far as Fault Management."""
    if request.header("X-Auth-Token") not in TOKENS:
        return unauthorized(BASE)
    return fm.handle(system, request, WRITERS.__contains__)


def _events(body: Any) -> list[dict[str, Any]]:
    return body.get("event_log", []) if isinstance(body, dict) else []


def _timeless(body: Any) -> Any:
    """Events carry the time at which they were made."""
    if not _events(body):
        return body
    return {**body, "event_log": [{**row, "timestamp": "then"} for row in body["event_log"]]}


def _wordless(body: Any) -> Any:
    if isinstance(body, dict):
        return {key: "words" if key == "description" else _wordless(value) for key, value in body.items()}
    return [_wordless(each) for each in body] if isinstance(body, list) else body


def _request(call: dict[str, Any], binding: Binding) -> Request:
    url = urlsplit(binding.translate(call["path"]))
    content = json.dumps(call["json"]) if "json" in call else ""
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    return Request(call["method"], url.path, query, call["request_headers"], binding.translate(content).encode(), BASE)
