"""One site as Git describes it: its merged documents and its settings, before any kind has read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from reconciler.model.backup import BackupPolicy
from reconciler.model.expiry import CertificatePolicy
from reconciler.model.fight import FightPolicy
from reconciler.model.gate import AlarmPolicy, Freeze
from reconciler.model.host import SystemState
from reconciler.model.ignore import Rule, Suppression
from reconciler.model.maintenance import MaintenanceWindow
from reconciler.model.merge import MergeRule
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.proof import ProofPolicy
from reconciler.model.subcloud_policy import SubcloudPolicy
from reconciler.model.waves import WorkersOut, amount
from reconciler.model.words import ApplyPolicy, HealPolicy, Mode, Prune, Reach

PRUNE_DEFAULT = "default"  # in `prune`: every kind that is not named


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """What Git says about one site, uninterpreted.

    `files` maps repository paths to contents: the site's folder, the layers that it names, fleet.yaml.
    `key` is a digest of those paths and blob ids: equal keys, equal desired state.
    """

    name: str
    commit: str
    key: str
    files: Mapping[str, bytes]


class Settings(BaseModel):
    """How a site is treated; fleet defaults, then its group, then its own site.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str = Field(default="default", description="Group that the site belongs to.")
    mode: Mode = Field(default=Mode.OBSERVE, description="What the controller may do: look, plan, or apply.")
    apply: ApplyPolicy = Field(default=ApplyPolicy.APPROVED, description="Policy for what Git changes.")
    heal: HealPolicy = Field(default=HealPolicy.NONDISRUPTIVE, description="Policy for what the site changed.")
    prune: Mapping[str, Prune] = Field(
        default_factory=dict, description="Policy for what Git removes, by kind; `default` is that of all others."
    )
    windows: tuple[MaintenanceWindow, ...] = Field(
        default=(), description="When the site may be disturbed; at any time where none is named."
    )
    max_workers_out: WorkersOut = Field(
        default=1, description="How many workers are out of service for a plan at a time: a number, or a share."
    )
    alarms: AlarmPolicy = Field(default=AlarmPolicy(), description="Which standing alarms hold a plan.")
    fighting: FightPolicy = Field(
        default=FightPolicy(), description="When a second writer is not written over any more."
    )
    proof: ProofPolicy = Field(default=ProofPolicy.WARN, description="What a failed proof means for the site.")
    reach: Reach | None = Field(default=None, description="By which of its addresses the site is reached.")
    certificates: CertificatePolicy = Field(
        default=CertificatePolicy(), description="From when on a certificate that ends is told."
    )
    freezes: tuple[Freeze, ...] = Field(default=(), description="When nothing is sent to the site.")
    ignore: tuple[Rule, ...] = Field(default=(), description="Differences that do not count.")
    suppress: tuple[Suppression, ...] = Field(default=(), description="Alarms that are not raised for the site.")
    merged: tuple[MergeRule, ...] = Field(default=(), description="What counts as approved by having been merged.")
    backup: BackupPolicy | None = Field(default=None, description="When the site is backed up, and where to.")
    subcloud: SubcloudPolicy | None = Field(default=None, description="Its place in the central cloud.")
    is_central: bool = Field(default=False, description="Whether Git says what this system's dcmanager has.")
    is_batched: bool = Field(default=False, description="Whether any of it goes by dcmanager's strategies.")
    description: str = Field(default="", description="The site in a few words.")
    labels: Mapping[str, str] = Field(default_factory=dict, description="The author's own, to select sites by.")

    def workers_out(self, system: SystemState) -> int:
        """How many workers of this system may be out of service for a plan at a time."""
        workers = sum(host.personality == "worker" for host in system.hosts.values())
        return max(amount(self.max_workers_out, workers), 1)

    def prune_of(self, kind: str) -> Prune:
        """What happens to a resource of this kind that a commit removed."""
        return self.prune.get(kind, self.prune.get(PRUNE_DEFAULT, Prune.PROPOSE))


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader of a file should know, which stops nothing."""

    message: str
    where: str  # file:line


@dataclass(frozen=True, slots=True)
class Site:
    """The merged documents of one site. Nodes hold the `spec` of each document, with origins.

    hosts: hostname -> composite profile (base profiles, profile, overrides merged; `name` and `match` are members too)
    own_system, own_hosts: what site.yaml says beside them, in our own words; a host there has a composite profile too
    own_secrets: name of a secret in the documents -> where site.yaml says that it is
    lacks: what keeps dcmanager from deploying it, at file:line, where it is to be a subcloud
    deployment: the documents as a Deployment Manager takes them, where it is to have them
    documents: kind -> name -> spec, for AddressPool, PlatformNetwork, DataNetwork, PtpInstance, PtpInterface; the
      parameters of a PtpInstance are always by section (the old flat list is the section `global`)
    central: what fleet.yaml says of the central cloud, where the site is the system controller
    software, kubernetes: the versions that the site is to run, as fleet.yaml and site.yaml say them together
    device_images: what is to be written into its devices, likewise
    subcloud: its place in the central cloud, likewise: where it is said; what is said is in the settings
    """

    name: str
    settings: Settings
    system: Node | None
    system_name: Node | None
    hosts: Mapping[str, Node]
    documents: Mapping[str, Mapping[str, Node]]
    own_system: Node | None = None
    own_hosts: Mapping[str, Node] = field(default_factory=dict)
    own_secrets: Mapping[str, Node] = field(default_factory=dict)
    install_values: Node | None = None
    bootstrap_values: Node | None = None
    deployment: str = ""
    central: Node | None = None
    software: Node | None = None
    kubernetes: Node | None = None
    device_images: Node | None = None
    subcloud: Node | None = None
    lacks: tuple[str, ...] = ()
    pruned: Mapping[str, Origin] = field(default_factory=dict)  # kinds that `prune` names, where it does
    warnings: tuple[Notice, ...] = field(default=())

    def of(self, kind: str) -> Mapping[str, Node]:
        """The documents of one kind by name."""
        return self.documents.get(kind, {})
