"""The id of a plan: equal for equal work, whatever the commit, the time and the ids that the site gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from hashlib import sha256
from typing import Any

import orjson
from pydantic import BaseModel

from reconciler.model.change import Change
from reconciler.model.plan import FORMAT, Blocked, Stage
from reconciler.model.words import Action

LATER = frozenset(
    (
        "before",
        "begins_late",
        "errand",
        "fails",
        "is_left",
        "ours",
        "outlasts",
        "strategy",
        "told_by",
        "tolerates",
        "unless",
        "why",
    )
)  # where they say nothing, a plan is as it was


def plan_id(site: str, stages: Iterable[Stage], blocked: Iterable[Blocked] = ()) -> str:
    """Twelve hex digits over what a reviewer approves: values, before-values, window states, calls."""
    content = [FORMAT, site, [_stage(s) for s in stages], sorted(str(b.key) for b in blocked)]
    option = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
    return sha256(orjson.dumps(content, default=_plain, option=option)).hexdigest()[:12]


def stage_id(stage: Stage) -> str:
    """The same over one stage, however it goes on: what a host is locked for."""
    return plan_id("", [replace(stage, at_once=1)])


def _stage(stage: Stage) -> Any:
    steps = [[s.kind, s.host, [_change(c) for c in s.changes], s.calls] for s in stage.steps]
    beside = [stage.at_once] if stage.at_once > 1 else []  # whoever reviewed one at a time did not review more
    return [stage.type, stage.host, stage.opening, stage.unlocks, steps, stage.last, *beside]


def _change(change: Change[Any]) -> Any:
    if change.action is Action.UPDATE:
        return [change.key, change.action, [[f.name, f.observed, f.desired] for f in change.fields]]
    resource = change.observed if change.action is Action.DELETE else change.desired
    return [change.key, change.action, resource.spec.model_dump(exclude_unset=True) if resource else None]


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    if isinstance(value, frozenset | set):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        said = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: member for name, member in said.items() if member or name not in LATER}
    return list(value)
