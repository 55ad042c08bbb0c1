"""The parts that every visit shares, and what one visit is given. Nothing here decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from reconciler.apply import Clock, Journal, Pace, Permits, Recorder, Work, permitted, unrecorded
from reconciler.clients import reveal
from reconciler.engine.board_checks import Checks, Unchecked
from reconciler.engine.measuring import Lasting, Stopwatch, Unmeasured
from reconciler.engine.remote import SiteRemote
from reconciler.engine.repository import Repository
from reconciler.engine.unsealed import Reveal, as_seen, read_ahead
from reconciler.model.allowance import Allowance
from reconciler.model.approval import Approval
from reconciler.model.condition import HostCondition
from reconciler.model.deployed import Deployed
from reconciler.model.fight import Writes
from reconciler.model.gate import Hold, Surroundings, Suspension
from reconciler.model.kind import Kinds
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.redeployment import Asked
from reconciler.model.removal import Removal
from reconciler.model.resource import ResourceKey
from reconciler.model.rollout import Turn
from reconciler.model.site import Settings
from reconciler.model.snapshot import Snapshot
from reconciler.plan import stage_id, stage_s


def silent(site: str, text: str) -> None:
    """Nobody listens."""


def unannounced(site: str, todo: Plan) -> None:
    """Nobody is told that a plan begins to be sent."""


def nobody_suspended() -> tuple[Suspension, ...]:
    """Nobody said stop."""
    return ()


def nobody_out() -> frozenset[str]:
    """Every host is in service."""
    return frozenset()


def nobody_stuck() -> tuple[HostCondition, ...]:
    """Every host did what it was told."""
    return ()


def no_history(plan_id: str, sending: str) -> Recorder:  # noqa: ARG001
    """Nobody keeps what happens."""
    return unrecorded


def nothing_noted(sending: str, fields: Mapping[str, str], at: float) -> None:
    """Nobody notes what was written."""


def undisputed(fingerprint: str) -> str:  # noqa: ARG001
    """No proof failed."""
    return ""


def undeployed(deployed: Deployed) -> None:
    """Nobody notes with what a site was deployed."""


def not_anew(asked: Asked) -> None:
    """Nobody notes by which word of Git a site is deployed anew."""


def unended() -> None:
    """Nobody notes that a sending begins, or has ended."""


def unnumbered(approval: Approval) -> int:  # noqa: ARG001
    """Nobody keeps it."""
    return 0


def untimed(stage: str) -> AbstractContextManager[None]:  # noqa: ARG001
    """Nobody measures."""
    return nullcontext()


class Turns(Protocol):
    """Whose turn it is: `engine.rollouts` says it."""

    def of(self, site: str) -> Turn:
        """Judged now: somebody's word, or a newer commit, may have come since the visit began."""
        ...

    def watches(self, site: str) -> bool:
        """Whether the alarms of the site are asked for at each visit."""
        ...

    def looked(self, site: str, around: Surroundings | None) -> None:
        """A site is visited, and this surrounds it where that was asked for."""
        ...

    def begins(self, site: str) -> None:
        """A plan begins to be sent to the site."""
        ...


class Unordered:
    """Every site whenever it is ready."""

    def of(self, site: str) -> Turn:  # noqa: ARG002
        return Turn()

    def watches(self, site: str) -> bool:  # noqa: ARG002
        return False

    def looked(self, site: str, around: Surroundings | None) -> None:
        """Nobody asks."""

    def begins(self, site: str) -> None:
        """Nobody waits for it."""


class Bounds(Protocol):
    """What the fleet allows its sites together: `engine.bounds` says it."""

    def of(self, site: str) -> Allowance:
        """Judged now, as the gates need it."""
        ...

    def claim(self, site: str, todo: Plan) -> tuple[Hold, ...]:
        """The plan is about to be sent; why it is not, where another was quicker."""
        ...

    def has_claimed(self, site: str) -> bool:
        """Whether this process has claimed for it, and nobody told the end."""
        ...

    def ended(self, site: str, outcome: Outcome) -> None:
        """A plan that was claimed for has ended; may be told again."""
        ...

    def let_go(self, site: str) -> None:
        """It was not sent."""
        ...


class Unbounded:
    """As many as come."""

    def of(self, site: str) -> Allowance:  # noqa: ARG002
        return Allowance()

    def claim(self, site: str, todo: Plan) -> tuple[Hold, ...]:  # noqa: ARG002
        return ()

    def has_claimed(self, site: str) -> bool:  # noqa: ARG002
        return False

    def ended(self, site: str, outcome: Outcome) -> None:
        """Nobody counts."""

    def let_go(self, site: str) -> None:
        """Nobody counts."""


@dataclass(frozen=True, slots=True)
class Office:
    """What outlives visits: kinds, repository, clock, pace, who is told what is done, and who measures each stage.

    turns: in which order a commit reaches the sites. bounds: what they are allowed together. lasting: how long acts
    took so far.

    reveal: reads a secret that documents refer to. boards: asks the controllers of hosts that are to be reinstalled.
    """

    kinds: Kinds
    repository: Repository
    clock: Clock
    pace: Pace
    say: Callable[[str, str], None] = silent
    timed: Callable[[str], AbstractContextManager[None]] = untimed
    begins: Callable[[str, Plan], None] = unannounced
    reveal: Reveal = reveal
    turns: Turns = field(default_factory=Unordered)
    bounds: Bounds = field(default_factory=Unbounded)
    lasting: Lasting = field(default_factory=Unmeasured)
    boards: Checks = field(default_factory=Unchecked)

    async def at_look(self, visit: Visit) -> Office:
        """The same for one look at a site, which waits for nobody who keeps secrets: what they keep was asked before."""
        base = self.repository.base(visit.site, visit.base_commit)
        said = (visit.desired, base) if base else (visit.desired,)
        return replace(self, reveal=await read_ahead(said, self.kinds, self.reveal))

    def as_seen(self, said: Snapshot, observed: Snapshot) -> Snapshot:
        """What Git says, as it is compared with what was observed."""
        return as_seen(said, observed, self.kinds, self.reveal)


@dataclass(frozen=True, slots=True)
class Visit:
    """One site, once: its settings, its line, what we remember of it.

    base_commit: the commit whose plan last ended here, "" where none is known.
    windows: hosts that we locked and have not unlocked.
    approved: the id of the plan that somebody approved, "" for none; "*" for whatever the plan is, but for what destroys.
    approvals: what people said of its plans, and of changes, as the store keeps it.
    suspensions: who said stop, asked anew each time: it may be said while a plan is being sent.
    approve: keeps a word that nobody said to us, and numbers it: a merge.
    recorder: for a plan's id and the name of one sending of it, who keeps what happens then.
    writes: when we wrote its fields. wrote: for the name of a sending and the fields that it wrote, who notes that.
    out: the same as windows, asked anew each time.
    standing: how its hosts are stuck.
    disproved: for a change's fingerprint, why it failed on a twin of this site or of one like it; "" where it did not.
    conditions: the same, asked anew each time as well; without those that whoever asks has before his eyes.
    deployed: what the site was deployed with; None where nobody knows. deploys: notes it. redeploys: notes by which word
      of Git it is about to be deployed anew. begins, ended: that a sending does.
    carried: what commits removed and is not deleted, open or declined. declared: the keys that the base said when it
      was noted.
    """

    site: str
    settings: Settings
    desired: Snapshot
    remote: SiteRemote
    journal: Journal
    base_commit: str = ""
    windows: frozenset[str] = frozenset()
    approved: str = ""
    carried: tuple[Removal, ...] = ()
    declared: frozenset[ResourceKey] = frozenset()
    suspensions: Callable[[], tuple[Suspension, ...]] = nobody_suspended
    approvals: tuple[Approval, ...] = ()
    recorder: Callable[[str, str], Recorder] = no_history
    writes: Writes = field(default_factory=dict)
    wrote: Callable[[str, Mapping[str, str], float], None] = nothing_noted
    approve: Callable[[Approval], int] = unnumbered
    out: Callable[[], frozenset[str]] = nobody_out
    standing: tuple[HostCondition, ...] = ()
    conditions: Callable[[], tuple[HostCondition, ...]] = nobody_stuck
    disproved: Callable[[str], str] = undisputed
    deployed: Deployed | None = None
    deploys: Callable[[Deployed], None] = undeployed
    redeploys: Callable[[Asked], None] = not_anew
    ended: Callable[[], None] = unended
    begins: Callable[[], None] = unended


def work(
    visit: Visit, office: Office, desired: Snapshot, windows: frozenset[str], permits: Permits = permitted
) -> Work:
    """What sending a plan carries along. windows: hosts of ours that are still locked. permits: the gates."""
    name = visit.site
    return Work(
        site=name,
        remote=visit.remote,
        journal=visit.journal,
        clock=office.clock,
        pace=office.pace,
        kinds=office.kinds,
        desired=desired,
        say=lambda text: office.say(name, text),
        windows=set(windows),
        permits=permits,
        lasts=partial(stage_s, known=office.lasting.durations()),
        measures=Stopwatch(),
        digest=stage_id,
    )


def learned(carried: Work, visit: Visit, office: Office) -> None:
    """What a sending took, once it has ended, is what the next is expected to take."""
    if isinstance(watch := carried.measures, Stopwatch) and watch.acts:
        office.lasting.took(watch.took(visit.remote.system, visit.remote.took_s), office.clock.now())
