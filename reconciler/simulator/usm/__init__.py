"""Software management (USM) of a simulated system: its releases, and one deployment at a time (starlingx/update software).

No recording covers it; everything is written from the source, at the tags 10.0.0 to 12.0.0 and at 51560ae, and is
unverified. Up to 26.03 a release stands in the path, `/v1/deploy/{release}/start`, and one goes at a time; later ones
take `{"releases": [...]}` in the body, and a release is made of metapackages (commits c4ead40 and 9e844c8): of those only
the names are simulated, `base_<version>`.

Rows of `usm_releases` and `usm_deploy` can be put by the control API. Marks on the system make something go wrong:

    precheck-refuses:<text>             stays until it is taken away: what the release's own script complains of
    deploy-start-fails:<text>           the next start ends as start-failed
    deploy-host-fails:<host>:<text>     stays, because VIM tries again three times: this host's deployments fail
    deploy-activate-fails:<text>        the next activation ends as activate-failed
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.simulator.call import Call
from reconciler.simulator.exchange import Fault, Request, Response
from reconciler.simulator.forms import form
from reconciler.simulator.router import Match, Router
from reconciler.simulator.usm import deploy_hosts, deploying, ending, prechecks, releases
from reconciler.simulator.usm.answers import refusal, said

if TYPE_CHECKING:
    from reconciler.simulator.system import System

ROOT = "/v1"
ASKS = "/precheck"  # a POST that changes nothing
FAMILIES = (releases.family, prechecks.family, deploying.family, ending.family, deploy_hosts.family)


def handle(system: System, request: Request) -> Response:
    """Answer one request to the system's software management."""
    releases.fill(system)
    response = _answered(system, request)
    if request.method != "GET" and not request.path.endswith(ASKS):
        system.journal.wrote(system.now, request, response)
    return response


def _answered(system: System, request: Request) -> Response:
    match = _router().match(request.path.removeprefix(ROOT)) if request.path.startswith(f"{ROOT}/") else None
    if match is None or request.method not in match.handlers:
        return Response(404, said(error="The resource could not be found."))
    mark = system.timeline.mark()
    try:
        answer = system.tables.atomically(lambda: _run(system, match, request), lambda _: False)
    except Fault as fault:
        system.timeline.back_to(mark)
        return refusal(fault)
    return answer if isinstance(answer, Response) else Response(200, answer)


def _run(system: System, match: Match, request: Request) -> Any:
    body = form(request) or _parsed(request.content)
    call = Call(request.method, request.path, match.arguments(request.method), request.query, body, request.base)
    return match.handler(request.method)(system, call)


def _parsed(content: bytes) -> Any:
    """JSON, whatever the content's type says: a list of local files comes as text."""
    try:
        return json.loads(content) if content else {}
    except ValueError:
        raise Fault(400, "Malformed JSON in request body.") from None


@cache
def _router() -> Router:
    return Router([route for family in FAMILIES for route in family.routes])
