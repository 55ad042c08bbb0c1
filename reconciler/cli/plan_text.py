"""A plan as a person reads it: each change with old, new and where Git says it; each stage with what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reconciler.model.change import Change, Comparison
from reconciler.model.durations import NOTHING, Durations
from reconciler.model.forecast import StageForecast
from reconciler.model.kind import Attr
from reconciler.model.plan import Opening, Plan
from reconciler.model.removal import as_text
from reconciler.model.resource import Resource
from reconciler.model.verdict import Ignored
from reconciler.model.words import Action, Cause, Disruption
from reconciler.review.felt import felt
from reconciler.review.stage_text import stage_lines
from reconciler.review.words import plural

MANY = 6  # resources that are told apart
SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.REPLACE: "-/+", Action.DELETE: "-"}


@dataclass(frozen=True, slots=True)
class Detail:
    """What of a plan is shown: `calls` adds the very requests, `why_equal` what counts as the same.

    key: of which resources that is asked, as `controller-0/bond/*`; "" for all.
    durations: how long acts take on this fleet, as far as that was measured.
    """

    calls: bool = False
    why_equal: bool = False
    key: str = ""
    durations: Durations = NOTHING


def plan_lines(
    plan: Plan, found: Comparison, detail: Detail = Detail(), lasts: Iterable[StageForecast] = ()
) -> Iterator[str]:
    """The plan of one site, as lines without colour. lasts: how long each stage takes."""
    yield f"{plan.site}: {summary(plan, found)}"
    for change in found.changes:
        yield ""
        yield from _change(change)
    yield from _others(plan, found)
    if plan.stages:
        yield ""
        yield f"Stages of plan {plan.id}:"
        yield from (f"  {line}" for line in stage_lines(plan.stages, lasts, with_calls=detail.calls))
    if lines := tuple(felt(plan)):
        yield ""
        yield "What is felt:"
        yield from (f"  {line}" for line in lines)


def summary(plan: Plan, found: Comparison) -> str:
    """One line: how much, how bad, and what it is waiting for."""
    if found.is_empty and plan.is_empty:
        return "in sync, no changes"
    parts = [counts(found.changes), _price(plan)]
    parts += [f"{len(plan.blocked)} blocked"] if plan.blocked else []
    parts += [f"{len(found.extra)} extra"] if found.extra else []
    parts += [f"{len(found.unjudged)} not judged"] if found.unjudged else []
    return ", ".join(filter(None, parts))


def counts(changes: Iterable[Change[Any]]) -> str:
    """`3 to create, 1 to update, 1 to replace; 1 of them drift`."""
    changes = tuple(changes)
    words = [f"{n} to {a}" for a in Action if (n := sum(c.action is a for c in changes))]
    drift = sum(c.cause is Cause.DRIFTED for c in changes)
    return ", ".join(words) + (f"; {drift} of them drift" if drift else "")


def _price(plan: Plan) -> str:
    locked = plan.locked_hosts
    if locked:
        at_once = max(stage.at_once for stage in plan.stages)
        return f"locks {', '.join(_times(locked))}" + (f", up to {at_once} at a time" if at_once > 1 else "")
    first = [s.host for s in plan.stages if s.opening is Opening.LOCKED and s.unlocks]
    if first:
        return f"first unlock of {', '.join(first)}"
    return "no disruption" if plan.disruption is Disruption.NONE else f"disruption: {plan.disruption}"


def _times(hosts: Sequence[str]) -> Iterator[str]:
    """Each host once, with how often it is there."""
    return (f"{h} twice" if hosts.count(h) > 1 else h for h in dict.fromkeys(hosts))


def _change(change: Change[Any]) -> Iterator[str]:
    drift = "  (drift: the site moved)" if change.cause is Cause.DRIFTED else ""
    drift += "  (stored; hosts take it up at their next unlock)" if change.is_stored else ""
    drift += "  (stored, and not known to be applied: set back, and set again)" if change.by_way_of else ""
    yield f"  {SIGNS[change.action]} {change.key}{drift}{_pruning(change)}"
    if change.action is Action.DELETE and change.observed:
        yield from _removed(change)
        return
    if change.action is Action.CREATE and change.desired:
        for name, value in sorted(change.desired.spec.model_dump(exclude_unset=True).items()):
            yield _line("+", name, value_text(value), change.desired.origin_of(name))
        return
    for field in change.fields:
        yield _line("~", field.name, f"{value_text(field.observed)} → {value_text(field.desired)}", field.origin)


def _pruning(change: Change[Any]) -> str:
    """By which commit it goes, and what that waits for."""
    if change.pruning is None:
        return ""
    removal = change.pruning.removal
    by = removal.commit[:12] or "edits that nobody committed"
    return f"  (removed by {by}, said at {removal.base[:12]}; {change.pruning.in_words})"


def _removed(change: Change[Any]) -> Iterator[str]:
    """The removed block where Git said it; of what Git never said, what the site has."""
    if change.pruning:
        for said in change.pruning.removal.said:
            live = getattr(change.have, said.name, None)
            has = "" if said.is_of(live) else f" (the site has {as_text(live)})"
            yield _line("-", said.name, said.value + has, said.origin)
    elif change.observed:
        for name, value in sorted(change.observed.spec.model_dump(exclude_unset=True).items()):
            yield _line("-", name, value_text(value), None)


def _line(sign: str, name: str, text: str, origin: Any) -> str:
    return f"      {sign} {name} = {text}".ljust(72) + (f"  # {origin}" if origin else "")


def value_text(value: Any) -> str:
    """A value as a plan prints it."""
    if isinstance(value, tuple | list | frozenset | set):
        ordered = sorted(value, key=str) if isinstance(value, frozenset | set) else value
        return "[" + ", ".join(map(value_text, ordered)) + "]"
    if value is None:
        return "none"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _others(plan: Plan, found: Comparison) -> Iterator[str]:
    for blocked in plan.blocked:
        yield f"  ! {blocked.key}: {blocked.reason}"
    for resource in found.extra:
        yield f"  ! {resource.key}: on the site and not in Git, in a list that Git owns whole"
    yield from _left_alone(found)
    yield from _unjudged(found)


def _unjudged(found: Comparison) -> Iterator[str]:
    """Each, or how many where they are many for one reason."""
    reasons = {key: found.reasons.get(key, "its list was not read") for key in found.unjudged}
    many = Counter(reasons.values())
    yield from (f"  ? {key}: not judged, {why}" for key, why in reasons.items() if many[why] < MANY)
    yield from (f"  ? {plural(n, 'resource')}: not judged, {why}" for why, n in many.items() if n >= MANY)


def ignored_lines(ignored: Iterable[Ignored]) -> Iterator[str]:
    """What differs and does not count, with the rule that says so."""
    for one in ignored:
        d = one.difference
        what = " ".join(filter(None, (d.resource, d.attribute)))
        until = f", until {datetime.fromtimestamp(one.until, UTC):%Y-%m-%d %H:%M} UTC" if one.until else ""
        yield f"  · {what}: is {d.observed or 'absent'}, ignored{until}: {one.reason} ({one.where})"


def _left_alone(found: Comparison) -> Iterator[str]:
    """Hosts that Git does not describe, each with what is on it and not of the platform's own making."""
    on_host = Counter(resource.key.host for resource in found.unmanaged)
    for key in (resource.key for resource in found.unmanaged if _is_host(resource)):
        more = f", with {plural(on_host[key.name], 'resource')} on it" if on_host[key.name] else ""
        yield f"  · {key}: on the site and not in Git: left alone{more}"


def _is_host(resource: Resource[Any]) -> bool:
    """What is locked and unlocked is a host."""
    facts = (fact for field in type(resource.spec).model_fields.values() for fact in field.metadata)
    return any(isinstance(fact, Attr) and fact.lock_state for fact in facts)
