"""The end of a subcloud's deployment: closed as it is, or with its documents handed to a Deployment Manager."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.kinds import _phases as phases
from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.deployment import Milestone, Step
from reconciler.model.kind import Attr, Given, ResourceKind
from reconciler.model.multipart import Part
from reconciler.model.resource import Resource, Spec
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import Onboarding, Via
from reconciler.model.value_text import ValueText

DEPLOYED = frozenset({Onboarding.DEPLOY, Onboarding.ENROLL})


class Completion(Spec):
    """documents: for a Deployment Manager; nothing where this program applies them itself."""

    documents: Annotated[ValueText | None, Attr(send_only=True)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Completion]]:
    policy = shared.policy_of(site)
    if policy is None or site.bootstrap_values is None or policy.onboarding not in DEPLOYED:
        return
    is_handed_over = policy.via is Via.DEPLOYMENT_MANAGER
    yield KIND.declared(
        site.bootstrap_values,
        documents=Given(site.deployment) if is_handed_over else None,
        sysadmin=shared.given(policy.sysadmin, site, "sysadmin") if is_handed_over else None,
    )


def step(want: Completion) -> Step:
    return Step.CONFIGURE if want.documents else Step.COMPLETE


def form(want: Completion) -> dict[str, Part]:
    return shared.files(deployment=want.documents) | shared.passwords(want.sysadmin)


KIND: ResourceKind[Completion] = phases.Phase(
    name="subcloud-completion",
    spec=Completion,
    step=Step.COMPLETE,
    steps=step,
    milestone=Milestone.COMPLETE,
    declare=declare,
    form=form,
    after=("subcloud-bootstrap", "subcloud-enrolment"),
).kind(
    about=About(
        words={
            "documents": "The deployment-config, where a Deployment Manager is to apply it.",
            "sysadmin": "Where the password of sysadmin is.",
        },
        calls=(f"PATCH {phases.PHASES}/{{site}}/complete", f"PATCH {phases.PHASES}/{{site}}/configure"),
        costs=(
            "Nothing by itself. A Deployment Manager locks and unlocks the new site's hosts as its documents need it."
        ),
        sources=(shared.SOURCE, "recorded"),
    ),
)
