"""The way of one replica to its PostgreSQL, which a test may cut: nothing passes any more, and nobody is told."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url

SOCKET = ".s.PGSQL.5432"


class Link:
    """Passes on what comes, until it is cut."""

    def __init__(self, there: Path) -> None:
        self._there, self._tasks = there, set()
        self._is_whole = asyncio.Event()
        self._is_whole.set()

    def cut(self) -> None:
        self._is_whole.clear()

    async def served(self, reader, writer) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(str(self._there))
        ways = ((reader, far_writer), (far_reader, writer))
        tasks = [asyncio.create_task(self._passed(*way)) for way in ways]
        self._tasks |= set(tasks)
        with suppress(asyncio.CancelledError):
            await asyncio.wait(tasks)
        for one in (writer, far_writer):
            one.close()

    async def _passed(self, reader, writer) -> None:
        with suppress(ConnectionError):
            while content := await reader.read(65536):
                await self._is_whole.wait()
                writer.write(content)
                await writer.drain()
        writer.close()

    def end(self) -> None:
        for task in self._tasks:
            task.cancel()


@asynccontextmanager
async def linked(database: str) -> AsyncIterator[tuple[Link, str]]:
    """A link to a database, and the database's URL behind it."""
    url = make_url(database)
    folder = Path(tempfile.mkdtemp(prefix="stxr-link-"))  # a socket's path is short: not below pytest's folders
    link = Link(Path(str(url.query["host"])) / SOCKET)
    server = await asyncio.start_unix_server(link.served, str(folder / SOCKET))
    try:
        yield link, url.set(query={"host": str(folder)}).render_as_string(hide_password=False)
    finally:
        server.close()
        link.end()
        shutil.rmtree(folder)
