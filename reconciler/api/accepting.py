"""/api/v1/drift/accept: what somebody changed on a site is proposed to Git, as `stxr accept --propose` does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from reconciler.api.access import NOT_ENOUGH, Access, bearer_of
from reconciler.api.answering import NOT_READ, Said, as_json, example
from reconciler.api.sites import NO_SUCH_SITE, Fleet
from reconciler.api.words import Desk, Name
from reconciler.engine.accept import Acceptance
from reconciler.engine.accepting import Asked
from reconciler.engine.proposing import Proposed, proposed_json
from reconciler.model.errors import ConfigError, ConfigErrors, ReconcilerError
from reconciler.model.role import Role

PATH = "/api/v1/drift/accept"
MOST_KEYS = 500
Accepts = Callable[[Asked], Awaitable[tuple[Acceptance, Proposed | None]]]
NOT_SO: dict[int | str, dict[str, Any]] = {
    409: {"model": Said, "description": "It does not drift, or Git has no branch to stand upon"},
    502: {"model": Said, "description": "The site, the repository or its forge did not answer, or refused"},
}


class OfSite(BaseModel):
    """What of a site is to be accepted; all that drifted where neither keys nor a fingerprint is given."""

    model_config = ConfigDict(extra="forbid")

    site: Name
    keys: list[Name] = Field(default=[], max_length=MOST_KEYS, description="`KEY` or `KEY:ATTRIBUTE`.")
    fingerprint: str = Field(default="", max_length=64, pattern="^[0-9a-f]*$", description="As /api/v1/drift tells it.")
    shared: bool = Field(default=False, description="In the profile, for every site that uses it.")

    def by(self, name: str) -> Asked:
        return Asked(self.site, tuple(self.keys), self.fingerprint, self.shared, name)


class Left(BaseModel):
    key: str
    why: str


class PullRequest(BaseModel):
    number: int
    url: str


class Waiting(BaseModel):
    """The branch that was pushed. is_new: it was not there. pull_request: null where it is to be opened by hand."""

    branch: str
    commit: str
    is_new: bool
    base: str
    pull_request: PullRequest | None
    next: str


class Accepted(BaseModel):
    """`proposed` is null where Git has nothing to say otherwise: nothing was accepted."""

    site: str
    accepted: list[str]
    refused: list[Left]
    reached: list[str]
    proposed: Waiting | None


EXAMPLES = {
    "all": example("All that drifted on a site", {"site": "ottawa-001"}),
    "one": example("One value", {"site": "ottawa-001", "keys": ["dns:servers"]}),
    "change": example("By its fingerprint", {"site": "ottawa-001", "fingerprint": "77aa01c2d3"}),
}


def add_accepting(app: FastAPI, fleet: Fleet, access: Access, desk: Desk, accepts: Accepts) -> None:
    """Serve it on this application."""
    answers = {200: {"model": Accepted}, **NOT_ENOUGH, **NO_SUCH_SITE, **NOT_READ, **NOT_SO}

    @app.post(PATH, dependencies=[Depends(access.needs(Role.OPERATOR))], responses=answers)
    async def accept(request: Request, said: Annotated[OfSite, Body(openapi_examples=EXAMPLES)]) -> Response:
        """Read the site now, and open a pull request with what it shows. Asked again, it finds the one that is there."""
        if fleet.verdict(said.site) is None:
            raise HTTPException(404, f"no site {said.site}: see /api/v1/sites")
        who = bearer_of(request).name
        try:
            result, made = await accepts(said.by(who))
        except (ConfigError, ConfigErrors) as wrong:
            raise HTTPException(409, str(wrong)) from None
        except ReconcilerError as error:
            raise HTTPException(502, str(error)) from None
        if made:
            names = ", ".join(item.name for item in result.items)
            desk.words.note(who, "accept", said.site, f"{made.branch}: {names}" + (f": {made.url}" if made.url else ""))
        return as_json(accepted_json(result, made))


def accepted_json(result: Acceptance, made: Proposed | None) -> dict[str, Any]:
    return {
        "site": result.site,
        "accepted": [item.name for item in result.items],
        "refused": [{"key": item.name, "why": why} for item, why in result.refused],
        "reached": list(result.reached),
        "proposed": proposed_json(made) if made else None,
    }
