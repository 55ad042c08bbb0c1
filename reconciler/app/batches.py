"""dcmanager's strategies, put together: from what sites ask for, and the central cloud. Made by the leader alone."""

from __future__ import annotations

from reconciler.app.jobs import Git
from reconciler.app.options import Running
from reconciler.app.watching import Sights
from reconciler.clients import SYSTEM_CLOCK
from reconciler.engine.batches import Batches, World


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
        gather_s=options.gather_s,
    )
    await Batches(world).run()
