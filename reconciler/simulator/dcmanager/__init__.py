"""dcmanager of a simulated central cloud: what is read of it, and its subcloud groups written (starlingx/distcloud).

Recorded: errors are HTML unless JSON is asked for; a method that a path has not is a 404; the list shows the endpoints
in another order than one row; strategies, of which there is one at a time, stay after their end until they are deleted.
Rows of `subclouds`, `strategies` and `strategy_steps` are put there by the control API, in dcmanager's own columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from reconciler.simulator.api import Api
from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import alarms, groups, strategies, subclouds
from reconciler.simulator.dcmanager.answers import failure, refuse
from reconciler.simulator.dcmanager.beyond import NOTHING, Beyond
from reconciler.simulator.exchange import Fault, Request, Response
from reconciler.simulator.router import Router
from reconciler.simulator.system import System

CENTRAL = "systemController"  # of a simulated fleet; no subcloud can have this name
REGION = "SystemController"
ROOT = "/v1.0"
Accepts = Callable[[str | None], bool]


def central(names: Iterable[str] = ()) -> System:
    """A central cloud whose subclouds are these sites, all deployed, managed and in sync."""
    system = System(CENTRAL, Api(()))
    groups.fill(system)
    for name in names:
        subclouds.add(system, name)
    return system


def handle(system: System, request: Request, accepts: Accepts, beyond: Beyond = NOTHING) -> Response:
    """Answer one request. accepts: whether a token is good. beyond: what the central cloud sees of its sites."""
    if request.path in ("", "/"):
        return Response(200, _versions(request.base))
    token = request.header("X-Auth-Token")
    if not accepts(token):
        why = f"Auth token is invalid: {token}" if token else "Authentication required"
        return failure(request, 401, f"Failed to validate access token: {why}")
    subclouds.audit(system, beyond)
    if request.path == f"{ROOT}/alarms":
        alarms.count(system, beyond)
    try:
        return Response(200, _answer(system, request))
    except Fault as fault:
        return failure(request, fault.status, None if fault.text == _NO_METHOD else fault.text)


def _answer(system: System, request: Request) -> Any:
    match = _router().match(request.path.removeprefix(ROOT)) if request.path.startswith(f"{ROOT}/") else None
    if match is None:
        raise refuse("", 404)
    if request.method not in match.handlers:
        raise refuse(_NO_METHOD, 404)
    call = Call(request.method, request.path, match.arguments(request.method), request.query, _body(request), "")
    return system.tables.atomically(lambda: match.handler(request.method)(system, call), lambda _: False)


@cache
def _router() -> Router:
    return Router([route for family in FAMILIES for route in family.routes])


FAMILIES = (subclouds.family, groups.family, strategies.family, alarms.family)
_NO_METHOD = "no such method"


def _body(request: Request) -> Any:
    try:
        return json.loads(request.content) if request.content else None
    except ValueError:
        return None


def _versions(base: str) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"{base}{ROOT}/"}]
    return {"versions": [{"status": "CURRENT", "links": links, "id": "v1.0", "updated": "2017-10-2"}]}
