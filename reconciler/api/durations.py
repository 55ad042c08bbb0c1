"""/api/v1/durations: how long locks, unlocks, swacts, changes and reads took in this fleet."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Response
from pydantic import BaseModel

from reconciler.api.access import NOT_ALLOWED, Access
from reconciler.api.answering import as_json
from reconciler.api.sites import Fleet
from reconciler.model.durations import ENOUGH
from reconciler.model.forecast import Measured
from reconciler.model.forecast_wire import measured_json
from reconciler.model.role import Role


class Lasted(BaseModel):
    """believed_from: from so many times on a measurement is gone by; with fewer, a default counts."""

    durations: list[Measured]
    believed_from: int


def add_durations(app: FastAPI, fleet: Fleet, access: Access) -> None:
    """Serve it on this application."""

    @app.get(
        "/api/v1/durations",
        dependencies=[Depends(access.needs(Role.VIEWER))],
        responses={200: {"model": Lasted}, **NOT_ALLOWED},
    )
    async def durations() -> Response:
        """What was measured, by what hosts are alike: maintenance windows are judged, and rollouts forecast, by it."""
        found = fleet.durations().measured()
        return as_json({"durations": [measured_json(one) for one in found], "believed_from": ENOUGH})
