"""What will be sent, in which order, and what it costs the site. A plan is a value: what was reviewed is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile
from typing import Any, Literal

from reconciler.model.change import Change
from reconciler.model.condition import Condition
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Disruption, Service

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
FIRST_HOST = "controller-0"  # the one that is installed (distcloud dcmanager/common/phased_subcloud_deploy.py)
TOO = "which is blocked"  # how the reason ends of what only waits for another change
FORMAT = 1  # version of a plan's form; part of its id


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands in a path or body for what the API calls a resource; resolved when the call is sent."""

    key: ResourceKey
    attribute: str = "uuid"

    def __str__(self) -> str:
        return f"<{self.attribute} of {self.key}>"


@dataclass(frozen=True, slots=True)
class Until:
    """The effect to wait for: GET `path` until `attribute` is one of `values`; refs as in the call.

    `limit_s` is real seconds of the platform; the message on its end names the attribute and what it was.
    fails: values after which it does not come any more; told_by: the attribute that says why then. Attributes below
      others are named with dots.
    outlasts: the service goes away meanwhile, with the host that it runs on: no answer is no end.
    before: values that it may show from before for a while: the service begins after it has answered.
    ours: (another attribute, its values) by which what is there is known to be what was asked for.
    """

    path: str
    attribute: str
    values: tuple[Any, ...]
    limit_s: float = 120.0
    fails: tuple[Any, ...] = ()
    told_by: str = ""
    outlasts: bool = False
    before: tuple[Any, ...] = ()
    ours: tuple[str, tuple[Any, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """What a service does by itself once a call has asked it to: a strategy of VIM, host after host.

    hosts: on which; those of a group together, the groups in this order. locks: they are taken out of service for it.
    release: what the site's software goes to, or is_back to; a deployment to it, or from it, that stands half way is gone
      on with.
    asks: the call that says beforehand, and does nothing, why it would be refused.
    failure: what its bad end is called. tolerates: alarms that stand because of what it is to end.
    strategy: the type of dcmanager's strategy by which it goes, with other sites; "" where the site is asked itself, and
      why it is so, where Git says otherwise. is_left: what stands half way was left by such a strategy that we ordered.
    """

    hosts: tuple[tuple[str, ...], ...]
    failure: Condition
    locks: bool = False
    release: str = ""
    is_back: bool = False
    asks: Call | None = None
    strategy: str = ""
    why: str = ""
    is_left: bool = False
    tolerates: tuple[str, ...] = ()

    @property
    def locked_hosts(self) -> tuple[str, ...]:
        return tuple(host for group in self.hosts for host in group) if self.locks else ()


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an owner API, as a value.

    `{name}` in the path, and Ref values anywhere in the body, are filled from `refs` and the site's ids when sent.
    creates: the resource whose ids the answer brings.
    once: calls with the same word are sent once, at the end of their stage (PTP apply, service-parameter apply).
    unless: the call is not sent where this is so already: whoever takes over from a process that died asks for nothing
      twice. What it waits for is waited for all the same.
    begins_late: it is answered before anything of it is to be seen, so that a look says nothing of a lost answer.
    """

    method: Method
    path: str
    body: Any = None
    refs: Mapping[str, Ref] = field(default_factory=dict)
    creates: ResourceKey | None = None
    until: Until | None = None
    once: str = ""
    service: Service = Service.PLATFORM
    unless: Until | None = None
    errand: Errand | None = None
    begins_late: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The calls that make the changes of one kind on one host (or system-wide): looked at before and after."""

    kind: str
    host: str
    changes: tuple[Change[Any], ...]
    calls: tuple[Call, ...]
    disruption: Disruption = Disruption.NONE

    @property
    def keys(self) -> tuple[ResourceKey, ...]:
        return tuple(c.key for c in self.changes)


class StageType(StrEnum):
    """What surrounds the steps of a stage."""

    ONLINE = "online"  # no host state is touched
    WINDOW = "window"  # one host, locked for its changes
    SWACT = "swact"  # activity moves to the other controller


class Opening(StrEnum):
    """How a window begins."""

    LOCK = "lock"  # we lock the host
    LOCKED = "already locked"  # first unlock of a host that never was in service
    ADOPT = "adopt"  # a window that we opened and did not close


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps that run under one condition of one host. A window always ends with its unlock if `unlocks`.

    last: calls that are sent once, when all steps have been (`Call.once`).
    at_once: how many windows of a run of stages beside it may be open at a time; 1 for one after the other.
    is_second: the plan has locked the host before; `why` says what for.
    """

    type: StageType
    host: str = ""
    steps: tuple[Step, ...] = ()
    opening: Opening | None = None
    unlocks: bool = False
    last: tuple[Call, ...] = ()
    disruption: Disruption = Disruption.NONE
    why: str = ""
    is_second: bool = False
    at_once: int = 1

    @property
    def errands(self) -> tuple[Errand, ...]:
        return tuple(call.errand for step in self.steps for call in step.calls if call.errand)

    @property
    def locked_hosts(self) -> tuple[str, ...]:
        """Hosts in service that leave it, by us or by a service that is asked to, in turn."""
        own = (self.host,) if self.opening is Opening.LOCK else ()
        return (*own, *(host for errand in self.errands for host in errand.locked_hosts))


def locking(stages: Iterable[Stage], host: str) -> Stage | None:
    """The first of these stages that takes a host out of service."""
    return next((s for s in stages if s.host == host and s.opening is Opening.LOCK), None)


def run_of(stages: Sequence[Stage]) -> int:
    """How many of these stages, from the first on, go on side by side; 1 where it goes alone."""
    first = stages[0]
    if first.at_once == 1:
        return 1
    return len(list(takewhile(lambda s: (s.at_once, s.is_second) == (first.at_once, first.is_second), stages)))


@dataclass(frozen=True, slots=True)
class Blocked:
    """A change that is not in the stages, and what it would take."""

    key: ResourceKey
    reason: str

    @property
    def waits(self) -> bool:
        """It is kept by another one that is blocked, whose reason says what it takes."""
        return self.reason.endswith(TOO)


@dataclass(frozen=True, slots=True)
class Plan:
    """`id` digests what was reviewed: values, before-values, window states and calls; no commit, time or uuid."""

    id: str
    site: str
    stages: tuple[Stage, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    commit: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.stages

    @property
    def disruption(self) -> Disruption:
        """The worst of its stages."""
        return max((s.disruption for s in self.stages), default=Disruption.NONE, key=lambda d: d.rank)

    @property
    def changes(self) -> tuple[Change[Any], ...]:
        return tuple(c for stage in self.stages for step in stage.steps for c in step.changes)

    @property
    def locked_hosts(self) -> tuple[str, ...]:
        """Hosts in service that this plan locks, or has locked, in turn; one that it locks twice is there twice."""
        return tuple(host for stage in self.stages for host in stage.locked_hosts)

    @property
    def errands(self) -> tuple[Errand, ...]:
        """What services are asked to do by themselves, in turn."""
        return tuple(errand for stage in self.stages for errand in stage.errands)

    @property
    def waits_s(self) -> float:
        """How long the longest of its waits for what others do may take; windows and swacts are no such."""
        calls = (call for stage in self.stages for step in stage.steps for call in step.calls)
        return max((call.until.limit_s for call in calls if call.until), default=0.0)

    @property
    def reinstalled(self) -> frozenset[str]:
        """Hosts that it has installed anew; what is of no host installs the first of the site."""
        steps = (step for stage in self.stages for step in stage.steps if step.disruption is Disruption.REINSTALL)
        return frozenset(step.host or FIRST_HOST for step in steps)

    @property
    def left_locked(self) -> tuple[str, ...]:
        """Hosts in service that this plan locks and does not unlock: Git says locked."""
        return tuple(s.host for s in self.stages if s.opening is Opening.LOCK and not s.unlocks)

    @property
    def most_out(self) -> int:
        """How many hosts it takes out of service at a time, at the most, and those that it leaves so."""
        runs = ((s, run_of(self.stages[number:])) for number, s in enumerate(self.stages) if s.opening is Opening.LOCK)
        together = (len(group) for errand in self.errands if errand.locks for group in errand.hosts)
        beside = max((*(min(stage.at_once, length) for stage, length in runs), *together), default=0)
        left = len(self.left_locked)
        return left + beside if len(self.locked_hosts) > left else left

    @property
    def locked_twice(self) -> Mapping[str, str]:
        """Hosts that have a second window, with why."""
        return {s.host: s.why for s in self.stages if s.is_second}


def replacing(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The RFC 6902 patch that replaces top-level attributes, the only form that sysinv takes for them."""
    return [{"op": "replace", "path": f"/{name}", "value": value} for name, value in values.items()]
