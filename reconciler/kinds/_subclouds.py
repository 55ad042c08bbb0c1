"""What a site is to dcmanager: its row, what Git says of it, the files that it is deployed by.

starlingx/distcloud dcmanager/api/controllers/v1/phased_subcloud_deploy.py and subclouds.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from reconciler.model.central import NO_PEER_GROUP
from reconciler.model.deployment import DeployStatus
from reconciler.model.kind import Attr, Given
from reconciler.model.multipart import File, InBase64, Multipart, Part
from reconciler.model.plan import Call, Until
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.secret import SecretRef
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.subcloud_policy import ManagementState, SecretPlace, SubcloudPolicy
from reconciler.model.told import in_text, of_text, told
from reconciler.model.value_text import ValueText
from reconciler.model.words import Service

SUBCLOUDS = "/v1.0/subclouds"
COLLECTION = "subclouds"
KEY = ResourceKey("subcloud", "")
MANAGEMENT = ResourceKey("subcloud-management", "")
ONLINE = "online"
TAKEN_OVER_S = 3600.0  # the playbook itself has 180 s (distcloud dcmanager/manager/subcloud_manager.py)
STATUS, ERROR = "deploy-status", "error-description"
SOURCE = "distcloud dcmanager/api/controllers/v1/phased_subcloud_deploy.py"


class Subcloud(Spec):
    """The row. name: the site's, or one that it had before. What dcmanager shows and nobody sets, deploy_status and availability, Git never says.

    has_group: whether dcmanager has the group that Git names. peer_priority, wanted_priority: what the peer group that it is
    in, and the one that Git names, have here; None where there is none. lacks: what keeps dcmanager from deploying the site, as its files are.
    """

    name: str | None = None
    description: str | None = None
    location: str | None = None
    group: str | None = None
    has_group: bool | None = None
    peer_group: str | None = None
    peer_priority: int | None = None
    wanted_priority: int | None = None
    deploy_status: str | None = None
    availability: str | None = None
    lacks: Annotated[str | None, Attr(send_only=True)] = None


class Playbook(Spec):
    """What Ansible is given to bootstrap a site, or to take it over. values: the bootstrap values. address: where it reaches controller-0."""

    values: Annotated[ValueText | None, Attr(send_only=True)] = None
    address: Annotated[str | None, Attr(send_only=True)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None


def played(policy: SubcloudPolicy, site: Site) -> dict[str, Given | None]:
    """What Git says of it, by the names of `Playbook`."""
    return {
        "values": Given(bootstrap_values(site)),
        "address": Given(bootstrap_address(site)),
        "sysadmin": given(policy.sysadmin, site, "sysadmin"),
    }


def is_usual(resource: Resource[Any], snapshot: Snapshot) -> bool:  # noqa: ARG001
    """What dcmanager has of a site nobody need say, and nobody is told that Git does not."""
    return True


def row_of(rows: Rows) -> Row | None:
    """The site's row; None where dcmanager has none of its name."""
    return next(iter(rows.all(COLLECTION)), None)


def policy_of(site: Site) -> SubcloudPolicy | None:
    """What site.yaml says of it as a subcloud; None where Git does not want one, or has no values to add it with."""
    policy = site.settings.subcloud
    return policy if policy and policy.adds and site.bootstrap_values is not None else None


def status(observed: Snapshot) -> DeployStatus | None:
    """How far the subcloud is; None where there is none."""
    found = observed.resources.get(KEY)
    return DeployStatus(found.spec.deploy_status) if found else None


def bootstrap_values(site: Site) -> str:
    """The file as text; its name is the site's, and what site.yaml says of the subcloud is in it."""
    said = {"name": site.name, **told(site.bootstrap_values)}
    policy = site.settings.subcloud
    words = {"description": site.settings.description, "location": policy.location if policy else None}
    return in_text(said | {key: text for key, text in words.items() if text})


def install_values(site: Site) -> str:
    """The file as text; "" where the machine is not installed by dcmanager."""
    return in_text(told(site.install_values)) if site.install_values else ""


def bootstrap_address(site: Site) -> str:
    """Where Ansible reaches controller-0: as it is installed, or else the site's floating OAM address."""
    said = site.install_values.text("bootstrap_address") if site.install_values else None
    own = site.bootstrap_values.text("external_oam_floating_address") if site.bootstrap_values else None
    return (said or own or "").split(",")[0]


def files(bootstrap: str | None = "", install: str | None = "", deployment: str | None = "") -> dict[str, Part]:
    """The parts of a form that are files, as dcmanager calls them; of empty texts none."""
    found: dict[str, Part] = {}
    if bootstrap:
        found["bootstrap_values"] = File("bootstrap-values.yaml", of_text(bootstrap))
    if install:
        found["install_values"] = File("install-values.yaml", of_text(install))
    if deployment:
        found["deploy_config"] = File("deployment-config.yaml", deployment)
    return found


def passwords(sysadmin: str | None = None, board: str | None = None) -> dict[str, Part]:
    """The parts that are passwords: references, read when they are sent."""
    said = {"sysadmin_password": sysadmin, "bmc_password": board}
    return {name: InBase64(SecretRef(reference)) for name, reference in said.items() if reference}


def lacking(desired: Snapshot) -> str:
    """Why dcmanager could not deploy the site from its files; "" where it could."""
    said = desired.resources.get(KEY)
    lacks = said.spec.lacks if said else None
    return f"dcmanager could not deploy it: {lacks}" if lacks else ""


def taken_over(site: str, values: str | None, address: str | None, sysadmin: str | None) -> Call:
    """A site that another centre has let go of, added as it is: nothing is installed, bootstrapped or configured there."""
    form: dict[str, Part] = {"bootstrap-address": address or "", "migrate": "true"}
    form |= files(bootstrap=values) | passwords(sysadmin)
    return Call("POST", SUBCLOUDS, Multipart(form), until=until_taken_over(site), service=Service.DCMANAGER)


def until_taken_over(site: str, limit_s: float = TAKEN_OVER_S) -> Until:
    """It is complete, or taking it over failed."""
    ends = (DeployStatus.REHOME_FAILED.value, DeployStatus.REHOME_PREP_FAILED.value, DeployStatus.CREATE_FAILED.value)
    return Until(f"{SUBCLOUDS}/{site}", STATUS, (DeployStatus.COMPLETE.value,), limit_s, ends, ERROR)


def tied(observed: Snapshot) -> str:
    """Why dcmanager neither manages nor unmanages it; "" where it does (subclouds.py patch: 400)."""
    found = observed.resources.get(KEY)
    group = found.spec.peer_group if found else None
    if group in {None, NO_PEER_GROUP}:
        return ""
    return (
        f"it is in the peer group {group}: dcmanager manages, unmanages and deletes what is in none; "
        f"`subcloud.peerGroup: {NO_PEER_GROUP}` takes it out"
    )


def led_elsewhere(observed: Snapshot) -> str:
    """Why dcmanager takes no change of the row here; "" where it does (subclouds.py patch: 400)."""
    found = observed.resources.get(KEY)
    if found is None or not found.spec.peer_priority:
        return ""
    return (
        f"the peer group {found.spec.peer_group} has the priority {found.spec.peer_priority} here: dcmanager takes changes of "
        "its subclouds where that is 0"
    )


def is_managed(observed: Snapshot) -> bool:
    found = observed.resources.get(MANAGEMENT)
    return found is not None and found.spec.state is ManagementState.MANAGED


def unmanaged_first(name: str, observed: Snapshot) -> Iterator[Call]:
    """Dcmanager renames, moves and deletes only what is unmanaged (recorded: 422)."""
    if is_managed(observed):
        form = Multipart({"management-state": str(ManagementState.UNMANAGED)})
        yield Call("PATCH", f"{SUBCLOUDS}/{name}", form, service=Service.DCMANAGER)


def given(place: SecretPlace | None, site: Site, key: str) -> Given | None:
    """The reference of a site's secret, as an attribute. key: under which `subcloud` says it."""
    return told_at(place.of(site.name).reference if place else None, site, key)


def told_at(value: Any, site: Site, key: str) -> Given | None:
    """What `subcloud` says under a key, as an attribute with its file and line: of the site, of its group or the defaults."""
    node = site.subcloud.get(key) if site.subcloud else None
    return Given(value, node.origin if node else None) if value is not None else None
