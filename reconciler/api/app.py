"""FastAPI: /healthz, /readyz, /metrics, open to all; /api/v1 for who has a token whose role is enough.

/api/v1/webhooks/git is for forges, which sign what they say (`api.webhooks`).
"""

from __future__ import annotations

from fastapi import FastAPI, Response
from fastapi.responses import PlainTextResponse

from reconciler import __version__
from reconciler.api.aborting import add_abort
from reconciler.api.accepting import Accepts, add_accepting
from reconciler.api.access import Access
from reconciler.api.answering import ShortBodies, name_methods
from reconciler.api.breakers import add_breakers
from reconciler.api.central import add_central
from reconciler.api.drift import Drifts, add_drift
from reconciler.api.durations import add_durations
from reconciler.api.history import add_history
from reconciler.api.holds import add_holds
from reconciler.api.look import add_look
from reconciler.api.metrics import add_metrics
from reconciler.api.replicas import add_replicas
from reconciler.api.reviews import ReviewDesk, add_reviews
from reconciler.api.rollouts import add_rollouts
from reconciler.api.sites import Fleet, add_sites
from reconciler.api.webhooks import PATH, Hooks, add_webhooks
from reconciler.api.words import Desk, add_words


def create_app(
    fleet: Fleet,
    access: Access,
    hooks: Hooks | None = None,
    desk: Desk | None = None,
    drifts: Drifts | None = None,
    *,
    reviews: ReviewDesk | None = None,
    accepts: Accepts | None = None,
) -> FastAPI:
    """The application.

    hooks: without them nobody is told of pushes, and the repository is looked at when its time has come.
    desk: without it nobody can say anything. drifts: without it there is no past of what differs. reviews: without them
    nobody is told what a change would do. accepts: without it what sites show is not written to Git.
    """
    app = FastAPI(title="stx-reconciler", version=__version__, docs_url=None, redoc_url=None)
    app.add_middleware(ShortBodies, but=PATH)
    _probes(app, fleet)
    add_metrics(app, fleet)
    if hooks:
        add_webhooks(app, hooks)
    add_sites(app, fleet, access)
    add_history(app, fleet, access)
    add_durations(app, fleet, access)
    add_holds(app, fleet, access)
    add_central(app, fleet, access)
    add_replicas(app, fleet, access)
    if drifts:
        add_drift(app, fleet, access, drifts)
    if desk:
        add_words(app, fleet, access, desk)
        add_look(app, fleet, access, desk)
        add_abort(app, fleet, access, desk)
        add_rollouts(app, access, desk)
        add_breakers(app, access, desk)
        if accepts:
            add_accepting(app, fleet, access, desk, accepts)
    if reviews:
        add_reviews(app, access, reviews)
    name_methods(app)
    return app


def _probes(app: FastAPI, fleet: Fleet) -> None:
    @app.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> Response:
        """The process answers."""
        return PlainTextResponse("ok\n")

    @app.get("/readyz", response_class=PlainTextResponse, responses={503: {"description": "What is waited for"}})
    async def readyz() -> Response:
        """The first head of the repository was read; else 503 and what is waited for. Among replicas also its role."""
        waits_for = fleet.ready()
        well = " ".join(filter(None, ("ok", fleet.role())))
        return PlainTextResponse(f"{waits_for or well}\n", 503 if waits_for else 200)
