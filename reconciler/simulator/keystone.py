"""Keystone of one subcloud: password tokens of version 3, with an end, and the catalogue.

Request and answer: openstack/keystone api-ref v3 (password authentication). What a service answers without a good
token: openstack/keystonemiddleware auth_token (401 with ``WWW-Authenticate: Keystone uri=...``).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from reconciler.simulator.exchange import Request, Response

TOKENS = "/v3/auth/tokens"
CATALOGUE = "/v3/auth/catalog"
_REJECTED = {
    "error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}
}


@dataclass
class Keystone:
    """``clock`` gives Unix seconds; ``lifetime`` is in its seconds. ``url`` and ``services`` are for the catalogue."""

    password: str
    clock: Callable[[], float]
    lifetime: float = 3600.0
    username: str = "admin"
    project: str = "admin"
    domain: str = "Default"
    region: str = "RegionOne"
    regions: dict[str, str] = field(default_factory=dict)  # of services that are in another one
    tokens: dict[str, float] = field(default_factory=dict)
    given: int = 0

    def handle(self, request: Request, services: dict[str, str]) -> Response:
        """Answer a request below the identity service's root."""
        if request.path.rstrip("/") in ("", "/v3"):
            return Response(200, _version(request.base))
        if (request.path, request.method) == (CATALOGUE, "GET"):
            return self._catalogue(request, services)
        if request.path != TOKENS or request.method != "POST":
            return Response(404, _error(404, "Not Found", "Could not find the requested resource."))
        body = _parsed(request)
        if not self._is_known(body):
            return Response(401, _REJECTED)
        catalog = [] if "nocatalog" in request.query else self._catalog(services)
        return self._issue(catalog)

    def accepts(self, token: str | None) -> bool:
        """Whether a service takes this token now."""
        return token is not None and self.tokens.get(token, 0.0) > self.clock()

    def expire(self) -> None:
        """End every token that was given."""
        self.tokens.clear()

    def _catalogue(self, request: Request, services: dict[str, str]) -> Response:
        """Of a token, also of one that was given without it (openstack/keystone api-ref v3, GET /v3/auth/catalog)."""
        if not self.accepts(request.header("X-Auth-Token")):
            return Response(401, _REJECTED)
        return Response(200, {"catalog": self._catalog(services), "links": {"self": request.base + CATALOGUE}})

    def _is_known(self, body: Any) -> bool:
        try:
            user = body["auth"]["identity"]["password"]["user"]
            scope = body["auth"]["scope"]["project"]
            names = (user["name"], user["domain"]["name"], scope["name"], scope["domain"]["name"])
            password = str(user["password"])
        except (KeyError, TypeError):
            return False
        known = names == (self.username, self.domain, self.project, self.domain)
        return known and secrets.compare_digest(password, self.password)

    def _issue(self, catalog: list[Any]) -> Response:
        now = self.clock()
        self.tokens = {token: end for token, end in self.tokens.items() if end > now}
        token = secrets.token_urlsafe(48)
        self.tokens[token] = now + self.lifetime
        self.given += 1
        body = {"token": {**self._described(now), "catalog": catalog}}
        return Response(201, body, {"X-Subject-Token": token, "Vary": "X-Auth-Token"})

    def _described(self, now: float) -> dict[str, Any]:
        domain = {"id": self.domain.lower(), "name": self.domain}
        return {
            "methods": ["password"],
            "issued_at": _time(now),
            "expires_at": _time(now + self.lifetime),
            "user": {"id": "admin", "name": self.username, "domain": domain, "password_expires_at": None},
            "project": {"id": "admin", "name": self.project, "domain": domain},
            "roles": [{"id": "admin", "name": "admin"}],
            "is_domain": False,
        }

    def _catalog(self, services: dict[str, str]) -> list[dict[str, Any]]:
        return [_entry(kind, url, self.regions.get(kind, self.region)) for kind, url in services.items()]


def unauthorized(identity_url: str) -> Response:
    """What keystonemiddleware answers in front of a service."""
    return Response(401, _REJECTED, {"WWW-Authenticate": f'Keystone uri="{identity_url}"'})


def _parsed(request: Request) -> Any:
    try:
        return json.loads(request.content)
    except ValueError:
        return None


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _error(code: int, title: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "title": title, "message": message}}


def _version(base: str) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"{base}/v3/"}]
    return {"version": {"id": "v3.14", "status": "stable", "links": links, "media-types": []}}


def _entry(kind: str, url: str, region: str) -> dict[str, Any]:
    names = {"platform": "sysinv", "identity": "keystone"}
    return {
        "id": kind,
        "type": kind,
        "name": names.get(kind, kind),
        "endpoints": [
            {"id": f"{kind}-{face}", "interface": face, "region": region, "region_id": region, "url": url}
            for face in ("public", "internal", "admin")
        ],
    }
