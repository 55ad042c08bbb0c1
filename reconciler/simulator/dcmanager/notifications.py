"""What others tell dcmanager, so that it looks at its sites at once (dcmanager/api/controllers/v1/notifications.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager.answers import refuse
from reconciler.simulator.family import Family

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("notifications")


@family.on("POST", "/notifications")
def notify(system: System, call: Call) -> None:  # noqa: ARG001
    """Sites are looked at before every answer here, so there is nothing to do."""
    if "events" not in (call.body or {}):
        raise refuse("Missing required notification events")
