"""A simulated dcmanager answers as the recorded one did, but where `differences.yaml` says why not.

A recording has no clock: as with sysinv's, the first moment counts at which the answer is the recorded one. Times are
compared by whether there is one.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from reconciler.simulator import dcmanager
from reconciler.simulator.dcmanager import groups
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.system import System

from .central_recordings import ALL, CentralRecording, happen, recording, renamed
from .comparing import Binding, difference
from .replay import moments
from .test_sysinv_replay import FEWEST_EQUAL, listed

pytestmark = pytest.mark.conformance

BASE = "http://dcmanager:8119"
TOKENS, WRITERS = {"admin", "reader"}, {"admin"}
REGION = re.compile(r"([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})")
MARK = "boundary-of-a-recorded-form"


@dataclass
class Run:
    system: System
    binding: Binding = field(default_factory=Binding)
    different: dict[int, str] = field(default_factory=dict)


def replayed(chosen: CentralRecording) -> Run:
    run = Run(chosen.system())
    for call in chosen.calls:
        if (said := chosen.happened.get(call["seq"])) is not None:
            happen(run.system, said)
        if told := _step(run, call):
            run.different[call["seq"]] = told
    return run


def _step(run: Run, call: dict[str, Any]) -> str:
    """The first moment at which the answer is the recorded one; else the first with its status, or now."""
    tried: list[tuple[System, Binding, str, bool]] = []
    for system in moments(run.system):
        binding = run.binding.copy()
        asked = _request(call, binding)
        answer = dcmanager.handle(system, asked, TOKENS.__contains__, may_write=WRITERS.__contains__)
        told = _difference(call, answer, binding)
        tried.append((system, binding, told, answer.status == call["status"]))
        if not told:
            break
    equal, alike = [each for each in tried if not each[2]], [each for each in tried if each[3]]
    run.system, run.binding, told, _ = (equal or alike or tried)[0]
    return told


def _request(call: dict[str, Any], binding: Binding) -> Request:
    url = urlsplit(binding.translate(call["path"]))
    content, kind = _content(call, binding)
    headers = {**call["request_headers"], **({"Content-Type": kind} if kind else {})}
    return Request(call["method"], url.path, dict(parse_qsl(url.query)), headers, content, BASE)


def _content(call: dict[str, Any], binding: Binding) -> tuple[bytes, str]:
    if "json" in call:
        return binding.translate(json.dumps(call["json"])).encode(), "application/json"
    fields = {name: {"filename": None, "content": text} for name, text in (call.get("form") or {}).items()}
    parts = fields | (call.get("multipart") or {})
    if not parts:
        return b"", ""
    text = "".join(f"--{MARK}\r\n{_head(name, part)}\r\n\r\n{part['content']}\r\n" for name, part in parts.items())
    return binding.translate(f"{text}--{MARK}--\r\n").encode(), f"multipart/form-data; boundary={MARK}"


def _head(name: str, part: dict[str, Any]) -> str:
    file = f'; filename="{part["filename"]}"' if part["filename"] else ""
    return f'Content-Disposition: form-data; name="{name}"{file}'


def _difference(call: dict[str, Any], answer: Response, binding: Binding) -> str:
    body = answer.text if answer.text is not None else answer.body
    if answer.status != call["status"]:
        return f"status: recorded {call['status']}, simulated {answer.status} {body}"
    if answer.status == 204:
        return ""
    if answer.content_type != call["response_headers"]["content-type"]:
        return f"content type: simulated {answer.content_type}"
    return difference(_comparable(call["response"]), _comparable(body), binding)


def _comparable(body: Any) -> Any:
    """Of times whether there is one; a region's name as the uuid that it is made of."""
    if isinstance(body, dict):
        return {key: _member(key, value) for key, value in body.items()}
    return [_comparable(each) for each in body] if isinstance(body, list) else body


def _member(key: str, value: Any) -> Any:
    if key in {"created-at", "updated-at", "started-at", "finished-at"}:
        return bool(value)
    return REGION.sub(r"\1-\2-\3-\4-\5", value) if key == "region-name" else _comparable(value)


@pytest.mark.parametrize("change", [str, renamed], ids=["as recorded", "renamed"])
@pytest.mark.parametrize("name", ALL)
def test_answers_differ_only_where_the_list_says_so(shared, name, change):
    run = replayed(recording(shared, name, change))
    told = "\n".join(f"{seq}: {text}" for seq, text in run.different.items())
    assert set(run.different) == listed(name).calls, told


def test_at_least_97_of_100_calls_are_equal(shared, capsys):
    runs = [(name, recording(shared, name)) for name in ALL]
    whole = sum(len(chosen.calls) for _, chosen in runs)
    outside = sum(len(listed(name).outside) for name, _ in runs)
    different = sum(len(replayed(chosen).different) for _, chosen in runs)
    with capsys.disabled():
        sys.stdout.write(f"\ndcmanager: {whole - different} of {whole} recorded calls are equal, {outside} outside\n")
    assert 1 - (different - outside) / (whole - outside) >= FEWEST_EQUAL
    assert 1 - different / whole >= FEWEST_EQUAL


def test_the_default_group_is_there_from_the_start():
    assert [row["name"] for row in dcmanager.central().tables.rows(groups.TABLE)] == [groups.DEFAULT]
