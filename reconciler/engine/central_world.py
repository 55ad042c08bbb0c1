"""What the central cloud's reading stands on: the client of its dcmanager, time, and the other replicas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from reconciler.clients import Endpoint
from reconciler.engine.batch_world import Dcmanager as Batching
from reconciler.model.central import AlarmCounts, CentralStrategy, Reading, Subcloud, SubcloudDetail, SubcloudGroup
from reconciler.model.rows import Row
from reconciler.model.subcloud_orders import Backup


class Dcmanager(Batching, Protocol):
    """What is read of the central cloud, and sent to it; clients.dcmanager is it."""

    async def subclouds(self) -> tuple[Subcloud, ...]: ...

    async def strategy(self) -> CentralStrategy | None: ...

    async def alarm_counts(self) -> Mapping[str, AlarmCounts]: ...

    async def detail(self, name: str) -> SubcloudDetail | None: ...

    async def subcloud(self, name: str) -> Subcloud | None: ...

    async def send(self, method: str, path: str, body: Any) -> None: ...

    async def groups(self) -> tuple[SubcloudGroup, ...]: ...

    async def listed(self, path: str) -> tuple[Row, ...]: ...

    async def shown(self, path: str) -> Row: ...

    async def back_up(self, name: str, said: Backup) -> None: ...


class Clock(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class Shared(Protocol):
    """Where replicas find each other's readings; `store.central` is it. May be used from any thread.

    place: of the central cloud that was read; nothing of another one is taken for it.
    """

    def newest(self, place: str) -> Reading | None: ...

    def put(self, place: str, reading: Reading) -> None: ...


@dataclass(frozen=True, slots=True)
class Sharing:
    """One central cloud among replicas. leads: whether this one asks it on its interval; the others take what it found.

    adding: for as long as it lasts no other of them has anything added there: dcmanager checks a new subcloud against the
      others without a lock (distcloud dcmanager/api/controllers/v1/subclouds.py, where the lock is not that of the handler
      that pecan registers).
    """

    shared: Shared
    leads: Callable[[], bool]
    adding: Callable[[], AbstractAsyncContextManager[None]] = nullcontext


Opens = Callable[[Endpoint], AbstractAsyncContextManager[Dcmanager]]
