"""Every controller of the fleet, for callers that do not block: so many threads, and one call at a time each.

Controllers are small: two requests at once make some of them hang. A dead one holds its thread for the time of one
connection and no more.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from pydantic import SecretStr

from reconciler.clients import tls
from reconciler.clients.bodies import Reveal, reveal
from reconciler.clients.secrets import forget, resolve
from reconciler.model.board import Board, BoardError, BoardPlace, Part, Trouble
from reconciler.model.board_orders import BoardOrder, BoardTask
from reconciler.model.errors import ConfigError

if TYPE_CHECKING:
    from reconciler.clients.redfish.session import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BoardLimits:
    """How long to wait, in seconds, and how many controllers are spoken to at once.

    visit_s: for all of one visit, its log-in included.
    """

    connect_s: float = 5.0
    read_s: float = 20.0
    visit_s: float = 60.0
    at_once: int = 32


class Boards:
    """Controllers by their place. Use as a context.

    folder: beside which relative references and bundles are. reveal: reads the references that Git says.
    """

    def __init__(self, folder: Path = Path(), limits: BoardLimits | None = None, reveal: Reveal = reveal) -> None:
        self._folder, self._reveal = folder, reveal
        self._limits = limits or BoardLimits()
        self._threads = ThreadPoolExecutor(self._limits.at_once, "board")
        self._is_closed = False
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What waits is given up; what is under way ends with the answer that it waits for."""
        self._is_closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def read(self, place: BoardPlace, parts: Collection[Part] = ()) -> Board:
        """What a controller says of its host. Raises BoardError, or ConfigError for a secret or bundle that is not there.

        parts: beside power, health and boot.
        """
        from reconciler.clients.redfish.reading import board  # noqa: PLC0415 - sushy

        return await self._visit(place, lambda session: board(session, frozenset(parts)))

    async def order(self, place: BoardPlace, order: BoardOrder) -> BoardTask | None:
        """Ask for one thing; a task where it goes on afterwards. Never asked twice: look, where no answer came."""
        from reconciler.clients.redfish.orders import obey  # noqa: PLC0415 - sushy

        return await self._visit(place, lambda session: obey(session, order))

    async def task(self, place: BoardPlace, task: BoardTask) -> BoardTask:
        """How far a task is. A controller forgets tasks: one that it does not know any more is a BoardError."""
        from reconciler.clients.redfish.orders import task_now  # noqa: PLC0415 - sushy

        return await self._visit(place, lambda session: task_now(session, task.uri))

    async def _visit(self, place: BoardPlace, work: Callable[[Session], T]) -> T:
        async with self._turns[place.url]:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._visited, place, work)

    def _visited(self, place: BoardPlace, work: Callable[[Session], T]) -> T:
        """A password that was changed where it is kept is no wrong one: a few of those lock the account."""
        password = self._password(place)
        try:
            return self._opened(place, password, work)
        except BoardError as error:
            another = self._changed(place, password) if error.trouble is Trouble.PASSWORD else None
            if another is None:
                raise
        return self._opened(place, another, work)

    def _changed(self, place: BoardPlace, refused: SecretStr) -> SecretStr | None:
        """The password as whoever keeps it has it now, where that is another than was tried."""
        forget(place.password, self._folder)
        with suppress(ConfigError):  # what is wrong with the one that was tried is the news
            fresh = self._password(place)
            return fresh if fresh != refused else None
        return None

    def _password(self, place: BoardPlace) -> SecretStr:
        return self._reveal(place.password) if place.in_git else resolve(place.password, self._folder)

    def _opened(self, place: BoardPlace, password: SecretStr, work: Callable[[Session], T]) -> T:
        from reconciler.clients.redfish.line import Line  # noqa: PLC0415 - sushy
        from reconciler.clients.redfish.session import opened  # noqa: PLC0415

        ca_file = self._folder / place.ca_bundle if place.ca_bundle else None
        tls.context(ca_file)  # says what is wrong with a bundle
        line = Line(
            place.url, self._limits, lambda: self._is_closed, ca=str(ca_file or ""), fingerprint=place.fingerprint
        )
        with opened(place, password, line) as session:
            return work(session)
