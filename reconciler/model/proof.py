"""What came of a plan that was run on a twin: a simulated system that shows what one site showed last."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProofPolicy(StrEnum):
    """What a proof means for the site that the change reaches."""

    NEVER = "never"  # nothing is proved for it (`off` is a boolean in YAML 1.1)
    WARN = "warn"  # the review says what came of it
    BLOCK = "block"  # what a twin refused, or did not bring about, is not sent


class ProofResult(StrEnum):
    """How a proof ended."""

    PROVED = "proved"  # sent to its end, nothing refused, and a plan made afterwards is empty
    REFUSED = "refused"  # the twin refused a call, in the platform's words
    NOT_CONVERGED = "not_converged"  # nothing was refused, and something is left to do
    NOT_PROVED = "not_proved"  # it was not run to its end; `reason` says why


@dataclass(frozen=True, slots=True)
class Refusal:
    """The call that the platform would refuse, and its words."""

    method: str
    path: str
    status: int
    fault: str
    host: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status}: {self.fault}"


@dataclass(frozen=True, slots=True)
class Objection:
    """A change that the planner leaves out, and what the twin says to it when it is sent all the same.

    reason: the planner's. refusal: None where the twin takes it, or where there is no call for it.
    """

    resource: str
    reason: str
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class HostToll:
    """What really happened to one host of the twin."""

    host: str
    locks: int = 0
    reboots: int = 0
    swacts: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """One change, run on the twin of one site.

    fingerprint: of the change, as `engine.fingerprint` makes it. site: whose inventory the twin was made of.
    sites: those that it stands for, `site` among them: the change is equal there, and so is what it meets.
    inventory_age_s: seconds since the inventory was read; None where there is none.
    tolls: only hosts to which something happened. calls: writes that were sent. simulated_s: how long it took there.
    left: what a plan made afterwards would still change. untried: what was left out because its secret is not read.
    objections: what the planner refuses before the platform can.
    """

    fingerprint: str
    site: str
    sites: tuple[str, ...]
    result: ProofResult
    reason: str = ""
    inventory_age_s: float | None = None
    plan_id: str = ""
    tolls: tuple[HostToll, ...] = ()
    calls: int = 0
    simulated_s: float = 0.0
    refusal: Refusal | None = None
    left: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
    objections: tuple[Objection, ...] = ()

    @property
    def is_failed(self) -> bool:
        """It was run, and the site would not come to be what Git says."""
        return self.result in {ProofResult.REFUSED, ProofResult.NOT_CONVERGED}

    @property
    def in_words(self) -> str:
        """How it failed, in one line; "" where it did not."""
        if not self.is_failed:
            return ""
        said = f"refused {self.refusal}" if self.refusal else f"left something to do: {self.reason}"
        return f"a twin of {self.site} {said}"

    @property
    def locks(self) -> int:
        return sum(toll.locks for toll in self.tolls)

    @property
    def reboots(self) -> int:
        return sum(toll.reboots for toll in self.tolls)

    @property
    def swacts(self) -> int:
        return sum(toll.swacts for toll in self.tolls)
