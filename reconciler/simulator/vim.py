"""VIM of a simulated system, as far as it says what it orchestrates (starlingx/nfv nfv_vim api orchestration).

A system has one strategy at a time, of whatever type. Rows of `vim_strategy` are put there by the control API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import Request, Response, no_such_method, no_such_path

if TYPE_CHECKING:
    from reconciler.simulator.system import System

TABLE = "vim_strategy"
CURRENT = "/api/orchestration/current-strategy/strategy"


def handle(system: System, request: Request) -> Response:
    """The strategy's name and state, whatever its type; null where there is none (_sw_update_strategy.py)."""
    if request.path.rstrip("/") != CURRENT:
        return no_such_path()
    if request.method != "GET":
        return no_such_method("GET")
    row = system.tables.first(TABLE)
    return Response(200, {"strategy": row and {name: row[name] for name in ("name", "state")}})
