"""/api/v1/breakers: where one site after another failed, and nothing new is begun; closed by an operator."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel

from reconciler.api.access import NOT_ALLOWED, NOT_ENOUGH, Access, bearer_of
from reconciler.api.answering import NOT_THERE, as_json
from reconciler.api.words import Because, Desk, Name
from reconciler.model.breaker import Breaker
from reconciler.model.role import Role

PATH = "/api/v1/breakers"


class Counted(BaseModel):
    """group: "" for the whole fleet. opened: Unix seconds; null while it is closed. trial: the site that is tried.

    failures: sites that failed one after another since a plan went well, the last of them last.
    """

    group: str
    opened: float | None
    failures: list[str]
    trial: str


class Listed(BaseModel):
    breakers: list[Counted]


class Closed(BaseModel):
    """Groups whose breakers were closed; "" is the whole fleet."""

    closed: list[str]


def add_breakers(app: FastAPI, access: Access, desk: Desk) -> None:
    """Serve them on this application."""
    operates = [Depends(access.needs(Role.OPERATOR))]
    answers: dict[int | str, dict[str, Any]] = {200: {"model": Closed}, **NOT_ENOUGH, **NOT_THERE}

    @app.get(PATH, dependencies=[Depends(access.needs(Role.VIEWER))], responses={200: {"model": Listed}, **NOT_ALLOWED})
    async def breakers() -> Response:
        """Those that are open, or that have counted a failure."""
        known = sorted(desk.bounds.breakers().items())
        return as_json({"breakers": [_shown(scope, one) for scope, one in known if one.failures]})

    @app.delete(PATH, dependencies=operates, responses={200: {"model": Closed}, **NOT_ENOUGH})
    async def close_all(request: Request, why: Annotated[Because, Query()]) -> Response:
        """Close every one that is open: plans are begun again."""
        closed = desk.bounds.close_all(bearer_of(request).name, why.reason)
        desk.heed()
        return as_json({"closed": closed})

    @app.delete(f"{PATH}/group/{{name}}", dependencies=operates, responses=answers)
    async def close_group(
        request: Request, name: Annotated[Name, Path()], why: Annotated[Because, Query()]
    ) -> Response:
        """Close that of a group."""
        if not desk.bounds.close(bearer_of(request).name, why.reason, name):
            raise HTTPException(404, f"the breaker of group {name} is not open: see {PATH}")
        desk.heed()
        return as_json({"closed": [name]})


def _shown(scope: str, one: Breaker) -> dict[str, Any]:
    failures = [failure.site for failure in one.failures]
    return {"group": scope, "opened": one.opened, "failures": failures, "trial": one.trial}
