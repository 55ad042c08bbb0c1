"""/api/v1/replicas: the processes that share a database, who leads, and whose each site is."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict

from reconciler.api.access import NOT_ALLOWED, Access
from reconciler.api.answering import as_json
from reconciler.api.sites import NO_SUCH_SITE, Fleet, known
from reconciler.engine.crew_report import crew_json
from reconciler.model.role import Role


class There(BaseModel):
    """A replica; seconds are of the database's clock. silent_s: since it was last heard of."""

    name: str
    host: str
    pid: int
    up_s: float
    silent_s: float
    live: bool


class Work(BaseModel):
    """Who works on a site now. fence: grows each time that somebody takes it."""

    replica: str
    fence: int


class Whose(BaseModel):
    """owner: who looks at it when it is due; "" where no replica is there. works: null while nobody does."""

    owner: str
    works: Work | None


class Crew(BaseModel):
    """Without replicas one process is alone, and every site is its own."""

    leader: str
    replicas: list[There]
    sites: dict[str, Whose]


class Narrowing(BaseModel):
    """Of which site it is told; of all without one."""

    model_config = ConfigDict(extra="forbid")

    site: str = ""


def add_replicas(app: FastAPI, fleet: Fleet, access: Access) -> None:
    """Serve them on this application."""

    @app.get(
        "/api/v1/replicas",
        dependencies=[Depends(access.needs(Role.VIEWER))],
        responses={200: {"model": Crew}, **NOT_ALLOWED, **NO_SUCH_SITE},
    )
    async def replicas(only: Annotated[Narrowing, Query()]) -> Response:
        """Who is there and who leads, and of each site who looks at it, and who works on it now."""
        if only.site:
            known(fleet, only.site)
        found = await asyncio.to_thread(fleet.crew)
        return as_json(crew_json(found, [only.site] if only.site else found.sites))
