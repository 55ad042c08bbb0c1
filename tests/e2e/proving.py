"""A change proved on a twin first, and what then happens to the site, in the same words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from reconciler.engine.preview import Edit
from reconciler.engine.trial import Case, tried
from reconciler.kinds import registry
from reconciler.model.proof import HostToll, Proof
from tests.e2e.world import World

Counts = Mapping[str, Mapping[str, int]]


async def proved_first(world: World, name: str, say: Callable[[], object]) -> Proof:
    """What came of what `say` commits on a twin of the site as it is now; the site is left alone."""
    async with world.fleet() as fleet:
        before, shown = fleet.office.repository.desired(name), await fleet.inventory(name)
    say()
    async with world.fleet() as fleet:
        repository = fleet.office.repository
        case = Case(name, repository.desired(name), Edit(before, repository.settings(name)), shown)
    return await asyncio.to_thread(tried, case, registry())  # a loop of its own


def counts(world: World, name: str) -> Counts:
    """What happened to the site's hosts by now."""
    return world.site(name).counters()["hosts"]


def tolls(world: World, name: str, before: Counts) -> tuple[HostToll, ...]:
    """What happened to them since."""
    since = {
        host: [n - before.get(host, {}).get(what, 0) for what, n in _words(now).items()]
        for host, now in sorted(counts(world, name).items())
    }
    return tuple(HostToll(host, *numbers) for host, numbers in since.items() if any(numbers))


def _words(now: Mapping[str, int]) -> dict[str, int]:
    return {what: now.get(what, 0) for what in ("lock", "reboot", "swact")}
