"""What else is at work at a site, to read: VIM's strategy and USM's deployment.

starlingx/nfv nfv_vim api orchestration (current-strategy); starlingx/update software/api/controllers/v1/deploy.py.
"""

from __future__ import annotations

from reconciler.clients.platform import OwnerApi
from reconciler.model.busy import Deployment, Orchestration
from reconciler.model.errors import Failure, Unreachable

CURRENT = "/api/orchestration/current-strategy/strategy"
DEPLOY = "/v1/deploy"


class VimClient:
    """One site's VIM. Methods raise what `PlatformClient` raises; reading changes nothing."""

    def __init__(self, service: OwnerApi) -> None:
        self._service = service

    async def orchestration(self) -> Orchestration | None:
        """The one strategy that a system can have, of whatever type; None where there is none."""
        answer = await self._service.get(CURRENT)
        try:
            said = answer["strategy"]
            return Orchestration(said["name"], said["state"]) if said else None
        except (KeyError, TypeError):
            raise _odd("nfv", CURRENT, "no strategy in it, nor null", self._service.site) from None


class UsmClient:
    """One site's software management. Methods raise what `PlatformClient` raises; reading changes nothing."""

    def __init__(self, service: OwnerApi) -> None:
        self._service = service

    async def deployment(self) -> Deployment | None:
        """The deployment in progress; None where there is none."""
        answer = await self._service.get(DEPLOY)
        try:
            found = [Deployment(row["from_release"], row["to_release"], row["state"]) for row in answer]
        except (KeyError, TypeError):
            raise _odd("usm", DEPLOY, "no list of deployments", self._service.site) from None
        return found[0] if found else None


def _odd(service: str, path: str, detail: str, site: str) -> Unreachable:
    return Unreachable(service, "GET", path, Failure.GARBLED, detail, False, site)
