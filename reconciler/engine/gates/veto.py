"""The site itself says no: a host's label, or a raised alarm that the fleet's file names."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.gate import Case, GateName, Hold

LABEL = "stxr.io/hold"


def judge(case: Case) -> Hold | None:
    said = [*_labels(case), *_alarms(case)]
    return Hold(GateName.VETO, "; ".join(said)) if said else None


def _labels(case: Case) -> Iterator[str]:
    for host, labels in sorted(case.surroundings.labels.items()):
        if LABEL in labels:
            yield f"{host} has the label {LABEL}={labels[LABEL]}: remove it to go on"


def _alarms(case: Case) -> Iterator[str]:
    for alarm in case.surroundings.alarms:
        if alarm.id in case.alarm_policy.veto:
            yield f"alarm {alarm.id} of {alarm.entity} is raised, and holds every plan"
