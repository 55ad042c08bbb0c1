"""An application that the platform knows: uploaded, in a version. Whether it runs is its `application-state`. By key.

The Deployment Manager has no applications (deployment-manager.md 2.6), so site.yaml says them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _applications as applications
from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Area, Disruption

BUNDLED = "/usr/local/share/applications/helm"  # sysinv common/constants.py HELM_APP_ISO_INSTALL_PATH
NO_TARBALL = (
    "where its tarball is, is not said: say `version` of one that comes with the platform, or `tarball`, a path on the "
    "site's active controller or a URL that the site reaches"
)


class Application(Spec):
    """`is_uploaded` is false where its upload goes on, or failed. `status` and `progress` are the platform's."""

    name: Annotated[str, Attr(key=True)]
    version: str | None = None
    is_uploaded: bool | None = None
    tarball: Annotated[str | None, Attr(send_only=True)] = None
    is_to_go: Annotated[bool | None, Attr(send_only=True)] = None
    status: Annotated[str | None, Attr(send_only=True)] = None
    progress: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Application]]:
    for name, node in applications.said(site, wanted=False):
        is_to_go = node.text("state") == applications.REMOVED
        facts = {"is_to_go": Given(True)} if is_to_go else {"is_uploaded": Given(True)}
        yield KIND.declared(node, name=Given(name), version="version", tarball="tarball", **facts)


def unwanted(resource: Resource[Application]) -> bool:
    return bool(resource.spec.is_to_go)


def express(resource: Resource[Application], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    yield from KIND.said(resource, own.place(applications.SECTION, resource.spec.name), {"version": "version"})


def is_usual(resource: Resource[Application], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return resource.spec.name in applications.OF_THE_PLATFORM


def read(rows: Rows) -> Iterator[Resource[Application]]:
    for row in rows.all("apps"):
        status = row.get("status") or ""
        spec = Application.of(
            name=row["name"],
            version=row.get("app_version"),
            is_uploaded=status not in {"uploading", applications.UPLOAD_FAILED},
            status=status,
            progress=row.get("progress"),
        )
        yield Resource(KIND.key(spec), spec)


def write(changes: Sequence[Change[Application]], context: Context) -> Iterator[Call]:  # noqa: ARG001
    for change in changes:
        if change.action is Action.DELETE:
            yield from _gone(change.have)
        elif change.action is Action.CREATE:
            yield _upload(change.want)
        elif change.have.status in applications.RUNNING:
            yield applications.updated({**_body(change.want), "reuse_user_overrides": "true"}, change.want.name)
        else:
            yield from _gone(change.have)
            yield _upload(change.want)


def _gone(spec: Application) -> Iterator[Call]:
    if spec.status in applications.RUNNING:
        yield applications.removed(spec.name)
    yield Call("DELETE", f"{applications.PATH}/{spec.name}")


def _upload(spec: Application) -> Call:
    return applications.uploaded(_body(spec), spec.name)


def _body(spec: Application) -> dict[str, str]:
    """What the tarball says of itself counts; name and version are for one that does not (sysinv kube_app.py)."""
    version = {"app_version": spec.version} if spec.version else {}
    return {"tarfile": tarball_of(spec), "name": spec.name, **version}


def tarball_of(spec: Application) -> str:
    """Where Git says it is, else where the platform keeps those that came with it; "" where nobody knows."""
    bundled = f"{BUNDLED}/{spec.name}-{spec.version}.tgz" if spec.version else ""
    return spec.tarball or bundled


def disruption(change: Change[Application], context: Context) -> Disruption:  # noqa: ARG001
    if change.observed is None or change.have.status not in applications.RUNNING:
        return Disruption.NONE
    return Disruption.DESTRUCTIVE if change.action is Action.DELETE else Disruption.SERVICE


def impossible(change: Change[Application], context: Context) -> str:  # noqa: ARG001
    if change.observed and (busy := _busy(change.have)):
        return busy
    if not tarball_of(change.want):
        return NO_TARBALL
    if change.observed and change.have.status in {applications.APPLY_FAILED, applications.REMOVE_FAILED}:
        return (
            f"only an applied application is updated, and it is {change.have.status} ({change.have.progress}): apply or "
            "remove it with `system application-apply` or `system application-remove` first"
        )
    return ""


def undeletable(change: Change[Application], context: Context) -> str:  # noqa: ARG001
    return _busy(change.have)


def _busy(spec: Application) -> str:
    return applications.is_busy(spec.name, spec.status or "", spec.progress or "")


def _costs() -> Iterable[str]:
    yield "Uploading costs nothing that anybody feels. Another version of one that is applied is an update: its charts are"
    yield "upgraded, and its pods start anew; values that people gave it are kept. One that is uploaded and not applied is"
    yield "deleted and uploaded anew. `state: removed` removes and deletes it: what its charts made in the cluster goes, and"
    yield "that is destructive. An update that fails goes back to the version before, by the platform itself. No file is sent:"
    yield "it has to be on the active controller, or where the site can fetch it, and no API lists what is there."
    yield "The platform keeps its own applications up by itself, and refuses what their metadata forbids. Uploading, updating"
    yield "and deleting are written from the source and unverified: no recording has them."


KIND = ResourceKind(
    name=applications.APPLICATION,
    spec=Application,
    area=Area.SOFTWARE,
    collections=("apps",),
    declare=declare,
    express=express,
    unwanted=unwanted,
    is_usual=is_usual,
    built_in=is_usual,
    read=read,
    write=write,
    disruption=disruption,
    impossible=impossible,
    transient_s=applications.UPLOAD_LIMIT_S,
    deletion=Deletion(
        is_destructive=True,
        refused=undeletable,
        takes=(applications.STATE, "helm-override"),
        effect="it is removed first where it is applied: what its charts made in the cluster goes",
    ),
    documents=("Site.system.applications",),
    about=About(
        places={"name": ".", "version": "version", "tarball": "tarball", "is_to_go": "state"},
        words={
            "name": "its name, as `system application-list` shows it",
            "is_uploaded": "whether the platform has it; an upload that failed is made again",
            "is_to_go": "whether Git says `state: removed`",
            "status": "what the platform says of it: uploaded, applying, applied, apply-failed, …",
            "progress": "what it is at, or why it failed",
        },
        calls=(
            f"POST {applications.PATH}",
            f"POST {applications.PATH}/update",
            f"PATCH {applications.PATH}/{{name}}?directive=remove",
            f"DELETE {applications.PATH}/{{name}}",
        ),
        costs=" ".join(_costs()),
        sources=(
            "sysinv api/controllers/v1/kube_app.py",
            "sysinv conductor/kube_app.py perform_app_upload, perform_app_update, perform_app_remove, perform_app_delete",
            "recorded: the list, apply, remove, and refusals of abort, delete and upload",
        ),
    ),
)
