"""/api/v1/sites/{name}/abort: the deployment that is on its way to a site is to end where it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Depends, FastAPI, HTTPException, Request, Response

from reconciler.api.access import NOT_ENOUGH, Access, bearer_of
from reconciler.api.answering import Said, as_json
from reconciler.api.rollouts import REASONS, Why
from reconciler.api.sites import NO_SUCH_SITE, Fleet, known
from reconciler.api.words import Desk
from reconciler.model.aborting import Abort
from reconciler.model.role import Role
from reconciler.model.words import State

NOTHING = "{name}: nothing is being sent to it that could be aborted"


def add_abort(app: FastAPI, fleet: Fleet, access: Access, desk: Desk) -> None:
    """Serve it on this application."""

    @app.post(
        "/api/v1/sites/{name}/abort",
        status_code=202,
        dependencies=[Depends(access.needs(Role.OPERATOR))],
        responses={
            202: {"description": "Whoever waits for it asks dcmanager, and tells how it ended"},
            409: {"model": Said, "description": "Nothing is being sent to it"},
            **NOT_ENOUGH,
            **NO_SUCH_SITE,
        },
    )
    async def abort(request: Request, name: str, why: Annotated[Why, Body(openapi_examples=REASONS)]) -> Response:
        """End the deployment of a subcloud. The plan ends with the state that dcmanager leaves; the next is approved anew."""
        if known(fleet, name).state is not State.APPLYING:
            raise HTTPException(409, NOTHING.format(name=name))
        desk.aborts.say(Abort(name, bearer_of(request).name, why.reason))
        desk.heed()
        return as_json({"site": name}, 202)
