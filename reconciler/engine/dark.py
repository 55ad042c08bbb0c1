"""Dark sites: what the board management controllers of their hosts say, asked slowly and for those sites alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import Protocol

from reconciler.engine.board_places import Places
from reconciler.engine.board_visits import BoardVisits
from reconciler.model.board_reading import BoardReading
from reconciler.model.dark import HostSight, in_words
from reconciler.model.errors import ReconcilerError
from reconciler.model.verdict import Verdict

DARK_S = 600.0
ROUND_S = 15.0
AT_ONCE = 64  # sites of a round: those that were never asked come first, and are not to wait for all others


class Known(Protocol):
    """engine.controller.Controller."""

    def dark(self) -> tuple[Verdict, ...]: ...

    def light(self, name: str, boards: tuple[HostSight, ...]) -> bool: ...


class Clock(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class DarkSites:
    """Looks at the hosts of dark sites. places: a site's controllers, as Git and the endpoints file say them now."""

    def __init__(
        self, known: Known, places: Places, boards: BoardVisits, clock: Clock, every_s: float = DARK_S
    ) -> None:
        self._known, self._places, self._boards, self._clock, self._every_s = known, places, boards, clock, every_s
        self._looked: dict[str, float] = {}

    async def run(self, say: Callable[[str], None]) -> None:
        """For ever; cancel it to end it. say: told when it is another thing that the controllers of a site say."""
        while True:
            await self.look(say)
            await self._clock.sleep(min(ROUND_S, self._every_s))

    async def look(self, say: Callable[[str], None]) -> None:
        """Those dark sites that are due, the longest not looked at first."""
        dark = {verdict.site: verdict for verdict in self._known.dark()}
        self._looked = {site: at for site, at in self._looked.items() if site in dark}
        now = self._clock.now()
        due = sorted((self._looked.get(site, -inf), site) for site in dark)
        sites = [site for at, site in due if now - at >= self._every_s][:AT_ONCE]
        await asyncio.gather(*(self._look_at(dark[site], say) for site in sites))

    async def _look_at(self, verdict: Verdict, say: Callable[[str], None]) -> None:
        self._looked[verdict.site] = self._clock.now()
        try:
            places = self._places(verdict.site)
        except ReconcilerError:
            return  # the site's own verdict says what is wrong with its files
        asked = [place for place in places if place.lets_us_in]
        sights = tuple(_sight(reading) for reading in await self._boards.readings(asked))
        if sights and self._known.light(verdict.site, sights) and in_words(sights) != in_words(verdict.boards):
            say(f"{verdict.site} answers nobody: {in_words(sights)}")


def _sight(reading: BoardReading) -> HostSight:
    board = reading.board
    if board is None:
        return HostSight(reading.host, reading.at, trouble=reading.trouble, said=reading.said)
    return HostSight(reading.host, reading.at, board.power, board.health)
