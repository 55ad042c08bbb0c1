"""FastAPI: /healthz, /readyz, /metrics; /api/v1/sites and /api/v1/sites/{name} for who has the token."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from reconciler import __version__
from reconciler.model.verdict import Verdict
from reconciler.model.wire import verdict_json
from reconciler.model.words import Cause

OPEN_METRICS = "text/plain; version=0.0.4; charset=utf-8"


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


def create_app(fleet: Fleet, token: str) -> FastAPI:
    """The application. An empty token is refused: the fleet's drift is nobody else's business."""
    if not token:
        raise ValueError("the API needs a bearer token: set STXR_API_TOKEN")
    app = FastAPI(title="stx-reconciler", version=__version__, docs_url=None, redoc_url=None)
    allowed = Depends(_Token(token))
    _probes(app, fleet)

    @app.get("/api/v1/sites", dependencies=[allowed])
    async def sites(state: str = "", group: str = "") -> Response:
        """Every site, briefly: state, age, counts. `state` and `group` narrow it."""
        now = fleet.now()
        listed = [_brief(v, now) for v in fleet.verdicts() if state in {"", v.state} and group in {"", v.group}]
        return _json({"sites": listed})

    @app.get("/api/v1/sites/{name}", dependencies=[allowed])
    async def site(name: str) -> Response:
        """One site: state, age, each difference with its place in Git, the plan with its calls."""
        verdict = fleet.verdict(name)
        if verdict is None:
            raise HTTPException(404, f"no site {name}: see /api/v1/sites")
        return _json(verdict_json(verdict) | {"age_seconds": _age(verdict, fleet.now())})

    return app


def _probes(app: FastAPI, fleet: Fleet) -> None:
    @app.get("/healthz")
    async def healthz() -> Response:
        """The process answers."""
        return Response("ok\n", media_type="text/plain")

    @app.get("/readyz")
    async def readyz() -> Response:
        """The first head of the repository was read; else 503 and what is waited for."""
        waits_for = fleet.ready()
        return Response(f"{waits_for or 'ok'}\n", 503 if waits_for else 200, media_type="text/plain")

    @app.get("/metrics")
    async def metrics() -> Response:
        """The Prometheus exposition, rendered off the event loop."""
        return Response(await asyncio.to_thread(fleet.metrics), media_type=OPEN_METRICS)


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
