"""What a pull request would do to the fleet, before anybody approves it: sites grouped by equal change, and what is felt.

A review is a value that outlives the process that made it: it has no plan of a site but the form in which plans are
told, so that the comment can be written again when a forecast or a proof has come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from reconciler.model.forecast import Forecast
from reconciler.model.gate import GateName
from reconciler.model.proof import Proof, ProofResult
from reconciler.model.verdict import Difference
from reconciler.model.words import Disruption

ASKS = frozenset((GateName.APPROVAL, GateName.MASS))  # gates that somebody's yes opens


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan does to a site, or all plans to the fleet.

    hosts: hosts in service that are locked, each counted once a plan. locks: how often that happens.
    left: hosts that stay locked, for Git says so.
    reboots: unlocks, and hosts that a call restarts: an unlock boots the host anew.
    losses: changes that take data, or a part of the site, with them.
    outages: sites of which nothing is in service for a time: the only controller is locked.
    disruption: the worst of it.
    """

    hosts: int = 0
    locks: int = 0
    left: int = 0
    reboots: int = 0
    swacts: int = 0
    reinstalls: int = 0
    losses: int = 0
    outages: int = 0
    disruption: Disruption = Disruption.NONE

    def on(self, sites: int) -> Cost:
        """The same on so many sites."""
        return Cost(
            hosts=self.hosts * sites,
            locks=self.locks * sites,
            left=self.left * sites,
            reboots=self.reboots * sites,
            swacts=self.swacts * sites,
            reinstalls=self.reinstalls * sites,
            losses=self.losses * sites,
            outages=self.outages * sites,
            disruption=self.disruption if sites else Disruption.NONE,
        )

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            hosts=self.hosts + other.hosts,
            locks=self.locks + other.locks,
            left=self.left + other.left,
            reboots=self.reboots + other.reboots,
            swacts=self.swacts + other.swacts,
            reinstalls=self.reinstalls + other.reinstalls,
            losses=self.losses + other.losses,
            outages=self.outages + other.outages,
            disruption=max(self.disruption, other.disruption),
        )


def total(costs: Iterable[Cost]) -> Cost:
    """What all of these do together."""
    return sum(costs, Cost())


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the head says wrongly, and where; line and column count from 1, and are 0 where nobody can say.

    file: below the review's root; "" where it is in no file of Git.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0

    @property
    def where(self) -> str:
        """`file:line:column`, as far as it is known."""
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)]) if self.file else ""

    @property
    def in_words(self) -> str:
        return ": ".join(filter(None, (self.where, self.message)))


@dataclass(frozen=True, slots=True)
class Held:
    """Why plans of these sites would not be sent if the change were merged now, as far as that is known already.

    sites: none where it is the commit as a whole. until: Unix seconds from which it may be over for the first of them;
    None where that is not known.
    """

    gate: GateName
    reason: str
    sites: tuple[str, ...] = ()
    until: float | None = None

    @property
    def asks(self) -> bool:
        """Whether somebody has to say yes, and nothing else is missing."""
        return self.gate in ASKS


@dataclass(frozen=True, slots=True)
class Example:
    """One site's part of the change, told to the end.

    plan: in its JSON form (`model.wire`). stages, felt: the same in words, a line each: what is done in which order,
      and what each host feels of it.
    differences: what the edit changes. before: what differs on the site already, and is no part of the edit, of its plan
      and of its cost.
    blocked: resource -> why its change is not in the plan. unjudged: resources that could not be compared.
    """

    site: str
    plan: Mapping[str, Any]
    differences: tuple[Difference, ...] = ()
    before: tuple[Difference, ...] = ()
    stages: tuple[str, ...] = ()
    felt: tuple[str, ...] = ()
    blocked: Mapping[str, str] = field(default_factory=dict)
    unjudged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Sites on which the same values become the same, in the same way and at the same cost.

    fingerprint: of the change, as approvals name it; where a site is in `differing`, what is planned there by and by is
      this and more, under another fingerprint. edit: equal for groups in which the same fields of the same
      resources change, to whatever value: one edit of Git is told once.
    is_exact: judged by what was read of each site; else the sites are taken to be as the base says.
    read_at: Unix seconds of the oldest of these readings; None for what is not exact.
    cost: of each of its sites. differing: those of them on which something differs already.
    """

    fingerprint: str
    edit: str
    sites: tuple[str, ...]
    cost: Cost
    example: Example
    is_exact: bool = False
    read_at: float | None = None
    differing: tuple[str, ...] = ()

    @property
    def is_deployed(self) -> bool:
        """Whether its sites are there: of one that is to be deployed first there is nothing to read, and nothing to guess."""
        return not self.is_exact or self.read_at is not None


@dataclass(frozen=True, slots=True)
class Review:
    """What merging the head into the base does.

    base, head: commits, or a commit with `+edits`. root: the folder of the repository that holds fleet.yaml.
    made_at: Unix seconds. fleet: how many sites the head describes. reached: how many of them have other inputs than
      before; those of which nothing differs are in no group.
    new: sites without a folder before. gone: sites without one now. broken: sites that the base says wrongly, so that
      nobody can say what changes.
    groups: the widest first.
    forecast: how long it takes; None where that was not estimated.
    proofs: what came of running plans on twins; None where that was not tried.
    """

    base: str
    head: str
    root: str = ""
    made_at: float = 0.0
    fleet: int = 0
    reached: int = 0
    groups: tuple[Group, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    errors: tuple[Finding, ...] = ()
    held: tuple[Held, ...] = ()
    forecast: Forecast | None = None
    proofs: tuple[Proof, ...] | None = None

    @property
    def id(self) -> str:
        """Sixteen hex digits over base, head and root: the same question has the same name, whoever asks it."""
        return sha256(f"{self.base}\0{self.head}\0{self.root}".encode()).hexdigest()[:16]

    @property
    def cost(self) -> Cost:
        """Of all sites together."""
        return total(group.cost.on(len(group.sites)) for group in self.groups)

    @property
    def added(self) -> tuple[str, ...]:
        """Those of the sites that will change which are not there yet."""
        return tuple(sorted(site for group in self.groups if not group.is_deployed for site in group.sites))

    @property
    def sites(self) -> tuple[str, ...]:
        """Those that will change, by name."""
        return tuple(sorted(site for group in self.groups for site in group.sites))

    @property
    def is_empty(self) -> bool:
        """Nothing changes, nothing is wrong."""
        return not (self.groups or self.new or self.gone or self.broken or self.errors)

    @property
    def approvals(self) -> tuple[Held, ...]:
        """What somebody has to say yes to."""
        return tuple(held for held in self.held if held.asks)

    @property
    def unproved(self) -> tuple[str, ...]:
        """Sites that will change and of which no proof says that the plan goes through."""
        proofs = self.proofs or ()
        proved = {site for proof in proofs if proof.result is ProofResult.PROVED for site in proof.sites}
        return tuple(site for site in self.sites if site not in proved)

    def path_of(self, finding: Finding) -> str:
        """The finding's file as the repository names it; "" for what is in none."""
        return f"{self.root}/{finding.file}" if self.root and finding.file else finding.file

    def group_of(self, site: str) -> Group | None:
        """The group that a site is in; None for one that does not change."""
        return next((group for group in self.groups if site in group.sites), None)

    def with_held(self, held: Iterable[Held]) -> Review:
        """With what else is known to hold sites back; equal reasons are told once."""
        return replace(self, held=merged((*self.held, *held)))


def merged(held: Iterable[Held]) -> tuple[Held, ...]:
    """One for each reason, with all its sites and its earliest end; in the order in which gates are told."""
    known: dict[tuple[GateName, str], list[Held]] = {}
    for one in held:
        known.setdefault((one.gate, one.reason), []).append(one)
    told = (Held(*key, _sites(several), _earliest(several)) for key, several in known.items())
    return tuple(sorted(told, key=lambda one: (list(GateName).index(one.gate), -len(one.sites), one.reason)))


def _sites(held: Iterable[Held]) -> tuple[str, ...]:
    return tuple(sorted({site for one in held for site in one.sites}))


def _earliest(held: Iterable[Held]) -> float | None:
    return min((one.until for one in held if one.until is not None), default=None)
