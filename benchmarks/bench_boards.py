"""200 board management controllers polled for power and health, a tenth of them dead: seconds, and threads at the most."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from contextlib import contextmanager

from benchmarks.result import Result
from reconciler.clients.redfish import BoardLimits, Boards
from reconciler.model.board import BoardError, BoardPlace, Power, Trouble
from reconciler.simulator.redfish import Bmc, serve_boards
from reconciler.simulator.site import Pace

BOARDS = 200
EACH = 10  # one of so many is dead
LIMITS = BoardLimits()
SECRET = "STXR_BENCH_BOARD"


def run() -> list[Result]:
    os.environ[SECRET] = "simulated"
    return asyncio.run(_polled())


async def _polled() -> list[Result]:
    bmcs = {f"h{number}": Bmc(f"h{number}") for number in range(BOARDS)}
    async with serve_boards(bmcs, Pace(time.monotonic)) as rack:
        with nobody() as dead, Boards(limits=LIMITS) as boards:
            urls = [dead if not number % EACH else rack.url_of(name) for number, name in enumerate(bmcs)]
            places = [BoardPlace("sc", f"h{n}", url, "root", f"env:{SECRET}") for n, url in enumerate(urls)]
            await boards.read(places[1])  # sushy is loaded
            before, began, cpu = threading.active_count(), time.perf_counter(), time.process_time()
            polls = [asyncio.create_task(power(boards, place)) for place in places]
            most = 0
            while not all(poll.done() for poll in polls):
                most = max(most, threading.active_count())
                await asyncio.sleep(0.02)
            told = [poll.result() for poll in polls]
            took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    right = sum(said is (Trouble.DEAD if url == dead else Power.ON) for said, url in zip(told, urls, strict=True))
    return [
        Result(f"boards: {BOARDS} polled, a tenth dead", took_s, "s"),
        Result("boards: CPU for a poll, both sides", cpu_s / BOARDS * 1000, "ms"),
        Result("boards: threads beside those that were there", most - before + 1, "", LIMITS.at_once),
        Result("boards: told wrongly", BOARDS - right, "", 0),
    ]


async def power(boards: Boards, place: BoardPlace) -> Power | Trouble:
    try:
        return (await boards.read(place)).power
    except BoardError as error:
        return error.trouble


@contextmanager
def nobody():
    """Where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
