"""What is known about one site, with its age: what status, API, metrics and alarms are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.alarm import Noted, SiteAlarms
from reconciler.model.backup import BackupSight
from reconciler.model.condition import HostCondition
from reconciler.model.dark import HostSight, SitePower, site_power
from reconciler.model.errors import Reason
from reconciler.model.expiry import Expiry
from reconciler.model.forecast import PlanForecast
from reconciler.model.gate import Hold
from reconciler.model.words import Area, Cause, Disruption, Severity, State


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute of one resource that is not as Git says. Values are text, secrets are `***`.

    since: Unix seconds of the first look that showed this difference with this cause.
    kind, host: of the resource, apart; host is "" for what is not of one.
    """

    resource: str  # controller-0/interface-network/oam
    attribute: str  # "" for a resource that is missing or extra
    action: str
    observed: str
    desired: str
    cause: Cause
    area: Area
    severity: Severity
    disruption: Disruption = Disruption.NONE
    origin: str = ""  # file:line
    since: float = 0.0
    kind: str = ""
    host: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """The field of the site that it is about."""
        return self.resource, self.attribute

    @property
    def name(self) -> str:
        """The resource's, within its kind and host."""
        prefix = "/".join(filter(None, (self.host, self.kind)))
        return self.resource.removeprefix(prefix).removeprefix("/")


@dataclass(frozen=True, slots=True)
class Ignored:
    """A difference that a rule says does not count: it is not compared, not sent, and shown as this.

    where: of the rule, file:line. until: Unix seconds of its end; None for one that has none.
    """

    difference: Difference
    reason: str
    where: str = ""
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last judgement of one site.

    observed_at: Unix seconds of the reading that it rests on; None when the site was never read.
    reachable: None when it was never tried.
    reason: one word for why it is held, failed, invalid or unreachable; message: the same for a person.
    change: the fingerprint of all that differs, equal on every site where the same is to become the same.
    plan: the plan in its JSON form (`model.wire`), as last made; None when there is nothing to do.
    holds: what keeps a plan, or a part of it, from being sent, each since when; the first is the one to tell.
    conditions: how hosts are stuck, each since when and with what comes next; the first is the one to tell.
    release: the one that it runs, with its patches where its software management was asked.
    removals: what commits removed and is on the site still, in words that `stxr decline` takes, with what is to become
      of each. no_deletes: why nothing that Git removed can be told now; "" if it can.
    strangers: what is on the site, not in Git, in lists of which Git owns members only; their number is `unmanaged`.
    accepted: fields that differed at the last look, and of which Git says now what the site showed then.
    unread: host/kind of what differed at the last look and could not be looked at now.
    ignored: what differs and does not count. lapsed: the rules of Git that have ended. suppressed: ids of alarms that
      are not raised for the site.
    converged: the newest commit all of which the site has had; "" where none is known. coverage: fields that Git says,
      and fields that the site shows, by area.
    forecast: how long the plan takes; None where there is nothing to do.
    noted: what the site's event log says of the time since the last look, where something drifted in it.
    alarms: what stands in Fault Management; None where nobody told yet.
    certificates: of each type of the platform's certificates the one that ends first, and from when on that is told.
    backup: what the central cloud says of its backups; None where nobody wants one and none was made.
    boards: what the controllers of its hosts say while the site answers nobody; empty where they were not asked.
    ailing: the hosts that are not well, or whose controller gave no answer, of those of whose controller Git says anything.
    """

    site: str
    state: State
    group: str = "default"
    mode: str = "observe"
    commit: str = ""
    input_key: str = ""
    observed_at: float | None = None
    judged_at: float = 0.0
    reachable: bool | None = None
    differences: tuple[Difference, ...] = ()
    unmanaged: int = 0
    unjudged: tuple[str, ...] = ()
    reason: str = ""
    message: str = ""
    plan_id: str = ""
    change: str = ""
    plan: Mapping[str, Any] | None = None
    open_windows: tuple[str, ...] = ()
    holds: tuple[Hold, ...] = ()
    conditions: tuple[HostCondition, ...] = ()
    due: Mapping[str, float] = field(default_factory=dict)  # host that we locked -> when it is to be back
    removals: Mapping[str, str] = field(default_factory=dict)  # resource -> why it is not deleted
    no_deletes: str = ""
    release: str = ""
    system_mode: str = ""
    hosts: Mapping[str, str] = field(default_factory=dict)  # hostname -> unlocked-enabled-available
    strangers: tuple[Difference, ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()  # (resource, attribute)
    unread: tuple[str, ...] = ()
    noted: tuple[Noted, ...] = ()
    converged: str = ""
    coverage: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    ignored: tuple[Ignored, ...] = ()
    lapsed: tuple[str, ...] = ()
    suppressed: tuple[str, ...] = ()
    forecast: PlanForecast | None = None
    alarms: SiteAlarms | None = None
    boards: tuple[HostSight, ...] = ()
    ailing: tuple[HostSight, ...] = ()
    certificates: tuple[Expiry, ...] = ()
    backup: BackupSight | None = None

    @property
    def is_dark(self) -> bool:
        """It answered nobody. One that does not let us in is there."""
        return self.state is State.UNREACHABLE and self.reason == Reason.UNREACHABLE

    @property
    def power(self) -> SitePower | None:
        """Whether the hosts of a dark site have power; None where nobody asked."""
        return site_power(self.boards) if self.boards else None

    @property
    def is_in_sync(self) -> bool:
        """The site had all that Git says, when it was last read to the end."""
        return self.state is State.IN_SYNC
