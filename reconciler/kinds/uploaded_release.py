"""Releases that a site's software management has: uploaded there, or prestaged by dcmanager. What is not there is copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _releases as releases
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.multipart import InBase64
from reconciler.model.node import Node
from reconciler.model.plan import Call, Until
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.secret import SecretRef
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.subcloud_policy import SITE
from reconciler.model.words import Area, Service

SUBCLOUDS = "/v1.0/subclouds"
STATUS = "prestage-status"
PRESTAGE_S = 2 * 3600.0  # two playbooks, an hour each at most (distcloud playbook_timeout)


class Release(Spec):
    """What software management shows beside its version, Git never says."""

    release: Annotated[str | None, Attr(key=True, spelled=releases.PATCH_LEVEL)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None
    release_id: Annotated[str | None, Attr(send_only=True)] = None
    state: Annotated[str | None, Attr(send_only=True)] = None
    reboot_required: Annotated[bool | None, Attr(send_only=True)] = None
    unremovable: Annotated[bool | None, Attr(send_only=True)] = None
    requires: Annotated[tuple[str, ...] | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Release]]:
    """The release that the site is to run has to be there first."""
    said = site.software
    if said and (release := said.get("release")):
        named = release.spelled(releases.patch_level(str(release.value)))
        yield KIND.declared(said, release=named, sysadmin=_password(site))


def _password(site: Site) -> Node | Given | None:
    """Where it is: as the prestage says it, or else the subcloud; nowhere without a prestage."""
    prestage, policy = site.software and site.software.get("prestage"), site.settings.subcloud
    own = prestage and prestage.at("sysadmin", "secretRef")
    if own:
        return own.spelled(str(own.value).replace(SITE, site.name))
    return Given(policy.sysadmin.of(site.name).reference) if prestage and policy and policy.sysadmin else None


def read(rows: Rows) -> Iterator[Resource[Release]]:
    for row in releases.rows_of(rows):
        spec = Release.of(
            release=row["sw_version"],
            release_id=row["release_id"],
            state=row["state"],
            reboot_required=row.get("reboot_required"),
            unremovable=row.get("unremovable"),
            requires=tuple(row.get("requires") or ()),
        )
        yield Resource(releases.key_of(str(row["sw_version"])), spec)


def write(changes: Sequence[Change[Release]], context: Context) -> Iterator[Call]:
    """By dcmanager: what the centre has deployed of the same major release; on the site it is `available` afterwards."""
    site = context.desired.site
    for change in changes:
        want = change.want
        body = {
            "sysadmin_password": InBase64(SecretRef(want.sysadmin or "")),
            "release": releases.major(want.release or ""),
            "for_sw_deploy": "true",
            "force": "false",
        }
        path = f"{SUBCLOUDS}/{site}"
        done = Until(path, STATUS, ("complete",), PRESTAGE_S, ("failed",), "error-description")
        runs = Until(path, STATUS, ("prestaging",))
        yield Call("PATCH", f"{path}/prestage", body, until=done, unless=runs, service=Service.DCMANAGER)


def impossible(change: Change[Release], context: Context) -> str:
    """Distcloud dcmanager/common/utils.py get_validated_sw_version_for_prestage."""
    want, now = change.want, context.system.release
    version = want.release or ""
    if now and releases.parts(version)[:2] < releases.parts(now)[:2]:
        return f"{version} is not on the site, and dcmanager copies no release that is older than the site's ({now})"
    if not want.sysadmin:
        return (
            f"{version} is not on the site: upload it there (software upload), or say software.prestage.sysadmin, and "
            "dcmanager copies it"
        )
    return ""


def is_usual(resource: Resource[Release], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return True


KIND = ResourceKind(
    name=releases.UPLOADED,
    spec=Release,
    area=Area.SOFTWARE,
    is_read_on_demand=True,
    collections=(releases.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    is_usual=is_usual,
    built_in=is_usual,
    deletion=Deletion(never="releases are deleted by people: `software delete` on the site"),
    documents=("Site.software.release",),
    about=About(
        places={"release": "Site.software.release", "sysadmin": "Site.software.prestage.sysadmin.secretRef"},
        words={
            "release_id": "The name that software management has for it, as starlingx-24.09.1.",
            "state": "State of the release there: available, deployed, unavailable, and others.",
            "reboot_required": "Whether hosts have to be locked for it.",
            "unremovable": "Whether it can be removed again.",
            "requires": "Releases that have to be deployed before it, or with it.",
        },
        calls=(f"PATCH {SUBCLOUDS}/{{site}}/prestage",),
        costs=(
            "None on the hosts: packages and images are copied, which takes the link to the site, and up to two hours. It is "
            "done ahead of maintenance windows. What the site cannot be asked for is refused: dcmanager wants it managed, "
            "online and without alarms that affect management, and the release deployed on the centre."
        ),
        sources=(
            "starlingx/update software/release_data.py to_query_dict",
            "distcloud dcmanager/common/prestage.py",
            "ansible-playbooks roles/prestage/sync-software-metadata/files/ostree-metadata-sync.sh",
        ),
    ),
)
