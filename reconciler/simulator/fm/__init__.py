"""Fault Management of a simulated system: its alarms, their events, and which of them are suppressed.

Recorded: the traps that a caller has to know. Posting twice makes two alarms, clearing by name then fails, there is no
working update, and one alarm of an unknown severity breaks the list for everybody (starlingx/fault fm-rest-api).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from reconciler.simulator.api import Api
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.fm import alarms, events, platform, suppressions
from reconciler.simulator.system import System

_FORBIDDEN = '{"code": 403, "title": "Forbidden", "description": null}'


@cache
def fm() -> Api:
    """The API of every simulated system of this process."""
    return Api((alarms.family, events.family, suppressions.family))


def everybody(token: str | None) -> bool:  # noqa: ARG001
    """Nobody only reads."""
    return True


def handle(system: System, request: Request, may_write: Callable[[str | None], bool] = everybody) -> Response:
    """Answer one request to the system's Fault Management, whose alarms first follow what its hosts are.

    may_write: whether a token is more than a reader's (fm-rest-api fm/api/policies).
    """
    is_kept_from = request.method != "GET" and not may_write(request.header("X-Auth-Token"))
    if request.path.rstrip("/") == "/v1" or is_kept_from:
        return Response(403, {"error_message": _FORBIDDEN})
    suppressions.fill(system)
    platform.follow(system)
    return system.answer(request, fm().router)
