"""One service, asked so that no secret of its answers gets out, and whose lost answers are looked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from reconciler.clients.dcmanager.redaction import redacted
from reconciler.clients.platform import PlatformClient, Row
from reconciler.model.errors import Busy, Failure, Refused, Unauthorized, Unreachable
from reconciler.model.words import Service

T = TypeVar("T")
LATER = frozenset({422, 500})
"""Refusals that may come after the change was made (recorded for 422: the row is written before others are told)."""


class Dcmanager:
    """Requests to dcmanager. Methods raise what `PlatformClient` raises, in words without secrets."""

    def __init__(self, service: PlatformClient) -> None:
        self._service = service

    async def one(self, path: str) -> Any:
        """An object; None where there is none of it."""
        try:
            return await self._told(self._service.get(path))
        except Refused as error:
            if error.status != 404:
                raise
            return None

    async def rows(self, path: str, items: str) -> tuple[Row, ...]:
        return await self._told(self._service.list(path, items))

    async def send(self, method: str, path: str, body: Any = None, *, ends: bool = False) -> Any:
        """A write, sent once. ends: the connection too, for an answer after which the server breaks off."""
        return await self._told(self._service.send(method, path, body, ends=ends))

    async def settled(self, work: Awaitable[Any], look: Callable[[], Awaitable[T | None]]) -> T | None:
        """Do the work; where its answer is lost, or refuses what may be done all the same, look.

        Gives what the look found; None where the work was answered well. Raises what the work raised where the look
        finds nothing.
        """
        try:
            await work
        except (Refused, Unreachable) as error:
            if not _may_be_done(error):
                raise
            found = await look()
            if found is None:
                raise
            return found
        return None

    def read(self, form: Callable[[Row], T], rows: Iterable[Row], path: str, method: str = "GET") -> tuple[T, ...]:
        """The rows as values. What cannot be read is told by the name of what is missing, never by a value."""
        try:
            return tuple(map(form, rows))
        except KeyError as error:
            odd = f"a row without {error}"
        except (TypeError, ValueError, AttributeError) as error:
            odd = f"a row of another form ({type(error).__name__})"
        raise Unreachable(Service.DCMANAGER.value, method, path, Failure.GARBLED, odd, False, self._service.site)

    async def _told(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except (Refused, Busy, Unauthorized) as error:
            told = error
        raise replace(told, fault=redacted(told.fault))  # out here: the first one would hang on to it


def _may_be_done(error: Refused | Unreachable) -> bool:
    return error.sent if isinstance(error, Unreachable) else error.status in LATER
