"""dcmanager of a simulated central cloud: subclouds from their adding to their deletion, groups, strategies (starlingx/distcloud).

Recorded: errors are HTML unless JSON is asked for; a method that a path has not is a 404; the list shows the endpoints
in another order than one row; a strategy stays after its end until it is deleted, and keeps out every other. What no
recording covers is written from the source, and its module says `unverified`.

Rows of `subclouds`, `strategies`, `strategy_steps` and `central` can be changed by the control API, in dcmanager's own
columns. Its marks make something go wrong once: `<state>-fails:<subcloud>:<text>` (deploying, changing, backups,
orchestration), and `manager-restarts`, which turns all that is under way into its failure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from reconciler.simulator.api import Api
from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import (
    about,
    adding,
    alarms,
    associations,
    backups,
    changing,
    deploy_files,
    deploying,
    groups,
    notifications,
    options,
    orchestration,
    peer_groups,
    peers,
    phases,
    strategies,
    subcloud_work,
    subclouds,
)
from reconciler.simulator.dcmanager.answers import failure, refuse
from reconciler.simulator.dcmanager.beyond import NOTHING, Beyond
from reconciler.simulator.durations import REAL, Durations
from reconciler.simulator.exchange import Fault, Request, Response
from reconciler.simulator.forms import form
from reconciler.simulator.router import Router
from reconciler.simulator.system import System

CENTRAL = "systemController"  # of a simulated fleet; no subcloud can have this name
REGION = "SystemController"
OWN_REGION = (
    "RegionOne"  # of the services that are the system's own (starlingx/config sysinv puppet/fm.py get_region_name)
)
ROOT = "/v1.0"
RESTART = "manager-restarts"
Accepts = Callable[[str | None], bool]


def central(names: Iterable[str] = (), durations: Durations = REAL, **said: Any) -> System:
    """A central cloud whose subclouds are these sites, all deployed, managed and in sync. said: as in `about.USUAL`."""
    system = System(CENTRAL, Api(()), durations=durations)
    about.fill(system, **said)
    groups.fill(system)
    options.fill(system)
    for name in names:
        subclouds.add(system, name)
    return system


def everybody(token: str | None) -> bool:  # noqa: ARG001
    return True


def handle(
    system: System, request: Request, accepts: Accepts, beyond: Beyond = NOTHING, may_write: Accepts = everybody
) -> Response:
    """Answer one request. beyond: what the central cloud sees of its sites.

    accepts: whether a token is good. may_write: whether it is more than a reader's (dcmanager/api/policies).
    """
    if request.path in ("", "/"):
        return Response(200, _versions(request.base))
    token = request.header("X-Auth-Token")
    if not accepts(token):
        why = f"Auth token is invalid: {token}" if token else "Authentication required"
        return failure(request, Fault(401, ""), f"Failed to validate access token: {why}")
    if request.method != "GET" and not may_write(token):
        return failure(request, Fault(403, ""), None)
    if system.take_mark(RESTART) is not None:
        deploying.restart(system)
    subclouds.audit(system, beyond)
    if request.path == f"{ROOT}/alarms":
        alarms.count(system, beyond)
    if request.path.endswith(subclouds.DETAIL):
        subclouds.look_closer(system, request.path.removesuffix(subclouds.DETAIL).rsplit("/", 1)[-1], beyond)
    orchestration.look(system, beyond)
    response = _answered(system, request)
    if request.method != "GET":
        system.journal.wrote(system.now, request, response)
    return response


def refusal(request: Request, fault: Fault) -> Response:
    """The fault as dcmanager tells it."""
    return failure(request, fault, fault.text)


def _answered(system: System, request: Request) -> Response:
    try:
        answer = _answer(system, request)
    except Fault as fault:
        return failure(request, fault, None if fault.text == _NO_METHOD else fault.text)
    return answer if isinstance(answer, Response) else Response(200, answer)


def _answer(system: System, request: Request) -> Any:
    match = _router().match(request.path.removeprefix(ROOT)) if request.path.startswith(f"{ROOT}/") else None
    if match is None:
        raise refuse("", 404)
    if request.method not in match.handlers:
        raise refuse(_NO_METHOD, 404)
    call = Call(request.method, request.path, match.arguments(request.method), request.query, _body(request), "")
    mark = system.timeline.mark()
    try:
        return system.tables.atomically(lambda: match.handler(request.method)(system, call), _is_kept)
    except Fault as fault:
        if not fault.kept:
            system.timeline.back_to(mark)
        raise


def _is_kept(error: Exception) -> bool:
    return isinstance(error, Fault) and error.kept


@cache
def _router() -> Router:
    return Router([route for family in FAMILIES for route in family.routes])


FAMILIES = (
    subclouds.family,
    adding.family,
    changing.family,
    phases.family,
    subcloud_work.family,
    groups.family,
    strategies.family,
    options.family,
    deploy_files.family,
    backups.family,
    peers.family,
    peer_groups.family,
    associations.family,
    notifications.family,
    alarms.family,
)
_NO_METHOD = "no such method"


def _body(request: Request) -> Any:
    """A form or JSON; what is neither is nothing."""
    if (sent := form(request)) is not None:
        return sent
    try:
        return json.loads(request.content) if request.content else None
    except ValueError:
        return None


def _versions(base: str) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"{base}{ROOT}/"}]
    return {"versions": [{"status": "CURRENT", "links": links, "id": "v1.0", "updated": "2017-10-2"}]}
