"""A commit on its way to many sites: who may be sent to, who waits for what. `model.rollout_steps` moves it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reconciler.model.forecast import Forecast
from reconciler.model.rollout_look import HINDERED, Saw, Seen
from reconciler.model.waves import Strategy, amount, has_canaries


class MemberState(StrEnum):
    """How far a site is with a rollout."""

    WAITING = "waiting"  # not its turn
    GOING = "going"  # it may be sent to, or is
    DONE = "done"
    FAILED = "failed"
    LATE = "late"  # dark or held longer than its wave could wait: caught up as soon as it can be
    GONE = "gone"  # a newer commit changes it again, or it is managed no more


SETTLED = frozenset((MemberState.DONE, MemberState.FAILED, MemberState.LATE, MemberState.GONE))


@dataclass(frozen=True, slots=True)
class Said:
    """A person's word on a rollout."""

    by: str
    at: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One site of a rollout. rendering: the digest of what Git says of it, which is what the rollout sends.

    plan: the id of the plan by which it went. is_sent: something of it was sent. saw, told: what the last look found.
    alarms, drift: what stood when it went. was_late: its wave has gone on without it.
    """

    site: str
    wave: int
    rendering: str = ""
    state: MemberState = MemberState.WAITING
    plan: str = ""
    began: float | None = None
    ended: float | None = None
    told: str = ""
    alarms: tuple[str, ...] = ()
    was_late: bool = False
    saw: Saw = Saw.UNKNOWN
    is_sent: bool = False
    drift: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether its wave waits for it no longer."""
        return self.was_late or self.state in SETTLED

    def let_go(self, saw: Seen, now: float) -> Member:
        """On its way from now on, from what stands at it now."""
        going = replace(self, state=MemberState.GOING, began=now, ended=None, told="", is_sent=False)
        return replace(going, plan=saw.plan, alarms=tuple(sorted(saw.alarms)), drift=tuple(sorted(saw.drift)))

    def given_back(self, told: str) -> Member:
        """Not on its way any more: its place is another's."""
        state = MemberState.LATE if self.was_late else MemberState.WAITING
        return replace(self, state=state, began=None, ended=None, told=told, is_sent=False)

    def settled(self, state: MemberState, now: float, told: str = "") -> Member:
        return replace(self, state=state, ended=now, told=told, was_late=self.was_late or state is MemberState.LATE)


@dataclass(frozen=True, slots=True)
class Words:
    """What people said of a rollout, the last of each; resumed: failures before it are forgiven."""

    paused: Said | None = None
    resumed: Said | None = None
    aborted: Said | None = None
    approved: Said | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """wave: the number of the wave that goes. wave_began, wave_ended: of that wave; ended, it soaks.

    mass: what the commit does too much of, for which it waits to be approved as a whole; "" if nothing.
    is_weighed: whether that is known; until then nobody goes. is_guided: fleet.yaml says in what waves it goes; one
    that is not only waits to be weighed and approved. halted: why it stopped by itself; it stays so, whatever becomes
    of the sites that failed, until somebody says to go on. heeded: when the last such word was said that it has heard.
    foreseen: what was forecast when it began; expected: what is forecast now, both in brief.
    Times are Unix seconds.
    """

    id: str
    commit: str
    strategy: Strategy
    members: Mapping[str, Member]
    started: float
    wave: int = 0
    wave_began: float | None = None
    wave_ended: float | None = None
    ended: float | None = None
    mass: str = ""
    is_weighed: bool = True
    is_guided: bool = True
    halted: str = ""
    heeded: float | None = None
    foreseen: Forecast | None = None
    expected: Forecast | None = None
    words: Words = field(default_factory=Words)

    def of(self, wave: int) -> list[Member]:
        """Its sites that are in it still."""
        return [m for m in self.members.values() if m.wave == wave and m.state is not MemberState.GONE]

    def up_to(self, wave: int) -> list[Member]:
        """The same of this wave and of those before it."""
        return [m for m in self.members.values() if m.wave <= wave and m.state is not MemberState.GONE]

    def count(self, state: MemberState) -> int:
        return sum(m.state is state for m in self.members.values())

    @property
    def waves(self) -> int:
        return 1 + max((m.wave for m in self.members.values()), default=0)

    @property
    def tries_canaries(self) -> bool:
        """The wave that goes is that of the canaries, or of the system controller before them."""
        return has_canaries(self.strategy, (m.site for m in self.of(self.wave)))

    @property
    def budget(self) -> int:
        """How many sites may fail: none while the canaries go."""
        return 0 if self.tries_canaries else amount(self.strategy.max_failures, len(self.members))

    @property
    def stopped(self) -> str:
        """Why nobody further goes, for a person; "" if somebody may."""
        words = self.words
        if words.aborted:
            return f"aborted by {words.aborted.by}: {words.aborted.reason}"
        if self.weight:
            return self.weight
        if words.paused:
            return f"paused by {words.paused.by}: {words.paused.reason}"
        return f"stopped: {self.halted}" if self.halted else self.exceeded and f"stopped: {self.exceeded}"

    @property
    def exceeded(self) -> str:
        """That more sites failed than may; "" if not."""
        failed = self.count(MemberState.FAILED)
        if not failed or self.ended is not None or failed <= self.budget:
            return ""
        return f"{failed} failed, and {self.budget} may; `stxr rollout resume {self.id}` tries them again"

    @property
    def weight(self) -> str:
        """Why the commit is held as a whole; "" if it is not."""
        if self.mass and self.words.approved is None:
            return f"commit {self.commit[:12]} {self.mass}: it waits for `stxr approve --rollout {self.id}`"
        if self.is_weighed:
            return ""
        left = self.count(MemberState.WAITING)
        return f"what commit {self.commit[:12]} does to {left} sites is being counted"

    @property
    def expected_end(self) -> float | None:
        """When it ended, or is likely to; None where nobody can say, as of one that is stopped."""
        if self.ended is not None or self.stopped or self.expected is None:
            return self.ended
        return self.expected.waves_end

    @property
    def error(self) -> float | None:
        """By what share of what was forecast when it began it took longer, or, below zero, less long."""
        if self.ended is None or self.foreseen is None or self.foreseen.waves_end is None:
            return None
        foreseen_s = self.foreseen.waves_end - self.foreseen.made_at
        return (self.ended - self.foreseen.made_at) / foreseen_s - 1 if foreseen_s > 0 else None

    @property
    def soaks_until(self) -> float | None:
        return None if self.wave_ended is None else self.wave_ended + self.strategy.soak_s

    def has(self, site: str) -> bool:
        """Whether it has a say on the site still. Who failed is tried again by itself once the rollout has ended."""
        member = self.members.get(site)
        over = {MemberState.DONE, MemberState.GONE}
        if self.ended is not None and not self.words.aborted:
            over |= {MemberState.FAILED}
        return member is not None and member.state not in over

    @property
    def is_open(self) -> bool:
        """Whether it goes on, or has a say on some site still."""
        return self.ended is None or any(map(self.has, self.members))

    def may_go(self, site: str) -> bool:
        """Whether the site may be sent to now; what was begun goes on through a pause, and not through an abort."""
        if not self.has(site):
            return True
        return self.members[site].state is MemberState.GOING and not self.words.aborted

    def is_going(self, site: str) -> bool:
        """Whether it is being sent to the site, or may be at any moment."""
        return self.has(site) and self.members[site].state is MemberState.GOING

    def waits_for(self, site: str) -> str:
        """Why it is not the site's turn, for a person."""
        member = self.members[site]
        if self.stopped:
            return f"rollout {self.id}: {self.stopped}"
        place = f"wave {member.wave + 1} of rollout {self.id}"
        return f"{place}: {_turn(self, member)}"

    def tells(self, site: str) -> str:
        """What the site waits for, or how it is: its turn, and what else keeps it back."""
        member = self.members[site]
        if not self.has(site) or self.may_go(site) or member.state is MemberState.FAILED:
            return member.told
        own = (member.told or f"is {member.saw}") if member.saw in HINDERED else ""
        if own and member.state is MemberState.LATE and not self.stopped:
            return own
        return "; ".join(filter(None, (self.waits_for(site), own)))


@dataclass(frozen=True, slots=True)
class Turn:
    """What a site is to the rollouts. rollout: the one that has a say on it; None where none has.

    is_counted: it is known which sites the commit changes that Git is at.
    """

    rollout: Rollout | None = None
    is_counted: bool = True


def _turn(rollout: Rollout, member: Member) -> str:
    if member.state is MemberState.FAILED:
        return "failed; it is tried again when the rollout has ended or is resumed"
    if member.state is MemberState.LATE:
        return "is caught up when one of those that go has ended"
    if member.wave <= rollout.wave:
        return f"waits for one of {rollout.count(MemberState.GOING)} that go to end"
    waves = range(rollout.wave, member.wave)
    left = sum(m.wave in waves and not m.is_settled for m in rollout.members.values())
    if left:
        return f"waits for {left} {'site' if left == 1 else 'sites'} of wave {rollout.wave + 1}" + (
            f" to {member.wave}" if member.wave > rollout.wave + 1 else ""
        )
    return f"waits for wave {rollout.wave + 1}, which soaks"
