"""Orders of sites become strategies of dcmanager, one after another, by the leader alone.

dcmanager has one strategy at a time, of whatever type and for whomever, and one that has ended stands in the way of all
others (starlingx/distcloud dcmanager/orchestrator/orchestrator_manager.py). So orders that want the same go together; the
strategy is applied, watched to its end and deleted; somebody else's is waited for and never touched. Nothing is kept in
memory: each turn looks at what is written down and at what is there, and whoever leads next goes on with that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from reconciler.engine.batch_world import Dcmanager, World
from reconciler.engine.scratch_group import ScratchGroup
from reconciler.model.batch import WAITS, Batch, BatchSight, OrderEnd, SiteOrder, gathered
from reconciler.model.central import SCRATCH_GROUP, CentralStrategy, Subcloud
from reconciler.model.errors import Held, Lost, ReconcilerError, Refused
from reconciler.model.strategy_orders import DELETABLE, MOST_AT_ONCE, StrategyOrder, StrategyState, StrategyType
from reconciler.store import fenced

ROUND_S = 10.0  # dcmanager itself looks at its steps every 10 to 30 s
LONGEST_S = 120.0
LAPSES_S = 300.0  # gates that were open then may be closed by now
UNKNOWN = "unknown"
ENDPOINTS: Mapping[StrategyType, str] = {
    StrategyType.SOFTWARE: "software",
    StrategyType.KUBERNETES: "kubernetes",
    StrategyType.ROOT_CA: "kube-rootca",
    StrategyType.FIRMWARE: "firmware",
}
"""By what of a subcloud's sync dcmanager says whom a strategy is for (dcmanager/orchestrator/validators)."""
NOTHING_TO_DO = ("has no steps to apply", "does not require")
TAKEN = "already exists"
UNSURE = "sync status is unknown"
LATE = "its turn in dcmanager's one strategy has not come"


@dataclass(slots=True)
class Batches:
    """The job. Belongs to one event loop."""

    world: World
    _told: frozenset[str] = frozenset()
    _tells: set[str] = field(default_factory=set)
    _numbers: count[int] = field(default_factory=count)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if lease := self.world.lead():
                with fenced(lease):
                    await self.turn()
            else:
                self.world.show(BatchSight())
            await self.world.clock.sleep(min(ROUND_S, max(self.world.gather_s, 1.0)))

    async def turn(self) -> None:
        """One look at everything, and what follows from it. Asks nobody where nobody wants anything."""
        orders = self.world.orders
        if orders.batch() or orders.open() or orders.moves() or self.world.centre.is_awaited:
            try:
                await self._go_on()
            except Lost:
                raise
            except ReconcilerError as error:
                self._tell_all(str(error))
            self._let_lapse()
        self._told, self._tells = frozenset(self._tells), set()
        self.world.show(self.sight())

    def sight(self) -> BatchSight:
        """What goes on now, by what is written down."""
        batch, found = self.world.orders.batch(), self.world.orders.open()
        waits = [one.asked_at for one in found if one.waits]
        kind = batch.wish.type.value if batch else ""
        return BatchSight(kind, len(waits), len(found) - len(waits), min(waits, default=None))

    async def _go_on(self) -> None:
        dcmanager = await self.world.centre.dcmanager()
        batch = self.world.orders.batch()
        await self._put_back(dcmanager, batch)
        there = await dcmanager.of_strategies.current()
        if batch is None:
            batch = self._next(there)
        if batch is None:
            if there is None:
                self.world.centre.has_no_strategy()
            return
        if not batch.created_at and there and self._is_ours(batch, there):
            self.world.orders.created(batch, there.created_at)  # its answer was lost
        elif not batch.created_at and there:
            await self._dissolve(dcmanager, batch, _told_of(there))
            return
        elif not batch.created_at:
            there = await self._made(dcmanager, batch)
        if (now := self.world.orders.batch()) and now.created_at:
            await self._watch(dcmanager, now, there)

    # ---- a new one

    def _next(self, there: CentralStrategy | None) -> Batch | None:
        """The orders whose turn it is, together; none where the place is taken, or more of them are expected."""
        world = self.world
        waiting = [one for one in world.orders.open() if one.waits]
        if there:  # somebody else's: that is a closed gate, and nobody's worker waits behind it
            for one in waiting:
                self._end(one, OrderEnd.LAPSED, _told_of(there))
            return None
        alike = gathered(waiting, world.clock.now(), world.gather_s, max(LONGEST_S, world.gather_s))[:MOST_AT_ONCE]
        if not alike:
            return None
        now = world.clock.now()
        batch = Batch(f"{now:.3f}/{next(self._numbers)}", alike[0].wish, now)
        world.orders.begin(batch, tuple(one.site for one in alike))
        for one in alike:
            world.tell(one.site, f"a {batch.wish.type} strategy of dcmanager's is made, {len(alike)} sites together")
        return batch

    def _is_ours(self, batch: Batch, there: CentralStrategy) -> bool:
        """Whether it was made by an order of this batch whose answer nobody has: nobody else makes just this."""
        sites = {one.site for one in self._members(batch)}
        return batch.wish.is_of(there) and bool(there.steps) and there.steps.keys() <= sites

    async def _made(self, dcmanager: Dcmanager, batch: Batch) -> CentralStrategy | None:
        """Its strategy; None where there is none, and why is told to the orders."""
        try:
            order = await self._order(dcmanager, batch, await self._left(dcmanager, batch))
            if order is None:
                await self._dissolve(dcmanager, batch, "")
                return None
            made = await dcmanager.of_strategies.create(order)
        except Held as held:
            await self._dissolve(dcmanager, batch, str(held))
            return None
        except Refused as refused:
            await self._refused(dcmanager, batch, refused)
            return None
        self.world.orders.created(batch, made.created_at)
        return await dcmanager.of_strategies.current()

    async def _left(self, dcmanager: Dcmanager, batch: Batch) -> Mapping[str, Subcloud]:
        """The subclouds as they are, once those that do not go after all are out of the batch, and where they stood before."""
        await self.world.centre.read()
        rows = dict(self.world.centre.last.subclouds) if self.world.centre.last else {}
        self._leave_out(batch, rows)
        moved = self.world.orders.moves()
        await self._put_back(dcmanager, batch)
        for site in (moved.keys() - self.world.orders.moves().keys()) & rows.keys():
            rows[site] = replace(rows[site], group_id=moved[site].group_before)
        return rows

    def _leave_out(self, batch: Batch, rows: Mapping[str, Subcloud]) -> None:
        """One site of which dcmanager knows nothing keeps all others from a strategy: such sites are asked again later."""
        endpoint, now = ENDPOINTS.get(batch.wish.type, ""), self.world.clock.now()
        for one in self._members(batch):
            row = rows.get(one.site)
            if why := self.world.stopped(one.site):
                self._end(one, OrderEnd.LAPSED, why)
            elif now - one.asked_at >= LAPSES_S:  # the central cloud was dark meanwhile
                self._end(one, OrderEnd.LAPSED, one.told or LATE)
            elif row is None or not (row.is_managed and row.is_online):
                self._end(one, OrderEnd.LAPSED, "dcmanager has it as not managed, or not online")
            elif row.sync.get(endpoint, UNKNOWN) == UNKNOWN:
                self._end(one, OrderEnd.LAPSED, f"dcmanager does not know yet whether its {endpoint} is in sync")

    async def _order(self, dcmanager: Dcmanager, batch: Batch, rows: Mapping[str, Subcloud]) -> StrategyOrder | None:
        """For one site by its name; for several by our group, in which they stand then. None for nobody."""
        wish, members = batch.wish, self._members(batch)
        sites = tuple(one.site for one in members)
        if len(sites) == 1 and sites[0] not in self.world.orders.moves():
            return StrategyOrder(wish.type, subcloud=sites[0], options=wish.options)
        stayed = await self._group(dcmanager).take(sites, rows, batch.id) if sites else {}
        for one in members:
            if one.site in stayed:
                self._end(one, OrderEnd.REFUSED, stayed[one.site])
        return StrategyOrder(wish.type, group=SCRATCH_GROUP, options=wish.options) if len(stayed) < len(sites) else None

    async def _refused(self, dcmanager: Dcmanager, batch: Batch, refused: Refused) -> None:
        """What dcmanager says no to is told to those who asked; nothing was touched.

        Raises it where one may have been made all the same: of a server that failed nobody knows, and the one that is there
        may be that which was asked for before. Whose it is the next turn sees.
        """
        if TAKEN in refused.fault or refused.is_unsure:
            raise refused
        if UNSURE in refused.fault:
            await self._dissolve(dcmanager, batch, refused.fault)
            return
        is_done = any(words in refused.fault for words in NOTHING_TO_DO)
        for one in self._members(batch):
            self._end(one, OrderEnd.NEEDLESS if is_done else OrderEnd.REFUSED, refused.fault)
        await self._dissolve(dcmanager, batch, "")

    # ---- one that is there

    async def _watch(self, dcmanager: Dcmanager, batch: Batch, there: CentralStrategy | None) -> None:
        """Applied, noted, deleted once it has ended. One that is gone was deleted, by us or by somebody else."""
        if there is None or there.created_at != batch.created_at:
            await self._close(dcmanager, batch)
            return
        self._note(batch, there)
        if there.state == StrategyState.INITIAL:
            there = await dcmanager.of_strategies.apply(there)
            self._note(batch, there)
        elif there.state in DELETABLE:
            await dcmanager.of_strategies.delete(there)
            if await dcmanager.of_strategies.current() is None:
                await self._close(dcmanager, batch)

    def _note(self, batch: Batch, there: CentralStrategy) -> None:
        """How far each site is, in dcmanager's words."""
        for one in self._members(batch):
            state, told = there.steps.get(one.site, ""), there.details.get(one.site, "")
            if not state:
                self._end(one, OrderEnd.NEEDLESS, "dcmanager has nothing to do for it")
            elif (one.state, one.told) != (state, told):
                self.world.orders.note(one.site, state, told)
                at = f"dcmanager's {there.type} strategy is {there.state}, here at: {state}"
                self.world.tell(one.site, f"{at} ({told})" if told else at)

    async def _close(self, dcmanager: Dcmanager, batch: Batch) -> None:
        """The strategy is gone: everybody is put back, and hears of it."""
        self.world.centre.has_no_strategy()
        for one in self._members(batch):
            self._end(one, OrderEnd.NEEDLESS, "dcmanager's strategy was deleted by somebody else before its end")
        await self._dissolve(dcmanager, batch, "")

    async def _dissolve(self, dcmanager: Dcmanager, batch: Batch, told: str) -> None:
        """Everybody stands where he stood; orders that are not over wait again."""
        await self._put_back(dcmanager, None)
        self.world.orders.end(batch, told)

    # ---- what all of them need

    async def _put_back(self, dcmanager: Dcmanager, live: Batch | None) -> None:
        """Whoever stands in our group for a batch that is no more; of one that is not made yet, whoever is out of it."""
        stay = {one.site for one in self._members(live)} if live and not live.created_at else set()
        is_over = live is None or not live.created_at
        moves = self.world.orders.moves().values()
        left = [move for move in moves if move.site not in stay and (is_over or (live and move.batch != live.id))]
        for told in await self._group(dcmanager).give_back(left):
            self._say(told)

    def _group(self, dcmanager: Dcmanager) -> ScratchGroup:
        return ScratchGroup(dcmanager.of_groups, dcmanager.of_subclouds, self.world.orders)

    def _members(self, batch: Batch) -> tuple[SiteOrder, ...]:
        """The orders of it that are not over."""
        return tuple(one for one in self.world.orders.open() if one.batch == batch.id)

    def _end(self, one: SiteOrder, end: OrderEnd, told: str) -> None:
        self.world.orders.note(one.site, end, told)

    def _tell_all(self, told: str) -> None:
        """Those that no batch has yet, why they wait; and, once, whoever reads the log."""
        waiting = [one for one in self.world.orders.open() if one.state == WAITS]
        for one in waiting:
            if one.told != told:
                self.world.orders.note(one.site, WAITS, told)
                self.world.tell(one.site, told)
        self._say(told)

    def _let_lapse(self) -> None:
        """Who waited for long asks its gates again: the hold says what it waits for, and nobody's worker does."""
        now = self.world.clock.now()
        for one in self.world.orders.open():
            if one.waits and now - one.asked_at >= LAPSES_S:
                self._end(one, OrderEnd.LAPSED, one.told or LATE)

    def _say(self, told: str) -> None:
        """Once, and again where it was over meanwhile."""
        if told and told not in self._told | self._tells:
            self.world.say(told)
        self._tells.add(told)


def _told_of(there: CentralStrategy) -> str:
    deleted = ", and not deleted" if there.state in DELETABLE else ""
    return f"waits for the {there.type} strategy of somebody else, which is {there.state}{deleted}"
