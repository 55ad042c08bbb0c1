"""What the central cloud says of its subclouds, in dcmanager's words and without the secrets that its rows hold.

starlingx/distcloud dcmanager/common/consts.py, dcmanager/db/api.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.alarm import AlarmSeverity, SiteAlarms, Teller
from reconciler.model.deployment import DeployStatus, is_moving

MANAGED, UNMANAGED = "managed", "unmanaged"
ONLINE, OFFLINE = "online", "offline"
VALIDATING = "validating"  # the first state of a backup
BACKING_UP = frozenset({VALIDATING, "pre-backup", "backing-up"})
PRESTAGING = "prestaging"
DEFAULT_GROUP = "Default"  # the group that is always there
SCRATCH_GROUP = "stx-reconciler"  # this program's own, for what goes by dcmanager's strategies; nobody says it in Git
NO_PEER_GROUP = "none"  # dcmanager's word for it in a PATCH
COMPLETE, FAILED, ABORTED = "complete", "failed", "aborted"
OVER = frozenset({COMPLETE, FAILED, ABORTED})


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the centre reaches a subcloud: those of its admin network where it has one (dcmanager/common/utils.py)."""

    subnet: str = ""
    gateway: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Subcloud:
    """One row of dcmanager's list. region: of the site's services; an enrolment changes it. sync: endpoint type -> its status.

    board: address of the board that its machine is installed from, where dcmanager has install values; the rest of them, and the
      password, stay there.
    """

    name: str
    region: str
    group_id: int
    management: str
    availability: str
    deploy_status: str
    release: str
    backup_status: str = ""
    prestage_status: str = ""
    error: str = ""
    sync: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    location: str = ""
    addresses: Addresses = Addresses()
    systemcontroller_gateway: str = ""
    backup_at: str = ""
    prestage_versions: str = ""
    peer_group_id: int | None = None
    board: str = ""

    @property
    def row(self) -> Mapping[str, Any]:
        """It in dcmanager's words, without what is secret there: a row that kinds read."""
        return {
            "name": self.name,
            "description": self.description,
            "location": self.location,
            "software-version": self.release,
            "management-state": self.management,
            "availability-status": self.availability,
            "deploy-status": self.deploy_status,
            "error-description": self.error,
            "prestage-status": self.prestage_status,
            "region-name": self.region,
            "group_id": self.group_id,
            "management-subnet": self.addresses.subnet,
            "management-gateway-ip": self.addresses.gateway,
            "management-start-ip": self.addresses.start,
            "management-end-ip": self.addresses.end,
        }

    @property
    def status(self) -> DeployStatus:
        """Its deploy status; UNKNOWN where a newer dcmanager says what we do not know."""
        return DeployStatus(self.deploy_status)

    @property
    def is_managed(self) -> bool:
        return self.management == MANAGED

    @property
    def is_online(self) -> bool:
        return self.availability == ONLINE

    @property
    def moves(self) -> str:
        """What dcmanager does with the site now, for a person; "" where it does nothing."""
        if is_moving(self.status):
            return f"its deploy status is {self.deploy_status}"
        if self.prestage_status == PRESTAGING:
            return "software is being prestaged"
        return f"its backup is {self.backup_status}" if self.backup_status in BACKING_UP else ""


@dataclass(frozen=True, slots=True)
class SubcloudDetail:
    """A subcloud with what dcmanager asks its site for. oam: its floating OAM address, "" where the site did not say.

    deploy_config: whether its Deployment Manager says that the documents are what is there; from its alarm 260.002.
    """

    subcloud: Subcloud
    oam: str
    deploy_config: str


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    """How the VIMs of sites go through their hosts in a strategy. alarms: `strict` or `relaxed`."""

    storage: str = "parallel"
    workers: str = "parallel"
    most_workers: int = 10
    alarms: str = "relaxed"
    instances: str = "migrate"


@dataclass(frozen=True, slots=True)
class DeployFiles:
    """What Deployment Managers of one release are installed with, by the names of the files; "" where there is none."""

    release: str
    playbook: str = ""
    chart: str = ""
    overrides: str = ""
    images: str = ""


@dataclass(frozen=True, slots=True)
class SubcloudGroup:
    """How dcmanager's own strategies go through some of the subclouds."""

    id: int
    name: str
    apply_type: str
    most_parallel: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class CentralStrategy:
    """The one strategy that a central cloud can have, of whatever type. steps: subcloud -> state of its step.

    details: subcloud -> what its step says, mostly why it failed. options: what it was made with, without passwords.
    created_at: what tells it from a later one of the same type.
    """

    type: str
    state: str
    steps: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = ""

    def step(self, site: str) -> str:
        """The state of a site's step that has not ended; "" where it has none. A step keeps its state to the deletion."""
        state = self.steps.get(site, "")
        return "" if self.state in OVER or state in OVER else state


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """How many alarms stand at a site, by severity, as the last audit of dcmanager counted them."""

    critical: int
    major: int
    minor: int
    warning: int

    def as_alarms(self, at: float) -> SiteAlarms:
        """What is known of the site by them alone. at: Unix seconds at which dcmanager was asked."""
        numbers = {severity: getattr(self, severity) for severity in AlarmSeverity}
        return SiteAlarms(Teller.DCMANAGER, at, {severity: n for severity, n in numbers.items() if n})


@dataclass(frozen=True, slots=True)
class Attention:
    """What the central cloud does with one site. subcloud: None where it has none of this name."""

    subcloud: Subcloud | None = None
    strategy: CentralStrategy | None = None

    def at_work(self, site: str) -> str:
        """What of it would meet our writes, for a person; "" where nothing does."""
        if self.strategy and (state := self.strategy.step(site)):
            return f"dcmanager's {self.strategy.type} strategy is {self.strategy.state}, here at: {state}"
        return f"dcmanager is at work: {told}" if self.subcloud and (told := self.subcloud.moves) else ""


@dataclass(frozen=True, slots=True)
class Counted:
    """The alarms of the subclouds whose counts are known. at: Unix seconds at which they were asked for."""

    at: float = 0.0
    counts: Mapping[str, AlarmCounts] = field(default_factory=dict)

    def of(self, site: str) -> SiteAlarms | None:
        """Of one site; None where nothing is said of it."""
        return self.counts[site].as_alarms(self.at) if site in self.counts else None


@dataclass(frozen=True, slots=True)
class Reading:
    """The central cloud, once, for all sites. at: Unix seconds. alarms: asked for less often than the rest."""

    at: float
    subclouds: Mapping[str, Subcloud]
    strategy: CentralStrategy | None = None
    alarms: Counted = Counted()

    @property
    def busy(self) -> frozenset[str]:
        """The subclouds that it is at work on."""
        return frozenset(name for name in self.subclouds if self.of(name).at_work(name))

    def of(self, site: str) -> Attention:
        return Attention(self.subclouds.get(site), self.strategy)
