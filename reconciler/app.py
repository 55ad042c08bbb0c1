"""The controller put together: repository, store, fleet, metrics and API; runs until it is stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from reconciler.api import Access, Desk, Drifts, Hooks, create_app
from reconciler.api import Fleet as Shown
from reconciler.apply import Pace
from reconciler.clients import SYSTEM_CLOCK, Oidc, Sender, load
from reconciler.clients.delivery import deliver, open_postbag
from reconciler.clients.http import Limits as Lines
from reconciler.engine.bounds import Bounds
from reconciler.engine.central import Central, central_of
from reconciler.engine.controller import Controller, Schedule
from reconciler.engine.fleet import open_fleet
from reconciler.engine.follow import Fetched, FolderSource, RemoteSource, Say, Source, Watch
from reconciler.engine.membership import Alone
from reconciler.engine.notices import Fleet as Known
from reconciler.engine.notifiers.dispatch import Dispatch, Out
from reconciler.engine.notifiers.settings import notifiers_of
from reconciler.engine.notifiers.telling import Telling
from reconciler.engine.office import Office
from reconciler.engine.queue import Queue
from reconciler.engine.replicas import Replicas, Times
from reconciler.engine.repository import MIRROR
from reconciler.engine.rollouts import Rollouts
from reconciler.engine.rollouts_shared import SharedRollouts
from reconciler.engine.sending import Order
from reconciler.engine.sharing import Crew, may_share, membership
from reconciler.engine.tidying import WORKFLOWS_S, Keep, Tidying
from reconciler.engine.watched import Watched
from reconciler.kinds import registry
from reconciler.model.drift import DriftEvent
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.replica import Post
from reconciler.model.verdict import Verdict
from reconciler.sources.mirror import Mirror
from reconciler.sources.triggers import Poll
from reconciler.sources.verify import Trust
from reconciler.store import Store, StoreMemory, state_folder
from reconciler.telemetry import Events, Metrics, RolloutStates, Sight, events
from reconciler.telemetry.sight import MAX_SERIES

HEED_S = 2.0
ROLL_S = 1.0
WORKFLOWS = "workflows.db"
Begin = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the API listens and what opens it. Port 0 takes a free one.

    webhook_secrets: what forges sign their deliveries with; any of them opens. oidc: whose tokens open the API too.
    """

    host: str
    port: int
    token: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    oidc: Oidc | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """Everything that an operator can turn.

    database: PostgreSQL's URL; "" for SQLite in the state folder. replica: a name that a restarted process has again.
    at_once: plans that are sent at a time over the whole fleet. notifications: the file that says who is told.
    replicas: how many of these are meant to run. keep: for how long what is over is known.
    lines: how long a site is given to answer.
    max_series: of the metrics that tell of the fleet.
    """

    repo: str
    root: str
    endpoints: Path
    state: Path
    listen: Listen
    branch: str = ""
    schedule: Schedule = field(default_factory=Schedule)
    pace: Pace = field(default_factory=Pace)
    poll_s: float = 60.0
    trust: Trust = field(default_factory=Trust)
    quiet: bool = False
    database: str = ""
    replica: str = "stxr-0"
    at_once: int | None = None
    workflow_poll_s: float = 1.0
    replicas: int = 1
    max_series: int = MAX_SERIES
    times: Times = field(default_factory=Times)
    notifications: Path | None = None
    keep: Keep = field(default_factory=Keep)
    lines: Lines = field(default_factory=Lines)


@dataclass(frozen=True, slots=True)
class Git:
    """The repository that is followed, its commits on their way to many sites, what bounds these, who else follows it.

    begin: what is done before any site is visited. tidy: forgets what is old, for ever.
    """

    source: Source
    rollouts: Rollouts
    bounds: Bounds
    crew: Crew
    begin: Begin
    tidy: Begin


@dataclass(frozen=True, slots=True)
class Sights:
    """What is shown besides verdicts."""

    metrics: Metrics
    centre: Central
    log: Events
    watched: Watched

    def says(self, about: str) -> Callable[[str], None]:
        """Tells whoever reads the log."""
        return lambda text: self.log.warning(about, said=text)


@dataclass(frozen=True, slots=True)
class Started:
    """A controller at work: what it knows, where it listens, and when it ends."""

    controller: Controller
    url: str
    tasks: tuple[asyncio.Task[None], ...]
    left_s: Callable[[], float]  # for which it certainly works alone on its sites; asked from any thread

    async def ended(self) -> None:
        """Wait until a part of it ends; none does by itself, so an error is raised."""
        done, _ = await asyncio.wait(self.tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


@asynccontextmanager
async def controller(options: Running) -> AsyncIterator[Started]:
    """A controller, at work until the context ends; then every task, connection and file is closed.

    Raises Held where another process owns the state folder, ConfigError and SourceError for what it is told.
    """
    from reconciler.engine.durable import Durable, Limits, Place  # noqa: PLC0415 - DBOS takes a second to load

    may_share(options.replicas, options.database)
    with Store.open(options.state, "run", url=options.database) as store:
        members = membership(options.replica, options.database, store, options.times)
        store.prune(options.keep.before(time.time()))
        log = events(quiet=options.quiet)
        known: dict[str, Controller] = {}
        metrics = Metrics(Sight(max_series=options.max_series, stale_after_s=3 * options.schedule.observe_s))
        source = _source(options, lambda text: log.warning("repository", said=text), metrics.fetched)
        rollouts = _rollouts(members, store, source)
        live = RolloutStates(lambda: tuple(rollouts.live.values()) if members.post is Post.LEADER else ())
        metrics.registry.register(live)
        bounds = Bounds(
            store.bounds,
            source.repository,
            SYSTEM_CLOCK,
            opened=store.opened,
            hosts=lambda group: known["it"].hosts(group),  # noqa: PLW0108 - made after it
            under_way=lambda: known["it"].under_way,
        )

        def begins(site: str, todo: Plan) -> None:
            metrics.begins(site)
            known["it"].begins(site, todo)

        office = Office(
            registry(),
            source.repository,
            SYSTEM_CLOCK,
            options.pace,
            lambda site, text: log.info("apply", site=site, said=text),
            lambda stage: _timed(metrics, stage),
            begins,
            turns=rollouts,
            bounds=bounds,
        )
        memory = StoreMemory(store, options.replica, lambda text: log.warning("history", said=text))
        central = central_of(options.endpoints, source.repository)
        sender = Sender(options.replica, members.may_write) if isinstance(members, Replicas) else Sender()
        async with open_fleet(
            office, load(options.endpoints), memory, metrics.observer, options.lines, sender=sender, central=central
        ) as fleet:
            queue = Queue(SYSTEM_CLOCK, options.schedule.workers)
            said = _Said(metrics, log)
            it = known["it"] = Controller(fleet, store, options.schedule, queue, said.verdict, members=members)
            it.turned = said.drift
            watched = Watched(it, queue, rollouts, source.repository, office.kinds, lambda: members.post is Post.LEADER)
            metrics.look_at(watched.onto)
            place = Place(
                options.database or f"sqlite:///{state_folder(options.state) / WORKFLOWS}",
                options.replica,
                Limits(options.schedule.workers, options.at_once, options.workflow_poll_s),
            )
            sights = Sights(metrics, fleet.centre, log, watched)
            durable = Durable(fleet, place, _Ends(store, it, metrics), members)
            crew = Crew(members, it, durable, source.ring, sights.says("replicas"))
            async with AsyncExitStack() as stack:
                stack.callback(source.repository.close)

                async def begin() -> None:
                    await members.join()
                    stack.callback(members.leave)
                    await stack.enter_async_context(durable)
                    await durable.prune(time.time() - WORKFLOWS_S)
                    it.goes_on(durable.send, await durable.under_way())
                    crew.has_begun.set()

                async def tidy() -> None:
                    await crew.has_begun.wait()
                    await Tidying(store, durable.prune, options.keep, SYSTEM_CLOCK, sights.says("tidying")).run()

                async with _at_work(it, Git(source, rollouts, bounds, crew, begin, tidy), sights, options) as started:
                    yield started


def _rollouts(members: Alone | Replicas, store: Store, source: Source) -> Rollouts:
    if isinstance(members, Alone):
        return Rollouts(store.rollouts, source.repository, SYSTEM_CLOCK)
    return SharedRollouts(store.rollouts, source.repository, SYSTEM_CLOCK, lambda: members.post is Post.LEADER)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the controller tells, counted and logged."""

    metrics: Metrics
    log: Events

    def verdict(self, verdict: Verdict) -> None:
        self.metrics.visited(verdict.state)
        self.log.verdict(verdict)

    def drift(self, event: DriftEvent) -> None:
        self.metrics.drift(event)
        self.log.drift(event)


@dataclass(frozen=True, slots=True)
class _Ends:
    """What is done when a plan has ended that a workflow sent."""

    store: Store
    it: Controller
    metrics: Metrics

    def __call__(self, order: Order, outcome: Outcome, identity: str) -> None:
        self.metrics.ended(order.plan, outcome)
        self.store.record(order.site, order.plan.commit, outcome, identity)
        self.it.ended(order.site, outcome)


@asynccontextmanager
async def _at_work(it: Controller, git: Git, sights: Sights, options: Running) -> AsyncIterator[Started]:
    shown = Shown(
        verdicts=it.verdicts.values,
        verdict=it.verdicts.get,
        metrics=sights.metrics.render,
        host_metrics=sights.metrics.hosts,
        ready=lambda: git.source.waits_for or git.crew.waits_for,
        role=lambda: git.crew.role,
        now=time.time,
        sendings=it.store.history.sendings,
        central=lambda: sights.centre.last,
    )
    hooks = Hooks(git.crew.pushed, sights.metrics.delivery, options.listen.webhook_secrets, options.branch)
    spoken = asyncio.Event()
    desk = Desk(it.store.words, it.store.rollouts, it.store.bounds, spoken.set)
    drifts = Drifts(lambda: it.drift, it.store.drift.ended, git.source.repository.set_by)
    async with _access(it.store, options.listen) as access:
        server = _Server(create_app(shown, access, hooks, desk, drifts), options.listen)
        jobs = [
            it.run(),
            _follow(it, git),
            _roll(it, git.rollouts),
            _heed(it, git.rollouts, spoken),
            git.tidy(),
            sights.centre.watch(sights.says("central"), lambda sites: it.put(sites & it.verdicts.keys())),
        ]
        if options.notifications:
            jobs.append(_notify(it, sights, options.notifications))
        tasks = tuple(asyncio.create_task(job) for job in (*jobs, *git.crew.jobs(), server.serve()))
        try:
            yield Started(it, await server.url(tasks[-1]), tasks, git.crew.left_s)
        finally:
            server.should_exit = True
            for task in tasks[:-1]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def _access(store: Store, listen: Listen) -> AsyncIterator[Access]:
    """Who is let in, as long as the context lasts."""
    if listen.oidc is None:
        yield Access(listen.token, store.tokens.bearer)
        return
    from reconciler.clients.oidc_issuer import open_issuer  # noqa: PLC0415 - what it needs is an extra

    async with open_issuer(listen.oidc, SYSTEM_CLOCK) as issuer:
        yield Access(listen.token, store.tokens.bearer, issuer.bearer)


async def _follow(it: Controller, git: Git) -> None:
    """Once the repository is read, workflows of an earlier process go on; before any site is visited."""
    has_begun = False
    async for move in git.source.moves():
        if has_begun:
            git.crew.found()
        else:
            await git.begin()
        # also those that went while nobody looked
        it.drop(move.vanished | (it.verdicts.keys() - git.source.repository.names))
        git.bounds.read()
        await git.rollouts.moved()
        (it.put if has_begun else it.resume)(move.changed | move.appeared)
        has_begun = True


async def _roll(it: Controller, rollouts: Rollouts) -> None:
    """Rollouts moved on by what is known of their sites."""
    while True:
        it.put(await rollouts.forward(it.verdicts))
        await SYSTEM_CLOCK.sleep(ROLL_S)


async def _heed(it: Controller, rollouts: Rollouts, spoken: asyncio.Event) -> None:
    """What people say in the store, heeded within seconds: commands beside this process say it too.

    spoken: somebody said it to this process, which heeds it at once.
    """
    words = it.store.words
    last = words.last()
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(spoken.wait(), HEED_S)
        spoken.clear()
        said = words.said(after=last)
        if said:
            last = said[-1].number
            subjects = {word.subject for word in said}
            it.heed(subjects)
            it.put(rollouts.sites_of(subjects))


async def _notify(it: Controller, sights: Sights, file: Path) -> None:
    """People told of what stands and of what is over."""
    async with open_postbag() as session:
        say = sights.says("notification")
        out = Out(partial(deliver, session=session), SYSTEM_CLOCK, file.parent, say, sights.metrics.notified)
        dispatches = tuple(Dispatch(notifier, out) for notifier in notifiers_of(file))

        def fleet() -> Known:
            now = SYSTEM_CLOCK.now()
            return Known(sights.watched.told(now), tuple(it.verdicts.values()), it.store.rollouts.all(), now)

        await Telling(dispatches, fleet, lambda: it.leads, SYSTEM_CLOCK).run()


def _source(options: Running, say: Say, fetched: Fetched) -> Source:
    folder, kinds = Path(options.repo), registry()
    if folder.is_dir() and not options.branch:
        return FolderSource(folder, options.root, kinds, options.state, say)
    mirror = Mirror.open(
        folder if folder.is_dir() else options.repo, state_folder(options.state) / MIRROR, branch=options.branch
    )
    return RemoteSource(mirror, options.root, kinds, Watch(Poll(options.poll_s), options.trust, fetched), say)


@contextmanager
def _timed(metrics: Metrics, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        metrics.stage(stage, time.perf_counter() - began)


class _Server(uvicorn.Server):
    """uvicorn inside our loop: signals stay ours."""

    def __init__(self, app: object, listen: Listen) -> None:
        config = uvicorn.Config(app, host=listen.host, port=listen.port, log_level="warning", access_log=False)  # type: ignore[arg-type]
        super().__init__(config)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def url(self, task: asyncio.Task[None]) -> str:
        """Where it listens, once it does. Raises what kept it from listening."""
        while not self.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        if task.done():
            task.result()
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"
