"""/api/v1/sites/{name}/look: a site is read now, and not when its turn comes."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request, Response

from reconciler.api.access import NOT_ENOUGH, Access, bearer_of
from reconciler.api.answering import as_json
from reconciler.api.sites import NO_SUCH_SITE, Fleet, known
from reconciler.api.words import Desk
from reconciler.model.role import Role


def add_look(app: FastAPI, fleet: Fleet, access: Access, desk: Desk) -> None:
    """Serve it on this application."""

    @app.post(
        "/api/v1/sites/{name}/look",
        status_code=202,
        dependencies=[Depends(access.needs(Role.OPERATOR))],
        responses={202: {"description": "It is read as soon as a worker is free"}, **NOT_ENOUGH, **NO_SUCH_SITE},
    )
    async def look(request: Request, name: str) -> Response:
        """Read the site now. What was found is in its verdict, whose `observed_at` says whether it was read since."""
        known(fleet, name)
        desk.words.note(bearer_of(request).name, "look", name)
        desk.heed()
        return as_json({"site": name}, 202)
