"""dcmanager's strategies, put together: from what sites ask for, and the central cloud. Made by the leader alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from reconciler.app.jobs import Git
from reconciler.app.options import Running
from reconciler.app.watching import Sights
from reconciler.clients import SYSTEM_CLOCK
from reconciler.engine.batch_world import World
from reconciler.engine.batches import Batches
from reconciler.engine.repository import Repository
from reconciler.model.gate import Suspension


async def batch_strategies(git: Git, sights: Sights, options: Running) -> None:
    """Until cancelled. The central cloud is asked for nothing before a site asks for a strategy."""
    await git.crew.has_begun.wait()
    world = World(
        centre=sights.centre,
        orders=sights.watched.it.store.strategies,
        clock=SYSTEM_CLOCK,
        lead=lambda: git.members.lead,
        say=sights.says("strategies"),
        show=sights.metrics.batched,
        tell=sights.watched.it.goes,
        stopped=partial(_stopped, git.source.repository, sights.watched.it.store.words.suspensions),
        gather_s=options.gather_s,
    )
    await Batches(world).run()


def _stopped(repository: Repository, said: Callable[[], tuple[Suspension, ...]], site: str) -> str:
    """Who said stop, or which freeze has come, since the site asked."""
    if site not in repository.names:
        return "Git says nothing of it any more"
    settings, now = repository.settings(site), SYSTEM_CLOCK.now()
    words = [f"suspended by {one.by}: {one.reason}" for one in said() if one.concerns(site, settings.group)]
    freezes = [f"frozen: {one.reason}" for one in settings.freezes if one.covers(settings.group, now)]
    return next(iter((*words, *freezes)), "")
