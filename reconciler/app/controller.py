"""The controller put together: repository, store, fleet, metrics and API; runs until it is stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.api import Desk, Drifts, Hooks, create_app
from reconciler.api import Fleet as Shown
from reconciler.app.alarming import raise_alarms
from reconciler.app.backups import back_up_sites
from reconciler.app.boards import BoardLine, open_boards
from reconciler.app.dark import light_dark_sites
from reconciler.app.jobs import Git, follow, heed, look_at_bounds, notify, roll
from reconciler.app.options import Running
from reconciler.app.reviewing import Known, asking, reviews
from reconciler.app.reviewing import desk as review_desk
from reconciler.app.serving import Server, access_of
from reconciler.app.watching import Ends, Said, Sights
from reconciler.clients import SYSTEM_CLOCK, Sender, load, load_derived
from reconciler.clients.forges import open_forge
from reconciler.engine.accepting import Accepting
from reconciler.engine.bounds import Bounds
from reconciler.engine.central import Sharing, central_of
from reconciler.engine.committed import revealing
from reconciler.engine.controller import Controller
from reconciler.engine.fleet import Fleet, open_fleet
from reconciler.engine.follow import Fetched, FolderSource, RemoteSource, Say, Source, Watch
from reconciler.engine.foresight import Foresight
from reconciler.engine.measuring import Recent
from reconciler.engine.membership import Alone
from reconciler.engine.office import Office
from reconciler.engine.opening import MIRROR
from reconciler.engine.queue import Queue
from reconciler.engine.replicas import Replicas
from reconciler.engine.rollouts import Rollouts
from reconciler.engine.rollouts_shared import SharedRollouts
from reconciler.engine.sharing import Crew, may_share, membership
from reconciler.engine.tidying import WORKFLOWS_S, Tidying
from reconciler.engine.watched import Watched
from reconciler.kinds import registry
from reconciler.model.plan import Plan
from reconciler.model.replica import Post
from reconciler.sources.mirror import Mirror
from reconciler.sources.triggers import Poll
from reconciler.store import Reading, Store, StoreMemory, state_folder
from reconciler.telemetry import Events, Metrics, RolloutStates, Sight, events

WORKFLOWS = "workflows.db"


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


@dataclass(slots=True)
class Ground:
    """What a controller stands on. it: the controller, once it is there; what it is asked before answers for none."""

    options: Running
    store: Store
    members: Alone | Replicas
    metrics: Metrics
    log: Events
    source: Source
    rollouts: Rollouts
    it: Controller | None = None

    @property
    def leads(self) -> bool:
        return self.members.post is Post.LEADER

    @property
    def sender(self) -> Sender:
        members = self.members
        return Sender(self.options.replica, members.may_write) if isinstance(members, Replicas) else Sender()

    def begins(self, site: str, todo: Plan) -> None:
        """A plan is about to be sent."""
        self.metrics.begins(site)
        if self.it:
            self.it.begins(site, todo)


@asynccontextmanager
async def controller(options: Running) -> AsyncIterator[Started]:
    """A controller, at work until the context ends; then every task, connection and file is closed.

    Raises Held where another process owns the state folder, ConfigError and SourceError for what it is told.
    """
    may_share(options.replicas, options.database)
    with Store.open(options.state, "run", url=options.database) as store:
        store.prune(options.keep.before(time.time()))
        ground = _ground(options, store)
        bounds = _bounds(ground)
        ground.rollouts.foresight = _foresight(ground, bounds)
        lined = open_boards(options, ground.source.repository, store, ground.metrics)
        async with (
            lined as boards,
            _fleet(ground, _office(ground, bounds, boards), boards) as fleet,
            AsyncExitStack() as stack,
        ):
            stack.callback(ground.source.repository.close)
            it, sights = _controller(ground, fleet)
            git = _git(ground, bounds, fleet, sights, stack)
            async with _at_work(Work(it, git, sights, fleet, boards), options) as started:
                yield started


def _ground(options: Running, store: Store) -> Ground:
    members = membership(options.replica, options.database, store, options.times)
    log = events(quiet=options.quiet)
    metrics = Metrics(Sight(max_series=options.max_series, stale_after_s=3 * options.schedule.observe_s))
    source = _source(options, lambda text: log.warning("repository", said=text), metrics.fetched)
    ground = Ground(options, store, members, metrics, log, source, _rollouts(members, store, source))
    live = RolloutStates(
        lambda: tuple(ground.rollouts.live.values()) if ground.leads else (),
        lambda: ground.rollouts.error if ground.leads else None,
    )
    metrics.registry.register(live)
    return ground


def _places(options: Running) -> int:
    """Plans that are sent at a time, by all replicas together."""
    here = options.schedule.workers * options.replicas
    return here if options.at_once is None else min(here, options.at_once)


def _foresight(ground: Ground, bounds: Bounds) -> Foresight:
    def say(text: str) -> None:
        ground.log.warning("rollout", said=text)

    return Foresight(ground.source.repository, bounds.limits, _places(ground.options), say)


def _bounds(ground: Ground) -> Bounds:
    return Bounds(
        ground.store.bounds,
        ground.source.repository,
        SYSTEM_CLOCK,
        opened=ground.store.opened,
        hosts=lambda group: ground.it.hosts(group) if ground.it else 0,
        under_way=lambda: ground.it.under_way if ground.it else frozenset(),
    )


def _office(ground: Ground, bounds: Bounds, boards: BoardLine) -> Office:
    return Office(
        registry(),
        ground.source.repository,
        SYSTEM_CLOCK,
        ground.options.pace,
        lambda site, text: ground.log.info("apply", site=site, said=text),
        lambda stage: _timed(ground.metrics, stage),
        ground.begins,
        revealing(ground.source.repository),
        turns=ground.rollouts,
        bounds=bounds,
        lasting=Recent(_memory(ground), SYSTEM_CLOCK),
        boards=boards.checks,
    )


def _memory(ground: Ground) -> StoreMemory:
    return StoreMemory(ground.store, ground.options.replica, lambda text: ground.log.warning("history", said=text))


def _fleet(ground: Ground, office: Office, boards: BoardLine) -> AbstractAsyncContextManager[Fleet]:
    options = ground.options
    return open_fleet(
        office,
        load(options.endpoints),
        _memory(ground),
        ground.metrics.observer,
        options.lines,
        derived=load_derived(options.endpoints),
        sender=ground.sender,
        central=central_of(options.endpoints, ground.source.repository),
        sharing=Sharing(ground.store.central, lambda: ground.leads) if isinstance(ground.members, Replicas) else None,
        keep=lambda site, at, dump: ground.store.readings.keep(Reading(site, at, dump())),
        boards=boards.service,
    )


def _controller(ground: Ground, fleet: Fleet) -> tuple[Controller, Sights]:
    """The controller, and what is shown of it."""
    schedule, said = ground.options.schedule, Said(ground.metrics, ground.log)
    queue = Queue(SYSTEM_CLOCK, schedule.workers)
    it = ground.it = Controller(fleet, ground.store, schedule, queue, said.verdict, members=ground.members)
    it.turned = said.drift
    repository = ground.source.repository
    watched = Watched(it, queue, ground.rollouts, repository, fleet.office.kinds, lambda: ground.leads)
    ground.metrics.look_at(watched.onto)
    return it, Sights(ground.metrics, fleet.centre, ground.log, watched)


def _git(ground: Ground, bounds: Bounds, fleet: Fleet, sights: Sights, stack: AsyncExitStack) -> Git:
    """What follows the repository. stack: closes what is opened when the first head is read."""
    from reconciler.engine.durable import Durable  # noqa: PLC0415 - DBOS takes a second to load
    from reconciler.engine.workflows import Limits, Place  # noqa: PLC0415 - the same

    options, store, members, it = ground.options, ground.store, ground.members, sights.watched.it
    place = Place(
        options.database or f"sqlite:///{state_folder(options.state) / WORKFLOWS}",
        options.replica,
        Limits(options.schedule.workers, options.at_once, options.workflow_poll_s),
    )
    durable = Durable(fleet, place, Ends(store, it, ground.metrics), members)
    crew = Crew(members, it, durable, ground.source.ring, sights.says("replicas"))

    async def begin() -> None:
        await members.join()
        stack.callback(members.leave)
        await stack.enter_async_context(durable)
        await durable.prune(time.time() - WORKFLOWS_S)
        it.goes_on(durable.send, await durable.under_way(), durable.sends_to)
        crew.has_begun.set()

    async def tidy() -> None:
        await crew.has_begun.wait()
        await Tidying(store, durable.prune, options.keep, SYSTEM_CLOCK, sights.says("tidying")).run()

    return Git(ground.source, ground.rollouts, bounds, crew, ground.sender, begin, tidy, members)


def _rollouts(members: Alone | Replicas, store: Store, source: Source) -> Rollouts:
    if isinstance(members, Alone):
        return Rollouts(store.rollouts, source.repository, SYSTEM_CLOCK)
    return SharedRollouts(store.rollouts, source.repository, SYSTEM_CLOCK, lambda: members.post is Post.LEADER)


@dataclass(frozen=True, slots=True)
class Work:
    """What works together: the controller, what it follows, what is shown of it, the sites, and their hosts' own controllers."""

    it: Controller
    git: Git
    sights: Sights
    fleet: Fleet
    boards: BoardLine


@asynccontextmanager
async def _at_work(work: Work, options: Running) -> AsyncIterator[Started]:
    it, git, sights = work.it, work.git, work.sights
    shown = Shown(
        verdicts=it.verdicts.values,
        verdict=it.verdicts.get,
        metrics=sights.metrics.render,
        host_metrics=sights.metrics.hosts,
        ready=lambda: git.source.waits_for or git.crew.waits_for,
        role=lambda: git.crew.role,
        crew=git.crew.seen,
        now=time.time,
        sendings=it.store.history.sendings,
        durations=it.store.durations.known,
        central=lambda: sights.centre.last,
    )
    hooks = _hooks(it, git, sights, options)
    spoken = asyncio.Event()
    desk = Desk(it.store.words, it.store.rollouts, it.store.bounds, spoken.set)
    drifts = Drifts(lambda: it.drift, it.store.drift.ended, git.source.repository.set_by)
    known = Known(it, git.source, git.members)
    asked = asking(known, options.root)
    async with access_of(it.store, options.listen) as access, AsyncExitStack() as stack:
        forge = await stack.enter_async_context(open_forge(options.forge, SYSTEM_CLOCK)) if options.forge else None
        accepts = Accepting(work.fleet, git.source, lambda: it.drift, options.root, forge)
        served = create_app(shown, access, hooks, desk, drifts, reviews=review_desk(known, asked), accepts=accepts)
        server = Server(served, options.listen)
        jobs = [
            it.run(),
            follow(it, git),
            roll(it, git.rollouts),
            heed(it, git.rollouts, spoken),
            look_at_bounds(it, git, sights),
            git.tidy(),
            raise_alarms(git, sights, options),
            light_dark_sites(git, sights, work.boards, options),
            back_up_sites(git, sights, options),
            sights.centre.watch(sights.says("central"), lambda sites: it.put(sites & it.verdicts.keys())),
        ]
        if options.notifications:
            jobs.append(notify(it, sights, options.notifications))
        if asked:
            jobs.append(asked.run())
        if options.forge and forge:
            pulls, proofs = reviews(forge, options.forge, known, options.root, sights.says("review"))
            jobs += [pulls.run(), proofs.run()]
        tasks = tuple(asyncio.create_task(job) for job in (*jobs, *git.crew.jobs(), server.serve()))
        try:
            yield Started(it, await server.url(tasks[-1]), tasks, git.crew.left_s)
        finally:
            server.should_exit = True
            for task in tasks[:-1]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _hooks(it: Controller, git: Git, sights: Sights, options: Running) -> Hooks:
    """What forges tell. News of a pull request wait in the store for the replica that leads."""
    hooks = Hooks(git.crew.pushed, sights.metrics.delivery, options.listen.webhook_secrets, options.branch)
    return replace(hooks, project=options.forge.project, pulled=it.store.reviews.tell) if options.forge else hooks


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
