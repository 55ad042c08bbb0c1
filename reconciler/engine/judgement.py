"""What a visit found, as the Verdict that status, API, metrics and alarms are made of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.change import Change, Comparison, FieldChange
from reconciler.model.fight import place
from reconciler.model.ignore import Rule, ignored
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.model.removal import Removals
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot
from reconciler.model.verdict import Difference, Ignored, Verdict
from reconciler.model.words import Action, Area, Cause, Disruption, Result, Severity, State

# what a visit's end means for the state, where there is anything left to say
ENDS = {
    Result.HELD: State.HELD,
    Result.FAILED: State.FAILED,
    Result.UNREACHABLE: State.UNREACHABLE,
    Result.BEGUN: State.APPLYING,
}


def state_of(found: Comparison, plan: Plan, outcome: Outcome) -> State:
    """One word for the site. A plan that failed or is held says so before the difference that it would mend."""
    if outcome.is_unverified:
        return State.UNVERIFIED
    if outcome.result in ENDS:
        return ENDS[outcome.result]
    if found.is_empty and plan.is_empty:
        return State.IN_SYNC
    if found.changes and not found.extra and all(c.by_way_of for c in found.changes):
        return State.UNVERIFIED
    causes = {c.cause for c in found.changes} | ({Cause.DRIFTED} if found.extra else set())
    if not causes and plan.is_empty:
        return State.UNKNOWN  # nothing that was read differs, and not everything was read
    return State.DRIFTED if Cause.DRIFTED in causes else State.PENDING


def differences(found: Comparison, plan: Plan) -> tuple[Difference, ...]:
    """Every attribute that differs, every resource that is missing or extra."""
    prices = _prices(plan)
    changed = (d for change in found.changes for d in _of_change(change, prices.get(change.key, Disruption.NONE)))
    return (*changed, *map(_of_extra, found.extra))


def fields(changes: Iterable[Change[Any]]) -> dict[str, str]:
    """What each field of these changes is to become, by its place, masked."""
    found = (d for change in changes for d in _of_change(change, Disruption.NONE))
    return {place(d.resource, d.attribute): d.desired for d in found}


def removals_in_words(known: Removals, found: Comparison, plan: Plan) -> Mapping[str, str]:
    """Each resource that Git removed and the site has: why it is there still."""
    said = {c.key: c.pruning.in_words for c in found.changes if c.pruning} | {b.key: b.reason for b in plan.blocked}
    told = {r.key: f"removed by {in_short(r.commit)}; {said.get(r.key, 'prune is never')}" for r in known.open}
    told |= {r.key: "its list was not read to its end" for r in known.unread}
    told |= {r.key: f"Git does not prove its removal any more: {r.base[:12]} was its base" for r in known.unproved}
    told |= {r.key: "declined" for r in known.declined}
    told |= dict.fromkeys(known.renderer, "an older version of this program read it in Git; nothing was edited")
    return {str(key): text for key, text in sorted(told.items())}


def in_short(commit: str) -> str:
    """A commit as people name it."""
    return commit[:12] or "uncommitted edits"


def _prices(plan: Plan) -> Mapping[ResourceKey, Disruption]:
    return {change.key: step.disruption for stage in plan.stages for step in stage.steps for change in step.changes}


def _of_change(change: Change[Any], price: Disruption) -> Iterator[Difference]:
    if change.action is Action.DELETE and change.observed:
        has = _said(change.observed.spec.model_dump(exclude_unset=True, mode="json"))
        origin = change.pruning.removal.origin if change.pruning else None
        yield _difference(change, price, FieldChange("", has, "", origin, change.cause))
    if change.action is Action.CREATE and change.desired:
        wanted = change.desired.spec.model_dump(exclude_unset=True, mode="json")
        yield _difference(change, price, FieldChange("", "", _said(wanted), change.desired.origin, change.cause))
    for field in change.fields:
        yield _difference(change, price, field)


def _difference(change: Change[Any], price: Disruption, field: FieldChange) -> Difference:
    return Difference(
        resource=str(change.key),
        attribute=field.name,
        action=change.action,
        observed=_text(field.observed),
        desired=_text(field.desired),
        cause=field.cause,
        area=change.area,
        severity=change.severity,
        disruption=price,
        origin=str(field.origin or ""),
        kind=change.key.kind,
        host=change.key.host,
    )


def passed_over_by(rules: Iterable[Rule], found: Comparison, now: float) -> tuple[Ignored, ...]:
    """What differs and does not count."""
    if not (rules := tuple(rules)):
        return ()
    return ignored((*differences(found, Plan("", "")), *strangers(found)), rules, now)


def strangers(found: Comparison) -> tuple[Difference, ...]:
    """What is on the site and none of Git's business; by name alone, of what it is nobody is told."""
    return tuple(_on_site(resource, Cause.UNMANAGED, "") for resource in found.unmanaged)


def accepted(before: Iterable[Difference], desired: Snapshot, found: Comparison) -> Iterator[tuple[str, str]]:
    """The fields that the site had changed, and of which Git says now what the site showed then."""
    said = {str(key): resource for key, resource in desired.resources.items()}
    differs = {c.key for c in found.changes}
    for difference in before:
        resource = said.get(difference.resource)
        if resource is None or difference.cause is Cause.PENDING:
            continue
        if difference.attribute:
            spec = resource.spec
            is_said = difference.attribute in spec.model_fields_set
            if is_said and _text(getattr(spec, difference.attribute)) == difference.observed:
                yield difference.place
        elif difference.action == Action.DELETE and resource.key not in differs:
            yield difference.place


def has_new_drift(before: Verdict, found: Comparison, plan: Plan) -> bool:
    """Whether the site changed something since it was looked at last."""
    known = {d.place for d in before.differences if d.cause is Cause.DRIFTED}
    return any(d.cause is Cause.DRIFTED and d.place not in known for d in differences(found, plan))


def unseen(before: Iterable[Difference], observed: Snapshot) -> tuple[str, ...]:
    """host/kind of what differed before and was not listed to its end now."""
    kinds = {(d.kind, d.host) for d in before}
    return tuple(sorted("/".join(filter(None, (h, k))) for k, h in kinds if not observed.is_complete(k, h)))


def _of_extra(resource: Resource[Any]) -> Difference:
    has = _said(resource.spec.model_dump(exclude_unset=True, mode="json"))
    return _on_site(resource, Cause.DRIFTED, has)


def _on_site(resource: Resource[Any], cause: Cause, has: str) -> Difference:
    key, area = resource.key, Area.SYSTEM
    return Difference(str(key), "", Action.DELETE, has, "", cause, area, Severity.INFO, kind=key.kind, host=key.host)


def _said(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_text(value)}" for name, value in values.items() if value is not None)


def _text(value: Any) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return ",".join(sorted(map(str, value)) if isinstance(value, set | frozenset) else map(str, value))
    return "" if value is None else str(value)
