"""What a controller does at the same time, each job until it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from reconciler.app.watching import Sights
from reconciler.clients import SYSTEM_CLOCK, Sender
from reconciler.clients.delivery import deliver, open_postbag
from reconciler.engine.bounds import Bounds
from reconciler.engine.controller import Controller
from reconciler.engine.follow import Source
from reconciler.engine.membership import Membership
from reconciler.engine.notices import Fleet as Known
from reconciler.engine.notifiers.dispatch import Dispatch, Out
from reconciler.engine.notifiers.settings import notifiers_of
from reconciler.engine.notifiers.telling import Telling
from reconciler.engine.rollouts import Rollouts
from reconciler.engine.sharing import Crew

HEED_S = 2.0
ROLL_S = 1.0
BOUNDS_S = 15.0
Begin = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Git:
    """The repository that is followed, its commits on their way to many sites, what bounds these, who else follows it.

    sender: of what is written. begin: what is done before any site is visited. tidy: forgets what is old, for ever.
    has_begun: the first head was read, and all that comes before visits was done.
    """

    source: Source
    rollouts: Rollouts
    bounds: Bounds
    crew: Crew
    sender: Sender
    begin: Begin
    tidy: Begin
    members: Membership
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)


async def visit(it: Controller, git: Git) -> None:
    """Sites visited as they come due, whoever puts them: a plan sent before workflows go on would die with this process."""
    await git.has_begun.wait()
    await it.run()


async def follow(it: Controller, git: Git) -> None:
    """Once the repository is read, workflows of an earlier process go on; before any site is visited."""
    async for move in git.source.moves():
        if git.has_begun.is_set():
            git.crew.found()
        else:
            await git.begin()
        # also those that went while nobody looked
        it.drop(move.vanished | (it.verdicts.keys() - git.source.repository.names))
        git.bounds.read()
        await git.rollouts.moved()
        (it.put if git.has_begun.is_set() else it.resume)(move.changed | move.appeared)
        git.has_begun.set()


async def look_at_bounds(it: Controller, git: Git, sights: Sights) -> None:
    """What bounds the fleet and its groups, shown by the leader: the thread that renders asks no store."""
    await git.crew.has_begun.wait()
    while True:
        sights.metrics.bounded(git.bounds.standing() if it.leads else {})
        await SYSTEM_CLOCK.sleep(BOUNDS_S)


async def roll(it: Controller, rollouts: Rollouts) -> None:
    """Rollouts moved on by what is known of their sites."""
    while True:
        it.put(await rollouts.forward(it.verdicts))
        await SYSTEM_CLOCK.sleep(ROLL_S)


async def heed(it: Controller, rollouts: Rollouts, spoken: asyncio.Event) -> None:
    """What people say in the store, heeded within seconds: commands beside this process say it too.

    spoken: somebody said it to this process, which heeds it at once.
    """
    words = it.store.words
    last = words.last()
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(spoken.wait(), HEED_S)
        spoken.clear()
        said = words.said(after=last)
        if said:
            last = said[-1].number
            subjects = {word.subject for word in said}
            it.heed(subjects)
            it.put(rollouts.sites_of(subjects))


async def notify(it: Controller, sights: Sights, file: Path) -> None:
    """People told of what stands and of what is over."""
    async with open_postbag() as session:
        say = sights.says("notification")
        out = Out(partial(deliver, session=session), SYSTEM_CLOCK, file.parent, say, sights.metrics.notified)
        dispatches = tuple(Dispatch(notifier, out) for notifier in notifiers_of(file))

        def fleet() -> Known:
            now = SYSTEM_CLOCK.now()
            return Known(sights.watched.told(now), tuple(it.verdicts.values()), it.store.rollouts.all(), now)

        await Telling(dispatches, fleet, lambda: it.leads, SYSTEM_CLOCK).run()
