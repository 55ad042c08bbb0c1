"""Make the recorded requests to a simulated system, and say which answers differ.

A recording has no clock, so simulated time may pass before each request: not at all, or up to any of the effects that
wait. The first moment at which the answer is the recorded one is taken; time never goes back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.loading import load
from reconciler.simulator.sysinv import sysinv
from reconciler.simulator.system import System

from .comparing import ADDRESS, Binding, difference
from .injecting import inject
from .recordings import Recording
from .renaming import UUID_TEXT

PATIENCE = 150.0
BASE = "http://platform:6385"


@dataclass(frozen=True)
class Outcome:
    """One call of a recording; ``difference`` is empty where the simulator answered as recorded."""

    seq: int
    name: str
    method: str
    path: str
    difference: str


@dataclass
class Replay:
    system: System
    binding: Binding
    outcomes: list[Outcome]

    @property
    def different(self) -> dict[int, str]:
        return {item.seq: item.difference for item in self.outcomes if item.difference}


def replay(recording: Recording) -> Replay:
    """Replay a recording from its start to its end."""
    run = Replay(
        load(System(recording.name, sysinv(), durations=recording.durations), recording.initial), Binding(), []
    )
    _bind_known(run.binding, recording.initial)
    for call in recording.calls:
        for injected in call.get("injected_before") or []:
            inject(run.system, run.binding, injected)
        run.outcomes.append(_step(run, call))
    return run


def final_differences(run: Replay, recording: Recording) -> dict[str, str]:
    """Collections that at the end differ from the recorded inventory: path to what differs first.

    When the inventory was taken is not recorded either: of all moments the one with the fewest differences counts.
    """
    every = [_finals(system, run.binding.copy(), recording) for system in moments(run.system)]
    return min(every, key=len)


def _finals(system: System, binding: Binding, recording: Recording) -> dict[str, str]:
    found = {}
    for path, body in recording.final.items():
        response = system.handle(_request({"method": "GET", "path": path}, binding))
        told = difference(body, response.body, binding)
        if told:
            found[path] = told
    return found


def _bind_known(binding: Binding, initial: dict[str, Any]) -> None:
    text = json.dumps(initial)
    for known in (*UUID_TEXT.findall(text), *ADDRESS.findall(text)):
        binding.agree(known, known)


def _step(run: Replay, call: dict[str, Any]) -> Outcome:
    first: tuple[System, Binding, str] | None = None
    same_status: tuple[System, Binding, str] | None = None
    for system in moments(run.system):
        binding = run.binding.copy()
        response = system.handle(_request(call, binding))
        told = _difference(call, response, binding)
        attempt = (system, binding, told)
        first = first or attempt
        if response.status == call["status"]:
            same_status = same_status or attempt
        if not told:
            same_status = attempt
            break
    assert first is not None
    run.system, run.binding, told = same_status or first
    return Outcome(call["seq"], call["name"], call["method"], call["path"], told)


def moments(system: System) -> Iterator[System]:
    """The system now, after each of the effects that wait, and when no period of refusal can run any more."""
    current = deepcopy(system)
    yield current
    ahead = deepcopy(system)
    for _ in range(60):
        due = ahead.timeline.next_due()
        if due is None:
            break
        ahead.advance(due)
        yield deepcopy(ahead)
    ahead.advance(ahead.now + PATIENCE)
    yield ahead


def _request(call: dict[str, Any], binding: Binding) -> Request:
    url = urlsplit(binding.translate(call["path"]))
    body = call.get("body")
    text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    headers = call.get("request_headers") or {"Accept": "application/json", "User-Agent": "tests"}
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    return Request(call["method"], url.path, query, headers, binding.translate(text).encode(), BASE)


def _difference(call: dict[str, Any], response: Response, binding: Binding) -> str:
    if response.status != call["status"]:
        return f"status: recorded {call['status']} {_fault(call['response'])}, simulated {response.status} {_fault(response.body)}"
    if response.status == 204:
        return ""
    body = response.text if response.text is not None else response.body
    return difference(call["response"], body, binding)


def _fault(body: Any) -> str:
    if not isinstance(body, dict) or "error_message" not in body:
        return ""
    return repr(json.loads(body["error_message"]).get("faultstring", ""))[:200]
