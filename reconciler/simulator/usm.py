"""Software management (USM) of a simulated system, as far as it says what is being deployed.

starlingx/update software/api/controllers/v1/deploy.py. Rows of `usm_deploy` are put there by the control API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.exchange import Request, Response, no_such_method, no_such_path

if TYPE_CHECKING:
    from reconciler.simulator.system import System

TABLE = "usm_deploy"
COLUMNS = ("from_release", "to_release", "feed_repo", "commit_id", "reboot_required", "state")


def handle(system: System, request: Request) -> Response:
    """The deploy in progress, as a list of it or of nothing."""
    if request.path.rstrip("/") != "/v1/deploy":
        return no_such_path()
    if request.method != "GET":
        return no_such_method("GET")
    return Response(200, [{name: row.get(name) for name in COLUMNS} for row in system.tables.rows(TABLE)])
