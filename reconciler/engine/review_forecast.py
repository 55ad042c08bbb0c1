"""How long a change would take the fleet if it were merged now: its sites as they come, then played out together."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from reconciler.desired import Fleet
from reconciler.engine.preview import Preview
from reconciler.engine.repository import Repository
from reconciler.model.budget import Budget
from reconciler.model.durations import Durations
from reconciler.model.errors import ReconcilerError
from reconciler.model.forecast import Forecast, PlanForecast
from reconciler.model.site import Settings
from reconciler.model.waves import Selectable, Strategy, has_canaries, waves
from reconciler.model.words import ApplyPolicy, Mode
from reconciler.plan import Planned, Standing, Terms, forecast, groups, rollout_forecast

PLACES = 50  # plans that one controller sends at a time, where nothing else is said
UNGUIDED = Strategy(max_concurrent=PLACES, progress_deadline="365d")  # every site as soon as it may, in no waves
NOT_SENT = "the mode or the policy of every site keeps it from being sent"


class Foreseen:
    """The sites of a change as they come. now: Unix seconds."""

    def __init__(self, now: float, durations: Durations) -> None:
        self._now, self._durations = now, durations
        self._plans: dict[PlanForecast, PlanForecast] = {}  # of a thousand equal sites one is kept
        self._sites: list[Planned] = []
        self._sent: dict[str, Selectable] = {}
        self._hosts: dict[str, int] = {}

    def add(self, one: Preview, settings: Settings) -> None:
        """One more site, with how it is treated."""
        found = forecast(one.plan, one.context.system, self._durations)
        plan = self._plans.setdefault(found, found)
        frozen = (f.ends for f in settings.freezes if f.covers(settings.group, self._now))
        self._sites.append(
            Planned(one.site, 0, plan, settings.windows, settings.group, not_before=max(frozen, default=-inf))
        )
        if settings.mode is Mode.APPLY and settings.apply is not ApplyPolicy.NEVER:
            self._sent[one.site] = Selectable(one.site, settings.group, settings.labels)
        for scope in ("", settings.group):
            self._hosts[scope] = self._hosts.get(scope, 0) + len(one.context.system.hosts)

    def made(self, after: Repository) -> Forecast | None:
        """What all of them take by the rules of fleet.yaml; None where nothing is to be done."""
        if not any(one.plan and one.plan.stages for one in self._sites):
            return None
        told = groups(one for one in self._sites if one.plan and one.plan.stages)
        if not self._sent:
            return Forecast(self._now, told, stops=NOT_SENT)
        fleet = _fleet(after)
        strategy = fleet.rollout if fleet and fleet.rollout and len(self._sent) > 1 else None
        found = self._played(strategy or UNGUIDED, fleet)
        return replace(found, groups=told, waves=found.waves if strategy else ())

    def _played(self, strategy: Strategy, fleet: Fleet | None) -> Forecast:
        order = waves(strategy, self._sent.values())
        wave_of = {site: number for number, names in enumerate(order) for site in names}
        sites = [replace(one, wave=wave_of[one.site]) for one in self._sites if one.site in wave_of]
        sites.sort(key=lambda one: (one.wave, one.site))
        canaries = sum(has_canaries(strategy, names) for names in order)
        terms = Terms(strategy, min(strategy.max_concurrent, PLACES), canaries, self._most_out(fleet))
        return rollout_forecast(sites, terms, Standing(self._now, len(order)))

    def _most_out(self, fleet: Fleet | None) -> dict[str, int]:
        """Hosts that may be out of service at a time. A share is of the hosts of the sites that change."""
        if fleet is None:
            return {}
        of_groups = {name: group.max_unavailable for name, group in fleet.groups.items() if group}
        said = {"": fleet.max_unavailable} | of_groups
        limits = {scope: most for scope, most in said.items() if most is not None}
        return {scope: Budget("", most, 0, self._hosts.get(scope, 0)).limit for scope, most in limits.items()}


def _fleet(after: Repository) -> Fleet | None:
    """What fleet.yaml says; where it is wrong, every site says so."""
    try:
        return after.fleet()
    except ReconcilerError:
        return None
