"""The controller put together: repository, store, fleet, metrics and API; runs until it is stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from reconciler.api import Desk, Drifts, Hooks, create_app
from reconciler.api import Fleet as Shown
from reconciler.app.alarming import raise_alarms
from reconciler.app.backups import back_up_sites
from reconciler.app.batches import batch_strategies
from reconciler.app.boards import BoardLine, open_boards
from reconciler.app.dark import light_dark_sites
from reconciler.app.ground import Ground, bounds_of, fleet_of, foresight_of, ground_of, office_of
from reconciler.app.jobs import Git, follow, heed, look_at_bounds, notify, roll, visit
from reconciler.app.options import Running
from reconciler.app.reviewing import Known, asking, reviews
from reconciler.app.reviewing import desk as review_desk
from reconciler.app.serving import Server, access_of
from reconciler.app.watching import Ends, Said, Sights
from reconciler.clients import SYSTEM_CLOCK
from reconciler.clients.forges import open_forge
from reconciler.engine.accepting import Accepting
from reconciler.engine.bounds import Bounds
from reconciler.engine.controller import Controller, nobody_sends
from reconciler.engine.fleet import Fleet
from reconciler.engine.queue import Queue
from reconciler.engine.replicas import Replicas
from reconciler.engine.sharing import Crew, may_share
from reconciler.engine.tidying import WORKFLOWS_S, Tidying
from reconciler.engine.watched import Watched
from reconciler.store import Store, state_folder

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


@asynccontextmanager
async def controller(options: Running) -> AsyncIterator[Started]:
    """A controller, at work until the context ends; then every task, connection and file is closed.

    Raises Held where another process owns the state folder, ConfigError and SourceError for what it is told.
    """
    may_share(options.replicas, options.database)
    with Store.open(options.state, "run", url=options.database) as store:
        store.prune(options.keep.before(time.time()))
        ground = ground_of(options, store)
        bounds = bounds_of(ground)
        ground.rollouts.foresight = foresight_of(ground, bounds)
        lined = open_boards(options, ground.source.repository, store, ground.metrics, ground.sender)
        async with (
            lined as boards,
            fleet_of(ground, office_of(ground, bounds, boards), boards) as fleet,
            AsyncExitStack() as stack,
        ):
            stack.callback(ground.source.repository.close)
            it, sights = _controller(ground, fleet)
            git = _git(ground, bounds, fleet, sights, stack)
            async with _at_work(Work(it, git, sights, fleet, boards), options) as started:
                yield started


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
        others_send = durable.sends_to if isinstance(members, Replicas) else nobody_sends
        it.goes_on(durable.send, await durable.under_way(), others_send)
        crew.has_begun.set()

    async def tidy() -> None:
        await crew.has_begun.wait()
        await Tidying(store, durable.prune, options.keep, SYSTEM_CLOCK, sights.says("tidying")).run()

    return Git(ground.source, ground.rollouts, bounds, crew, ground.sender, begin, tidy, members)


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
    desk = Desk(it.store.words, it.store.rollouts, it.store.bounds, it.store.aborts, spoken.set)
    drifts = Drifts(lambda: it.drift, it.store.drift.ended, git.source.repository.set_by)
    known = Known(it, git.source, git.members)
    asked = asking(known, options.root)
    async with access_of(it.store, options.listen) as access, AsyncExitStack() as stack:
        forge = await stack.enter_async_context(open_forge(options.forge, SYSTEM_CLOCK)) if options.forge else None
        accepts = Accepting(work.fleet, git.source, lambda: it.drift, options.root, forge)
        served = create_app(shown, access, hooks, desk, drifts, reviews=review_desk(known, asked), accepts=accepts)
        server = Server(served, options.listen)
        jobs = [
            visit(it, git),
            follow(it, git),
            roll(it, git.rollouts),
            heed(it, git.rollouts, spoken),
            look_at_bounds(it, git, sights),
            git.tidy(),
            raise_alarms(git, sights, options),
            light_dark_sites(git, sights, work.boards, options),
            back_up_sites(git, sights, options),
            batch_strategies(git, sights, options),
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
