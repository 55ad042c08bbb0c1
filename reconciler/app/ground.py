"""What a controller stands on: its repository, store, measures, rollouts and the fleet, made from what it is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reconciler.app.boards import BoardLine
from reconciler.app.options import Running
from reconciler.clients import SYSTEM_CLOCK, Sender, load, load_derived
from reconciler.engine.bounds import Bounds
from reconciler.engine.central_place import central_of
from reconciler.engine.central_world import Sharing
from reconciler.engine.committed import revealing
from reconciler.engine.controller import Controller
from reconciler.engine.fleet import Fleet, open_fleet
from reconciler.engine.follow import Fetched, FolderSource, RemoteSource, Say, Source, Watch
from reconciler.engine.foresight import Foresight
from reconciler.engine.measuring import Recent
from reconciler.engine.membership import Alone
from reconciler.engine.office import Office
from reconciler.engine.opening import MIRROR
from reconciler.engine.replicas import Replicas
from reconciler.engine.rollouts import Rollouts
from reconciler.engine.rollouts_shared import SharedRollouts
from reconciler.engine.sharing import membership
from reconciler.kinds import registry
from reconciler.model.plan import Plan
from reconciler.model.replica import ADDING, Post
from reconciler.sources.mirror import Mirror
from reconciler.sources.triggers import Poll
from reconciler.store import Reading, Store, StoreMemory, state_folder
from reconciler.telemetry import Events, Metrics, RolloutStates, Sight, events


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


def ground_of(options: Running, store: Store) -> Ground:
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


def foresight_of(ground: Ground, bounds: Bounds) -> Foresight:
    def say(text: str) -> None:
        ground.log.warning("rollout", said=text)

    return Foresight(ground.source.repository, bounds.limits, _places(ground.options), say)


def bounds_of(ground: Ground) -> Bounds:
    return Bounds(
        ground.store.bounds,
        ground.source.repository,
        SYSTEM_CLOCK,
        opened=ground.store.opened,
        hosts=lambda group: ground.it.hosts(group) if ground.it else 0,
        under_way=lambda: ground.it.under_way if ground.it else frozenset(),
    )


def office_of(ground: Ground, bounds: Bounds, boards: BoardLine) -> Office:
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


def _sharing(ground: Ground) -> Sharing | None:
    """The central cloud among replicas; None where there are none."""
    members = ground.members
    if not isinstance(members, Replicas):
        return None
    return Sharing(ground.store.central, lambda: ground.leads, partial(members.alone, ADDING))


def fleet_of(ground: Ground, office: Office, boards: BoardLine) -> AbstractAsyncContextManager[Fleet]:
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
        sharing=_sharing(ground),
        keep=lambda site, at, dump: ground.store.readings.keep(Reading(site, at, dump())),
        boards=boards.service,
        strategies=ground.store.strategies,
    )


def _rollouts(members: Alone | Replicas, store: Store, source: Source) -> Rollouts:
    if isinstance(members, Alone):
        return Rollouts(store.rollouts, source.repository, SYSTEM_CLOCK)
    return SharedRollouts(store.rollouts, source.repository, SYSTEM_CLOCK, lambda: members.post is Post.LEADER)


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
