"""Commits on their way to many sites: made when the repository moves, moved on by what visits find, asked by the gates.

A rollout pins what Git says of each of its sites. A newer commit takes out only the sites whose rendering it changes;
these are in the newer rollout then, so that no site is ever in two.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

from reconciler.apply import Clock
from reconciler.engine.foresight import Foresight
from reconciler.engine.repository import Repository
from reconciler.engine.rollout_sight import reach, seen
from reconciler.engine.sending import rendering
from reconciler.model.errors import ReconcilerError
from reconciler.model.gate import Surroundings
from reconciler.model.rollout import Member, MemberState, Rollout, Turn, Words
from reconciler.model.rollout_health import to_look_at
from reconciler.model.rollout_look import Seen
from reconciler.model.rollout_steps import on_their_way, released, step, superseded
from reconciler.model.site import Settings
from reconciler.model.snapshot import Snapshot
from reconciler.model.verdict import Verdict
from reconciler.model.waves import Mass, Reach, Selectable, Strategy, excess, might_exceed, waves
from reconciler.model.words import ApplyPolicy, Mode
from reconciler.store import Rendered
from reconciler.store import Rollouts as Kept

UNGUIDED = Strategy()  # of a commit that only waits to be approved as a whole: it goes in no waves


class Rollouts:
    """The rollouts of one controller; `engine.office.Turns`. Belongs to its event loop."""

    def __init__(self, kept: Kept, repository: Repository, clock: Clock) -> None:
        self._kept, self._repository, self._clock = kept, repository, clock
        self.foresight = Foresight(repository)
        self.error: float | None = None  # of the forecast of the one that ended last
        self._rendered = kept.renderings()
        self._around: dict[str, Surroundings] = {}
        self._begun: set[str] = set()  # sites to which something was sent since they were let go last
        self._is_read = False  # Git, by this process
        self._strategy: Strategy | None = None
        self._mass = Mass()
        self.live: dict[str, Rollout] = {one.id: one for one in kept.open()}

    # ---- asked by visits

    def of(self, site: str) -> Turn:
        known = self._rendered.get(site)
        is_counted = known is not None and known.key == self._repository.tree.keys.get(site, known.key)
        found = next((one for one in self.live.values() if one.has(site)), None)
        if found is not None:
            found = replace(found, words=self._kept.words().get(found.id, Words()))
        return Turn(found, is_counted)

    def sites_of(self, rollouts: Iterable[str]) -> frozenset[str]:
        """The sites on which these rollouts have a say."""
        live = (self.live[id_] for id_ in rollouts if id_ in self.live)
        return frozenset(site for one in live for site in one.members if one.has(site))

    def watches(self, site: str) -> bool:
        return any(site in one.members for one in self.live.values() if one.strategy.soak_s)

    def begins(self, site: str) -> None:
        """A plan begins to be sent to the site."""
        self._begun.add(site)

    def looked(self, site: str, around: Surroundings | None) -> None:
        if around is None:
            self._around.pop(site, None)
        else:
            self._around[site] = around
        known = self._rendered.get(site)
        if known and not known.digest and known.key == self._repository.tree.keys.get(site):
            self._note({site: Rendered(known.key, self._rendering(site))})

    # ---- the repository has moved

    async def moved(self) -> None:
        """Count the sites that the move changes; a rollout of them, where it is to be one. Before any is visited."""
        keys, self._is_read = dict(self._repository.tree.keys), True
        if not self._rendered:  # a first look: nobody knows what any commit changed
            self._note({site: Rendered(key) for site, key in keys.items()})
            return
        self._read_fleet()
        moved = await self._digests(
            {s: k for s, k in keys.items() if s not in self._rendered or self._rendered[s].key != k}
        )
        changed = {site: one.digest for site, one in moved.items() if one.digest != self._digest(site)}
        now, heavy = self._clock.now(), self._heavy(changed)
        for one in list(self.live.values()):
            self._save(superseded(one, changed, keys, now), one)
        self._begin(changed, len(keys), now, heavy)
        self._note(moved, self._rendered.keys() - keys.keys())

    def _digest(self, site: str) -> str:
        """What Git said of it last; never equal to anything where nobody had rendered that."""
        known = self._rendered.get(site)
        return known.digest if known else ""

    async def _digests(self, keys: Mapping[str, str]) -> dict[str, Rendered]:
        found = {}
        for site, key in keys.items():
            found[site] = Rendered(key, self._rendering(site))
            await asyncio.sleep(0)  # visits go on: a commit may move thousands of sites
        return found

    def _rendering(self, site: str) -> str:
        """Where Git cannot be read the site is as it was: it changes when Git can be read again."""
        try:
            return _said(self._repository.desired(site), self._repository.settings(site))
        except (ReconcilerError, KeyError):
            return self._digest(site)

    def _read_fleet(self) -> None:
        try:
            fleet = self._repository.fleet()
        except ReconcilerError:
            return  # what it said last counts; each site says what is wrong
        self._strategy, self._mass = (fleet.rollout, fleet.mass) if fleet else (None, Mass())

    def _heavy(self, changed: Iterable[str]) -> str:
        """What a commit goes on with that is held as a whole: some of its sites are let go by no small commit."""
        held = (one for one in self.live.values() if one.mass and one.weight and any(map(one.has, changed)))
        return next((f"goes on with {one.commit[:12]}, which {_own(one.mass)}" for one in held), "")

    def _begin(self, changed: Mapping[str, str], fleet: int, now: float, before: str) -> None:
        """before: what it goes on with that is held as a whole."""
        sites = list(self._selectable(name for name in changed if not self._is_had(name)))
        count = Reach(fleet, changed=len(sites), unplanned=len(sites))
        heavy, is_weighed = excess(self._mass, count) or before, not might_exceed(self._mass, count)
        is_one = len(sites) < 2 and not before
        if not sites or is_one or (self._strategy is None and is_weighed and not heavy):
            return
        strategy = self._strategy or UNGUIDED
        order = waves(strategy if self._strategy else UNGUIDED, sites)
        members = {name: Member(name, wave, changed[name]) for wave, names in enumerate(order) for name in names}
        made = Rollout(
            id=sha256(f"{self._repository.commit} {now}".encode()).hexdigest()[:8],
            commit=self._repository.commit,
            strategy=strategy,
            members=members,
            started=now,
            mass=heavy,
            is_weighed=is_weighed or bool(heavy),
            is_guided=self._strategy is not None,
        )
        self._save(made)

    def _is_had(self, site: str) -> bool:
        """A process that died in counting the same commit has made its rollout: it goes on with that one."""
        return any(one.has(site) for one in self.live.values())

    def _selectable(self, names: Iterable[str]) -> Iterator[Selectable]:
        """The sites among them that anything is sent to at all."""
        for name in names:
            try:
                settings = self._repository.settings(name)
            except (ReconcilerError, KeyError):
                continue
            if _is_sent_to(settings):
                yield Selectable(name, settings.group, settings.labels)

    # ---- moved on

    def step(self, verdicts: Mapping[str, Verdict]) -> frozenset[str]:
        """Every rollout moved on by what is known now; the sites that are to be visited for it."""
        if not self.live or not self._is_read:
            return frozenset()
        words, due = self._kept.words(), set[str]()
        sights = {one.id: self._sights(one, verdicts) for one in self.live.values()}
        for before in list(self.live.values()):
            said = replace(before, words=words.get(before.id, Words()))
            moved = self._next(self._weighed(said, verdicts, sights[said.id]), sights)
            after = self.foresight.of(moved, verdicts, self._clock.now())
            self._save(after, before)
            due |= woken(before, after) | to_look_at(after, sights[after.id], self._clock.now())
        return frozenset(due)

    async def forward(self, verdicts: Mapping[str, Verdict]) -> frozenset[str]:
        """One step, as this process takes it."""
        return self.step(verdicts)

    def _next(self, one: Rollout, sights: Mapping[str, Mapping[str, Seen]]) -> Rollout:
        now = self._clock.now()
        if not one.is_guided and not one.stopped:
            return released(one, now)
        others = (on_their_way(other, sights[other.id]) for other in self.live.values() if other.id != one.id)
        return step(one, sights[one.id], now, frozenset().union(*others))

    def _sights(self, one: Rollout, verdicts: Mapping[str, Verdict]) -> dict[str, Seen]:
        keys, around, begun = self._repository.tree.keys, self._around, self._begun
        return {
            name: seen(verdicts.get(name), keys.get(name, ""), around.get(name), is_begun=name in begun)
            for name in one.members
        }

    def _weighed(self, one: Rollout, verdicts: Mapping[str, Verdict], sights: Mapping[str, Seen]) -> Rollout:
        """What the commit does, once so many sites are planned that the rest cannot make it too much."""
        if one.is_weighed:
            return one
        found = reach(len(self._rendered), filter(one.has, one.members), verdicts, sights)
        heavy = excess(self._mass, found)
        return replace(one, mass=heavy, is_weighed=bool(heavy) or not might_exceed(self._mass, found))

    def _save(self, after: Rollout, before: Rollout | None = None) -> None:
        if after == before:
            return
        self._kept.save(after, before)
        self.live[after.id] = after
        self._begun -= _moved_to(MemberState.GOING, before, after)
        self.error = self.error if after.error is None else after.error
        if not after.is_open:
            del self.live[after.id]

    def _note(self, known: Mapping[str, Rendered], gone: Iterable[str] = ()) -> None:
        left = frozenset(gone)
        self._kept.rendered(known, left)
        self._rendered = {s: r for s, r in {**self._rendered, **known}.items() if s not in left}


def _own(mass: str) -> str:
    """What the first of several commits does that go on with each other."""
    return mass.rpartition(", which ")[2]


def woken(before: Rollout, after: Rollout) -> frozenset[str]:
    """The sites that may go now, or are to be tried again."""
    if before.weight and not after.weight and not after.is_guided:
        return frozenset(after.members)
    return _moved_to(MemberState.GOING, before, after) | _moved_to(MemberState.WAITING, before, after)


def _moved_to(state: MemberState, before: Rollout | None, after: Rollout) -> frozenset[str]:
    was = before.members if before else {}
    now = (m for m in after.members.values() if m.state is state)
    return frozenset(m.site for m in now if m.site not in was or was[m.site].state is not state)


def _said(desired: Snapshot, settings: Settings) -> str:
    """What Git says of a site, and whether anything of it is sent: where that begins, it is as good as a change."""
    digest = rendering(desired)
    return digest if _is_sent_to(settings) else f"unsent {digest}"


def _is_sent_to(settings: Settings) -> bool:
    return settings.mode is Mode.APPLY and settings.apply is not ApplyPolicy.NEVER
