"""Drift raised as alarms of the system controller, put together: from Git, the drift that is known, and its FM."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from functools import partial

from reconciler.app.jobs import Git
from reconciler.app.options import Running
from reconciler.app.watching import Sights
from reconciler.clients import SYSTEM_CLOCK, open_central_faults, open_session
from reconciler.desired import DriftAlarms
from reconciler.engine.central_place import central_of
from reconciler.engine.repository import Repository
from reconciler.engine.sinks.alarming import DriftAlarming, Opens, Wishes, World
from reconciler.engine.sinks.drift_alarms import Known


async def raise_alarms(git: Git, sights: Sights, options: Running) -> None:
    """Until cancelled. Nothing is asked of anybody before fleet.yaml wants it."""
    await git.crew.has_begun.wait()
    async with open_session(git.sender.agent) as session:
        opens = partial(
            open_central_faults,
            session_factory=lambda: nullcontext(session),
            clock=SYSTEM_CLOCK,
            limits=options.lines,
            observer=sights.metrics.observer,
            sender=git.sender,
        )
        await DriftAlarming(_wishes(git, sights, options), _world(opens, sights, options)).run()


def _wishes(git: Git, sights: Sights, options: Running) -> Wishes:
    watched, repository = sights.watched, git.source.repository
    it = watched.it

    async def known() -> Known:
        drift = watched.told(SYSTEM_CLOCK.now())
        return await asyncio.to_thread(Known.of, drift, tuple(it.verdicts.values()), it.sites)

    where = central_of(options.endpoints, repository)
    return Wishes(lambda: _setting(repository), known, where, lambda: it.leads)


def _setting(repository: Repository) -> DriftAlarms | None:
    fleet = repository.fleet()
    return fleet.drift_alarms if fleet else None


def _world(opens: Opens, sights: Sights, options: Running) -> World:
    return World(
        opens=opens,
        kept=sights.watched.it.store.alarming,
        clock=SYSTEM_CLOCK,
        say=sights.says("alarms"),
        count=sights.metrics.alarm_call,
        tell=sights.metrics.alarming,
        every_s=options.alarms_s,
    )
