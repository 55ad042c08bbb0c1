"""/api/v1/sites/{name}/history: what was sent to a site, deed by deed, newest plan first."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from reconciler.api.access import NOT_ALLOWED, Access
from reconciler.api.answering import as_json
from reconciler.api.sites import NO_SUCH_SITE, Fleet, known
from reconciler.model.history import Happening, sending_json
from reconciler.model.role import Role


class Wanted(BaseModel):
    """Which sendings: of one plan, or the last of all."""

    model_config = ConfigDict(extra="forbid")

    plan: str = ""
    limit: int = Field(default=10, ge=1, le=100)


class Sent(BaseModel):
    """One attempt on a plan; `ended_at` and `end` are null while it has not ended. Times are Unix seconds."""

    sending: str
    site: str
    plan: str
    began_at: float
    ended_at: float | None
    end: str | None
    happenings: list[Happening]


class SentToSite(BaseModel):
    sendings: list[Sent]


def add_history(app: FastAPI, fleet: Fleet, access: Access) -> None:
    """Serve it on this application."""

    @app.get(
        "/api/v1/sites/{name}/history",
        dependencies=[Depends(access.needs(Role.VIEWER))],
        responses={200: {"model": SentToSite}, **NOT_ALLOWED, **NO_SUCH_SITE},
    )
    async def history(name: str, wanted: Annotated[Wanted, Query()]) -> Response:
        """What was looked at, sent, answered and waited for, and how it ended; the newest sending first."""
        found = fleet.sendings(name, wanted.plan, wanted.limit)
        if not found:
            known(fleet, name)
        return as_json({"sendings": [sending_json(one) for one in found]})
