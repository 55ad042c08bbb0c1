"""What holds a plan back: a gate's name, its reason for a person, since when, and until when, where that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from reconciler.model.alarm import Alarm
from reconciler.model.board_check import BoardFinding
from reconciler.model.breaker import Guard
from reconciler.model.budget import Budget
from reconciler.model.busy import Deployment, Orchestration
from reconciler.model.central import Attention
from reconciler.model.condition import HostCondition
from reconciler.model.host import SystemState
from reconciler.model.maintenance import MaintenanceWindow
from reconciler.model.plan import Plan
from reconciler.model.rollout import Turn
from reconciler.model.words import Disruption, Service

# What VIM passes over in its own orchestration: 250.001 and 200.001 stand exactly when a window is due
# (starlingx/nfv nfv_vim/strategy/_strategy.py, system-config-update).
TOLERATED = ("200.001", "250.001", "260.001", "260.002", "750.006", "900.010", "900.601")


class GateName(StrEnum):
    """Why a plan waits, in the order in which the reasons are told.

    The first four are the site's own mode and policies (engine.permission); each of the others is a module of
    engine.gates.
    """

    MODE = "mode"  # the controller may only look, or only plan
    POLICY = "policy"  # what is only reported
    APPROVAL = "approval"  # somebody has to say yes
    FIGHTING = "fighting"  # somebody else sets a field back, again and again
    SUSPENDED = "suspended"  # somebody said stop
    VETO = "veto"  # the site itself says stop
    CONDITION = "condition"  # a host did not leave service, or come back, when it was told to
    PROOF = "proof"  # on a twin it was refused, or something was left to do
    MASS = "mass"  # the commit does too much to the fleet: somebody has to say yes to the whole of it
    ROLLOUT = "rollout"  # it is another site's turn
    BREAKER = "breaker"  # one site after another has failed
    FREEZE = "freeze"  # the fleet stands still for a time
    OTHER_WRITER = "other_writer"
    PRECHECK = "precheck"  # the service that would do it says why it would not
    REDUNDANCY = "redundancy"  # no partner would take over
    ALARMS = "alarms"
    BOARD = "board"  # a host that is to be reinstalled cannot be by its controller
    WINDOW = "window"  # outside the site's maintenance windows
    BUDGET = "budget"  # enough hosts are out of service already


class AlarmRestriction(StrEnum):
    """VIM's words: which standing alarms hold a plan that locks a host."""

    STRICT = "strict"  # every one that is not ignored
    RELAXED = "relaxed"  # those that affect management


class AlarmPolicy(BaseModel):
    """Which alarms hold a plan that locks a host, and which hold any plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    restriction: AlarmRestriction = Field(
        default=AlarmRestriction.RELAXED,
        description="strict: every alarm that is not ignored holds a lock. relaxed: those that affect management.",
    )
    ignore: tuple[str, ...] = Field(
        default=(),
        description="Alarm ids to pass over besides those that the platform itself tolerates. Never counts for "
        "storage, nor for the host that would have to take over.",
    )
    veto: tuple[str, ...] = Field(default=(), description="Alarm ids that, while raised, hold every plan of the site.")


def _moment(value: object) -> object:
    """Unix seconds of a moment as people write it; without a zone nobody knows which it is."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(
            "must be written as 2026-12-20T00:00:00Z, or with an offset as 2026-12-20T00:00:00+01:00"
        ) from None
    if moment.tzinfo is None:
        raise ValueError("needs its time zone: end it with Z, or with an offset as +01:00")
    return moment.timestamp()


Moment = Annotated[
    float,
    BeforeValidator(_moment),
    Field(json_schema_extra={"type": "string", "format": "date-time"}),
]


class Freeze(BaseModel):
    """A time in which nothing is sent to the sites of these groups; to all where none is named."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    begins: Moment = Field(description="From this moment on, in ISO 8601 with its zone.")
    ends: Moment = Field(description="To this moment.")
    reason: str = Field(description="Why; it is told with everything that waits.")
    groups: tuple[str, ...] = Field(default=(), description="Groups that stand still; all sites where none is named.")

    @model_validator(mode="after")
    def _goes_forward(self) -> Freeze:
        if self.ends <= self.begins:
            raise ValueError("a freeze ends after it begins")
        return self

    def covers(self, group: str, now: float) -> bool:
        return self.begins <= now < self.ends and (not self.groups or group in self.groups)


class Scope(StrEnum):
    """What somebody says stop to."""

    SITE = "site"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Suspension:
    """Somebody's word that nothing be sent: to a site, or to a group where `site` is empty."""

    by: str
    reason: str
    since: float
    site: str = ""
    group: str = ""

    def concerns(self, site: str, group: str) -> bool:
        """Whether it holds this site, which is of this group."""
        return site == self.site or (not self.site and group == self.group)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a plan waits. Times are Unix seconds.

    until: the moment from which the gate may be open; None where nobody can say.
    since: the first visit that found this gate closed without a break; None where it was not dated yet.
    """

    gate: GateName
    reason: str
    until: float | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is read of a site besides its configuration, when a plan is about to be sent.

    alarms: those that stand and are not suppressed. labels: of each host, by the host's name.
    orchestration and deployment: of others, None where nothing is at work.
    attention: what the central cloud does with the site; None where the fleet has no central cloud.
    boards: what speaks against reinstalling the hosts that the plan reinstalls; of others nobody is asked.
    unread: services that were asked and did not answer, with their error: what they would have said is not known.
      A service that the endpoints file does not name is not asked, and holds nothing.
    """

    alarms: tuple[Alarm, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    orchestration: Orchestration | None = None
    deployment: Deployment | None = None
    attention: Attention | None = None
    unread: Mapping[Service, str] = field(default_factory=dict)
    boards: tuple[BoardFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """All that gates judge: a plan that policy permits, the site, and what surrounds it. needed_s: how long it takes.

    out: hosts that the plan has out of service while it asks.
    disproved: why the change does not come out, by a proof that counts; "" where none says so.
    prechecked: why services would refuse what the plan asks them for, in their words.
    """

    site: str
    group: str
    plan: Plan
    system: SystemState
    surroundings: Surroundings
    now: float
    needed_s: float = 0.0
    windows: tuple[MaintenanceWindow, ...] = ()
    alarm_policy: AlarmPolicy = field(default_factory=AlarmPolicy)
    freezes: tuple[Freeze, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    turn: Turn = field(default_factory=Turn)
    conditions: tuple[HostCondition, ...] = ()
    guards: tuple[Guard, ...] = ()
    budgets: tuple[Budget, ...] = ()
    out: frozenset[str] = frozenset()
    disproved: str = ""
    prechecked: tuple[str, ...] = ()

    @property
    def is_disruptive(self) -> bool:
        """Whether somebody at the site may notice."""
        return self.plan.disruption >= Disruption.SERVICE

    @property
    def locks(self) -> bool:
        """Whether a host in service is taken out of it."""
        return bool(self.plan.locked_hosts) or self.plan.disruption >= Disruption.LOCK
