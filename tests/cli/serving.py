"""Simulated sites behind real sockets, in a thread of their own, for commands that run in this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.simulator.run import SimulateOptions, simulated
from reconciler.simulator.server import Server

PATIENCE_S = 30


@contextmanager
def serving(endpoints: Path, **what: Any) -> Iterator[Server]:
    """`stxr simulate` with these options, its endpoints file written, until the context ends."""
    started: list[Server] = []
    ready, loop = threading.Event(), asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        async with simulated(SimulateOptions(**what, endpoints_out=endpoints, port=0)) as server:
            started.append(server)
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(PATIENCE_S)
        yield started[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE_S)
        loop.close()
