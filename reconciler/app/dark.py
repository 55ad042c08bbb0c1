"""The power of dark sites' hosts, put together: from Git, the endpoints file, and the hosts' own controllers."""

from __future__ import annotations

from reconciler.app.boards import BoardLine
from reconciler.app.jobs import Git
from reconciler.app.options import Running
from reconciler.app.watching import Sights
from reconciler.clients import SYSTEM_CLOCK
from reconciler.engine.dark import DarkSites


async def light_dark_sites(git: Git, sights: Sights, boards: BoardLine, options: Running) -> None:
    """Until cancelled. Nobody is asked before a site is dark whose controllers Git names."""
    await git.crew.has_begun.wait()
    dark = DarkSites(sights.watched.it, boards.places, boards.visits, SYSTEM_CLOCK, options.boards_s)
    await dark.run(sights.says("boards"))
