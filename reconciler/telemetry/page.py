"""The reference page of metrics, made of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from reconciler.model.alarm import AlarmSeverity
from reconciler.model.alarming import AlarmCall
from reconciler.model.board import Answered, Power, Trouble
from reconciler.model.board import Health as BoardHealth
from reconciler.model.condition import Condition
from reconciler.model.drift import Resolution
from reconciler.model.gate import GateName
from reconciler.model.host import HostHealth
from reconciler.model.outcome import StepResult
from reconciler.model.quiet import Quiet
from reconciler.model.rollout import MemberState
from reconciler.model.rollout_stop import Stop
from reconciler.model.words import Action, Area, Disruption, Mode, Result, Service, Severity, State
from reconciler.telemetry.catalogue import ANY, FAMILIES, Family, Of, Type

FILE = "metrics.md"
HEAD = """\
# Metrics

Made by `stxr kinds --docs docs` of what is served; names, labels and units change only with a changelog line.

`/metrics` is open to all, takes no token, and answers packed to who accepts gzip. State is read when it is asked for; a site
that is gone leaves no series, and what is zero is left out where it says so. With replicas the leader alone tells of the
fleet, so that each site is there once: `stxr_leader == 1` says which, and a change of it ends the series of the one and
begins those of the other. What is counted as it happens is each replica's own: sum it.

No label holds a uuid, a path of a machine, a commit, a secret or an error's text; `origin` is file and line in the
repository. `subcloud` and `group` are the names that Git gives;
what a site says of itself is one of StarlingX's words, or `unknown`. A host's name is a label in `/metrics/hosts?group=GROUP`
alone, which is a scrape of its own for one group.

The fleet's series are capped (`stxr run --max-series`, 60,000 without). Above the cap less is told, and
`stxr_metrics_truncated` says how much less:

| value | left out |
| --- | --- |
| 0 | nothing |
| 1 | the split by area: `area` is `any` |
| 2 | and all but the worst severity and disruption of a site; its value is that of all together |
| 3 | and all of single sites but whether they are in sync, answer, when they were read, and what drifts |
| 4 | all of single sites; groups and fleet stay |
"""
WORDS: dict[str, tuple[type[StrEnum], ...]] = {
    "area": (Area,),
    "severity": (Severity,),
    "alarm_severity": (AlarmSeverity,),
    "power": (Power,),
    "call": (AlarmCall,),
    "end": (Answered, Trouble),
    "board_health": (BoardHealth,),
    "disruption": (Disruption,),
    "mode": (Mode,),
    "gate": (GateName,),
    "state": (State, MemberState),
    "condition": (Condition,),
    "why": (Stop,),
    "health": (HostHealth,),
    "quiet": (Quiet,),
    "how": (Resolution,),
    "action": (Action,),
    "service": (Service,),
}
OF_ONE: dict[str, type[StrEnum]] = {
    "result` of `stxr_applies_total": Result,
    "result` of `stxr_apply_steps_total": StepResult,
}
TITLES = {
    Of.FLEET: "The fleet, by the leader",
    Of.HOSTS: "One group's hosts, by the leader, on request",
    Of.PROCESS: "The work of each replica",
}


def metrics_page(uses: Mapping[str, Sequence[str]]) -> str:
    """The whole page. uses: the alerts and dashboards of each metric."""
    return "\n".join(_lines(uses)) + "\n"


def _lines(uses: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield HEAD
    for of, title in TITLES.items():
        yield f"## {title}\n"
        yield "| metric | type | labels | unit | what it says | used by |"
        yield "| --- | --- | --- | --- | --- | --- |"
        yield from (_row(family, uses) for family in FAMILIES if family.of is of)
        yield ""
    yield "## Words in labels\n"
    yield "| label | words |"
    yield "| --- | --- |"
    of_one = {label: (enum,) for label, enum in OF_ONE.items()}
    for label, enums in sorted({**WORDS, **of_one}.items()):
        words = dict.fromkeys(str(word) for enum in enums for word in enum)
        also = f"; `{ANY}` above the cap" if label in {"area", "severity", "disruption"} else ""
        yield f"| `{label}` | {', '.join(f'`{word}`' for word in words)}{also} |"


def _row(family: Family, uses: Mapping[str, Sequence[str]]) -> str:
    suffix = "_total" if family.type is Type.COUNTER else ""
    labels = ", ".join(f"`{label}`" for label in family.labels)
    name = f"{family.full_name}{suffix}"
    used = ", ".join(uses.get(name, ()))
    return f"| `{name}` | {family.type} | {labels} | {family.unit} | {family.text} | {used} |"
