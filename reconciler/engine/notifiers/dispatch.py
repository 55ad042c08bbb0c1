"""Notices on their way to one notifier: waited for, gathered, sent, sent again. What is dropped is counted.

A wave of equal drifts has one key: while a message waits, each notice takes the place of the one before it, so that
a thousand sites become one message that counts them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

from reconciler.clients import Clock
from reconciler.clients.delivery import NotTakenError
from reconciler.clients.secrets import in_thread
from reconciler.engine.notifiers.notifier import Notifier
from reconciler.model.errors import ConfigError
from reconciler.model.letter import Letter
from reconciler.model.notice import Notice

WAITING = 500  # causes that may wait for one notifier
REMEMBERED = 20_000  # causes of which it is known what was told
TRIES = 6
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0

Deliver = Callable[[Letter], Awaitable[None]]
Say = Callable[[str], None]


class Fate(StrEnum):
    """What became of a notice."""

    SENT = "sent"
    REFUSED = "refused"  # the server will not have it
    UNDELIVERED = "undelivered"  # tried for a long time
    CROWDED_OUT = "crowded_out"  # too many waited


Count = Callable[[str, Fate, int], None]


@dataclass(frozen=True, slots=True)
class Out:
    """The world of a dispatch. say: to the operator's log. count: notifier, fate and number."""

    deliver: Deliver
    clock: Clock
    folder: Path
    say: Say
    count: Count


@dataclass(slots=True)
class Dispatch:
    """The way to one notifier. `put` from anywhere on the loop; `run` until cancelled."""

    notifier: Notifier
    out: Out
    _waiting: dict[str, Notice] = field(default_factory=dict)
    _told: dict[str, Notice] = field(default_factory=dict)
    _standing: dict[str, Notice] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, notice: Notice) -> None:
        """Tell it, if it is news to whom this notifier tells."""
        if not self.notifier.wants(notice):
            return
        if notice.is_news_after(self._told.get(notice.key)):
            self._wait(notice)
            return
        self._waiting.pop(notice.key, None)  # it is over before anybody was told, or again as it was told
        if notice.key in self._standing:
            self._standing[notice.key] = notice

    def knows(self, standing: Iterable[Notice]) -> None:
        """What an earlier process told: not told again, and its end is."""
        self._remember([notice for notice in standing if self.notifier.wants(notice)])

    async def run(self) -> None:
        """Send what waits, one message at a time, no sooner than the notifier wants."""
        while True:
            await self._something()
            await self.out.clock.sleep(self.notifier.every)  # what comes meanwhile goes along
            await self._send(self._taken())

    def _wait(self, notice: Notice) -> None:
        if notice.key not in self._waiting and len(self._waiting) >= WAITING:
            self._drop(self._waiting.pop(next(iter(self._waiting))), Fate.CROWDED_OUT)
        self._waiting[notice.key] = notice
        self._woken.set()

    async def _something(self) -> None:
        """Until there is something to tell, or to tell again."""
        self._woken.clear()
        if self._waiting:
            return
        if self._standing and self.notifier.repeats_s is not None:
            await self.out.clock.sleep(max(self.notifier.repeats_s - self.notifier.every, 0))
            return
        await self._woken.wait()

    def _taken(self) -> tuple[Notice, ...]:
        fresh, self._waiting = self._waiting, {}
        again = self._standing if self.notifier.repeats_s is not None else {}
        return tuple({**again, **fresh}.values())

    async def _send(self, notices: Sequence[Notice]) -> None:
        if not notices:
            return
        fate = await self._tried(notices)
        self.out.count(self.notifier.name, fate, len(notices))
        if fate is Fate.SENT:
            self._remember(notices)

    async def _tried(self, notices: Sequence[Notice]) -> Fate:
        pause = FIRST_PAUSE_S
        for left in reversed(range(TRIES)):
            try:
                await self.out.deliver(await self._letter(notices))
            except (NotTakenError, ConfigError) as error:
                is_final = isinstance(error, NotTakenError) and error.is_final
                self._complain(error, left if not is_final else 0)
                if is_final:
                    self.notifier.forget(self.out.folder)
                    return Fate.REFUSED
                wanted = error.after_s if isinstance(error, NotTakenError) else None
                if left:
                    await self.out.clock.sleep(min(wanted or pause, LONGEST_PAUSE_S))
                pause *= 2
            else:
                return Fate.SENT
        return Fate.UNDELIVERED

    async def _letter(self, notices: Sequence[Notice]) -> Letter:
        written = partial(self.notifier.letter, notices, self.out.folder, self.out.clock.now())
        return await in_thread(written) if self.notifier.waits else written()

    def _complain(self, error: Exception, left: int) -> None:
        then = f"{left} more tries" if left else "it is dropped"
        self.out.say(f"notifier {self.notifier.name}: not taken ({error}); {then}")

    def _remember(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            for known in (self._told, self._standing):
                known.pop(notice.key, None)
            if not notice.is_over:
                self._told[notice.key] = self._standing[notice.key] = notice
        while len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]

    def _drop(self, notice: Notice, fate: Fate) -> None:
        self.out.count(self.notifier.name, fate, 1)
        self.out.say(f"notifier {self.notifier.name}: too much waits, dropped: {notice.title}")
