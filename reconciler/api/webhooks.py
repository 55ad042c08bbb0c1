"""POST /api/v1/webhooks/git: a forge says that somebody pushed, or that something happened to a pull request.

A delivery only asks for a look: what it says is never taken for what Git, or the forge, holds. A storm of them is one
look.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

from reconciler.model.forge import Forge
from reconciler.sources.pull_events import named
from reconciler.sources.push_events import Delivery, Event, judged

PATH = "/api/v1/webhooks/git"
LARGEST_BODY = 2 * 1024 * 1024  # GitHub's own limit is 25 MB; a push of a thousand commits has less than 1 MB
REMEMBERED = 4096  # deliveries


class Told(BaseModel):
    """What became of the delivery."""

    result: Delivery


@dataclass(frozen=True, slots=True)
class Hooks:
    """secrets: shared with the forges; without any, no delivery is taken. branch: the one that is followed, "" for any.

    pushed: is told who asks for a look. counted: forge and result of every delivery.
    pulled: is told the number of a pull request of `project`; without it, events of pull requests are others' business.
    """

    pushed: Callable[[str], None]
    counted: Callable[[str, str], None]
    secrets: tuple[str, ...] = field(default=(), repr=False)
    branch: str = ""
    project: str = ""
    pulled: Callable[[int], None] | None = None


STATUS = {Delivery.UNSIGNED: 401, Delivery.FORGED: 401, Delivery.MALFORMED: 400}
WHY = {
    Delivery.UNSIGNED: "a signature of GitHub, GitLab, Gitea or Forgejo is needed",
    Delivery.FORGED: "the signature is not of a secret that this controller shares",
    Delivery.MALFORMED: "a push event names its ref",
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    400: {"description": "Not a push event, though it says so"},
    401: {"description": "No signature, or not by a secret that is shared"},
    404: {"description": "This controller shares no secret with a forge"},
    413: {"description": f"More than {LARGEST_BODY} bytes"},
}


def add_webhooks(app: FastAPI, hooks: Hooks) -> None:
    """Serve deliveries on this application."""
    seen = _Seen()

    @app.post(PATH, responses={200: {"model": Told}, **ANSWERS})
    async def git(request: Request) -> Told:
        """A delivery of GitHub, GitLab, Gitea or Forgejo.

        Anything but a push to the followed branch, and an event of one of its pull requests, is ignored.
        """
        if not hooks.secrets:
            raise HTTPException(404, "no webhook secret is set: set STXR_WEBHOOK_SECRETS")
        body = await _body(request)
        event, number = _judged(request, body, hooks)
        result = seen.judged(event)
        hooks.counted(event.forge, result)
        if result in STATUS:
            raise HTTPException(STATUS[result], WHY[result])
        if result is Delivery.TOO_LARGE:
            raise HTTPException(413, f"a delivery has at most {LARGEST_BODY} bytes")
        if result is Delivery.ACCEPTED and number and hooks.pulled:
            hooks.pulled(number)
        elif result is Delivery.ACCEPTED:
            hooks.pushed(f"push to {event.branch}, says {event.forge}")
        return Told(result=result)


def _judged(request: Request, body: bytes | None, hooks: Hooks) -> tuple[Event, int]:
    """The delivery, and the pull request that it is about; 0 for a push, and for what concerns nobody here."""
    if body is None:
        return Event(Forge.UNKNOWN, Delivery.TOO_LARGE), 0
    headers = {name.lower(): value for name, value in request.headers.items()}
    event = judged(headers, body, hooks.secrets, hooks.branch)
    if event.delivery is not Delivery.OTHER_EVENT or hooks.pulled is None:  # it is authentic
        return event, 0
    pull = named(event.forge, headers, body)
    if pull is None or not pull.is_of(hooks.project):
        return event, 0
    return replace(event, delivery=Delivery.ACCEPTED), pull.number


async def _body(request: Request) -> bytes | None:
    """The whole body, or None as soon as it is too large: what is announced is not believed, nor waited for."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


class _Seen:
    """Deliveries by the digest of their body: that is signed, while a delivery's number is not."""

    def __init__(self) -> None:
        self._digests: OrderedDict[str, None] = OrderedDict()

    def judged(self, event: Event) -> Delivery:
        """What becomes of it, now that it came."""
        if event.delivery is not Delivery.ACCEPTED:
            return event.delivery
        if event.digest in self._digests:
            return Delivery.REPLAYED
        self._digests[event.digest] = None
        if len(self._digests) > REMEMBERED:
            self._digests.popitem(last=False)
        return Delivery.ACCEPTED
