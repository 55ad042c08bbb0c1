"""What is forecast of a rollout while it goes: from what was planned, what was measured, and what Git allows when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf

from reconciler.engine.repository import Repository
from reconciler.model.errors import ReconcilerError
from reconciler.model.forecast import Forecast, PlanForecast
from reconciler.model.gate import GateName, Hold
from reconciler.model.rollout import SETTLED, Member, MemberState, Rollout
from reconciler.model.rollout_look import Saw
from reconciler.model.site import Settings
from reconciler.model.verdict import Verdict
from reconciler.model.waves import has_canaries
from reconciler.plan import Planned, Standing, Terms, rollout_forecast

EVERY_S = 60.0
IN_TURN = frozenset((GateName.ROLLOUT, GateName.MASS, GateName.WINDOW, GateName.BUDGET))  # what is played out, or ours
ASKING = frozenset((GateName.APPROVAL, GateName.POLICY, GateName.FIGHTING))  # somebody's yes is taken for given


def unbounded() -> Mapping[str, int]:
    """Any number of hosts may be out of service."""
    return {}


@dataclass
class Foresight:
    """Forecasts of one controller's rollouts, made again once they are old or a wave has begun.

    limits: hosts that may be out of service at a time. places: plans that are sent at a time; None where only the
    rollout says how many. say: is told what no forecast could be made for.
    """

    repository: Repository
    limits: Callable[[], Mapping[str, int]] = unbounded
    places: int | None = None
    say: Callable[[str], None] = lambda _: None
    _made: dict[str, tuple[float, int]] = field(default_factory=dict)

    def of(self, one: Rollout, verdicts: Mapping[str, Verdict], now: float) -> Rollout:
        """The rollout with what is forecast of it now. What was when its first site was done stays beside it."""
        if one.ended is not None:
            self._made.pop(one.id, None)
        if one.ended is not None or one.stopped or not self._is_due(one, now):
            return one
        self._made[one.id] = (now, one.wave)
        try:
            told = self._forecast(one, verdicts, now).brief
        except Exception as fault:  # noqa: BLE001 - nobody needs a forecast to go on
            self.say(f"{one.id}: no forecast, by a fault of stx-reconciler: {fault!r}; please report it")
            return one
        has_begun = any(m.state in SETTLED and m.began is not None for m in one.members.values())
        return replace(one, expected=told, foreseen=one.foreseen if one.foreseen and has_begun else told)

    def _is_due(self, one: Rollout, now: float) -> bool:
        made_at, wave = self._made.get(one.id, (-inf, -1))
        return wave != one.wave or not made_at <= now < made_at + EVERY_S

    def _forecast(self, one: Rollout, verdicts: Mapping[str, Verdict], now: float) -> Forecast:
        most = one.strategy.max_concurrent
        theirs = sum(has_canaries(one.strategy, (m.site for m in one.of(wave))) for wave in range(one.waves))
        canaries = theirs if one.heeded is None else 0
        terms = Terms(one.strategy, most if self.places is None else min(most, self.places), canaries, self.limits())
        return rollout_forecast(list(self._planned(one, verdicts)), terms, standing(one, now))

    def _planned(self, one: Rollout, verdicts: Mapping[str, Verdict]) -> Iterator[Planned]:
        keys = self.repository.tree.keys
        for member in one.members.values():
            verdict, settings = verdicts.get(member.site), self._settings(member.site)
            is_over = member.state in SETTLED and member.state is not MemberState.LATE
            if settings is None or is_over:
                continue
            known = verdict if verdict and verdict.input_key == keys.get(member.site) else None
            yield planned(member, known, settings)

    def _settings(self, site: str) -> Settings | None:
        try:
            return self.repository.settings(site)
        except (ReconcilerError, KeyError):
            return None  # what Git says wrongly is sent to nobody


def planned(member: Member, verdict: Verdict | None, settings: Settings) -> Planned:
    """One site of a rollout. verdict: of what Git says now; None while nobody has looked."""
    is_going = member.state is MemberState.GOING
    is_asked = verdict is not None and member.saw is not Saw.UNKNOWN
    return Planned(
        site=member.site,
        wave=member.wave,
        plan=(verdict.forecast or PlanForecast()) if verdict and is_asked else None,
        windows=settings.windows,
        group=settings.group,
        began=member.began if is_going else None,
        is_late=member.was_late,
        not_before=-inf if is_going else _not_before(member, verdict),
    )


def standing(one: Rollout, now: float) -> Standing:
    """Where it stands. What somebody said last to go on begins its deadlines anew."""
    began = one.wave_began
    if began is not None and one.words.resumed:
        began = max(began, min(one.words.resumed.at, now))
    went = any(
        m.ended is not None and m.ended >= (one.wave_began or 0.0) and m.began is not None for m in one.of(one.wave)
    )
    return Standing(now, one.waves, one.wave, began, one.wave_ended, went)


def _not_before(member: Member, verdict: Verdict | None) -> float:
    """Until when something else than its turn and its windows keeps a site back."""
    if member.saw is Saw.DARK:
        return inf
    return max(map(_over, verdict.holds if verdict else ()), default=-inf)


def _over(hold: Hold) -> float:
    if hold.gate in IN_TURN | ASKING:
        return -inf
    return inf if hold.until is None else hold.until
