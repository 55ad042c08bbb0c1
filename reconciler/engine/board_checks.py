"""Hosts that are about to be reinstalled: their controllers are asked beside the visits, and what they say is remembered.

A visit does not wait for a controller: it holds its plan as `being-asked`, and comes back. So a rack of dead controllers
takes no worker from the other sites. What was found is believed for some minutes, what was found wanting is looked at anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from reconciler.engine.board_places import Places
from reconciler.engine.board_visits import BoardVisits
from reconciler.model.board import BoardPlace, Part, Trouble
from reconciler.model.board_check import BoardCheck, BoardFinding, findings
from reconciler.model.board_reading import BoardReading
from reconciler.model.errors import ReconcilerError

PARTS = (Part.MEDIA, Part.PORTS)
FRESH_S = 300.0
AGAIN_S = 60.0
SOON_S = 5.0
LIMIT_S = 90.0
BUSY = "it was not asked in time: {limit:g} s; other controllers keep those that ask busy, or this one is slow"
Macs = Callable[[str], Mapping[str, str]]


class Now(Protocol):
    def now(self) -> float: ...


class Checks(Protocol):
    """What an office asks before hosts are reinstalled."""

    async def findings(self, site: str, hosts: frozenset[str], *, waits: bool = False) -> tuple[BoardFinding, ...]:
        """What speaks against it; nothing where nobody said who we are to a host's controller. waits: for the answer."""
        ...


class Unchecked:
    """Nobody is asked."""

    async def findings(self, site: str, hosts: frozenset[str], *, waits: bool = False) -> tuple[BoardFinding, ...]:  # noqa: ARG002
        return ()


@dataclass(frozen=True, slots=True)
class _Checked:
    at: float
    found: tuple[BoardFinding, ...]

    def holds_until(self) -> float:
        return self.at + (AGAIN_S if self.found else FRESH_S)


class BoardChecks:
    """places: a site's controllers. macs: by which each host boots, as Git says. patience_s: how long a visit waits."""

    def __init__(self, places: Places, macs: Macs, boards: BoardVisits, clock: Now, *, patience_s: float = 0.0) -> None:
        self._places, self._macs, self._boards, self._clock = places, macs, boards, clock
        self._patience_s = patience_s
        self._known: dict[tuple[str, frozenset[str]], _Checked] = {}
        self._asking: dict[tuple[str, frozenset[str]], asyncio.Task[_Checked]] = {}

    async def findings(self, site: str, hosts: frozenset[str], *, waits: bool = False) -> tuple[BoardFinding, ...]:
        """Raises ConfigErrors where the site's files are wrong."""
        key, now = (site, hosts), self._clock.now()
        known = self._known.get(key)
        if known and now < known.holds_until():
            return _dated(known)
        asking = self._asking.get(key) or self._begun(key)
        await asyncio.wait({asking}, timeout=LIMIT_S + SOON_S if waits else self._patience_s)
        if asking.done():
            return _dated(asking.result())
        asked = "its controller is being asked whether it can be installed"
        return tuple(BoardFinding(host, BoardCheck.ASKING, asked, now + SOON_S) for host in sorted(hosts))

    async def close(self) -> None:
        """Nobody waits for what is under way any more."""
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def _begun(self, key: tuple[str, frozenset[str]]) -> asyncio.Task[_Checked]:
        site, hosts = key
        places = [place for place in self._places(site) if place.host in hosts and place.lets_us_in]
        task = asyncio.get_running_loop().create_task(self._checked(places, self._macs(site)))
        self._asking[key] = task
        task.add_done_callback(lambda ended: self._keep(key, ended))
        return task

    def _keep(self, key: tuple[str, frozenset[str]], ended: asyncio.Task[_Checked]) -> None:
        self._asking.pop(key, None)
        if not ended.cancelled() and not ended.exception():
            self._known[key] = ended.result()

    async def _checked(self, places: list[BoardPlace], macs: Mapping[str, str]) -> _Checked:
        readings = await asyncio.gather(*map(self._read, places))
        found = tuple(each for reading in readings for each in findings(reading, macs.get(reading.host, "")))
        return _Checked(self._clock.now(), found)

    async def _read(self, place: BoardPlace) -> BoardReading:
        try:
            async with asyncio.timeout(LIMIT_S):
                return await self._boards.reading(place, PARTS)
        except TimeoutError:
            said = f"{place.site} {place.host}: {BUSY.format(limit=LIMIT_S)}"
            return BoardReading(place.host, place.url, self._clock.now(), trouble=Trouble.SLOW, said=said)


def _dated(checked: _Checked) -> tuple[BoardFinding, ...]:
    """A controller that refused our password is left alone until somebody has seen to that: nobody can say when."""
    until = checked.holds_until()
    return tuple(replace(f, again_at=None if f.check is BoardCheck.PASSWORD else until) for f in checked.found)


async def asked(checks: Checks, site: str, hosts: frozenset[str], *, waits: bool) -> tuple[BoardFinding, ...]:
    """The same; what Git says wrongly is told by the site's verdict, and is no reason of ours."""
    if not hosts:
        return ()
    try:
        return await checks.findings(site, hosts, waits=waits)
    except ReconcilerError:
        return ()
