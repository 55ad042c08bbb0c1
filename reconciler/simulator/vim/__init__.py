"""VIM of a simulated system: one strategy at a time, of whatever type, built, applied and taken away (starlingx/nfv).

No recording covers it; everything is written from nfv_vim at the tags 10.0.0 to 12.0.0 and at 1fa7c309, and is unverified.
An applied strategy asks sysinv and USM of this system, in the calls that VIM sends them: hosts really lock, swact, get their
release and come back, and what those services refuse or the marks of theirs spoil makes the strategy fail. After a failure
VIM aborts by itself: hosts that it locked are unlocked, and the strategy ends as `aborted` with the reason in its apply-phase
(nfv_common strategy/_strategy.py phase_complete).

Rows of `vim_strategy` can be put by the control API. Marks on the system make something go wrong once:

    vim-build-fails:<text>          the next strategy ends as build-failed
    vim-step-fails:<step>:<text>    the next step of this name fails, as `vim-step-fails:unlock-hosts:no`
    vim-hangs-in:<step>             stays until it is taken away: steps of this name do not end; a time-out follows
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, Request, Response
from reconciler.simulator.router import Match, Router
from reconciler.simulator.vim import creating, strategies

if TYPE_CHECKING:
    from reconciler.simulator.system import System

ROOT = "/api/orchestration"


def handle(system: System, request: Request) -> Response:
    """Answer one request to the system's VIM."""
    response = _answered(system, request)
    if request.method != "GET":
        system.journal.wrote(system.now, request, response)
    return response


def _answered(system: System, request: Request) -> Response:
    match = _router().match(request.path.removeprefix(ROOT)) if request.path.startswith(f"{ROOT}/") else None
    if match is None:
        return refusal(Fault(404, "The resource could not be found."))
    if request.method not in match.handlers:
        return refusal(Fault(405, "The method is not allowed for this resource."))
    mark = system.timeline.mark()
    try:
        answer = system.tables.atomically(lambda: _run(system, match, request), lambda _: False)
    except Fault as fault:
        system.timeline.back_to(mark)
        return refusal(fault)
    return answer if isinstance(answer, Response) else Response(200, answer)


def refusal(fault: Fault) -> Response:
    """As WSME writes what was aborted (wsme.api.format_exception)."""
    return Response(fault.status, {"debuginfo": None, "faultcode": fault.code, "faultstring": fault.text})


def _run(system: System, match: Match, request: Request) -> Any:
    try:
        body = json.loads(request.content) if request.content else {}
    except ValueError:
        raise Fault(400, "Request is not in valid JSON format") from None
    call = Call(request.method, request.path, match.arguments(request.method), request.query, body, request.base)
    return match.handler(request.method)(system, call)


@cache
def _router() -> Router:
    return Router([*strategies.family.routes, *creating.family.routes])
