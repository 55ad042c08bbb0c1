"""Plans on their way as DBOS workflows: one a site at a time, going on after the death of any process.

A workflow is a small interpreter over a plan that is data: a new program sends an old plan as it was reviewed. Every
deed is look, act if still needed, look again, because the one that was in flight when the process died is done again.
Imported only where it is used: DBOS takes a second to load.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self, TypeVar

import orjson
from dbos import DBOS, DBOSConfig, Serializer, SetEnqueueOptions, SetWorkflowID, WorkflowStatus
from sqlalchemy import URL, Engine, event

from reconciler.apply import Keeps, Permits, Recorder, send
from reconciler.engine.fleet import Fleet
from reconciler.engine.gating import judged_again
from reconciler.engine.membership import Alone, Membership, working
from reconciler.engine.office import Office, Visit, learned, work
from reconciler.engine.sending import Order, rendering, written
from reconciler.model import errors
from reconciler.model.errors import ConfigError, ConfigErrors, Conflict, Held, ReconcilerError
from reconciler.model.history import ended
from reconciler.model.kind import Kinds
from reconciler.model.outcome import Outcome
from reconciler.model.plan import FORMAT, Opening, Stage
from reconciler.model.replica import Lease
from reconciler.model.site import Settings
from reconciler.model.snapshot import Snapshot
from reconciler.model.typed import packed, unpacked
from reconciler.model.words import Result
from reconciler.store.database import address, linked

QUEUE, SLOW_QUEUE = "apply", "apply-slow"
SLOW_S = 15.0  # a full read that takes longer: plans of such a site take long too, and have room of their own
SHARE = 4  # of the fleet's limit, those of slow sites have one in so many
NAME = "stxr"
CATCH_UP = 30  # seconds
WAITING = ["ENQUEUED", "PENDING"]
OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
VERSION = f"orders-{FORMAT}"  # of what a workflow is given and keeps; a program that reads it may be any later one
T = TypeVar("T")
Ended = Callable[[Order, Outcome, str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many plans are sent at a time: by this process, and by all that share the database (None: no limit).

    Plans of slow sites have a queue beside the others', half as wide, and take no place from them.
    """

    worker: int = 50
    fleet: int | None = None
    polling_s: float = 1.0

    @property
    def rooms(self) -> Mapping[str, tuple[int, int | None]]:
        """(of this process, of the fleet) for each queue. Where only one may be sent at a time, all stand in one queue."""
        half = max(1, self.worker // 2)
        if self.fleet is None:
            return {QUEUE: (self.worker, None), SLOW_QUEUE: (half, None)}
        slow = -(-self.fleet // SHARE) if self.fleet > 1 else 0
        one = {QUEUE: (min(self.worker, self.fleet - slow), self.fleet - slow)}
        return one | ({SLOW_QUEUE: (min(half, slow), slow)} if slow else {})


@dataclass(frozen=True, slots=True)
class Place:
    """Where workflows are kept, and who runs them. replica: a name that a restarted process has again."""

    url: str | URL
    replica: str = "stxr-0"
    limits: Limits = field(default_factory=Limits)


class Durable:
    """The workflows of this process. One at a time: DBOS has one instance in a process.

    ended: told once each plan has ended, with the workflow's id; after a death it may be told twice.
    """

    def __init__(self, fleet: Fleet, place: Place, ended: Ended, members: Membership | None = None) -> None:
        self.fleet, self._place, self._tell = fleet, place, ended
        self.members = members or Alone()
        self._engine = _engine(place.url)
        self._over: set[str] = set()  # told as ended, and perhaps not kept as such yet
        self._on_their_way: set[asyncio.Task[Any]] = set()
        self.is_ending = False

    def ended(self, order: Order, outcome: Outcome, identity: str) -> None:
        self._over.add(identity)
        self._tell(order, outcome, identity)

    @property
    def kinds(self) -> Kinds:
        return self.fleet.office.kinds

    async def __aenter__(self) -> Self:
        """Workflows that an earlier process of this replica left go on from here."""
        _at_work.append(self)
        DBOS(config=_config(self._place, self._engine))
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
        self._engine.dispose()  # DBOS leaves an engine that it was given to who made it
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

    async def unless_it_ends(self) -> None:
        """Does not return in a process that ends: what comes next is for the one that goes on."""
        if self.is_ending:
            await asyncio.Event().wait()

    async def send(self, order: Order, visit: Visit, office: Office) -> Outcome:  # noqa: ARG002
        """The plan is on its way when this returns; nothing of it may have been sent yet."""
        content = kept(order)
        is_apart = visit.remote.took_s > SLOW_S and SLOW_QUEUE in self._place.limits.rooms
        with SetWorkflowID(order.sending()), SetEnqueueOptions(queue_partition_key=order.site):
            await DBOS.enqueue_workflow_async(SLOW_QUEUE if is_apart else QUEUE, apply, content)
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
                    await DBOS.resume_workflows_async([one.workflow_id], queue_name=QUEUE)
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
    order = given(content, durable.kinds)
    record = durable.fleet.memory.recorder(order.site, order.plan.id, str(DBOS.workflow_id))
    async with durable.at_work(), working(durable.members, order.site) as lease:
        try:
            told = await _Run(durable, order, record, lease).outcome()
        except Exception as fault:  # noqa: BLE001 - ours, and DBOS's word that what was kept fits no more: planned afresh
            await durable.unless_it_ends()
            told = order.ended(Outcome(order.plan.id, Result.FAILED, message=_ours(order.site, fault)))
        now = durable.fleet.office.clock.now()
        record(ended(told, now))
        durable.fleet.memory.wrote(order.site, str(DBOS.workflow_id), written(order.plan, told), now)
        durable.ended(order, told, str(DBOS.workflow_id))
    return {"result": told.result, "message": told.message}


def _ours(site: str, fault: Exception) -> str:
    return f"{site}: this is a fault of stx-reconciler, not of the site: {fault}; please report it"


async def _nothing(left: tuple[Stage, ...], seen: Snapshot) -> None:  # noqa: ARG001
    raise Held(f"{seen.site}: Git cannot be read any more: no host is locked")


@dataclass
class _Run:
    """One order on its way: what its deeds brought, kept beside each of them."""

    durable: Durable
    order: Order
    record: Recorder
    lease: Lease

    async def outcome(self) -> Outcome:
        """Never raises for what Git or the site does."""
        order, office = self.order, self.durable.fleet.office
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
        fleet, site = self.durable.fleet, self.order.site
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
        turns = self.durable.fleet.office.turns
        for _ in range(CATCH_UP):
            if turns.of(self.order.site).is_counted:
                return
            await asyncio.sleep(1.0)

    def _still_wanted(self, judge: Permits) -> Permits:
        async def permits(left: tuple[Stage, ...], seen: Snapshot) -> None:
            if not self.durable.members.is_held(self.lease):
                raise Held(f"{self.order.site}: another replica has taken it over")
            now = _rendering(self.durable.fleet.office, self.order.site)
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
            end = await _end(deed)
            return {**end, "made": packed(made)}

        await self.durable.unless_it_ends()
        end = await run({"name": name}, done)
        made.update(unpacked(end["made"], self.durable.kinds))
        return _result(end, self.durable.kinds)  # type: ignore[no-any-return]


def kept(order: Order) -> dict[str, Any]:
    """An order as JSON."""
    return {
        "site": order.site,
        "plan": packed(order.plan),
        "desired": packed(order.desired),
        "rendering": order.rendering,
        "stays_locked": sorted(order.stays_locked),
        "holds": packed(order.holds),
        "approval": order.approval,
    }


def given(content: dict[str, Any], kinds: Kinds) -> Order:
    """The inverse."""
    return Order(
        site=content["site"],
        plan=unpacked(content["plan"], kinds),
        desired=unpacked(content["desired"], kinds),
        rendering=content["rendering"],
        stays_locked=frozenset(content["stays_locked"]),
        holds=unpacked(content["holds"], kinds),
        approval=content["approval"],
    )


async def _end(deed: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    """What came of it: a result, an error of ours that says what comes next, or a fault of the program."""
    try:
        return {"result": packed(await deed())}
    except ReconcilerError as error:
        return {"error": type(error).__name__, "args": packed(list(error.args)), "state": packed(vars(error))}
    except Exception as fault:  # noqa: BLE001 - it is kept, and raised where it would have been
        return {"fault": f"{type(fault).__name__}: {fault}"}


def _result(end: dict[str, Any], kinds: Kinds) -> Any:
    if "fault" in end:
        raise RuntimeError(end["fault"])
    if "error" in end:
        cls: type[ReconcilerError] = getattr(errors, end["error"])
        error = cls.__new__(cls, *unpacked(end["args"], kinds))
        error.__dict__.update(unpacked(end["state"], kinds))
        raise error
    return unpacked(end["result"], kinds)


def _rendering(office: Office, site: str) -> str:
    """What Git says now; "" where it cannot be read: what was approved goes on."""
    try:
        return rendering(office.repository.desired(site))
    except (ConfigError, ConfigErrors, KeyError):
        return ""


class _Json(Serializer):
    """Readable by people and by later programs; pickles are neither."""

    def serialize(self, data: Any) -> str:
        return orjson.dumps(data, default=_plain).decode()

    def deserialize(self, serialized_data: str) -> Any:
        return orjson.loads(serialized_data)

    def name(self) -> str:
        return "stxr_json"


def _plain(value: Any) -> Any:
    if isinstance(value, BaseException):
        return {"error": type(value).__name__, "message": str(value)}
    raise TypeError(f"{type(value).__name__} is no JSON")


def _config(place: Place, engine: Engine) -> DBOSConfig:
    return DBOSConfig(
        name=NAME,
        system_database_url=engine.url.render_as_string(hide_password=False),
        system_database_engine=engine,
        application_version=VERSION,
        executor_id=place.replica,
        log_level="ERROR",
        serializer=_Json(),
        notification_listener_polling_interval_sec=place.limits.polling_s,
    )


def _engine(url: str | URL) -> Engine:
    """SQLite in WAL mode, as its own documentation asks for many readers and one writer; PostgreSQL as it is."""
    engine = linked(address(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"  # as DBOS sets it on engines of its own (dbos/_sys_db_sqlite.py)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
