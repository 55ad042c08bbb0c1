"""/api/v1/rollouts: commits on their way to many sites, and a person's word on them, as `stxr rollout` says it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict

from reconciler.api.access import NOT_ALLOWED, NOT_ENOUGH, Access, bearer_of
from reconciler.api.answering import NOT_NOW, NOT_READ, NOT_THERE, as_json, example
from reconciler.api.words import Because, Desk, Name, Needed, found
from reconciler.engine.rollout_words import Action, hears
from reconciler.model.errors import ConfigError
from reconciler.model.forecast import Forecast
from reconciler.model.role import Role
from reconciler.model.rollout import MemberState
from reconciler.model.rollout_wire import member_json, rollout_json

PATH = "/api/v1/rollouts"
Id = Annotated[Name, InPath(description="The rollout, as the list names it.")]


class OnItsWay(BaseModel):
    """A rollout. `wave` counts from 1; `counts` are its sites by state; `stopped` says why nobody further goes.

    expected: what is forecast now. foreseen: what was when it began. forecast_error: by what share of that it took longer.
    max_concurrent: sites that go at a time. may_fail: how many may fail before it stops.
    """

    id: str
    commit: str
    started: float
    ended: float | None
    expected_end: float | None
    expected: Forecast | None
    foreseen: Forecast | None
    forecast_error: float | None
    wave: int
    waves: int
    counts: dict[MemberState, int]
    soaks_until: float | None
    stopped: str
    max_concurrent: int
    may_fail: int


class SiteOfIt(BaseModel):
    """One site of a rollout. plan: by which it went. waits_for: "" once it may go."""

    site: str
    wave: int
    state: MemberState
    plan: str
    began: float | None
    ended: float | None
    message: str
    waits_for: str


class WithSites(OnItsWay):
    sites: list[SiteOfIt]


class Listed(BaseModel):
    rollouts: list[OnItsWay]


class Which(BaseModel):
    """is_open: only those that have a say on a site still."""

    model_config = ConfigDict(extra="forbid")

    is_open: bool = False


class Why(BaseModel):
    """Told wherever it holds something, and kept in the audit."""

    model_config = ConfigDict(extra="forbid")

    reason: Needed


REASONS = {"reason": example("Why", {"reason": "storm"})}


def add_rollouts(app: FastAPI, access: Access, desk: Desk) -> None:
    """Serve them on this application."""
    _shown(app, access, desk)
    says = _Says(desk)
    operates = [Depends(access.needs(Role.OPERATOR))]
    answers = {200: {"model": OnItsWay}, **NOT_ENOUGH, **NOT_THERE, **NOT_NOW, **NOT_READ}

    @app.post(f"{PATH}/{{rollout}}/pause", dependencies=operates, responses=answers)
    async def pause(request: Request, rollout: Id, why: Annotated[Why, Body(openapi_examples=REASONS)]) -> Response:
        """Let end what is being sent, and begin no further site."""
        return says(request, rollout, Action.PAUSED, why.reason)

    @app.post(f"{PATH}/{{rollout}}/resume", dependencies=operates, responses=answers)
    async def resume(
        request: Request, rollout: Id, why: Annotated[Because, Body(openapi_examples=REASONS)]
    ) -> Response:
        """Go on after a pause, or after too many failures: the sites that failed are tried again."""
        return says(request, rollout, Action.RESUMED, why.reason)

    @app.post(f"{PATH}/{{rollout}}/abort", dependencies=operates, responses=answers)
    async def abort(request: Request, rollout: Id, why: Annotated[Why, Body(openapi_examples=REASONS)]) -> Response:
        """Send nothing of it any more. Its sites wait for a commit that changes them again."""
        return says(request, rollout, Action.ABORTED, why.reason)


def _shown(app: FastAPI, access: Access, desk: Desk) -> None:
    sees = [Depends(access.needs(Role.VIEWER))]

    @app.get(PATH, dependencies=sees, responses={200: {"model": Listed}, **NOT_ALLOWED})
    async def rollouts(which: Annotated[Which, Query()]) -> Response:
        """Every rollout that is kept, the newest first: its commit, how far it is, when it may end."""
        kept = desk.rollouts.open() if which.is_open else desk.rollouts.all()
        return as_json({"rollouts": [rollout_json(one) for one in reversed(kept)]})

    @app.get(
        f"{PATH}/{{rollout}}", dependencies=sees, responses={200: {"model": WithSites}, **NOT_ALLOWED, **NOT_THERE}
    )
    async def rollout(rollout: Id) -> Response:
        """One rollout: its waves, counts, expected end, and what each site waits for."""
        one = found(desk, rollout)
        sites = [member_json(one, name) for name in one.members]
        return as_json(rollout_json(one) | {"sites": sites})


class _Says:
    """A person's word, kept and heeded; the rollout as it stands with it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(self, request: Request, rollout: str, action: Action, reason: str) -> Response:
        try:
            hears(found(self._desk, rollout))
        except ConfigError as too_late:
            raise HTTPException(409, str(too_late)) from None
        self._desk.rollouts.say(rollout, action, bearer_of(request).name, reason)
        self._desk.heed()
        return as_json(rollout_json(found(self._desk, rollout)))
