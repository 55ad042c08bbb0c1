"""Rollouts of several replicas: the leader counts commits and moves rollouts on, the others know them as it keeps them.

What visits elsewhere find, that a plan begins and which alarms stand, is told to the leader over the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

from reconciler.apply import Clock
from reconciler.engine.repository import Repository
from reconciler.engine.rollouts import Rollouts, woken
from reconciler.model.gate import Surroundings
from reconciler.model.rollout import Turn
from reconciler.model.rollout_health import to_look_at
from reconciler.model.verdict import Verdict
from reconciler.store import Look, Rendered
from reconciler.store import Rollouts as Kept


class SharedRollouts(Rollouts):
    """leads: whether this process is the one that moves them on, asked each time."""

    def __init__(self, kept: Kept, repository: Repository, clock: Clock, leads: Callable[[], bool]) -> None:
        super().__init__(kept, repository, clock)
        self._leads = leads
        self._has_led = False
        self._heard = -1
        self._counting = asyncio.Lock()

    # ---- asked by visits

    def of(self, site: str) -> Turn:
        """By what the leader has counted until now: what was heard a second ago may be of an older commit."""
        if not self._leads() and (known := self._kept.rendering(site)):
            self._rendered[site] = known
        return super().of(site)

    def begins(self, site: str) -> None:
        super().begins(site)
        if not self._leads() and any(site in one.members for one in self.live.values()):
            self._kept.tell(Look(site, begins=True))

    def looked(self, site: str, around: Surroundings | None) -> None:
        super().looked(site, around)
        if around is not None and not self._leads():
            self._kept.tell(Look(site, around=around))

    # ---- moved on

    async def moved(self) -> None:
        self._is_read = True
        if self._leads():
            async with self._counting:
                self._read_again()
                await super().moved()

    async def forward(self, verdicts: Mapping[str, Verdict]) -> frozenset[str]:
        if not self._leads():
            return self._follow(verdicts)
        if not self._has_led and self._is_read:  # what the one before did not come to
            await self.moved()
            self._has_led = True
        for look in self._kept.told():
            if look.begins:
                self._begun.add(look.site)
            if look.around is not None:
                self._around[look.site] = look.around
        return self.step(verdicts)

    def _follow(self, verdicts: Mapping[str, Verdict]) -> frozenset[str]:
        now, due = self._clock.now(), frozenset[str]()
        if (heard := self._kept.heard()) != self._heard:
            self._heard, due = heard, self._read_again()
        for one in self.live.values():
            due |= to_look_at(one, self._sights(one, verdicts), now)
        return due

    def _read_again(self) -> frozenset[str]:
        """Rollouts and renderings as they are kept; the sites that are to be visited for what moved."""
        rendered, live = self._rendered, self.live
        self._rendered, self.live = self._kept.renderings(), {one.id: one for one in self._kept.open()}
        due = frozenset(site for site, one in self._rendered.items() if rendered.get(site) != one)
        for id_, before in live.items():
            due |= woken(before, self.live[id_]) if id_ in self.live else before.members.keys()
        return due

    def _note(self, known: Mapping[str, Rendered], gone: Iterable[str] = ()) -> None:
        """Only the leader counts; what is rendered here first is a help to it."""
        if self._leads():
            super()._note(known, gone)
            return
        for site, one in known.items():
            self._kept.complete(site, one)
        self._rendered = {**self._rendered, **known}
