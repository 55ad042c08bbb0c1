"""The power of dark sites' hosts, put together: from Git, the endpoints file, and the hosts' own controllers."""

from __future__ import annotations

from reconciler.app.jobs import Git
from reconciler.app.options import Running
from reconciler.app.watching import Sights
from reconciler.clients import SYSTEM_CLOCK, load
from reconciler.clients.redfish import Boards
from reconciler.engine.board_places import places_of
from reconciler.engine.board_visits import BoardVisits, OwnRefusals
from reconciler.engine.dark import DarkSites


async def light_dark_sites(git: Git, sights: Sights, options: Running) -> None:
    """Until cancelled. Nobody is asked before a site is dark whose controllers Git names."""
    await git.crew.has_begun.wait()
    places = places_of(git.source.repository, load(options.endpoints))
    with Boards(options.endpoints.parent) as boards:
        visits = BoardVisits(boards, OwnRefusals(), SYSTEM_CLOCK)
        dark = DarkSites(sights.watched.it, places, visits, SYSTEM_CLOCK, options.boards_s)
        await dark.run(sights.says("boards"))
