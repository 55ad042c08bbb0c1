"""Services of a site that is looked for at each call: it may not be there yet, and be elsewhere tomorrow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol, TypeVar

from reconciler.clients.endpoints import Endpoint
from reconciler.clients.platform import OwnerApi, Row
from reconciler.model.errors import Failure, Unreachable
from reconciler.model.words import Service

T = TypeVar("T")
SYSTEMS = "/v1/isystems"


class Whereabouts(Protocol):
    """Where one site is. services: what there is of it, wherever it is."""

    @property
    def site(self) -> str: ...

    @property
    def services(self) -> Collection[Service]: ...

    async def endpoint(self) -> Endpoint:
        """Where it is now; an equal one while it is where it was. Raises Nowhere, ConfigError, ReconcilerError."""
        ...

    def doubt(self) -> None:
        """Nobody answers there."""
        ...


class Late:
    """What is kept of a site between calls: its line and its token, until it is elsewhere or somebody else's.

    opens: what gives its services at an endpoint.
    """

    def __init__(self, where: Whereabouts, opens: Callable[[Endpoint], Callable[[Service], OwnerApi]]) -> None:
        self._where, self._opens = where, opens
        self._open: tuple[Endpoint, Callable[[Service], OwnerApi]] | None = None
        self._is_known = False  # what is open has said that it is the site

    def at(self, service: Service) -> OwnerApi:
        """One of its services."""
        return _LateService(self, service)

    @property
    def site(self) -> str:
        """Its name."""
        return self._where.site

    async def asked(self, service: Service, question: Callable[[OwnerApi], Awaitable[T]], *, writes: bool = False) -> T:
        """The answer of a service where it is now. Raises what the question and the whereabouts do.

        writes: nothing is, before whoever is there has said that it is the site.
        """
        endpoint = await self._where.endpoint()
        if self._open is None or self._open[0] != endpoint:
            self._open, self._is_known = (endpoint, self._opens(endpoint)), False
        try:
            if writes and not self._is_known:
                self.recognise(await self._open[1](Service.PLATFORM).list(SYSTEMS, "isystems"))
            return await question(self._open[1](service))
        except Unreachable:
            self._where.doubt()
            raise

    def recognise(self, systems: tuple[Row, ...]) -> None:
        """Raise Unreachable where what answers is not the site.

        Addresses go from one site to another, and users, passwords and even tokens are good at all of them: a subcloud's
        region is its own, and its platform says it (ansible-playbooks bootstrap/persist-config/files/
        populate_initial_config.py; distcloud dcmanager/manager/subcloud_manager.py subcloud_deploy_enroll).
        """
        ours = self._open[0].region if self._open else ""
        regions = [str(row["region_name"]) for row in systems if row.get("region_name")]
        if ours and regions and ours not in regions:
            self._where.doubt()
            detail = f"the system that answers is of region {regions[0]}, and {self.site} is {ours}"
            raise Unreachable(Service.PLATFORM, "GET", SYSTEMS, Failure.STRANGER, detail, False, self.site)
        self._is_known = True


class _LateService:
    def __init__(self, late: Late, service: Service) -> None:
        self._late, self._service = late, service

    @property
    def site(self) -> str:
        return self._late.site

    async def get(self, path: str, *, host: str = "") -> Any:
        return await self._late.asked(self._service, lambda at: at.get(path, host=host))

    async def list(self, path: str, items: str, *, host: str = "") -> tuple[Row, ...]:
        rows = await self._late.asked(self._service, lambda at: at.list(path, items, host=host))
        if path == SYSTEMS:
            self._late.recognise(rows)
        return rows

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout_s: float | None = None,
        host: str = "",
        ends: bool = False,
    ) -> Any:
        return await self._late.asked(
            self._service,
            lambda at: at.send(method, path, body, timeout_s=timeout_s, host=host, ends=ends),
            writes=True,
        )
