"""/api/v1/reviews: what pull requests would do, as it stands below them, whole; and of any two commits, asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from reconciler.api.access import NOT_ALLOWED, NOT_ENOUGH, Access, bearer_of
from reconciler.api.answering import MOST_ROWS, NOT_READ, NOT_THERE, Said, as_json, example
from reconciler.api.words import Name
from reconciler.model.errors import ConfigError, Held
from reconciler.model.review import Review
from reconciler.model.review_wire import review_json
from reconciler.model.role import Role
from reconciler.model.words import Disruption
from reconciler.review.markdown import comment
from reconciler.store import ReviewStore, Words

PATH = "/api/v1/reviews"
MARKDOWN = "text/markdown"
WHOLE = 64 * 1024 * 1024  # bytes: nothing is cut
Ask = Callable[[str, str], Awaitable[Review]]


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """Where reviews are kept. ask: has one made of two commits; may raise ConfigError and Held."""

    reviews: ReviewStore
    words: Words
    ask: Ask


class Brief(BaseModel):
    """A review in the list. pull: the number of its pull request; 0 for one that was asked for."""

    id: str
    pull: int
    made_at: float
    base: str
    head: str
    sites: int
    hosts: int
    disruption: Disruption
    errors: int


class Listed(BaseModel):
    reviews: list[Brief]


class Which(BaseModel):
    """pull: those of one pull request; 0 for those that were asked for."""

    model_config = ConfigDict(extra="forbid")

    pull: int | None = Field(default=None, ge=0, le=2**31 - 1)
    limit: int = Field(default=100, ge=1, le=MOST_ROWS)


class Between(BaseModel):
    """Two commits, as git names them: ids, branches, tags."""

    model_config = ConfigDict(extra="forbid")

    base: Name
    head: Name


class Asked(BaseModel):
    """Under which id it will be found, and what is compared."""

    id: str
    base: str
    head: str


EXAMPLES = {"branch": example("What a branch would do", {"base": "main", "head": "raise-mtu"})}
TOO_MANY: dict[int | str, dict[str, Any]] = {429: {"model": Said, "description": "Many wait to be made"}}
WORDED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The review; in Markdown where `Accept` says so", "content": {MARKDOWN: {}}}
}


def add_reviews(app: FastAPI, access: Access, desk: ReviewDesk) -> None:
    """Serve them on this application."""
    sees = [Depends(access.needs(Role.VIEWER))]

    @app.get(PATH, dependencies=sees, responses={200: {"model": Listed}, **NOT_ALLOWED})
    async def reviews(which: Annotated[Which, Query()]) -> Response:
        """The newest reviews: what each is of, how many sites it reaches and what they feel."""
        found = desk.reviews.made(which.limit, which.pull)
        return as_json({"reviews": [Brief.model_validate(one, from_attributes=True).model_dump() for one in found]})

    @app.get(f"{PATH}/{{id}}", dependencies=sees, responses={**WORDED, **NOT_ALLOWED, **NOT_THERE})
    async def review(request: Request, id: Name) -> Response:  # noqa: A002 - as the path has it
        """One review with every site: as JSON, or as Markdown where `Accept` asks for text/markdown."""
        found = desk.reviews.review(id)
        if found is None:
            raise HTTPException(404, f"no review {id}: see {PATH}; one that was asked for may be in the making")
        if MARKDOWN in request.headers.get("accept", ""):
            return Response(comment(found, most=WHOLE), media_type=f"{MARKDOWN}; charset=utf-8")
        return as_json(review_json(found))

    _asked(app, access, desk)


def _asked(app: FastAPI, access: Access, desk: ReviewDesk) -> None:
    answers = {202: {"model": Asked}, **NOT_ENOUGH, **NOT_THERE, **NOT_READ, **TOO_MANY}

    @app.post(PATH, status_code=202, dependencies=[Depends(access.needs(Role.OPERATOR))], responses=answers)
    async def ask(request: Request, said: Annotated[Between, Body(openapi_examples=EXAMPLES)]) -> Response:
        """Have a review made of two commits, against the last readings. It is found by its id once it is made."""
        try:
            made = await desk.ask(said.base, said.head)
        except ConfigError as unknown:
            raise HTTPException(404, str(unknown)) from None
        except Held as later:
            raise HTTPException(429, str(later)) from None
        desk.words.note(bearer_of(request).name, "review", made.id, f"{said.base} to {said.head}")
        return as_json({"id": made.id, "base": made.base, "head": made.head}, 202)
