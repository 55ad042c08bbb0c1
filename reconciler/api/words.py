"""/api/v1/approvals, /suspensions, /audit: what `stxr approve`, `reject`, `suspend` and `resume` say, over the network.

Who says it is the token's name. The controller visits what it concerns at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from reconciler.api.access import NOT_ALLOWED, NOT_ENOUGH, Access, bearer_of
from reconciler.api.answering import NOT_NOW, NOT_READ, NOT_THERE, Page, as_json, example
from reconciler.api.sites import Fleet
from reconciler.engine.answers import Named
from reconciler.engine.heard import Heard
from reconciler.engine.known import Known
from reconciler.model.approval import Answer, Approval, Saying, Word
from reconciler.model.errors import ConfigError
from reconciler.model.gate import Scope, Suspension
from reconciler.model.role import Role
from reconciler.model.rollout import Rollout
from reconciler.model.words import Disruption
from reconciler.store import AbortStore, BoundStore, Rollouts, Words

PLAIN = r"^[^\x00-\x1f\x7f]*$"  # it stands in lines of text, and PostgreSQL keeps no zero bytes
Name = Annotated[str, Field(min_length=1, max_length=253, pattern=PLAIN)]
Reason = Annotated[str, Field(max_length=2000, pattern=PLAIN)]
Needed = Annotated[str, Field(min_length=1, max_length=2000, pattern=PLAIN)]


class _Told(BaseModel):
    """Unknown keys are refused: a misspelt ceiling would be none."""

    model_config = ConfigDict(extra="forbid")


class OfPlans(_Told):
    """A yes or no to plans, by their ids."""

    answer: Answer
    plans: list[Name] = Field(min_length=1, max_length=10_000)
    reason: Reason = ""

    def named(self) -> Named:
        return Named(tuple(self.plans))


class OfChange(_Told):
    """A yes or no to one change on every site that has it. up_to: not where its plan costs more."""

    answer: Answer
    change: Name
    up_to: Disruption | None = Field(default=None, description="What it costs most now, up to a reboot, without.")
    reason: Reason = ""

    def named(self) -> Named:
        return Named(change=self.change, up_to=self.up_to)


class OfRollout(_Told):
    """A yes to the plans of a rollout's sites that wait for one, as they are now, or a no to whatever they are."""

    answer: Answer
    rollout: Name
    up_to: Disruption | None = Field(default=None, description="What it costs most now, up to a reboot, without.")
    reason: Reason = ""

    def named(self) -> Named:
        return Named(rollout=self.rollout, up_to=self.up_to)


UNSEEN = "Also where no site has the name yet; a name that is not known is refused without."


class OfSite(_Told):
    """Stop for one site."""

    site: Name
    reason: Needed
    unseen: bool = Field(default=False, description=UNSEEN)


class OfGroup(_Told):
    """Stop for a group of fleet.yaml."""

    group: Name
    reason: Needed
    unseen: bool = Field(default=False, description=UNSEEN)


class Because(_Told):
    """Why, for the audit."""

    reason: Reason = ""


class Answered(BaseModel):
    """What was recorded, on which sites it counts now, and what holds them, and others of a rollout, all the same."""

    answer: Answer
    names: list[str]
    sites: list[str]
    waits: dict[str, list[str]]


class Suspended(BaseModel):
    """Who said stop, and to which sites of those that are known it counts now."""

    site: str
    group: str
    by: str
    reason: str
    since: float
    sites: list[str]


class Resumed(BaseModel):
    scope: Scope
    name: str


ANSWERS = {
    "plans": example("Yes to a plan", {"answer": "approved", "plans": ["3f2a9c0d1b2e"], "reason": "seen"}),
    "change": example("Yes to a change on all sites", {"answer": "approved", "change": "77aa01c2d3", "up_to": "lock"}),
    "rollout": example("Yes to a rollout", {"answer": "approved", "rollout": "7c1f00aa", "up_to": "reboot"}),
    "no": example("No to a plan", {"answer": "rejected", "plans": ["3f2a9c0d1b2e"], "reason": "not this year"}),
}
STOPS = {
    "site": example("Stop for a site", {"site": "ottawa-001", "reason": "crane on site"}),
    "group": example("Stop for a group", {"group": "ran", "reason": "storm"}),
}


@dataclass(frozen=True, slots=True)
class Given(Approval):
    """An answer, and the sites on which it was used up."""

    used_on: tuple[str, ...] = ()


class Approvals(BaseModel):
    approvals: list[Given]


class Suspensions(BaseModel):
    suspensions: list[Suspended]


class Audit(BaseModel):
    audit: list[Word]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people are heard. heed: is told that something was said."""

    words: Words
    rollouts: Rollouts
    bounds: BoundStore
    aborts: AbortStore
    heed: Callable[[], None]


def found(desk: Desk, rollout: str) -> Rollout:
    """The rollout of this id; 404, with those that there are."""
    try:
        return Heard(desk.words, desk.rollouts).one(rollout)
    except ConfigError as unknown:
        raise HTTPException(404, str(unknown)) from None


def add_words(app: FastAPI, fleet: Fleet, access: Access, desk: Desk) -> None:
    """Serve them on this application."""
    _approvals(app, fleet, access, desk)
    _suspensions(app, fleet, access, desk)

    @app.get(
        "/api/v1/audit",
        dependencies=[Depends(access.needs(Role.VIEWER))],
        responses={200: {"model": Audit}, **NOT_ALLOWED},
    )
    async def audit(page: Annotated[Page, Query()]) -> Response:
        """What people told the controller, newest first."""
        return as_json({"audit": desk.words.latest(page.limit, page.before)})


def _approvals(app: FastAPI, fleet: Fleet, access: Access, desk: Desk) -> None:
    @app.get(
        "/api/v1/approvals",
        dependencies=[Depends(access.needs(Role.VIEWER))],
        responses={200: {"model": Approvals}, **NOT_ALLOWED},
    )
    async def approvals(page: Annotated[Page, Query()]) -> Response:
        """Yeses and noes, newest first, with the sites on which each was used up."""
        said = desk.words.answered(page.limit, page.before)
        return as_json({"approvals": [asdict(one.approval) | {"used_on": one.used_on} for one in said]})

    @app.post(
        "/api/v1/approvals",
        status_code=201,
        dependencies=[Depends(access.needs(Role.APPROVER))],
        responses={201: {"model": Answered}, **NOT_ENOUGH, **NOT_THERE, **NOT_NOW, **NOT_READ},
    )
    async def approve(
        request: Request, said: Annotated[OfPlans | OfChange | OfRollout, Body(openapi_examples=ANSWERS)]
    ) -> Response:
        """Say yes or no to plans, to one change, or to a rollout. It counts for these values only, and once a site."""
        saying = Saying(said.answer, bearer_of(request).name, fleet.now(), said.reason)
        if isinstance(said, OfRollout):
            found(desk, said.rollout)
        try:
            heard = Heard(desk.words, desk.rollouts).answer(saying, said.named(), fleet.verdicts())
        except ConfigError as nobody_asks:
            raise HTTPException(409 if isinstance(said, OfRollout) else 404, str(nobody_asks)) from None
        desk.heed()
        content = {"answer": said.answer, "names": heard.names, "sites": heard.sites, "waits": heard.waits}
        return as_json(content, 201)


def _is_known(site: str, group: str, there: Known) -> None:
    try:
        there.site(site) if site else there.group(group)
    except ConfigError as unknown:
        raise HTTPException(404, f"{unknown} (`unseen: true` suspends it all the same)") from None


def _suspensions(app: FastAPI, fleet: Fleet, access: Access, desk: Desk) -> None:
    def shown(suspension: Suspension) -> dict[str, Any]:
        concerned = [v.site for v in fleet.verdicts() if suspension.concerns(v.site, v.group)]
        return asdict(suspension) | {"sites": concerned}

    @app.get(
        "/api/v1/suspensions",
        dependencies=[Depends(access.needs(Role.VIEWER))],
        responses={200: {"model": Suspensions}, **NOT_ALLOWED},
    )
    async def suspensions() -> Response:
        """Who said stop, to which sites and groups, the oldest first."""
        return as_json({"suspensions": list(map(shown, desk.words.suspensions()))})

    @app.post(
        "/api/v1/suspensions",
        status_code=201,
        dependencies=[Depends(access.needs(Role.OPERATOR))],
        responses={201: {"model": Suspended}, **NOT_ENOUGH, **NOT_THERE, **NOT_READ},
    )
    async def suspend(request: Request, said: Annotated[OfSite | OfGroup, Body(openapi_examples=STOPS)]) -> Response:
        """Send nothing to a site or a group until it is resumed. `sites` tells whom it concerns now."""
        site, group = (said.site, "") if isinstance(said, OfSite) else ("", said.group)
        if not said.unseen:
            _is_known(site, group, Known.of(fleet.verdicts(), desk.rollouts.renderings()))
        desk.words.suspend(bearer_of(request).name, said.reason, site=site, group=group)
        desk.heed()
        kept = next(s for s in desk.words.suspensions() if (s.site, s.group) == (site, group))
        return as_json(shown(kept), 201)

    @app.delete(
        "/api/v1/suspensions/{scope}/{name}",
        dependencies=[Depends(access.needs(Role.OPERATOR))],
        responses={200: {"model": Resumed}, **NOT_ENOUGH, **NOT_THERE},
    )
    async def resume(
        request: Request, scope: Scope, name: Annotated[Name, Path()], why: Annotated[Because, Query()]
    ) -> Response:
        """Take a suspension back, and let hosts that are stuck be tried again."""
        if not desk.words.resume(bearer_of(request).name, why.reason, **{scope.value: name}):
            raise HTTPException(
                404, f"the {scope} {name} is not suspended, and no host of it is stuck: see /api/v1/suspensions"
            )
        desk.heed()
        return as_json({"scope": scope, "name": name})
