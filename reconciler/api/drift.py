"""/api/v1/drift: what drifts, one entry a cause, and how what drifted ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from reconciler.api.access import NOT_ALLOWED, Access
from reconciler.api.answering import Page, as_json
from reconciler.api.sites import NO_SUCH_SITE, Fleet, known
from reconciler.engine.drift_report import SetBy, causes_json
from reconciler.model.drift import DriftCause, Resolution, SiteDrift
from reconciler.model.drift_groups import Wanted, causes
from reconciler.model.role import Role
from reconciler.model.words import Action, Area, Severity
from reconciler.store.drift import Ended

Ends = Callable[[str, str, int, int | None], list[Ended]]  # site, fingerprint, how many, before which number


@dataclass(frozen=True, slots=True)
class Drifts:
    """What the API shows of drift, as functions. set_by: asked in a thread, and only of what is shown."""

    known: Callable[[], Mapping[str, SiteDrift]]
    ended: Ends
    set_by: SetBy


class Narrowing(BaseModel):
    """Which drift; a word that is not known is refused, or it would list all."""

    model_config = ConfigDict(extra="forbid")

    site: str = ""
    group: str = ""
    cause: DriftCause | None = Field(default=None, description="Without one, what is unmanaged is left out.")
    fingerprint: str = ""
    severity: Severity | None = None
    limit: int = Field(default=50, ge=1, le=500, description="Causes, the worst and the widest first.")

    def wanted(self) -> Wanted:
        sites = frozenset({self.site} if self.site else ())
        return Wanted(sites, self.group, self.cause, self.fingerprint, self.severity)


class Past(Page):
    """Which drift that ended."""

    site: str = ""
    fingerprint: str = ""


class Setter(BaseModel):
    """The commit that set the line last, by git blame."""

    commit: str
    author: str
    at: str
    subject: str


class Place(BaseModel):
    """file:line. `set_by` is null where no commit is known to have set it."""

    place: str
    set_by: Setter | None


class DriftField(BaseModel):
    """One field of one site; times are Unix seconds."""

    model_config = ConfigDict(extra="allow")

    site: str
    resource: str
    attribute: str
    cause: DriftCause
    fingerprint: str
    severity: Severity
    first_seen: float
    last_seen: float


class NowField(DriftField):
    group: str


class Cause(BaseModel):
    """An equal change on as many sites as have it."""

    fingerprint: str
    cause: DriftCause
    severity: Severity
    area: Area
    what: str
    action: Action
    observed: str
    desired: str
    is_flapping: bool
    first_seen: float
    last_seen: float
    sites: list[str]
    origins: list[Place]
    fields: list[NowField]


class Causes(BaseModel):
    """`total` causes, of which so many are listed."""

    total: int
    causes: list[Cause]


class EndedField(DriftField):
    number: int
    resolved_at: float
    resolution: Resolution


class EndedFields(BaseModel):
    ended: list[EndedField]


def add_drift(app: FastAPI, fleet: Fleet, access: Access, drifts: Drifts) -> None:
    """Serve it on this application."""
    sees = Depends(access.needs(Role.VIEWER))

    def must_be_there(site: str) -> None:
        if site:
            known(fleet, site)

    @app.get("/api/v1/drift", dependencies=[sees], responses={200: {"model": Causes}, **NOT_ALLOWED, **NO_SUCH_SITE})
    async def drift(only: Annotated[Narrowing, Query()]) -> Response:
        """What drifts now, one entry a cause, the worst first: since when, why, on which sites, who set the value."""
        must_be_there(only.site)
        groups = {v.site: v.group for v in fleet.verdicts()}
        drifting = dict(drifts.known())

        def told() -> dict[str, Any]:
            found = causes(drifting, groups, only.wanted())
            return {"total": len(found), "causes": causes_json(found[: only.limit], drifts.set_by)}

        return as_json(await asyncio.to_thread(told))

    @app.get(
        "/api/v1/drift/history",
        dependencies=[sees],
        responses={200: {"model": EndedFields}, **NOT_ALLOWED, **NO_SUCH_SITE},
    )
    async def history(past: Annotated[Past, Query()]) -> Response:
        """Drift that ended, the latest first, with when and how."""
        must_be_there(past.site)
        found = drifts.ended(past.site, past.fingerprint, past.limit, past.before)
        return as_json({"ended": [{"number": one.number, **one.content} for one in found]})
