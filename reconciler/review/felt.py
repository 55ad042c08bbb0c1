"""What each host of a site will feel of a plan, a line each; hosts that feel nothing are not named."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Opening, Plan, Stage, StageType
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Action, Disruption

TIMES = {1: "", 2: " twice"}


def felt(plan: Plan) -> Iterator[str]:
    """`worker-0: locked twice; without interface-data-network data0/cells from stage 1 to stage 3`."""
    hosts = {stage.host for stage in plan.stages} | {step.host for stage in plan.stages for step in stage.steps}
    for host in sorted(hosts - {""}):
        parts = (
            _locked(host, plan),
            _reinstalled(host, plan),
            _swacted(host, plan),
            *_gaps(host, plan),
            _service(host, plan),
        )
        if text := "; ".join(filter(None, parts)):
            yield f"{host}: {text}"
    if shared := _interrupted("", plan):
        yield f"whoever uses {', '.join(shared)}: service is interrupted"


def _locked(host: str, plan: Plan) -> str:
    times = plan.locked_hosts.count(host)
    stays = ", and stays locked" if host in plan.left_locked else ""
    return f"locked{TIMES.get(times, f' {times} times')}{stays}" if times else ""


def _reinstalled(host: str, plan: Plan) -> str:
    steps = (step for stage in plan.stages for step in stage.steps if step.host == host)
    is_gone = any(step.disruption is Disruption.REINSTALL for step in steps)
    return "deleted, added and installed anew" if is_gone else ""


def _swacted(host: str, plan: Plan) -> str:
    return "activity moves away" if any(s.type is StageType.SWACT and s.host == host for s in plan.stages) else ""


def _gaps(host: str, plan: Plan) -> Iterator[str]:
    """What a host in service is without, between the stage that takes it and the one that brings it back."""
    taken: dict[ResourceKey, int] = {}
    for number, stage in enumerate(plan.stages, 1):
        for key, action in _changed(host, stage):
            if action is Action.DELETE:
                taken[key] = number
            elif action is Action.CREATE and taken.get(key, number) != number:
                yield f"without {key.kind} {key.name} from stage {taken[key]} to stage {number}"


def _changed(host: str, stage: Stage) -> Iterator[tuple[ResourceKey, Action]]:
    return ((c.key, c.action) for step in stage.steps if step.host == host for c in step.changes)


def _service(host: str, plan: Plan) -> str:
    """What runs on it feels that, and it costs no lock."""
    found = _interrupted(host, plan)
    return f"service of {', '.join(found)} is interrupted" if found else ""


def _interrupted(host: str, plan: Plan) -> list[str]:
    """What is changed in service, and felt by who uses it. A host that is not in service yet feels nothing."""
    steps = (s for stage in plan.stages if stage.opening is not Opening.LOCKED for s in stage.steps)
    felt_here = (s for s in steps if s.host == host and s.disruption is Disruption.SERVICE)
    return list(dict.fromkeys(f"{s.kind} {c.key.name}".strip() for s in felt_here for c in s.changes))
