"""The end of a subcloud's deployment: closed as it is, or with its documents handed to a Deployment Manager."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.deployment import Milestone, Step
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.multipart import Part
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import Via
from reconciler.model.value_text import ValueText
from reconciler.model.words import Area, Severity


class Completion(Spec):
    """documents: for a Deployment Manager; nothing where this program applies them itself."""

    documents: Annotated[ValueText | None, Attr(send_only=True)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Completion]]:
    policy = site.settings.subcloud
    if policy is None or not policy.adds or site.bootstrap_values is None:
        return
    is_handed_over = policy.via is Via.DEPLOYMENT_MANAGER
    yield KIND.declared(
        site.bootstrap_values,
        documents=Given(site.deployment) if is_handed_over else None,
        sysadmin=shared.given(policy.sysadmin, site) if is_handed_over else None,
    )


def read(rows: Rows) -> Iterator[Resource[Completion]]:
    if shared.is_behind(shared.row_of(rows), Milestone.COMPLETE):
        yield Resource(ResourceKey(KIND.name, ""), Completion())


def write(changes: Sequence[Change[Completion]], context: Context) -> Iterable[Call]:
    now = shared.status(context.observed)
    for change in changes:
        step = Step.CONFIGURE if change.want.documents else Step.COMPLETE
        form: dict[str, Part] = shared.files(deployment=change.want.documents)
        form |= shared.passwords(change.want.sysadmin)
        yield shared.phase(context.desired.site, step, Milestone.COMPLETE, form, now)


def impossible(change: Change[Completion], context: Context) -> str:  # noqa: ARG001
    return shared.refused(Step.COMPLETE, context)


KIND = ResourceKind(
    name="subcloud-completion",
    spec=Completion,
    area=Area.SYSTEM,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    resumes=True,
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    after=("subcloud-bootstrap", "subcloud-enrolment"),
    only_after=("subcloud-bootstrap", "subcloud-enrolment"),
    severity=Severity.OUTAGE,
    deletion=Deletion(never="what was done to a machine is not undone by taking its word out of Git"),
    documents=("Site.subcloud",),
    about=About(
        words={
            "documents": "The deployment-config, where a Deployment Manager is to apply it.",
            "sysadmin": "Where the password of sysadmin is.",
        },
        calls=(f"PATCH {shared.PHASES}/{{site}}/complete", f"PATCH {shared.PHASES}/{{site}}/configure"),
        costs=(
            "Nothing by itself. A Deployment Manager locks and unlocks the new site's hosts as its documents need it."
        ),
        sources=(shared.SOURCE, "recorded"),
    ),
)
