"""FastAPI: /healthz, /readyz, /metrics; /api/v1/sites and /api/v1/sites/{name} for who has the token.

/api/v1/webhooks/git is for forges, which sign what they say (`api.webhooks`).
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from starlette.requests import HTTPConnection

from reconciler import __version__
from reconciler.api.webhooks import Hooks, add_webhooks
from reconciler.model.verdict import Verdict
from reconciler.model.wire import verdict_json
from reconciler.model.words import Cause, State


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the API shows, as functions: it holds nothing itself.

    ready: "" once the first head was read, else what is waited for.
    """

    verdicts: Callable[[], Iterable[Verdict]]
    verdict: Callable[[str], Verdict | None]
    metrics: Callable[[], bytes]
    ready: Callable[[], str]
    now: Callable[[], float]


class Brief(BaseModel):
    """A site in the list. `age_seconds` is null for one that was never read."""

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


class Narrowing(BaseModel):
    """Which sites are listed; a word that is not known is refused, or it would list them all."""

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    group: str = ""

    def takes(self, verdict: Verdict) -> bool:
        return self.state in {None, verdict.state} and self.group in {"", verdict.group}


class Listed(BaseModel):
    sites: list[Brief]


class Said(BaseModel):
    """Why there is no better answer."""

    detail: str


class Exposition(PlainTextResponse):
    """Prometheus' text format, by its own name."""

    media_type = "text/plain; version=0.0.4; charset=utf-8"


NOT_ALLOWED: dict[int | str, dict[str, Any]] = {401: {"model": Said, "description": "No bearer token, or not ours"}}
NO_SUCH_SITE: dict[int | str, dict[str, Any]] = {404: {"model": Said, "description": "No site of this name"}}


def create_app(fleet: Fleet, token: str, hooks: Hooks | None = None) -> FastAPI:
    """The application. An empty token is refused: the fleet's drift is nobody else's business.

    hooks: without them nobody is told of pushes, and the repository is looked at when its time has come.
    """
    if not token:
        raise ValueError("the API needs a bearer token: set STXR_API_TOKEN")
    app = FastAPI(title="stx-reconciler", version=__version__, docs_url=None, redoc_url=None)
    allowed = Depends(_Token(token))
    _probes(app, fleet)
    if hooks:
        add_webhooks(app, hooks)

    @app.get("/api/v1/sites", dependencies=[allowed], responses={200: {"model": Listed}, **NOT_ALLOWED})
    async def sites(only: Annotated[Narrowing, Query()]) -> Response:
        """Every site, briefly: state, age, counts. `state` and `group` narrow it."""
        now = fleet.now()
        return _json({"sites": [_brief(v, now) for v in fleet.verdicts() if only.takes(v)]})

    @app.get(
        "/api/v1/sites/{name}",
        dependencies=[allowed],
        responses={200: {"model": Verdict}, **NOT_ALLOWED, **NO_SUCH_SITE},
    )
    async def site(name: str) -> Response:
        """One site: state, age, each difference with its place in Git, the plan with its calls."""
        verdict = fleet.verdict(name)
        if verdict is None:
            raise HTTPException(404, f"no site {name}: see /api/v1/sites")
        return _json(verdict_json(verdict) | {"age_seconds": _age(verdict, fleet.now())})

    return app


def _probes(app: FastAPI, fleet: Fleet) -> None:
    @app.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> Response:
        """The process answers."""
        return PlainTextResponse("ok\n")

    @app.get("/readyz", response_class=PlainTextResponse, responses={503: {"description": "What is waited for"}})
    async def readyz() -> Response:
        """The first head of the repository was read; else 503 and what is waited for."""
        waits_for = fleet.ready()
        return PlainTextResponse(f"{waits_for or 'ok'}\n", 503 if waits_for else 200)

    @app.get("/metrics", response_class=Exposition)
    async def metrics() -> Response:
        """The Prometheus exposition, rendered off the event loop."""
        return Exposition(await asyncio.to_thread(fleet.metrics))


class _Token(HTTPBearer):
    """The one bearer token of this controller, compared in constant time."""

    def __init__(self, token: str) -> None:
        super().__init__(auto_error=False)
        self._token = token.encode()

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials:
        given = await super().__call__(request)
        if given is None or not hmac.compare_digest(given.credentials.encode(), self._token):
            raise HTTPException(401, "a bearer token is needed", headers={"WWW-Authenticate": "Bearer"})
        return given


def _brief(verdict: Verdict, now: float) -> dict[str, Any]:
    causes = [d.cause for d in verdict.differences]
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
    }


def _age(verdict: Verdict, now: float) -> float | None:
    return None if verdict.observed_at is None else round(now - verdict.observed_at, 1)


def _json(content: Any) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")
