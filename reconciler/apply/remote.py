"""What applying needs from outside: a site to look at and send to, a journal, a clock, a pace."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from reconciler.model.condition import HostCondition
from reconciler.model.history import Happening
from reconciler.model.kind import Kinds
from reconciler.model.plan import Method
from reconciler.model.resource import ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.stored import Stored
from reconciler.model.words import Service


class Remote(Protocol):
    """One site. Every method raises model.errors.ReconcilerError and nothing else."""

    async def look(self, kinds: Collection[str], host: str = "") -> Snapshot:
        """The site with the lists of these kinds read again; lists per host for this host, or all where it is "".

        Of no kinds: its hosts' states; nothing else counts.
        """
        ...

    async def get(self, path: str, service: Service = Service.PLATFORM) -> Any:
        """One object of one of its services."""
        ...

    async def send(self, method: Method, path: str, body: Any, service: Service = Service.PLATFORM) -> Any:
        """One write, never repeated here: a missing answer is Unreachable with `sent`."""
        ...


class Journal(Protocol):
    """What must outlive the process. Written before the deed."""

    def window_opens(self, host: str, plan_id: str, until: float | None = None) -> None:
        """We are about to lock this host. until: when it is to be back; None where Git says that it stays locked."""
        ...

    def window_closed(self, host: str) -> None:
        """The host is unlocked again, or was never locked by us."""
        ...

    def stands(self, condition: HostCondition) -> None:
        """A host is not in the state that was asked of it."""
        ...

    def over(self, host: str) -> None:
        """It is now, or is asked for something else."""
        ...

    def stores(self, note: Stored) -> None:
        """We are about to send what the API stores first; or it is known now that nobody applied it."""
        ...

    def stored(self, kinds: Kinds) -> tuple[Stored, ...]:
        """What is not known to be applied."""
        ...

    def applied(self, key: ResourceKey) -> None:
        """It is applied, or another value has come since."""
        ...


class Clock(Protocol):
    """Time, injected."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others work for so long."""
        ...


class Recorder(Protocol):
    """Keeps what happens. Never raises, never in the way."""

    def __call__(self, happening: Happening) -> None: ...


def unrecorded(happening: Happening) -> None:
    """Nobody keeps it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to look and how long to wait, in seconds. Limits are generous: a slow site is not a failed one."""

    first_poll_s: float = 1.0
    last_poll_s: float = 15.0
    lock_limit_s: float = 1800.0
    unlock_limit_s: float = 5400.0
    swact_limit_s: float = 1800.0
    busy_limit_s: float = 900.0  # pending runtime configuration alone may take 120 s (host_unlock_blocking_period)
    config_limit_s: float = 600.0  # from in service to the agent's report of what it applied
    well_limit_s: float = 1800.0  # from in service to available: replication gets into step
    seen_limit_s: float = 120.0  # from an accepted call to its effect in a list
    begun_limit_s: float = 600.0  # from an accepted call to the beginning of what it asks for: others may be before it
    install_s: float = 600.0  # no machine is installed and bootstrapped in less

    def polls(self) -> Callable[[], float]:
        """A growing interval: quick at first, then patient."""
        state = [self.first_poll_s / 1.5]

        def following() -> float:
            state[0] = min(state[0] * 1.5, self.last_poll_s)
            return state[0]

        return following
