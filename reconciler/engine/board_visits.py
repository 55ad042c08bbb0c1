"""Controllers asked so that no account is locked, and every call counted.

A controller that refused our password is left alone for a day, or until Git or the endpoints file leads to another one: a
few wrong ones lock its account, and the platform, or a person, needs it then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from reconciler.model.board import Answered, Board, BoardCall, BoardError, BoardPlace, Part, Refused, Trouble
from reconciler.model.board_orders import BoardOrder, BoardTask
from reconciler.model.board_reading import BoardReading
from reconciler.model.errors import ConfigError

T = TypeVar("T")
PAUSE_S = 86_400.0
UNKNOWN = "nobody said who we are to its controller: give its user and a reference to its password, in Git or under boards in the endpoints file"


class Boards(Protocol):
    """clients.redfish.Boards."""

    async def read(self, place: BoardPlace, parts: Collection[Part] = ()) -> Board: ...

    async def order(self, place: BoardPlace, order: BoardOrder) -> BoardTask | None: ...


class Refusals(Protocol):
    """Who refused us; store.board_refusals."""

    def of(self, place: BoardPlace) -> Refused | None: ...

    def keep(self, place: BoardPlace, refused: Refused) -> None: ...

    def forget(self, place: BoardPlace) -> None: ...


class Now(Protocol):
    def now(self) -> float: ...


Counted = Callable[[BoardCall, str, float], None]
"""Told of each call: what it was, how it ended (`ok` or a Trouble), and its seconds."""


def uncounted(call: BoardCall, end: str, seconds: float) -> None:
    """Nobody counts."""


class OwnRefusals:
    """Those of this process alone."""

    def __init__(self) -> None:
        self._known: dict[str, Refused] = {}

    def of(self, place: BoardPlace) -> Refused | None:
        return self._known.get(place.account)

    def keep(self, place: BoardPlace, refused: Refused) -> None:
        self._known[place.account] = refused

    def forget(self, place: BoardPlace) -> None:
        self._known.pop(place.account, None)


class BoardVisits:
    """Calls to controllers, each on its own. Raises what `Boards` raises. heeds: leaves those alone that refused us."""

    def __init__(
        self, boards: Boards, refusals: Refusals, clock: Now, counted: Counted = uncounted, *, heeds: bool = True
    ) -> None:
        self._boards, self._refusals, self._clock, self._counted = boards, refusals, clock, counted
        self._heeds = heeds

    async def read(self, place: BoardPlace, parts: Collection[Part] = ()) -> Board:
        return await self._called(place, BoardCall.READ, lambda: self._boards.read(place, parts))

    async def order(self, place: BoardPlace, order: BoardOrder) -> BoardTask | None:
        return await self._called(place, BoardCall.ORDER, lambda: self._boards.order(place, order))

    async def reading(self, place: BoardPlace, parts: Collection[Part] = ()) -> BoardReading:
        """What came of asking; raises nothing that the controller, or its secret, is the cause of."""
        now = self._clock.now()
        if not place.lets_us_in:
            return BoardReading(place.host, place.url, now, said=f"{place.site} {place.host}: not asked: {UNKNOWN}")
        try:
            return BoardReading(place.host, place.url, now, await self.read(place, parts))
        except BoardError as error:
            return BoardReading(place.host, place.url, now, trouble=error.trouble, said=str(error))
        except ConfigError as error:
            return BoardReading(place.host, place.url, now, said=f"{place.site} {place.host}: not asked: {error}")

    async def readings(self, places: Iterable[BoardPlace], parts: Collection[Part] = ()) -> tuple[BoardReading, ...]:
        """Of several, side by side."""
        return tuple(await asyncio.gather(*(self.reading(place, parts) for place in places)))

    async def _called(self, place: BoardPlace, call: BoardCall, work: Callable[[], Awaitable[T]]) -> T:
        refused, began = self._refusals.of(place), self._clock.now()
        if self._heeds and refused and began - refused.at < PAUSE_S:
            raise BoardError(Trouble.PASSWORD, place.site, place.host, place.url, _paused(refused))
        try:
            found = await work()
        except BoardError as error:
            self._counted(call, error.trouble, self._clock.now() - began)
            if error.trouble is Trouble.PASSWORD:
                self._refusals.keep(place, Refused(self._clock.now(), error.detail))
            raise
        self._counted(call, Answered.OK, self._clock.now() - began)
        if refused:
            self._refusals.forget(place)
        return found


def _paused(refused: Refused) -> str:
    """For a person: why it is not even asked."""
    at, until = (datetime.fromtimestamp(each, UTC) for each in (refused.at, refused.at + PAUSE_S))
    return (
        f"it refused us at {at:%Y-%m-%d %H:%M}Z, and is not asked again before {until:%Y-%m-%d %H:%M}Z, unless another user "
        f"or reference is given: {refused.said}"
    )
