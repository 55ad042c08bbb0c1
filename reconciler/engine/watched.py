"""What metrics look at, gathered from the parts of a controller. They may be asked from the thread that renders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from reconciler.engine.controller import Controller
from reconciler.engine.queue import Queue
from reconciler.engine.repository import Repository
from reconciler.engine.rollouts import Rollouts
from reconciler.model.drift import SiteDrift
from reconciler.model.kind import Kinds
from reconciler.model.quiet import Quiet, Silence
from reconciler.model.rollout import Rollout
from reconciler.telemetry import Load, Sight

LOUD = (None, Quiet.FLAPPING)  # what flaps is told once, as flapping


@dataclass(frozen=True, slots=True)
class Watched:
    """A controller and what it works with. leads: whether this process tells of the fleet."""

    it: Controller
    queue: Queue
    rollouts: Rollouts
    repository: Repository
    kinds: Kinds
    leads: Callable[[], bool]

    def onto(self, sight: Sight) -> Sight:
        """The sight with the fleet in it."""
        return replace(
            sight,
            verdicts=lambda: self.it.verdicts.copy().values(),
            drift=self.it.drift.copy,
            load=self.load,
            head=lambda: self.repository.commit,
            is_leader=self.leads,
            authored_at=self.repository.authored_at,
            silence=self.silence,
        )

    def load(self) -> Load:
        """The queue and its workers now."""
        depths, oldest_s = self.queue.depths(), self.queue.oldest_s()
        return Load(
            {str(lane): number for lane, number in depths.items()},
            {str(lane): age for lane, age in oldest_s.items()},
            {str(crowd): number for crowd, number in self.queue.busy().items()},
            self.it.breakers_open,
        )

    def silence(self) -> Silence:
        """Who is not called for now."""
        return silence(self.rollouts.live.copy().values(), self.kinds)

    def told(self, now: float) -> dict[str, SiteDrift]:
        """The drift that people are told of: without what a rollout is changing, and what the platform is making."""
        quiet = self.silence()
        return {site: heard(known, quiet, now) for site, known in self.it.drift.copy().items()}


def silence(rollouts: Iterable[Rollout], kinds: Kinds) -> Silence:
    """Of rollouts that go, and of the kinds that the platform makes by itself."""
    going = frozenset(site for one in rollouts if one.is_guided for site in one.members if one.is_going(site))
    graces: Mapping[str, float] = {name: kind.transient_s for name, kind in kinds.items() if kind.transient_s}
    return Silence(going.__contains__, graces)


def heard(known: SiteDrift, quiet: Silence, now: float) -> SiteDrift:
    """Without what nobody is told of."""
    kept = {place: drift for place, drift in known.open.items() if quiet.of(known.site, drift, now) in LOUD}
    return known if len(kept) == len(known.open) else replace(known, open=kept)
