"""fleet.yaml and site.yaml: our own documents, in which every key is known, and the settings that follow from both."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictStr

from reconciler.desired.central_section import CentralSection
from reconciler.desired.device_images import DeviceImage
from reconciler.desired.fields import RELEASE_FORM, URL_FORM, VALUE_NAME, Own
from reconciler.desired.site_sections import IGNORED, HostSections, Secrets, SystemSection
from reconciler.desired.software import Kubernetes, Software
from reconciler.model.backup import LIMIT, MOST, BackupPolicy
from reconciler.model.breaker import BreakerPolicy
from reconciler.model.consent import Consent
from reconciler.model.expiry import CertificatePolicy
from reconciler.model.fight import FightPolicy
from reconciler.model.gate import AlarmPolicy, Freeze
from reconciler.model.ignore import Ignore, Suppression
from reconciler.model.maintenance import MaintenanceWindow
from reconciler.model.merge import Approvals
from reconciler.model.proof import ProofPolicy
from reconciler.model.reference import IN_DOCUMENTS, IN_DOCUMENTS_IN_WORDS
from reconciler.model.site import Settings
from reconciler.model.subcloud_policy import SubcloudDefaults, SubcloudPolicy
from reconciler.model.waves import Amount, Mass, Strategy, WorkersOut
from reconciler.model.words import ApplyPolicy, HealPolicy, Mode, Prune, Reach

DEFAULT_GROUP = "default"
LAYER_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
# A subcloud's name is a DNS subdomain, and a number would be taken for an id (distcloud dcmanager/common/utils.py).
SITE_NAME = re.compile(r"(?![0-9]+$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")

WINS = (
    "mode",
    "apply",
    "heal",
    "windows",
    "max_workers_out",
    "alarms",
    "fighting",
    "proof",
    "reach",
    "certificates",
    "backup",
)  # policies of which one word counts whole

Values = dict[Annotated[str, Field(pattern=VALUE_NAME)], Any]


class Policies(Own):
    """What defaults, groups and sites may all say; the site wins over its group, the group over the defaults."""

    mode: Mode | None = Field(default=None, description="What the controller may do: look, plan, or apply.")
    apply: ApplyPolicy | None = Field(default=None, description="Policy for what Git changes.")
    heal: HealPolicy | None = Field(default=None, description="Policy for what the site changed.")
    prune: dict[str, Prune] | None = Field(
        default=None, description="Policy for what Git removes, by kind of resource; `default` is that of all others."
    )
    windows: list[MaintenanceWindow] | None = Field(
        default=None,
        description="When the site may be disturbed; at any time where none is named. The list of a site stands for "
        "its group's, and that for the defaults'.",
    )
    max_workers_out: WorkersOut | None = Field(
        default=None,
        alias="maxWorkersOut",
        description="How many workers of a site are out of service for a plan at a time: a number, or a share of them as "
        "25%, which is one at least. One where it is not said. Controllers, storage hosts and workers with OSDs or a "
        "Ceph monitor go one at a time.",
    )
    alarms: AlarmPolicy | None = Field(default=None, description="Which standing alarms hold a plan.")
    ignore: list[Ignore] | None = Field(default=None, description=IGNORED)
    suppress: list[Suppression] | None = Field(
        default=None,
        description="Alarms that are not raised for the site; those of defaults, group and site count together.",
    )
    fighting: FightPolicy | None = Field(
        default=None, description="When a field that somebody else sets back again and again is left to people."
    )
    proof: ProofPolicy | None = Field(
        default=None,
        description="What the proof of a change means for the site: never, none is made; warn, the review says it; block, "
        "what a twin refused is not sent.",
    )
    reach: Reach | None = Field(
        default=None,
        description="By which of its addresses a site is reached that has no entry in the endpoints file: admin, where "
        "dcmanager itself calls; oam, its OAM address. dcmanager says them, and `derived` of the endpoints file which of "
        "them may be used, with which CAs: nothing that is said here names an address.",
    )
    subcloud: SubcloudDefaults | None = Field(
        default=None,
        description="The site's place in the central cloud: with it a site that dcmanager does not have is added. What the "
        "site does not say its group says, or else the defaults, key by key.",
    )
    backup: BackupPolicy | None = Field(
        default=None,
        description="When the site is backed up by the central cloud, and where to; never without, nor while its mode is "
        "not apply.",
    )
    certificates: CertificatePolicy | None = Field(
        default=None, description="From when on a certificate of the site's platform that ends is told; 30 days before."
    )
    values: Values | None = Field(default=None, description="What ${name} stands for in a site's documents.")
    software: Software | None = Field(default=None, description="The release that the site is to run.")
    kubernetes: Kubernetes | None = Field(default=None, description="The Kubernetes that the site is to run.")
    device_images: dict[str, DeviceImage] | None = Field(
        default=None,
        alias="deviceImages",
        description="Images that are to be in accelerators of the site, each by a name of the author's own. Not the "
        "firmware of boards.",
    )


def _most_out(of: str) -> Any:
    return Field(
        default=None,
        alias="maxUnavailable",
        description=f"So many hosts of {of}, or `5%` of them, may be out of service for our plans at a time; "
        "any number without.",
    )


class Group(Policies):
    description: StrictStr | None = Field(default=None, description="The group in a few words.")
    breaker: BreakerPolicy | None = Field(default=None, description="The fleet's, for the sites of this group.")
    max_unavailable: Amount | None = _most_out("the group")


class Password(Own):
    secret_ref: Annotated[str, Field(pattern=IN_DOCUMENTS)] = Field(
        alias="secretRef", description=f"Where the password is: {IN_DOCUMENTS_IN_WORDS}. Never the password itself."
    )


class Credentials(Own):
    username: StrictStr = Field(description="Whom the controller is to Keystone.")
    password: Password = Field(description="Where its password is.")


class SystemController(Own):
    auth_url: Annotated[str, Field(pattern=URL_FORM)] = Field(
        alias="authUrl", description="Keystone of the system controller, with /v3."
    )
    # dcmanager is registered in this region (starlingx/config sysinv puppet/dcmanager.py)
    region: StrictStr = Field(default="SystemController", description="Region whose catalogue is used.")
    dcmanager_url: Annotated[str, Field(pattern=URL_FORM)] | None = Field(
        default=None, alias="dcmanagerUrl", description="URL of dcmanager; that of the region's catalogue without."
    )
    # Fault Management is registered in the system's own one (starlingx/config sysinv puppet/fm.py, puppet/base.py)
    own_region: StrictStr = Field(
        default="RegionOne", alias="ownRegion", description="Region of the system controller's own services."
    )
    fault_management_url: Annotated[str, Field(pattern=URL_FORM)] | None = Field(
        default=None,
        alias="faultManagementUrl",
        description="URL of its Fault Management; that of its own region's catalogue without.",
    )
    ca_bundle: StrictStr | None = Field(default=None, alias="caBundle", description="Path of a PEM file to trust.")
    credentials: Credentials = Field(description="Who the controller is there.")
    releases: list[Annotated[str, Field(pattern=RELEASE_FORM)]] = Field(
        default_factory=list,
        description="Releases that it can deploy, its own among them. A site that is to be deployed with another is refused; "
        "where none is named, only the central cloud itself refuses it.",
    )


class DriftAlarms(Own):
    raises: StrictBool = Field(
        alias="raise",
        description="Whether what drifts is raised as alarm 260.002 (minor) of the system controller; `false` clears "
        "what was raised.",
    )
    apart_up_to: int = Field(
        default=10,
        alias="apartUpTo",
        ge=1,
        le=1000,
        strict=True,
        description="Up to so many sites of one group that drifted alike have an alarm each, more have one together.",
    )


class Fleet(Own):
    """fleet.yaml."""

    api_version: Literal["stxr.io/v1"] = Field(alias="apiVersion", description="The form of the document.")
    kind: Literal["Fleet"] = Field(description="What the document describes.")
    name: StrictStr = Field(description="The fleet's name.")
    system_controller: SystemController | None = Field(
        default=None, alias="systemController", description="The central cloud whose subclouds the sites are."
    )
    central: CentralSection | None = Field(
        default=None,
        description="What the central cloud is to have beside its subclouds: groups, options of updates.",
    )
    drift_alarms: DriftAlarms | None = Field(
        default=None, alias="driftAlarms", description="Drift as alarms of the system controller; none without."
    )
    defaults: Policies = Field(default=Policies(), description="For sites that neither they nor their group say.")
    groups: dict[str, Group | None] = Field(default_factory=dict, description="Policies of groups of sites, by name.")
    rollout: Strategy | None = Field(
        default=None, description="In what waves a commit that changes more than one site goes out; at once without."
    )
    mass: Mass = Field(default=Mass(), description="How much a commit may do before it is approved as a whole.")
    breaker: BreakerPolicy = Field(
        default=BreakerPolicy(), description="When nothing new is begun because one site after another failed."
    )
    max_unavailable: Amount | None = _most_out("the fleet")
    max_backups: int = Field(
        default=MOST,
        alias="maxBackups",
        ge=1,
        le=LIMIT,
        strict=True,
        description="So many backups of sites are made at a time, others' counted in.",
    )
    freezes: list[Freeze] = Field(default_factory=list, description="Times in which nothing is sent.")
    approvals: Approvals = Field(default=Approvals(), description="What nobody need be asked about.")
    review: Consent = Field(
        default=Consent(), description="Whose approval of a pull request, in the forge, counts for its plans."
    )

    @property
    def central_site(self) -> str:
        """The folder that is the system controller; "" where nobody says."""
        named = self.central.site if self.central else None
        return named or (self.rollout.central.site if self.rollout and self.rollout.central else "")

    def group(self, name: str) -> Policies:
        """The policies of a group; none for one that says nothing or is not there."""
        return self.groups.get(name) or Policies()


class SiteFile(Policies):
    """subclouds/<name>/site.yaml: what StarlingX's own files cannot say."""

    subcloud: SubcloudPolicy | None = Field(
        default=None,
        description="The site's place in the central cloud: with it a site that dcmanager does not have is added. What it "
        "does not say its group says, or else the defaults, key by key.",
    )
    api_version: Literal["stxr.io/v1"] | None = Field(
        default=None, alias="apiVersion", description="The form of the document."
    )
    kind: Literal["Site"] | None = Field(default=None, description="What the document describes.")
    name: StrictStr | None = Field(default=None, description="The folder's name, if given.")
    description: StrictStr | None = Field(default=None, description="The site in a few words.")
    layers: list[StrictStr] | None = Field(default=None, description="Folders of profiles/, later wins.")
    group: StrictStr | None = Field(default=None, description="A group of fleet.yaml.")
    labels: dict[str, StrictStr] | None = Field(default=None, description="Your own, to select sites by.")
    # read apart from the rest, with those of the layers' site.yaml (desired/own_values.py)
    system: SystemSection | None = Field(default=None, description="What a System document cannot say.")
    hosts: HostSections | None = Field(default=None, description="What a HostProfile cannot say, by hostname.")
    secrets: Secrets | None = Field(
        default=None, description="Where the secrets are that the documents name, by the name that they have there."
    )


def resolved(fleet: Fleet | None, site: SiteFile) -> Settings:
    """The site's own word, else its group's, else the defaults', else the program's."""
    group = site.group or DEFAULT_GROUP
    below = (fleet.defaults, fleet.group(group)) if fleet else ()
    said: dict[str, Any] = {}
    for policies in (*below, site):
        said |= {name: value for name in WINS if (value := getattr(policies, name)) is not None}
    prune = {kind: policy for policies in (*below, site) for kind, policy in (policies.prune or {}).items()}
    freezes = tuple(f for f in fleet.freezes if not f.groups or group in f.groups) if fleet else ()
    merged = fleet.approvals.merged if fleet else ()
    suppress = tuple(s for policies in (*below, site) for s in policies.suppress or ())
    subclouds = [p.subcloud.model_dump(exclude_unset=True) for p in (*below, site) if p.subcloud]
    own = {
        "subcloud": SubcloudPolicy(**{key: v for one in subclouds for key, v in one.items()}) if subclouds else None,
        "prune": prune,
        "suppress": suppress,
        "freezes": freezes,
        "merged": merged,
        "labels": site.labels or {},
        "description": site.description or "",
    }
    return Settings(group=group, **own, **said)
