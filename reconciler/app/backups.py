"""Backups of sites, put together: from Git, the verdicts that are known, and the central cloud."""

from __future__ import annotations

from reconciler.app.jobs import Git
from reconciler.app.options import Running
from reconciler.app.watching import Sights
from reconciler.clients import SYSTEM_CLOCK
from reconciler.engine.backups import Backups, Wishes
from reconciler.engine.repository import Repository
from reconciler.model.backup import MOST


async def back_up_sites(git: Git, sights: Sights, options: Running) -> None:
    """Until cancelled. Nobody is asked for anything before Git wants backups."""
    await git.crew.has_begun.wait()
    it, repository = sights.watched.it, git.source.repository
    wishes = Wishes(repository.settings, lambda: _most(repository), it.store.words.suspensions)
    await Backups(it, sights.centre, wishes, SYSTEM_CLOCK, sights.says("backup")).run(options.backups_s)


def _most(repository: Repository) -> int:
    fleet = repository.fleet()
    return fleet.max_backups if fleet else MOST
