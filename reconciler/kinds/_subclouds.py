"""What a site is to dcmanager: its row, the files that it is deployed by, the phases on the way, in order.

starlingx/distcloud dcmanager/api/controllers/v1/phased_subcloud_deploy.py and subclouds.py. A phase is asked for where it
may begin; where it is under way already, its end is waited for: whoever takes over from a process that died asks for
nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from reconciler.model.deployment import STARTS, DeployStatus, Milestone, Step, is_deployed, is_failed, is_moving, passed
from reconciler.model.kind import Attr, Context, Given
from reconciler.model.multipart import File, InBase64, Multipart, Part
from reconciler.model.plan import Call, Until
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.secret import SecretRef
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.subcloud_policy import ManagementState, SecretPlace
from reconciler.model.told import in_text, of_text, told
from reconciler.model.words import Service

SUBCLOUDS = "/v1.0/subclouds"
PHASES = "/v1.0/phased-subcloud-deploy"
COLLECTION = "subclouds"
KEY = ResourceKey("subcloud", "")
MANAGEMENT = ResourceKey("subcloud-management", "")
ONLINE = "online"
STATUS, ERROR = "deploy-status", "error-description"
PLAYBOOK_S = 3600.0 + 300.0  # dcmanager's playbook_timeout, and what comes before a playbook
STOPPED = tuple(s.value for s in DeployStatus if is_failed(s) or s.value.endswith("-aborted"))
SOURCE = "distcloud dcmanager/api/controllers/v1/phased_subcloud_deploy.py"


class Subcloud(Spec):
    """The row. name: the site's, or one that it had before. What dcmanager shows and nobody sets, deploy_status and availability, Git never says.

    has_group: whether dcmanager has the group that Git names. lacks: what keeps dcmanager from deploying the site, as its files are.
    """

    name: str | None = None
    description: str | None = None
    location: str | None = None
    group: str | None = None
    has_group: bool | None = None
    deploy_status: str | None = None
    availability: str | None = None
    lacks: Annotated[str | None, Attr(send_only=True)] = None


def is_usual(resource: Resource[Any], snapshot: Snapshot) -> bool:  # noqa: ARG001
    """What dcmanager has of a site nobody need say, and nobody is told that Git does not."""
    return True


def row_of(rows: Rows) -> Row | None:
    """The site's row; None where dcmanager has none of its name."""
    return next(iter(rows.all(COLLECTION)), None)


def status(observed: Snapshot) -> DeployStatus | None:
    """How far the subcloud is; None where there is none."""
    found = observed.resources.get(KEY)
    return DeployStatus(found.spec.deploy_status) if found else None


def is_behind(row: Row | None, milestone: Milestone) -> bool:
    """Whether a subcloud is past a milestone, or is a site that nobody has to deploy any more."""
    if row is None:
        return False
    now = DeployStatus(row[STATUS])
    return passed(now) >= milestone or is_deployed(now)


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


def until(site: str, milestone: Milestone, limit_s: float = PLAYBOOK_S) -> Until:
    """The milestone is behind it: whoever polls misses states, so any later one counts."""
    there = tuple(s.value for s in DeployStatus if passed(s) >= milestone)
    fails = tuple(state for state in STOPPED if state not in there)
    return Until(f"{SUBCLOUDS}/{site}", STATUS, there, limit_s, fails, ERROR)


def phase(site: str, step: Step, milestone: Milestone, form: Mapping[str, Part], now: DeployStatus | None) -> Call:
    """The call of a phase; where it is under way, the wait for its end alone."""
    end = until(site, milestone)
    if now is not None and is_moving(now):
        return Call("GET", f"{SUBCLOUDS}/{site}", until=end, service=Service.DCMANAGER)
    path = f"{PHASES}/{site}/{step.value}"
    return Call("PATCH", path, Multipart(form) if form else None, until=end, service=Service.DCMANAGER)


def lacking(desired: Snapshot) -> str:
    """Why dcmanager could not deploy the site from its files; "" where it could."""
    said = desired.resources.get(KEY)
    lacks = said.spec.lacks if said else None
    return f"dcmanager could not deploy it: {lacks}" if lacks else ""


def refused(step: Step, context: Context) -> str:
    """Why a phase cannot be asked for, whatever comes before it, and what it would take; "" if it can."""
    if lacks := lacking(context.desired):
        return lacks
    observed = context.observed
    now = status(observed)
    if now is None or is_moving(now) or now in STARTS[step] or passed(now) is not Milestone.NONE:
        return ""
    return (
        f"dcmanager goes on from nowhere: its deploy status is {now.value}; `dcmanager subcloud errors "
        f"{observed.site}` says why; once it is deleted there, it is added anew"
    )


def unmanaged_first(name: str, observed: Snapshot) -> Iterator[Call]:
    """Dcmanager renames, moves and deletes only what is unmanaged (recorded: 422)."""
    found = observed.resources.get(MANAGEMENT)
    if found is not None and found.spec.state is ManagementState.MANAGED:
        form = Multipart({"management-state": str(ManagementState.UNMANAGED)})
        yield Call("PATCH", f"{SUBCLOUDS}/{name}", form, service=Service.DCMANAGER)


def given(place: SecretPlace | None, site: Site) -> Given | None:
    """The reference of a site's secret, as an attribute."""
    return Given(place.of(site.name).reference) if place else None
