"""The one strategy of the central cloud: made, applied, aborted, deleted. What is another's is never touched here.

starlingx/distcloud dcmanager/api/controllers/v1/sw_update_strategy.py. It has no owner: whoever made one knows it by its
`created_at`, and asks with that before each further step.
"""

from __future__ import annotations

from typing import Any

from reconciler.clients.dcmanager import forms, rows
from reconciler.clients.dcmanager.service import Dcmanager
from reconciler.model.central import CentralStrategy
from reconciler.model.errors import Conflict
from reconciler.model.strategy_orders import StrategyOrder, StrategyState

STRATEGY = "/v1.0/sw-update-strategy"


class Strategies:
    """At most one at a time, of any type, also after its end (recorded)."""

    def __init__(self, dcmanager: Dcmanager) -> None:
        self._dcmanager = dcmanager

    async def current(self) -> CentralStrategy | None:
        """The strategy that is there, ended or not, with the state of each subcloud's step; None where there is none."""
        found = await self._dcmanager.one(STRATEGY)
        if found is None:
            return None
        steps = await self._dcmanager.rows(f"{STRATEGY}/steps", "strategy-steps")
        return self._read(found, steps)

    async def create(self, order: StrategyOrder) -> CentralStrategy:
        """Raises Refused (422) where one is there, where nothing is to do, and where a site's state is not known.

        A lost answer is Unreachable with `sent`: that what is there then is ours is for the caller to say.
        """
        made = await self._dcmanager.send("POST", STRATEGY, forms.strategy(order))
        return self._read(made, ())

    async def apply(self, ours: CentralStrategy) -> CentralStrategy:
        """Begin; one that was begun before is shown as it is by now. Raises Conflict where it is another's."""
        return await self._act(ours, "apply", {StrategyState.INITIAL, StrategyState.DELETING})

    async def abort(self, ours: CentralStrategy) -> CentralStrategy:
        """Steps that run go on to their end, and it may end complete (recorded). Raises Conflict."""
        return await self._act(ours, "abort", {StrategyState.INITIAL, StrategyState.APPLYING})

    async def delete(self, ours: CentralStrategy) -> None:
        """Make room for another; it is there, `deleting`, until its steps are undone. Raises Conflict."""
        await self._present(ours)

        async def gone() -> bool | None:
            now = await self.current()
            is_gone = now is None or now.created_at != ours.created_at or now.state == StrategyState.DELETING
            return True if is_gone else None

        await self._dcmanager.settled(self._dcmanager.send("DELETE", STRATEGY), gone)

    async def _act(self, ours: CentralStrategy, action: str, not_yet: set[StrategyState]) -> CentralStrategy:
        """not_yet: states in which the action has not been taken."""
        await self._present(ours)

        async def look() -> CentralStrategy | None:
            now = await self._present(ours)
            return None if now.state in not_yet else now

        work = self._dcmanager.send("POST", f"{STRATEGY}/actions", {"action": action})
        return await self._dcmanager.settled(work, look) or await self._present(ours)

    async def _present(self, ours: CentralStrategy) -> CentralStrategy:
        now = await self.current()
        if now is None or now.created_at != ours.created_at:
            there = f"a {now.type} strategy of somebody else's" if now else "none"
            raise Conflict(f"dcmanager: the {ours.type} strategy that was made is gone; there is {there}")
        return now

    def _read(self, row: Any, steps: Any) -> CentralStrategy:
        return self._dcmanager.read(lambda each: rows.strategy(each, steps), [row], STRATEGY)[0]
