"""What the job of dcmanager's strategies stands on: the central cloud, what is written down, time, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from reconciler.engine.scratch_group import Groups, Moves, Subclouds
from reconciler.model.batch import Batch, BatchSight, SiteOrder
from reconciler.model.central import CentralStrategy, Reading
from reconciler.model.replica import Lease
from reconciler.model.strategy_orders import StrategyOrder

GATHER_S = 20.0


class Strategies(Protocol):
    async def current(self) -> CentralStrategy | None: ...

    async def create(self, order: StrategyOrder) -> CentralStrategy: ...

    async def apply(self, ours: CentralStrategy) -> CentralStrategy: ...

    async def delete(self, ours: CentralStrategy) -> None: ...


class Dcmanager(Protocol):
    """`clients.dcmanager`."""

    @property
    def of_strategies(self) -> Strategies: ...

    @property
    def of_groups(self) -> Groups: ...

    @property
    def of_subclouds(self) -> Subclouds: ...


class Centre(Protocol):
    """`engine.central`. last: its reading."""

    last: Reading | None

    async def dcmanager(self) -> Dcmanager: ...

    @property
    def is_awaited(self) -> bool: ...

    async def read(self, no_older_than_s: float = 0.0) -> bool: ...

    def has_no_strategy(self) -> None: ...


class Orders(Moves, Protocol):
    """`store.strategies`."""

    def open(self) -> tuple[SiteOrder, ...]: ...

    def note(self, site: str, state: str, told: str = "") -> None: ...

    def batch(self) -> Batch | None: ...

    def begin(self, batch: Batch, sites: tuple[str, ...]) -> None: ...

    def created(self, batch: Batch, created_at: str) -> None: ...

    def end(self, batch: Batch, told: str = "") -> None: ...


class Clock(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class World:
    """What the job is made of. lead: the lease of who leads; None in a process that does not. show: what goes on.

    gather_s: how long an order waits for others that want the same. stopped: why nothing may be begun at a site any more;
    "" where nobody said so since it asked. tell: for a site's status, how far it is.
    """

    centre: Centre
    orders: Orders
    clock: Clock
    lead: Callable[[], Lease | None]
    say: Callable[[str], None]
    show: Callable[[BatchSight], None] = lambda _sight: None
    stopped: Callable[[str], str] = lambda _site: ""
    tell: Callable[[str, str], None] = lambda _site, _text: None
    gather_s: float = GATHER_S
