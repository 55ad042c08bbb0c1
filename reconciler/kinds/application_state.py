"""Whether an application runs in the site's Kubernetes (`applied`), or is only uploaded. After what is said of its charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _applications as applications
from reconciler.kinds import _own as own
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.kind import LET_GO, Attr, Context, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, Spec
from reconciler.model.rows import Rows
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption


class ApplicationState(Spec):
    """`state` is the platform's word; Git says applied or uploaded."""

    name: Annotated[str, Attr(key=True)]
    application: Annotated[str | None, Attr(send_only=True, refers_to=applications.APPLICATION)] = None
    state: str | None = None
    progress: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[ApplicationState]]:
    for name, node in applications.said(site):
        if state := node.get("state"):
            yield KIND.declared(node, name=Given(name), application=Given(name), state=state)


def express(resource: Resource[ApplicationState], snapshot: Snapshot) -> Iterator[Said]:  # noqa: ARG001
    if resource.spec.state in {applications.APPLIED, applications.UPLOADED}:
        yield from KIND.said(resource, own.place(applications.SECTION, resource.spec.name), {"state": "state"})


def is_usual(resource: Resource[ApplicationState], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return resource.spec.name in applications.OF_THE_PLATFORM


def always(resource: Resource[ApplicationState], snapshot: Snapshot) -> bool:  # noqa: ARG001
    """It comes with its application, which is reported by itself."""
    return True


def read(rows: Rows) -> Iterator[Resource[ApplicationState]]:
    for row in rows.all("apps"):
        name = row["name"]
        spec = ApplicationState.of(name=name, application=name, state=row.get("status"), progress=row.get("progress"))
        yield Resource(KIND.key(spec), spec)


def write(changes: Sequence[Change[ApplicationState]], context: Context) -> Iterator[Call]:
    """An application that could not be removed is not applied before it is (sysinv kube_app.py patch).

    What has to be uploaded first is that by then: its own step has done it.
    """
    for change in changes:
        name = change.want.name
        if _is_removed(change, context) or applications.state_of(name, context) == applications.REMOVE_FAILED:
            yield applications.removed(name)
        if change.want.state == applications.APPLIED:
            yield applications.applied(name)


def _is_removed(change: Change[ApplicationState], context: Context) -> bool:
    """Whether it leaves the cluster for good."""
    state = applications.state_of(change.want.name, context)
    return change.want.state == applications.UPLOADED and state in applications.RUNNING


def disruption(change: Change[ApplicationState], context: Context) -> Disruption:
    if change.want.state == applications.UPLOADED:
        return Disruption.DESTRUCTIVE if _is_removed(change, context) else Disruption.NONE
    return Disruption.SERVICE


def impossible(change: Change[ApplicationState], context: Context) -> str:
    name = change.want.name
    have = context.observed.resources.get(change.key)
    return applications.is_busy(name, applications.state_of(name, context), have.spec.progress if have else "")


KIND = ResourceKind(
    name=applications.STATE,
    spec=ApplicationState,
    area=Area.SOFTWARE,
    collections=("apps",),
    declare=declare,
    express=express,
    is_usual=is_usual,
    built_in=always,
    read=read,
    write=write,
    disruption=disruption,
    impossible=impossible,
    transient_s=applications.WORK_LIMIT_S,
    after=("helm-override",),
    deletion=LET_GO,
    documents=("Site.system.applications",),
    about=About(
        places={"name": ".", "application": ".", "state": "state"},
        words={
            "name": "the application's name",
            "application": "the application that has to be uploaded first",
            "state": "applied or uploaded in Git; the site also shows what goes on, or what failed",
            "progress": "what it is at, or why it failed",
        },
        calls=(
            f"PATCH {applications.PATH}/{{name}}?directive=apply",
            f"PATCH {applications.PATH}/{{name}}?directive=remove",
        ),
        costs=(
            "Applying installs or upgrades charts, and starts pods anew; images come over the site's line, which takes "
            "minutes to an hour. From applied to uploaded is a removal: what the charts made in the cluster goes, and that "
            "is destructive. No host is unlocked by the platform while an application is on its way."
        ),
        sources=("sysinv api/controllers/v1/kube_app.py patch", "sysinv conductor/kube_app.py", "recorded"),
    ),
)
