"""The verdict of a visit with all that stands beside it: alarms, clues, backups, hosts that are not well, how long it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.engine.clues import clues
from reconciler.engine.fleet import Fleet
from reconciler.engine.office import Visit
from reconciler.engine.reconcile import Judged
from reconciler.engine.standing import newer, standing
from reconciler.engine.verdicts import Whose, found, not_found
from reconciler.model.backup import BackupSight, sight
from reconciler.model.errors import ReconcilerError
from reconciler.model.forecast import PlanForecast
from reconciler.model.outcome import Outcome
from reconciler.model.site import Settings
from reconciler.model.verdict import Verdict
from reconciler.model.words import Mode
from reconciler.plan import forecast


@dataclass(frozen=True, slots=True)
class Telling:
    """Of the sites of a fleet. before: the verdict of a site's last visit, wherever it is given."""

    fleet: Fleet

    async def visited(
        self, visit: Visit, judged: Judged, outcome: Outcome, *, began: float, before: Verdict | None
    ) -> Verdict:
        """Of a visit that could look, and began then."""
        now, remote = self.fleet.office.clock.now(), visit.remote
        told = found(self._whose(visit.site, visit.settings), judged, outcome, now, before)
        return replace(
            told,
            noted=await clues(judged, before, remote),
            alarms=await standing(remote, began, before, self.fleet.centre.alarms_of(visit.site)),
            forecast=self._lasts(judged),
            backup=self._backup(visit.site, visit.settings, before),
            ailing=remote.ailing(),
        )

    def failed(self, name: str, error: ReconcilerError, before: Verdict | None) -> Verdict:
        """Of a visit that ended in an error."""
        settings = self._settings(name, before)
        told = not_found(self._whose(name, settings), error, before, self.fleet.office.clock.now())
        alarms = newer(before, self.fleet.centre.alarms_of(name))
        return replace(told, alarms=alarms, backup=self._backup(name, settings, before))

    def _whose(self, name: str, settings: Settings) -> Whose:
        repository = self.fleet.office.repository
        return Whose(name, settings, repository.commit, repository.tree.keys.get(name, ""))

    def _lasts(self, judged: Judged) -> PlanForecast | None:
        todo = judged.plan
        known = self.fleet.office.lasting.durations()
        return forecast(todo, judged.observed.system, known) if todo.stages else None

    def _backup(self, name: str, settings: Settings, before: Verdict | None) -> BackupSight | None:
        """What the central cloud said of the site's backups in its last list."""
        last = self.fleet.centre.last
        row = last.subclouds.get(name) if last else None
        return sight(row, settings.backup, before.backup if before else None, self.fleet.office.clock.now())

    def _settings(self, name: str, before: Verdict | None) -> Settings:
        """What Git says of the site's treatment; what it said last where it cannot be read."""
        try:
            return self.fleet.office.repository.settings(name)
        except ReconcilerError:
            return Settings(group=before.group, mode=Mode(before.mode)) if before else Settings()
