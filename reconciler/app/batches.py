"""dcmanager's strategies, put together: from what sites ask for, and the central cloud. Made by the leader alone."""

from __future__ import annotations

from functools import partial

from reconciler.app.jobs import Git
from reconciler.app.options import Running
from reconciler.app.watching import Sights
from reconciler.clients import SYSTEM_CLOCK
from reconciler.engine.batch_stops import Stops
from reconciler.engine.batch_world import World
from reconciler.engine.batches import Batches
from reconciler.engine.repository import Repository
from reconciler.model.site import Settings


async def batch_strategies(git: Git, sights: Sights, options: Running) -> None:
    """Until cancelled. The central cloud is asked for nothing before a site asks for a strategy."""
    await git.crew.has_begun.wait()
    store = sights.watched.it.store
    world = World(
        centre=sights.centre,
        orders=store.strategies,
        clock=SYSTEM_CLOCK,
        lead=lambda: git.members.lead,
        say=sights.says("strategies"),
        show=sights.metrics.batched,
        tell=sights.watched.it.goes,
        stopped=Stops(partial(_settings, git.source.repository), store.words.suspensions, SYSTEM_CLOCK.now),
        gather_s=options.gather_s,
    )
    await Batches(world).run()


def _settings(repository: Repository, site: str) -> Settings | None:
    return repository.settings(site) if site in repository.names else None
