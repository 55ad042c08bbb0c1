"""Values of the model as plain data for JSON, and back where the store needs them. Keys are an interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from pydantic import BaseModel, SecretStr

from reconciler.model.alarm import AlarmSeverity, Noted, SiteAlarms, Standing, Teller
from reconciler.model.backup import BackupSight
from reconciler.model.board import Health, Power, Trouble
from reconciler.model.change import Change, FieldChange
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.dark import HostSight
from reconciler.model.expiry import Expiry
from reconciler.model.forecast_wire import plan_forecast_json, plan_forecast_of
from reconciler.model.gate import GateName, Hold
from reconciler.model.multipart import File, InBase64, Multipart, Part
from reconciler.model.origin import Origin
from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.plan import Call, Plan, Ref, Stage, Step
from reconciler.model.removal import Pruning, Removal, RemovedValue
from reconciler.model.resource import ResourceKey
from reconciler.model.secret import Document, SecretRef, Upload
from reconciler.model.told import in_text
from reconciler.model.value_text import in_short
from reconciler.model.verdict import Difference, Ignored, Verdict
from reconciler.model.words import Area, Cause, Disruption, Result, Severity, State

VERSION = 1  # of the form of all of these; it moves when a key changes its meaning


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan as it is reviewed: stages with their steps, changes, calls and cost."""
    return {
        "version": VERSION,
        "id": plan.id,
        "site": plan.site,
        "commit": plan.commit,
        "disruption": plan.disruption,
        "stages": [_stage(s) for s in plan.stages],
        "blocked": [{"resource": str(b.key), "reason": b.reason} for b in plan.blocked],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "type": stage.type,
        "host": stage.host,
        "opening": stage.opening,
        "unlocks": stage.unlocks,
        "disruption": stage.disruption,
        "why": stage.why,
        "is_second": stage.is_second,
        "at_once": stage.at_once,
        "steps": [_step(s) for s in stage.steps],
        "last": [call_json(c) for c in stage.last],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "host": step.host,
        "disruption": step.disruption,
        "changes": [change_json(c) for c in step.changes],
        "calls": [call_json(c) for c in step.calls],
    }


def change_json(change: Change[Any]) -> dict[str, Any]:
    """One change with old and new values and where Git says the new."""
    desired = change.desired.spec.model_dump(exclude_unset=True) if change.desired else None
    return {
        "resource": str(change.key),
        "action": change.action,
        "cause": change.cause,
        "area": change.area,
        "severity": change.severity,
        "is_stored": change.is_stored,
        "is_set_again": change.by_way_of is not None,
        "desired": plain(desired),
        "origin": str(change.desired.origin or "") if change.desired else "",
        "fields": [_field(f) for f in change.fields],
        "removal": _pruning(change.pruning) if change.pruning else None,
    }


def _pruning(pruning: Pruning) -> dict[str, Any]:
    return removal_json(pruning.removal) | {
        "policy": pruning.policy,
        "is_destructive": pruning.is_destructive,
        "needs_approval": pruning.needs_approval,
    }


def removal_json(removal: Removal) -> dict[str, Any]:
    """A removed block: what it was, where Git said it, and the commit that removed it."""
    return {
        "version": VERSION,
        "resource": str(removal.key),
        "key": list(removal.key),
        "base": removal.base,
        "commit": removal.commit,
        "origin": list(removal.origin) if removal.origin else None,
        "said": [{"name": s.name, "value": s.value, "origin": s.origin} for s in removal.said],
        "is_declined": removal.is_declined,
    }


def removal_of(content: Mapping[str, Any]) -> Removal:
    """The inverse of `removal_json`. Raises ValueError for a form that this program does not know."""
    _must_be_known(content)
    return Removal(
        key=ResourceKey(*content["key"]),
        base=content["base"],
        commit=content["commit"],
        origin=Origin(*content["origin"]) if content["origin"] else None,
        said=tuple(RemovedValue(s["name"], s["value"], s["origin"]) for s in content["said"]),
        is_declined=content["is_declined"],
    )


def _field(field: FieldChange) -> dict[str, Any]:
    return {
        "name": field.name,
        "observed": plain(field.observed),
        "desired": plain(field.desired),
        "cause": field.cause,
        "origin": str(field.origin or ""),
    }


def call_json(call: Call) -> dict[str, Any]:
    """A call as planned: what is filled in when it is sent is named in angle brackets."""
    path = call.path.format(**{name: str(ref) for name, ref in call.refs.items()})
    return {"service": call.service, "method": call.method, "path": path, "body": plain(call.body)}


def plain(value: Any) -> Any:
    """Anything in a spec or a body as JSON can say it; secrets stay masked."""
    if isinstance(value, InBase64 | Ref | Origin | ResourceKey | SecretRef | SecretStr):
        return str(value)
    if isinstance(value, Document | Upload | Multipart):
        return plain(value.content) if isinstance(value, Document) else _form(value)
    if isinstance(value, BaseModel):
        return plain(value.model_dump(exclude_unset=True))
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(v) for v in value), key=str)
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value


def _part(part: Part) -> str:
    if not isinstance(part, File):
        return str(part)
    text = part.content if isinstance(part.content, str) else in_text(part.content)
    return f"<file {part.name}, {in_short(text)}>"


def _form(form: Upload | Multipart) -> dict[str, str]:
    """Files by their names and digests: what is in them is reviewed where Git says it."""
    if isinstance(form, Upload):
        return {**form.fields, "file": " ".join(map(str, form.files))}
    return {name: _part(part) for name, part in form.parts.items()}


def difference_json(difference: Difference) -> dict[str, Any]:
    """One difference, all its members."""
    return {f.name: getattr(difference, f.name) for f in fields(difference)}


def difference_of(content: Mapping[str, Any]) -> Difference:
    """The inverse of `difference_json`. Members that a newer program added are dropped."""
    words = {"cause": Cause, "area": Area, "severity": Severity, "disruption": Disruption}
    known = {f.name for f in fields(Difference)}
    members: dict[str, Any] = {k: words[k](v) if k in words else v for k, v in content.items() if k in known}
    return Difference(**members)


def ignored_json(ignored: Ignored) -> dict[str, Any]:
    """A difference that does not count, and why; `until` is in Unix seconds, or null."""
    rule = {"reason": ignored.reason, "where": ignored.where, "until": ignored.until}
    return {"difference": difference_json(ignored.difference), **rule}


def ignored_of(content: Mapping[str, Any]) -> Ignored:
    """The inverse of `ignored_json`."""
    return Ignored(difference_of(content["difference"]), content["reason"], content["where"], content["until"])


def hold_json(hold: Hold) -> dict[str, Any]:
    """Why something waits; times are Unix seconds."""
    return {"gate": hold.gate, "reason": hold.reason, "since": hold.since, "until": hold.until}


def condition_json(condition: HostCondition, site: str) -> dict[str, Any]:
    """How a host is stuck, and what comes next; times are Unix seconds."""
    content = {f.name: getattr(condition, f.name) for f in fields(condition)}
    return {k: plain(v) for k, v in content.items()} | {"next": condition.next_move(site)}


def condition_of(content: Mapping[str, Any]) -> HostCondition:
    """The inverse of `condition_json`. Raises ValueError for a name that this program does not know."""
    known = {f.name for f in fields(HostCondition)}
    members: dict[str, Any] = {k: v for k, v in content.items() if k in known}
    return HostCondition(**{**members, "name": Condition(content["name"])})


def alarms_json(alarms: SiteAlarms) -> dict[str, Any]:
    """A site's alarms; `at` is in Unix seconds, `since` as the site says it."""
    return asdict(alarms) | {"counts": {str(severity): number for severity, number in alarms.counts.items()}}


def alarms_of(content: Mapping[str, Any]) -> SiteAlarms:
    """The inverse of `alarms_json`. Raises ValueError for a word that this program does not know."""
    known = {f.name for f in fields(Standing)}
    worst = ({k: v for k, v in one.items() if k in known} for one in content["worst"])
    return SiteAlarms(
        Teller(content["told_by"]),
        content["at"],
        {AlarmSeverity(severity): number for severity, number in content["counts"].items()},
        content["affecting"],
        tuple(Standing(**{**one, "severity": AlarmSeverity(one["severity"])}) for one in worst),
    )


def expiry_json(expiry: Expiry, now: float) -> dict[str, Any]:
    """When something ends, in Unix seconds, and what that was at a time."""
    state = expiry.state(now)
    return asdict(expiry) | {"state": state, "severity": state.severity}


def expiry_of(content: Mapping[str, Any]) -> Expiry:
    """The inverse of `expiry_json`; how near it is is told by the time."""
    return Expiry(**{f.name: content[f.name] for f in fields(Expiry)})


def backup_of(content: Mapping[str, Any]) -> BackupSight:
    """What a verdict's JSON says of backups. Members that a newer program added are dropped."""
    return BackupSight(**{f.name: content[f.name] for f in fields(BackupSight) if f.name in content})


def sight_of(content: Mapping[str, Any]) -> HostSight:
    """The inverse of what a verdict's JSON says of a host. Raises ValueError for a word that this program does not know."""
    known = {f.name: content[f.name] for f in fields(HostSight) if f.name in content}
    trouble = known.get("trouble")
    words = {"power": Power(known["power"]), "health": Health(known["health"])}
    return HostSight(**known | words | {"trouble": Trouble(trouble) if trouble else None})


SIGHTS = ("boards", "ailing")


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict, all its members, with its differences and its plan."""
    content = {f.name: getattr(verdict, f.name) for f in fields(verdict)}
    content["differences"] = [difference_json(d) for d in verdict.differences]
    content["strangers"] = [difference_json(d) for d in verdict.strangers]
    content["ignored"] = [ignored_json(one) for one in verdict.ignored]
    content["noted"] = [asdict(noted) for noted in verdict.noted]
    content["holds"] = [hold_json(h) for h in verdict.holds]
    content["alarms"] = alarms_json(verdict.alarms) if verdict.alarms else None
    content["conditions"] = [condition_json(c, verdict.site) for c in verdict.conditions]
    content |= {name: [asdict(sight) for sight in getattr(verdict, name)] for name in SIGHTS}
    content["certificates"] = [expiry_json(one, verdict.judged_at) for one in verdict.certificates]
    content["backup"] = asdict(verdict.backup) if verdict.backup else None
    content["forecast"] = plan_forecast_json(verdict.forecast) if verdict.forecast else None
    return {"version": VERSION, **{k: plain(v) for k, v in content.items()}}


def verdict_of(content: Mapping[str, Any]) -> Verdict:
    """The inverse of `verdict_json`. Members that a newer program added are dropped.

    Raises ValueError for a form, or a word, that this program does not know.
    """
    _must_be_known(content)
    known = {f.name for f in fields(Verdict)}
    members = {k: v for k, v in content.items() if k in known}
    lists: dict[str, Any] = {
        k: tuple(members.get(k, ())) for k in ("unjudged", "open_windows", "unread", "lapsed", "suppressed")
    }
    lists |= {k: tuple(map(difference_of, members.get(k, ()))) for k in ("differences", "strangers")}
    lists["coverage"] = {area: (n, m) for area, (n, m) in members.get("coverage", {}).items()}
    lists["accepted"] = tuple(map(tuple, members.get("accepted", ())))
    holds = tuple(Hold(**{**hold, "gate": GateName(hold["gate"])}) for hold in members.get("holds", ()))
    lists["ignored"] = tuple(map(ignored_of, members.get("ignored", ())))
    lists["noted"] = tuple(Noted(**noted) for noted in members.get("noted", ()))
    lists["alarms"] = alarms_of(said) if (said := members.get("alarms")) else None
    lists["conditions"] = tuple(map(condition_of, members.get("conditions", ())))
    lists |= {name: tuple(map(sight_of, members.get(name, ()))) for name in SIGHTS}
    lists["certificates"] = tuple(map(expiry_of, members.get("certificates", ())))
    lists["backup"] = backup_of(kept) if (kept := members.get("backup")) else None
    forecast = members.get("forecast")
    lists["forecast"] = plan_forecast_of(forecast) if forecast else None
    return Verdict(**{**members, **lists, "state": State(members["state"]), "holds": holds})


def outcome_json(outcome: Outcome, site: str = "") -> dict[str, Any]:
    """How a plan ended, step by step. site: to fill in what comes next."""
    return {
        "version": VERSION,
        "plan_id": outcome.plan_id,
        "result": outcome.result,
        "message": outcome.message,
        "open_windows": list(outcome.open_windows),
        "conditions": [condition_json(c, site) for c in outcome.conditions],
        "entries": [_entry(e) for e in outcome.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "host": entry.host,
        "resources": [list(key) for key in entry.keys],
        "result": entry.result,
        "message": entry.message,
    }


def outcome_of(content: Mapping[str, Any]) -> Outcome:
    """The inverse of `outcome_json`. Raises ValueError for a form, or a word, that this program does not know."""
    _must_be_known(content)
    entries = tuple(
        Entry(
            e["kind"],
            e["host"],
            tuple(ResourceKey(*key) for key in e["resources"]),
            StepResult(e["result"]),
            e["message"],
        )
        for e in content["entries"]
    )
    windows = tuple(content["open_windows"])
    stuck = tuple(map(condition_of, content.get("conditions", ())))
    result = Result(content["result"])
    return Outcome(content["plan_id"], result, entries, windows, content["message"], conditions=stuck)


def _must_be_known(content: Mapping[str, Any]) -> None:
    if (version := content.get("version", VERSION)) != VERSION:
        raise ValueError(f"version {version} of this form is not known, only {VERSION}")
