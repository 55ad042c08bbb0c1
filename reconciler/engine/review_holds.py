"""What would hold the plans of a change back if it were merged now, as far as Git and the clock tell it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.engine.gates import registry as gates
from reconciler.engine.merged import Merged, approved_by_merge
from reconciler.engine.permission import Asked, Planning, kept_back, permitted
from reconciler.engine.preview import Preview, shape
from reconciler.kinds import registry
from reconciler.model.durations import Durations
from reconciler.model.gate import Case, GateName, Hold, Surroundings
from reconciler.model.merge import Merge
from reconciler.model.review import Held, merged
from reconciler.model.site import Settings
from reconciler.model.waves import Mass, Reach, excess
from reconciler.model.words import Action, ApplyPolicy, Cause, Disruption, Mode
from reconciler.plan import expected_s

DATED = (GateName.FREEZE, GateName.WINDOW)  # gates that ask nobody but the clock
NO_POLICY = {"description", "labels"}  # of a site's settings


class Reached:
    """The sites of a change as they come. Of sites with equal plans and policies one is judged."""

    def __init__(self, now: float, durations: Durations) -> None:
        self._now, self._durations = now, durations
        self._known: dict[Any, tuple[Hold, ...]] = {}
        self._held: list[Held] = []
        self._changed = self._disrupted = self._deleted = 0

    def add(self, one: Preview, settings: Settings, merge: Merge | None = None) -> None:
        """One more site, with how it is treated. merge: the one that this would be, where rules speak of merges."""
        self._held += (Held(h.gate, h.reason, (one.site,), h.until) for h in self._holds(one, settings, merge))
        if settings.mode is Mode.APPLY and settings.apply is not ApplyPolicy.NEVER:
            self._changed += 1
            self._disrupted += one.plan.disruption >= Disruption.LOCK
            self._deleted += any(c.action is Action.DELETE and c.cause is Cause.PENDING for c in one.found.changes)

    def held(self, mass: Mass, fleet: int) -> tuple[Held, ...]:
        """Every reason once, with its sites; first what holds the commit as a whole."""
        reach = Reach(fleet, changed=self._changed, disrupted=self._disrupted, deleted=self._deleted)
        heavy = excess(mass, reach)
        whole = (Held(GateName.MASS, f"it {heavy}"),) if heavy else ()
        return merged((*whole, *self._held))

    def _holds(self, one: Preview, settings: Settings, merge: Merge | None) -> tuple[Hold, ...]:
        policies = settings.model_dump_json(exclude=NO_POLICY)
        key = (one.fingerprint, one.is_exact, shape(one.plan), policies, merge and merge.paths)
        if key not in self._known:
            asked = () if merge and _is_approved(one, settings, merge) else _by_policy(one, settings)
            found = (*asked, *self._by_time(one, settings))
            self._known[key] = tuple(dict.fromkeys(found))
        return self._known[key]

    def _by_time(self, one: Preview, settings: Settings) -> Iterator[Hold]:
        """What stands in the calendar."""
        case = Case(
            site=one.site,
            group=settings.group,
            plan=one.plan,
            system=one.context.system,
            surroundings=Surroundings(),
            now=self._now,
            needed_s=expected_s(one.plan, one.context.system, self._durations),
            windows=settings.windows,
            freezes=settings.freezes,
        )
        yield from (hold for gate in DATED if (hold := gates()[gate](case)))


def _is_approved(one: Preview, settings: Settings, merge: Merge) -> bool:
    """Whether merging it is somebody's yes, by the rules of fleet.yaml."""
    allowed = permitted(one.found, one.plan, one.context, registry(), Asked(settings))
    if one.base is None or not allowed.only_asks:
        return False
    told = Merged(merge, one.base, one.base.revision)
    return approved_by_merge(allowed.question, told, settings.merged, registry()) is not None


def _by_policy(one: Preview, settings: Settings) -> Iterator[Hold]:
    """What the site's mode and policies keep back of the edit. What differed before is no part of it."""
    asked = Asked(settings)
    if settings.mode is not Mode.APPLY:
        yield from permitted(one.found, one.plan, one.context, registry(), asked).holds
        return
    held = kept_back(Planning(one.found, one.plan, one.context, registry(), frozenset()), asked)
    yield from (held[c.key] for c in one.found.changes if c.cause is Cause.PENDING and c.key in held)
