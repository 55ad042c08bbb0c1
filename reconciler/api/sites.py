"""/api/v1/sites: what is known of every site, and of one with its differences and its plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict

from reconciler.api.access import NOT_ALLOWED, Access
from reconciler.api.answering import Said, as_json
from reconciler.model.central import Reading
from reconciler.model.dark import SitePower
from reconciler.model.durations import Durations
from reconciler.model.gate import GateName
from reconciler.model.history import Sending
from reconciler.model.role import Role
from reconciler.model.verdict import Verdict
from reconciler.model.wire import verdict_json
from reconciler.model.words import Cause, State
from reconciler.store import Crewed


def alone() -> str:
    """Which of several replicas it is, where there is one."""
    return ""


def nothing_sent(site: str, plan_id: str, most: int) -> tuple[Sending, ...]:  # noqa: ARG001
    """Nobody keeps histories."""
    return ()


def no_hosts(group: str) -> bytes | None:  # noqa: ARG001
    """Nobody tells of single hosts."""
    return None


def no_crew() -> Crewed:
    """One process, alone."""
    return Crewed()


def not_read() -> Reading | None:
    """Nobody reads a central cloud."""
    return None


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the API shows, as functions: it holds nothing itself.

    ready: "" once the first head was read, else what is waited for.
    role: among replicas, "" where it is alone. crew: all of them; called in a thread.
    sendings: to a site, of one plan or "" for all, the newest so many.
    central: the last reading of the central cloud.
    host_metrics: of one group; None for a group that there is not. durations: what was measured.
    """

    verdicts: Callable[[], Iterable[Verdict]]
    verdict: Callable[[str], Verdict | None]
    metrics: Callable[[], bytes]
    ready: Callable[[], str]
    now: Callable[[], float]
    sendings: Callable[[str, str, int], tuple[Sending, ...]] = nothing_sent
    central: Callable[[], Reading | None] = not_read
    role: Callable[[], str] = alone
    crew: Callable[[], Crewed] = no_crew
    host_metrics: Callable[[str], bytes | None] = no_hosts
    durations: Callable[[], Durations] = Durations


class Brief(BaseModel):
    """A site in the list. `age_seconds` is null for one that was never read.

    `gate` holds its plan, or a part of it, since `since` (Unix seconds); null where nothing is held. `power`: of the hosts
    of a site that answers nobody, by their controllers; null where these were not asked. `release`: the one that it runs, with its patches
    where Git says software; "" for a site that was never read.
    """

    site: str
    group: str
    mode: str
    state: State
    reason: str
    commit: str
    age_seconds: float | None
    drifted: int
    pending: int
    plan: str
    gate: GateName | None
    since: float | None
    power: SitePower | None
    release: str


class Narrowing(BaseModel):
    """Which sites are listed; a word that is not known is refused, or it would list them all."""

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    group: str = ""

    def takes(self, verdict: Verdict) -> bool:
        return self.state in {None, verdict.state} and self.group in {"", verdict.group}


class Listed(BaseModel):
    sites: list[Brief]


NO_SUCH_SITE: dict[int | str, dict[str, Any]] = {404: {"model": Said, "description": "No site of this name"}}


def known(fleet: Fleet, site: str) -> Verdict:
    """What is known of a site; 404 for one that there is not."""
    verdict = fleet.verdict(site)
    if verdict is None:
        raise HTTPException(404, f"no site {site}: see /api/v1/sites")
    return verdict


def add_sites(app: FastAPI, fleet: Fleet, access: Access) -> None:
    """Serve them on this application."""
    sees = Depends(access.needs(Role.VIEWER))

    @app.get("/api/v1/sites", dependencies=[sees], responses={200: {"model": Listed}, **NOT_ALLOWED})
    async def sites(only: Annotated[Narrowing, Query()]) -> Response:
        """Every site, briefly: state, age, counts, what holds it. `state` and `group` narrow it."""
        now = fleet.now()
        return as_json({"sites": [_brief(v, now) for v in fleet.verdicts() if only.takes(v)]})

    @app.get(
        "/api/v1/sites/{name}", dependencies=[sees], responses={200: {"model": Verdict}, **NOT_ALLOWED, **NO_SUCH_SITE}
    )
    async def site(name: str) -> Response:
        """One site: state, age, each difference with its place in Git, the plan with its calls."""
        verdict = known(fleet, name)
        return as_json(verdict_json(verdict) | {"age_seconds": _age(verdict, fleet.now())})


def _brief(verdict: Verdict, now: float) -> dict[str, Any]:
    causes = [d.cause for d in verdict.differences]
    first = verdict.holds[0] if verdict.holds else None
    return {
        "site": verdict.site,
        "group": verdict.group,
        "mode": verdict.mode,
        "state": verdict.state,
        "reason": verdict.reason,
        "commit": verdict.commit,
        "age_seconds": _age(verdict, now),
        "drifted": causes.count(Cause.DRIFTED),
        "pending": causes.count(Cause.PENDING),
        "plan": verdict.plan_id,
        "gate": first.gate if first else None,
        "since": first.since if first else None,
        "power": verdict.power,
        "release": verdict.release,
    }


def _age(verdict: Verdict, now: float) -> float | None:
    return None if verdict.observed_at is None else round(now - verdict.observed_at, 1)
