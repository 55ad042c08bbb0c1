"""Where each site's services are: as its entry in the endpoints file says, or else by what dcmanager says of it.

Git says at most which of a site's addresses is taken, never the address itself: who edits a site's folder does not
choose who is sent a password. An OAM address is in no row of dcmanager: it asks the site for it, so it is asked once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from reconciler.clients import Derived, Endpoint
from reconciler.model.central import Addresses, Subcloud, SubcloudDetail
from reconciler.model.deployment import has_no_system
from reconciler.model.errors import ConfigError, ConfigErrors, Nowhere, ReconcilerError
from reconciler.model.words import Reach, Service

OAM_AGAIN_S = (
    300.0  # where nobody answers at an OAM address, it may have changed: dcmanager is asked again after so long
)


class Centre(Protocol):
    """What is known of the central cloud; engine.central is it."""

    @property
    def place(self) -> Endpoint | None:
        """Whose rows they are."""
        ...

    async def row(self, site: str, serves: Callable[[Subcloud], bool]) -> Subcloud | None: ...

    async def detail(self, site: str) -> SubcloudDetail | None: ...


class Clock(Protocol):
    def now(self) -> float: ...


class Reaching:
    """The whereabouts of every site. says: which way Git wants for a site; may raise where it cannot tell."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        derived: Derived | None,
        centre: Centre,
        says: Callable[[str], Reach | None],
        clock: Clock,
    ) -> None:
        self._endpoints, self._derived, self._centre = endpoints, derived, centre
        self._says, self._clock = says, clock
        self._found: dict[str, Looked] = {}

    def of(self, site: str) -> Entered | Looked:
        """Where a site is, or where that is asked for. Raises ConfigError where nothing says how to find it."""
        if site in self._endpoints:
            return Entered(self._endpoints[site])
        if self._derived is None:
            raise ConfigError(
                f"{site}: the endpoints file has no entry for this site; add one under `endpoints:`, or `derived:`, by "
                "which sites are found as dcmanager says"
            )
        return self._looked(site, self._derived)

    def _looked(self, site: str, derived: Derived) -> Looked:
        known = self._found.get(site)
        reach = derived.way(site, self._wanted(site, known.reach if known else None))
        if known is None:
            known = self._found[site] = Looked(site, derived, reach, self._centre, self._clock)
        known.reach = reach
        return known

    def _wanted(self, site: str, before: Reach | None) -> Reach | None:
        """What Git says. Of a site that it does not say any more, or wrongly, what it said before."""
        try:
            return self._says(site)
        except (ReconcilerError, KeyError):
            return before


@dataclass(frozen=True, slots=True)
class Entered:
    """A site that has an entry in the endpoints file."""

    entry: Endpoint

    @property
    def site(self) -> str:
        return self.entry.name

    @property
    def services(self) -> Collection[Service]:
        return self.entry.services

    async def endpoint(self) -> Endpoint:
        return self.entry

    def doubt(self) -> None:
        """It is where the file says, or nowhere."""


@dataclass(frozen=True, slots=True)
class _Oam:
    """An OAM address: of which site, as dcmanager told it apart, and when it said so."""

    address: str
    region: str
    addresses: Addresses
    at: float

    def is_of(self, subcloud: Subcloud) -> bool:
        return (self.region, self.addresses) == (subcloud.region, subcloud.addresses)


class Looked:
    """A site that is looked for in dcmanager's rows. reach: by which of its addresses.

    A row is a new one at each reading: the endpoint is made anew then, and is equal to the last unless the site moved.
    """

    def __init__(self, site: str, derived: Derived, reach: Reach, centre: Centre, clock: Clock) -> None:
        self.site, self.reach = site, reach
        self._derived, self._centre, self._clock = derived, centre, clock
        self._made: tuple[Subcloud, Reach, Endpoint] | None = None
        self._oam: _Oam | None = None
        self._is_doubted = False
        self._turn = asyncio.Lock()

    @property
    def services(self) -> Collection[Service]:
        return self._derived.ways[self.reach].services

    async def endpoint(self) -> Endpoint:
        """Raises Nowhere where dcmanager has no such site yet or cannot be asked, ConfigError without a central cloud."""
        subcloud, reach = await self._row(), self.reach
        if self._made and self._made[0] is subcloud and self._made[1] is reach and not self._is_doubted:
            return self._made[2]
        address = subcloud.addresses.start if reach is Reach.ADMIN else await self._oam_of(subcloud)
        if self._centre.place is None:
            raise Nowhere(self.site, "the central cloud that knows where it is was taken out of the configuration")
        found = self._derived.endpoint(reach, subcloud, address, self._centre.place)
        self._made = subcloud, reach, found
        return found

    def doubt(self) -> None:
        """An OAM address may have changed, and dcmanager is not told: it is asked again."""
        self._is_doubted = self.reach is Reach.OAM

    async def _row(self) -> Subcloud:
        try:
            subcloud = await self._centre.row(self.site, _has_system)
        except (ConfigError, ConfigErrors):
            raise
        except ReconcilerError as error:
            told = f"dcmanager cannot be asked where it is: {str(error).rstrip('.')}"
            raise Nowhere(self.site, told, advice="") from error
        if subcloud is None:
            raise Nowhere(self.site, "dcmanager has no subcloud of this name yet")
        if not _has_system(subcloud):
            status = subcloud.deploy_status
            raise Nowhere(self.site, f"dcmanager has not brought it up yet, its deploy status is {status}")
        return subcloud

    async def _oam_of(self, subcloud: Subcloud) -> str:
        async with self._turn:
            known = self._oam if self._oam and self._oam.is_of(subcloud) else None
            now = self._clock.now()
            if known and not (self._is_doubted and now >= known.at + OAM_AGAIN_S):
                return known.address
            said = await self._told() or (known.address if known else "")
            if not said:
                state = subcloud.availability
                raise Nowhere(self.site, f"dcmanager does not say its OAM address; to it the site is {state}")
            self._oam, self._is_doubted = _Oam(said, subcloud.region, subcloud.addresses, now), False
            return said

    async def _told(self) -> str:
        try:
            detail = await self._centre.detail(self.site)
        except (ConfigError, ConfigErrors):
            raise
        except ReconcilerError as error:
            told = f"dcmanager cannot be asked for its OAM address: {str(error).rstrip('.')}"
            raise Nowhere(self.site, told, advice="") from error
        return detail.oam if detail else ""


def _has_system(subcloud: Subcloud) -> bool:
    return not has_no_system(subcloud.status)
