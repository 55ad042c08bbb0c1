"""/api/v1/sites/{name}/abort: the deployment that is on its way to a site is to end where it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Depends, FastAPI, HTTPException, Request, Response

from reconciler.api.access import NOT_ENOUGH, Access, bearer_of
from reconciler.api.answering import Said, as_json
from reconciler.api.rollouts import REASONS, Why
from reconciler.api.sites import NO_SUCH_SITE, Fleet, known
from reconciler.api.words import Desk
from reconciler.model.aborting import Abort, refusal
from reconciler.model.role import Role


def add_abort(app: FastAPI, fleet: Fleet, access: Access, desk: Desk) -> None:
    """Serve it on this application."""

    @app.post(
        "/api/v1/sites/{name}/abort",
        status_code=202,
        dependencies=[Depends(access.needs(Role.OPERATOR))],
        responses={
            202: {"description": "Whoever waits for it asks dcmanager, and tells how it ended"},
            409: {"model": Said, "description": "No deployment is on its way to it"},
            **NOT_ENOUGH,
            **NO_SUCH_SITE,
        },
    )
    async def abort(request: Request, name: str, why: Annotated[Why, Body(openapi_examples=REASONS)]) -> Response:
        """End the deployment of a subcloud. The plan ends with the state that dcmanager leaves; the next is approved anew."""
        verdict = known(fleet, name)
        if refused := refusal(name, verdict.state, verdict.plan):
            raise HTTPException(409, refused)
        desk.aborts.say(Abort(name, bearer_of(request).name, why.reason))
        desk.heed()
        return as_json({"site": name}, 202)
