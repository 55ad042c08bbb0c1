"""What is old is forgotten while the controller runs, too: some run for years."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from reconciler.apply import Clock
from reconciler.model.errors import ConfigError
from reconciler.store import Before, Store

DAY_S = 86_400.0
EVERY_S = DAY_S / 4
WORKFLOWS_S = DAY_S  # what a workflow did is in the history, in a third of its room; ended, it is of no further use


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days: what was done (histories, outcomes, drift and rollouts that ended), and what people said.

    Raises ConfigError where words would be forgotten before the deeds that they explain.
    """

    history_days: int = 90
    audit_days: int = 400

    def __post_init__(self) -> None:
        if self.history_days < 1 or self.audit_days < self.history_days:
            raise ConfigError(
                f"history is kept for {self.history_days} days and the audit for {self.audit_days}: keep at least one "
                "day of history, and the audit as long as that or longer"
            )

    def before(self, now: float) -> Before:
        """The moments that part what is kept from what is not."""
        return Before(now - self.history_days * DAY_S, now - self.audit_days * DAY_S)


@dataclass(frozen=True, slots=True)
class Tidying:
    """workflows: forgets those that ended before a moment. say: is told what could not be done; it is tried again."""

    store: Store
    workflows: Callable[[float], Awaitable[None]]
    keep: Keep
    clock: Clock
    say: Callable[[str], None]

    async def run(self) -> None:
        """Four times a day, the first time after a quarter of one."""
        while True:
            await self.clock.sleep(EVERY_S)
            await self.once()

    async def once(self) -> None:
        now = self.clock.now()
        try:
            self.store.prune(self.keep.before(now))
            await self.workflows(now - WORKFLOWS_S)
        except SQLAlchemyError as error:
            self.say(f"what is old was not forgotten, and is tried again in {EVERY_S / 3600:g} hours: {error}")
