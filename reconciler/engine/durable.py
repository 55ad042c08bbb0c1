"""Plans on their way as DBOS workflows: one a site at a time, going on after the death of any process.

A workflow is a small interpreter over a plan that is data: a new program sends an old plan as it was reviewed. Every
deed is look, act if still needed, look again, because the one that was in flight when the process died is done again.
Imported only where it is used: DBOS takes a second to load.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID, WorkflowStatus

from reconciler.engine.fleet import Fleet
from reconciler.engine.membership import Alone, Membership, working
from reconciler.engine.office import Office, Visit
from reconciler.engine.order_wire import order_json, order_of
from reconciler.engine.run import Run, patiently
from reconciler.engine.sending import Order, written
from reconciler.engine.workflows import QUEUE, Place, config_of, database_of
from reconciler.model.errors import Lost
from reconciler.model.history import ended
from reconciler.model.outcome import Outcome
from reconciler.model.words import Result
from reconciler.store.database import unlink

WAITING = ["ENQUEUED", "PENDING"]
OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
Ended = Callable[[Order, Outcome, str], None]


class Durable:
    """The workflows of this process. One at a time: DBOS has one instance in a process.

    ended: told once each plan has ended, with the workflow's id; after a death it may be told twice.
    """

    def __init__(self, fleet: Fleet, place: Place, ended: Ended, members: Membership | None = None) -> None:
        self.fleet, self._place, self._tell = fleet, place, ended
        self.members = members or Alone()
        self._engine = database_of(place.url)
        self._over: set[str] = set()  # told as ended, and perhaps not kept as such yet
        self._on_their_way: set[asyncio.Task[Any]] = set()
        self.is_ending = False

    def ended(self, order: Order, outcome: Outcome, identity: str) -> None:
        self._over.add(identity)
        self._tell(order, outcome, identity)

    async def __aenter__(self) -> Self:
        """Workflows that an earlier process of this replica left go on from here."""
        _at_work.append(self)
        DBOS(config=config_of(self._place, self._engine))
        DBOS.launch()
        for queue, (worker, fleet) in self._place.limits.rooms.items():
            await DBOS.register_queue_async(
                queue,
                partition_concurrency=1,
                worker_concurrency=worker,
                global_concurrency=fleet,
                polling_interval_sec=self._place.limits.polling_s,
            )
        return self

    async def __aexit__(self, *_: object) -> None:
        """What is on its way stays so: the next process of this replica, or another one, goes on with it."""
        self.is_ending = True
        await asyncio.to_thread(DBOS.destroy)
        for task in self._on_their_way:  # now that DBOS cannot take that for an end of theirs
            task.cancel()
        await asyncio.gather(*self._on_their_way, return_exceptions=True)
        unlink(self._engine)  # DBOS leaves an engine that it was given to who made it
        _at_work.remove(self)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """For as long as a workflow does something here: this process does not end before it has let go."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a workflow is a task")
        self._on_their_way.add(task)
        try:
            yield
        finally:
            self._on_their_way.discard(task)

    async def goes_on(self, site: str) -> None:
        """Does not return in a process that ends, or that may have lost the site: what comes next is another's to do.

        A process that was stopped for long wakes up in the midst of a deed, to calls that timed out and to steps that
        are not its own any more: none of that is an end of anything.
        """
        await self.members.may_write(site)
        if self.is_ending:
            await asyncio.Event().wait()

    async def send(self, order: Order, visit: Visit, office: Office) -> Outcome:  # noqa: ARG002
        """The plan is on its way when this returns; nothing of it may have been sent yet."""
        await self.goes_on(order.site)
        content = order_json(order)
        queue = self._place.limits.queue(visit.remote.took_s, order.plan.waits_s)
        with SetWorkflowID(order.sending()), SetEnqueueOptions(queue_partition_key=order.site):
            await DBOS.enqueue_workflow_async(queue, apply, content)
        return order.ended(Outcome(order.plan.id, Result.BEGUN))

    async def prune(self, older_than: float) -> None:
        """Forget workflows that ended before this time; what was sent stays in the history."""
        before = datetime.fromtimestamp(older_than, UTC).isoformat()
        gone = await DBOS.list_workflows_async(
            status=OVER, completed_before=before, load_input=False, load_output=False
        )
        if gone:
            await DBOS.delete_workflows_async([one.workflow_id for one in gone])

    async def under_way(self) -> frozenset[str]:
        """The sites whose plan has not ended, whichever replica sends it."""
        found = {one.workflow_id for one in await _listed(status=WAITING)}
        self._over &= found
        return frozenset(map(_site, found - self._over))

    async def sends_to(self, site: str) -> bool:
        """Whether any replica has a plan of this site on its way, also one that began a moment ago."""
        found = {one.workflow_id for one in await _listed(status=WAITING, workflow_id_prefix=f"{site}/")}
        return site in map(_site, found - self._over)  # a prefix is a pattern, in which _ stands for anything

    async def take_over(self, gone: str) -> tuple[str, ...]:
        """What a replica was sending that is gone goes on with whoever is free; the sites.

        Only while we hold the site: then the session of who was sending to it has ended, and it sends nothing more.
        """
        taken = []
        for one in await _listed(status="PENDING", executor_id=gone):
            site = _site(one.workflow_id)
            if (lease := self.members.take(site)) is None:
                continue
            try:
                if await _listed(status="PENDING", executor_id=gone, workflow_ids=[one.workflow_id]):
                    await DBOS.resume_workflows_async([one.workflow_id], queue_name=one.queue_name or QUEUE)
                    taken.append(site)
            finally:
                self.members.give_back(lease)
        return tuple(taken)


_at_work: list[Durable] = []


async def _listed(**wanted: Any) -> list[WorkflowStatus]:
    return await DBOS.list_workflows_async(name="apply", load_input=False, load_output=False, **wanted)


def _site(workflow_id: str) -> str:
    return workflow_id.partition("/")[0]


@DBOS.workflow(name="apply")
async def apply(content: dict[str, Any]) -> dict[str, Any]:
    """One order, to its end. Nothing here but what is kept decides what comes next."""
    durable = _at_work[-1]
    order = order_of(content, durable.fleet.office.kinds)
    goes_on = partial(durable.goes_on, order.site)
    record = durable.fleet.memory.recorder(order.site, order.plan.id, str(DBOS.workflow_id))
    async with durable.at_work(), working(durable.members, order.site) as lease:
        try:
            told = await Run(durable.fleet, durable.members, goes_on, order, record, lease).outcome()
        except Exception as fault:  # noqa: BLE001 - ours, and DBOS's word that what was kept fits no more: planned afresh
            await goes_on()
            told = order.ended(Outcome(order.plan.id, Result.FAILED, message=_ours(order.site, fault)))
        await goes_on()
        try:
            await patiently(partial(_tell, durable, order, told), order.site, durable.fleet.office)
        except Lost:
            await goes_on()  # or DBOS would keep that as its end
            raise
    return {"result": told.result, "message": told.message}


async def _tell(durable: Durable, order: Order, told: Outcome) -> None:
    """How it ended, to all who keep it. May be told again."""
    memory, name, now = durable.fleet.memory, str(DBOS.workflow_id), durable.fleet.office.clock.now()
    memory.recorder(order.site, order.plan.id, name)(ended(told, now))
    memory.redeployments.ended(order.site)
    memory.aborts.forget(order.site)
    memory.wrote(order.site, name, written(order.plan, told), now)
    durable.ended(order, told, name)


def _ours(site: str, fault: Exception) -> str:
    return f"{site}: this is a fault of stx-reconciler, not of the site: {fault}; please report it"
