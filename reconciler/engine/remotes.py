"""The sites as they are reached: each put together of its services when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from reconciler.clients import ServiceOpener, SiteClients, late_site
from reconciler.desired import Range
from reconciler.engine.aborting import Aborting
from reconciler.engine.board_service import SiteBoards
from reconciler.engine.central import Central
from reconciler.engine.centre_side import CentreSide
from reconciler.engine.memory import Memory
from reconciler.engine.office import Office
from reconciler.engine.reaching import Reaching
from reconciler.engine.redeploying import Patience, Redeploying
from reconciler.engine.remote import Keep, SiteRemote
from reconciler.engine.repository import Repository
from reconciler.engine.strategy_side import Orders, StrategySide
from reconciler.engine.subcloud_side import SubcloudSide, in_no_batch
from reconciler.engine.surroundings import Neighbours
from reconciler.model.site import Settings
from reconciler.model.subcloud_policy import SubcloudPolicy
from reconciler.model.words import Service


@dataclass(frozen=True, slots=True)
class Said:
    """What Git says of a site whenever it is asked; of one that it says nothing of any more, nothing."""

    repository: Repository
    site: str

    def _settings(self) -> Settings | None:
        return self.repository.settings(self.site) if self.site in self.repository.names else None

    def policy(self) -> SubcloudPolicy | None:
        """Its place in the central cloud, without former names that are another folder's now."""
        settings = self._settings()
        policy = settings.subcloud if settings else None
        return policy and policy.without(self.repository.names)

    def takes(self) -> tuple[Range, ...]:
        """The addresses that are to be its alone."""
        return self.repository.taken(self.site) if self.site in self.repository.names else ()

    def is_central(self) -> bool:
        """Whether it is the central cloud itself."""
        settings = self._settings()
        return settings is not None and settings.is_central

    def is_batched(self) -> bool:
        """Whether anything of it goes by dcmanager's strategies."""
        settings = self._settings()
        return settings is not None and settings.is_batched


@dataclass(frozen=True, slots=True)
class Shared:
    """What all sites are put together of. keep: is given each reading of a whole site.

    boards: of a site's hosts, as a service that kinds read. strategies: where dcmanager's are ordered.
    """

    office: Office
    memory: Memory
    centre: Central
    opens: ServiceOpener
    keep: Keep
    boards: Callable[[str], SiteBoards] | None
    strategies: Orders | None

    def away(self) -> tuple[int, ...]:
        """The groups of subclouds that stand in ours for a strategy, once for each."""
        return tuple(one.group_before for one in self.strategies.moves().values()) if self.strategies else ()


@dataclass(frozen=True, slots=True)
class Remotes:
    """Of a fleet. reaching: where each site is."""

    shared: Shared
    reaching: Reaching
    _opened: dict[str, SiteRemote] = field(default_factory=dict)

    async def of(self, name: str) -> SiteRemote:
        """Raises ConfigError where nothing says how the site is to be found."""
        where = self.reaching.of(name)
        if name not in self._opened:
            self._opened[name] = self._made(name, late_site(where, self.shared.opens))
        return self._opened[name]

    def _made(self, name: str, clients: SiteClients) -> SiteRemote:
        office, centre, said = self.shared.office, self.shared.centre, Said(self.shared.office.repository, name)
        orders = StrategySide(name, centre, self.shared.strategies, office.clock, said.is_batched)
        return SiteRemote(
            name,
            clients.platform,
            office.kinds,
            office.clock,
            Neighbours(clients.fault, clients.vim, clients.usm, centre),
            keep=self.shared.keep,
            services={**clients.beside, Service.STRATEGY: orders},
            boards=self.shared.boards(name) if self.shared.boards else None,
            subcloud=self._subcloud(name, said),
            centre=CentreSide(centre, said.is_central, self.shared.away),
        )

    def _subcloud(self, name: str, said: Said) -> SubcloudSide:
        """As the central cloud has it."""
        office, centre = self.shared.office, self.shared.centre
        patience = Patience(office.pace.seen_limit_s, office.pace.first_poll_s, office.pace.install_s)
        anew = Redeploying(name, centre, office.clock, self.shared.memory.redeployments, patience)
        before = self.shared.strategies.group_before if self.shared.strategies else in_no_batch
        ends = Aborting(name, centre, self.shared.memory.aborts)
        return SubcloudSide(
            name,
            centre,
            office.clock,
            said.policy,
            redeploying=anew,
            aborting=ends,
            before=before,
            takes=said.takes,
        )
