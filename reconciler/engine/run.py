"""One order on its way, deed by deed: each is done once, by whichever process is there, and its end is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from dbos import DBOS
from sqlalchemy.exc import InterfaceError, OperationalError

from reconciler.apply import Keeps, Permits, Recorder, send
from reconciler.engine.fleet import Fleet
from reconciler.engine.gating import judged_again
from reconciler.engine.membership import Membership
from reconciler.engine.office import Office, Visit, learned, work
from reconciler.engine.order_wire import end_json, result_of
from reconciler.engine.sending import Order, rendering
from reconciler.model.errors import ConfigError, ConfigErrors, Conflict, Held, ReconcilerError
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Opening, Stage
from reconciler.model.replica import Lease
from reconciler.model.site import Settings
from reconciler.model.snapshot import Snapshot
from reconciler.model.typed import packed, unpacked
from reconciler.model.words import Result

CATCH_UP = 30  # seconds
AWAY_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # longer than a standby takes to be the primary; a session is over before
T = TypeVar("T")


@dataclass
class Run:
    """One order: what its deeds brought is kept beside each of them.

    goes_on: returns where what comes next is this process's to do.
    """

    fleet: Fleet
    members: Membership
    goes_on: Callable[[], Awaitable[None]]
    order: Order
    record: Recorder
    lease: Lease

    async def outcome(self) -> Outcome:
        """Never raises for what Git or the site does."""
        order, office = self.order, self.fleet.office
        try:
            visit, permits = await self._visit()
        except ReconcilerError as error:  # its endpoint is gone: nobody knows the way to the site
            return order.ended(Outcome(order.plan.id, Result.HELD, message=str(error)))
        carried = work(visit, office, order.desired, visit.windows, permits)
        carried.record = self.record
        carried.kept = partial(self._kept, carried.made, DBOS.run_step_async)
        carried.lanes = partial(self._lanes, carried.made)
        try:
            with office.timed("apply"):
                return order.ended(await send(order.plan, carried, is_asked=not self._is_owed))
        finally:
            learned(carried, visit, office)
            visit.remote.forget()

    @property
    def _is_owed(self) -> bool:
        """It begins with a window that is open already: the host comes back first, whatever anybody says."""
        return self.order.plan.stages[0].opening is Opening.ADOPT

    async def _visit(self) -> tuple[Visit, Permits]:
        """The site, and whether more of it may be taken out of service. What is begun is ended without Git as well."""
        fleet, site = self.fleet, self.order.site
        await self._caught_up()
        try:
            visit = await fleet.visit(site)
        except (ConfigErrors, KeyError):
            windows = fleet.memory.windows(site)
            journal = fleet.memory.journal(site)
            return Visit(
                site, Settings(), self.order.desired, await fleet.line(site), journal, windows=windows
            ), _nothing
        return visit, self._still_wanted(judged_again(visit, fleet.office))

    async def _caught_up(self) -> None:
        """Who planned it may have read a newer commit than this process, which has read it a moment later."""
        turns = self.fleet.office.turns
        for _ in range(CATCH_UP):
            if turns.of(self.order.site).is_counted:
                return
            await asyncio.sleep(1.0)

    def _still_wanted(self, judge: Permits) -> Permits:
        async def permits(left: tuple[Stage, ...], seen: Snapshot) -> None:
            if not self.members.is_held(self.lease):
                raise Held(f"{self.order.site}: another replica has taken it over")
            now = _rendering(self.fleet.office, self.order.site)
            if now and now != self.order.rendering:
                raise Conflict(f"{self.order.site}: superseded by a newer commit; planned afresh")
            await judge(left, seen)

        return permits

    def _lanes(self, made: Any, deeds: Sequence[int]) -> list[Keeps]:
        """Steps have numbers, and a replay gives them anew: those of each lane are drawn before any of them goes on.

        What a lane does not use is left out; DBOS takes a number without a step for nothing.
        """
        drawn = [iter([DBOS.reserve_step() for _ in range(number)]) for number in deeds]
        return [partial(self._drawn, made, numbers) for numbers in drawn]

    async def _drawn(self, made: Any, numbers: Iterator[Any], name: str, deed: Callable[[], Awaitable[T]]) -> T:
        return await self._kept(made, next(numbers).run_async, name, deed)

    async def _kept(self, made: Any, run: Any, name: str, deed: Callable[[], Awaitable[T]]) -> T:
        """The end of a deed, now or as it was kept, with the ids that it brought. Windows are the store's to know."""

        async def done() -> dict[str, Any]:
            end = await end_json(partial(patiently, deed, self.order.site, self.fleet.office))
            await self.goes_on()  # or what came of a stop would be kept as its end
            return {**end, "made": packed(made)}

        await self.goes_on()
        end = await run({"name": name}, done)
        made.update(unpacked(end["made"], self.fleet.office.kinds))
        return result_of(end, self.fleet.office.kinds)  # type: ignore[no-any-return]


async def patiently(deed: Callable[[], Awaitable[T]], site: str, office: Office) -> T:
    """A deed that may be done again, and is, where our own database was away for a while: that is no word of the site."""
    for pause_s in AWAY_S:
        try:
            return await deed()
        except (OperationalError, InterfaceError) as away:
            office.say(site, f"the database does not answer, and is asked again soon: {away.orig}")
        await office.clock.sleep(pause_s)
    return await deed()


async def _nothing(left: tuple[Stage, ...], seen: Snapshot) -> None:  # noqa: ARG001
    raise Held(f"{seen.site}: Git cannot be read any more: no host is locked")


def _rendering(office: Office, site: str) -> str:
    """What Git says now; "" where it cannot be read: what was approved goes on."""
    try:
        return rendering(office.repository.desired(site))
    except (ConfigError, ConfigErrors, KeyError):
        return ""
