"""Pull requests followed: what happened to one is looked at once it is quiet, and its review is shown below it.

Level-triggered: events only say which pull request to look at, and the forge and Git are asked how it is. Of a storm of
pushes the newest head is reviewed, once. One process of several does it, the leader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from reconciler.apply import Clock
from reconciler.clients.forges import ForgeBusyError, ForgeClient, TokenRefusedError
from reconciler.model.errors import ReconcilerError
from reconciler.model.pull import Pull
from reconciler.store import News, ReviewStore

LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Quiet:
    """When a pull request is looked at: after so many seconds in which nothing happened to it, or so many at most.

    listed_s: how often the forge is asked which are open, for events that never came. again_s: after a failure, and
    twice as long after each further one, `rarely_s` at most: whoever proposes what cannot be reviewed costs little.
    """

    settle_s: float = 5.0
    longest_s: float = 120.0
    listed_s: float = 300.0
    again_s: float = 60.0
    rarely_s: float = 3_600.0

    def is_due(self, news: News, now: float) -> bool:
        return now >= min(news.last_at + self.settle_s, news.first_at + self.longest_s)

    def after_s(self, failures: int) -> float:
        """Seconds after so many failures in a row."""
        return min(self.again_s * 2.0 ** min(failures - 1, 30), self.rarely_s)


class NotYetError(ReconcilerError):
    """It is not to be shown yet; asked again after a while. after_s: in seconds."""

    def __init__(self, why: str, after_s: float) -> None:
        super().__init__(why)
        self.after_s = after_s


Look = Callable[[Pull], Awaitable[None]]
Say = Callable[[str], None]


class Reviews:
    """Which pull request is looked at, and when. Belongs to one event loop.

    look: looks at one and shows what it is; may raise NotYetError. base: the commit that is followed; "" before the
    first. leads: whether this process is the one that does it. say: is told what goes wrong, each thing once.
    """

    def __init__(
        self,
        forge: ForgeClient,
        store: ReviewStore,
        look: Look,
        base: Callable[[], str],
        clock: Clock,
        *,
        leads: Callable[[], bool] = lambda: True,
        say: Say = lambda _text: None,
        quiet: Quiet | None = None,
    ) -> None:
        self._forge, self._store, self._look, self._base, self._clock = forge, store, look, base, clock
        self._leads, self._say, self._quiet = leads, say, quiet or Quiet()
        self._listed_at = float("-inf")
        self._closed_until = 0.0
        self._based = ""
        self._told: dict[int, str] = {}  # what was said last of each
        self._failures: Counter[int] = Counter()  # in a row

    async def run(self) -> None:
        """For ever; cancel it to end it."""
        while True:
            if self._leads() and self._base():
                await self.step()
            await self._clock.sleep(LOOK_S)

    async def step(self) -> None:
        """Once: hear of what nobody told, then look at what has been quiet for long enough."""
        if self._clock.now() < self._closed_until:
            return
        await self._hear()
        for news in self._store.news():
            if self._quiet.is_due(news, self._clock.now()):
                await self._looked(news)

    async def _hear(self) -> None:
        """Of a base that moved, which moves what every merge would give; and of pull requests by the forge's list."""
        if self._based != (base := self._base()):
            for number in self._store.open() if self._based else ():
                self._store.tell(number, self._clock.now())
            self._based = base
        if self._clock.now() >= self._listed_at + self._quiet.listed_s:
            self._listed_at = self._clock.now()
            await self._guarded(0, self._list())

    async def _list(self) -> None:
        known, there = self._store.open(), {pull.number: pull for pull in await self._forge.open_pulls()}
        due = {news.number for news in self._store.news()}  # some of them after a failure
        for number in sorted((known.keys() | there.keys()) - due):
            is_seen = number in known and number in there and known[number].pull.head == there[number].head
            if not is_seen:
                self._store.tell(number, self._clock.now())

    async def _looked(self, news: News) -> None:
        again_s = await self._guarded(news.number, self._look_at(news.number))
        if again_s is not None:
            # due after so long, whatever else happens to it
            self._store.tell(news.number, self._clock.now() + again_s - self._quiet.settle_s)
        self._store.looked(news)

    async def _look_at(self, number: int) -> None:
        await self._look(await self._forge.pull(number))

    async def _guarded(self, number: int, work: Awaitable[None]) -> float | None:
        """Seconds after which it is to be tried again; None where all went well."""
        try:
            await work
        except NotYetError as wait:
            return wait.after_s
        except ForgeBusyError as busy:
            self._closed_until = busy.until
            return max(self._quiet.again_s, busy.until - self._clock.now())
        except TokenRefusedError as error:
            self._tell(0, str(error))  # of the forge, whichever pull request met it; nothing was sent
            return self._quiet.again_s
        except ReconcilerError as error:
            self._tell(number, str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours at one pull request must not end the others'
            self._tell(number, f"a fault of stx-reconciler: {type(error).__name__}: {error}; please report it")
        else:
            for one in (number, 0):
                self._told.pop(one, None)
            self._failures.pop(number, None)
            return None
        self._failures[number] += 1
        return self._quiet.after_s(self._failures[number])

    def _tell(self, number: int, text: str) -> None:
        """Once, however often it is tried."""
        if self._told.get(number) == text:
            return
        self._told[number] = text
        self._say(f"pull request {number}: {text}" if number else text)
        if number and (known := self._store.followed(number)):
            self._store.follow(replace(known, trouble=text))
