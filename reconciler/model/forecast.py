"""How long what is planned takes, when it may end, and from what that is known: measured by this fleet, or a default.

Durations are seconds of the platform, times are Unix seconds. `likely` is the mean of what was measured, `late` what one
in twenty exceeded (p95).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from reconciler.model.host import SystemState
from reconciler.model.plan import StageType

FEW = 20  # sites that are named where all of them would be too many


class Act(StrEnum):
    """What is measured, from its first call to the look that shows that it is done."""

    READ = "read"  # a whole site, each list once
    CALL = "call"  # the changes of one kind on one host, for each call that they take
    LOCK = "lock"  # to locked
    UNLOCK = "unlock"  # to in service, well, and with its configuration
    SWACT = "swact"  # to the standby


class Basis(StrEnum):
    """From what a duration is known, the best first."""

    MEASURED = "measured"  # on hosts like this one
    SIMILAR = "similar"  # on hosts of the same role in such systems, whatever they are made of
    DEFAULT = "default"  # too little was measured yet

    @property
    def rank(self) -> int:
        return list(Basis).index(self)


@dataclass(frozen=True, slots=True, order=True)
class Like:
    """What is alike takes alike long: system mode and type, a host's role, the model of its processors.

    role: personality and subfunctions, as `controller,worker,lowlatency`. hardware: "" where it is not known.
    """

    mode: str
    type: str
    role: str = ""
    hardware: str = ""

    @property
    def rough(self) -> Like:
        """The same, whatever it is made of."""
        return replace(self, hardware="")


def like(system: SystemState, host: str = "") -> Like:
    """What a host of this system is like; "" is the system itself."""
    found = system.hosts.get(host)
    if found is None:
        return Like(system.mode, system.type)
    role = ",".join(dict.fromkeys((found.personality, *sorted(found.subfunctions))))
    return Like(system.mode, system.type, role, found.hardware)


@dataclass(frozen=True, slots=True)
class Took:
    """One measurement. kind: of the resources, of calls."""

    act: Act
    like: Like
    seconds: float
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What this fleet took for an act, the last `count` times."""

    act: Act
    like: Like
    kind: str
    count: int
    mean_s: float
    p50_s: float
    p90_s: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class Span:
    """How long something takes. basis: of its larger part. count: measurements behind that; 0 for a default."""

    likely_s: float = 0.0
    late_s: float = 0.0
    basis: Basis = Basis.MEASURED
    count: int = 0

    def __add__(self, other: Span) -> Span:
        """One after the other: a guess of seconds makes no guess of an hour that was measured."""
        larger = max(self, other, key=lambda span: (span.likely_s, span.basis.rank, -span.count))
        return Span(self.likely_s + other.likely_s, self.late_s + other.late_s, larger.basis, larger.count)


@dataclass(frozen=True, slots=True)
class StageForecast:
    """One stage of a plan. outage_s: for how long its host is out of service, as is likely."""

    stage: int
    type: StageType
    host: str
    span: Span
    outage_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PlanForecast:
    """A plan, from its first call to its last host in service.

    outage_s: for how long the site as a whole is out of service; only where it has one host. read: how long looking at
    the whole site takes, which comes before the plan and after it. disturbs: somebody there may notice, so that it waits
    for a maintenance window. most_out: hosts that are out of service at a time.
    """

    stages: tuple[StageForecast, ...] = ()
    span: Span = Span()
    outage_s: float = 0.0
    read: Span = Span()
    disturbs: bool = False
    most_out: int = 0

    @property
    def whole(self) -> Span:
        """From a look at the site to the look that shows what came of it."""
        return self.read + self.span + self.read if self.stages else Span()


@dataclass(frozen=True, slots=True)
class GroupForecast:
    """Sites to which the same happens in the same time."""

    sites: tuple[str, ...]
    plan: PlanForecast


@dataclass(frozen=True, slots=True)
class TooShort:
    """A site none of whose maintenance windows is as long as its plan needs: it is held until one is."""

    site: str
    needed_s: float
    longest_s: float


@dataclass(frozen=True, slots=True)
class WaveForecast:
    """One wave, in its turn from 0 on. begins: the first moment at which one of its sites may go.

    ends, late_ends: when the last of those that it waits for is done; the soak comes after it. caught_up: sites that
    its deadline leaves behind, because no window opens in time.
    """

    wave: int
    sites: tuple[str, ...]
    begins: float
    ends: float | None
    late_ends: float | None
    caught_up: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a change costs the fleet in time, as known at `made_at`.

    waves_end: when the last wave has soaked, which ends the rollout. ends, late_ends: when those that it left behind are
    done as well; without those that fit into no window, or do not answer. None where nobody can say, which `stops`
    explains. unplanned: sites of which only what others take is known. stops: why the rollout would stop by itself.
    """

    made_at: float
    groups: tuple[GroupForecast, ...] = ()
    too_short: tuple[TooShort, ...] = ()
    waves: tuple[WaveForecast, ...] = ()
    waves_end: float | None = None
    ends: float | None = None
    late_ends: float | None = None
    unplanned: int = 0
    stops: str = ""

    @property
    def likely_s(self) -> float | None:
        """From when it was made to its end."""
        return None if self.ends is None else self.ends - self.made_at

    @property
    def brief(self) -> Forecast:
        """Without the names of whole waves, and with some of the others: as it is kept beside a rollout, which has them."""
        waves = tuple(replace(wave, sites=(), caught_up=wave.caught_up[:FEW]) for wave in self.waves)
        return replace(self, groups=(), waves=waves, too_short=self.too_short[:FEW])
