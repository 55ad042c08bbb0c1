"""What a forge tells of a push: who it is, whether it holds our secret, and which branch moved. Pure.

GitHub signs the body (X-Hub-Signature-256), Gitea and Forgejo do alike (X-Gitea-Signature, hex alone) and send GitHub's
headers beside their own; GitLab sends the secret itself (X-Gitlab-Token). Nothing of a body is believed before that,
and nothing but the branch is used after it: what moved is read from Git.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

import orjson

from reconciler.model.forge import Forge


class Delivery(StrEnum):
    """What becomes of an event."""

    ACCEPTED = "accepted"
    OTHER_EVENT = "other_event"  # nobody pushed
    OTHER_BRANCH = "other_branch"
    REPLAYED = "replayed"
    UNSIGNED = "unsigned"
    FORGED = "forged"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Event:
    """A delivery, judged. digest: of its body, which is what a signature covers; equal for a delivery seen before."""

    forge: Forge
    delivery: Delivery
    branch: str = ""
    digest: str = ""


def judged(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], branch: str = "") -> Event:
    """A delivery by its headers (names in lower case) and body. branch: the one that is followed, "" for any.

    secrets: any of them opens, so that one can be replaced without a gap; with none of them nothing does.
    """
    forge = _forge(headers)
    delivery = _authentic(forge, headers, body, tuple(secrets))
    if delivery is not Delivery.ACCEPTED:
        return Event(forge, delivery)
    digest = sha256(body).hexdigest()
    if headers.get(EVENTS[forge]) not in PUSHES:
        return Event(forge, Delivery.OTHER_EVENT, digest=digest)
    pushed = _branch(body)
    if pushed is None:
        return Event(forge, Delivery.MALFORMED, digest=digest)
    if branch and pushed != branch:
        return Event(forge, Delivery.OTHER_BRANCH, pushed, digest)
    return Event(forge, Delivery.ACCEPTED, pushed, digest)


# the header that names the event; Gitea's first, for it sends GitHub's too
EVENTS = {Forge.GITEA: "x-gitea-event", Forge.GITHUB: "x-github-event", Forge.GITLAB: "x-gitlab-event"}
PUSHES = frozenset({"push", "Push Hook"})
HEADS = "refs/heads/"


def _forge(headers: Mapping[str, str]) -> Forge:
    return next((forge for forge, name in EVENTS.items() if name in headers), Forge.UNKNOWN)


def _authentic(forge: Forge, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...]) -> Delivery:
    """Compared in constant time, against every secret."""
    if forge is Forge.GITLAB:
        given, expected = headers.get("x-gitlab-token", ""), list(secrets)
    else:
        name = "x-gitea-signature" if forge is Forge.GITEA else "x-hub-signature-256"
        given = headers.get(name, "").removeprefix("sha256=")
        expected = [hmac.new(secret.encode(), body, sha256).hexdigest() for secret in secrets]
    if forge is Forge.UNKNOWN or not given:
        return Delivery.UNSIGNED
    matches = [hmac.compare_digest(given.encode(), one.encode()) for one in expected]
    return Delivery.ACCEPTED if any(matches) else Delivery.FORGED


def _branch(body: bytes) -> str | None:
    """The branch that moved; "" for a tag; None where the body does not say."""
    try:
        said: Any = orjson.loads(body)
    except ValueError:
        return None
    ref = said.get("ref") if isinstance(said, dict) else None
    if not isinstance(ref, str):
        return None
    return ref.removeprefix(HEADS) if ref.startswith(HEADS) else ""
