"""A subcloud that was installed and bootstrapped in the factory, taken in: its OAM and admin networks become what Git says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from reconciler.kinds import _phases as phases
from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.deployment import Milestone, Step
from reconciler.model.kind import Attr, Given, ResourceKind
from reconciler.model.multipart import Part
from reconciler.model.resource import Resource
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import Onboarding
from reconciler.model.value_text import ValueText
from reconciler.model.words import Disruption


class Enrolment(shared.Playbook):
    """install: the install values."""

    install: Annotated[ValueText | None, Attr(send_only=True)] = None
    board: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Enrolment]]:
    policy = shared.policy_of(site)
    if policy is None or site.bootstrap_values is None or policy.onboarding is not Onboarding.ENROLL:
        return
    yield KIND.declared(
        site.bootstrap_values,
        install=Given(shared.install_values(site)),
        board=shared.given(policy.board, site, "board"),
        **shared.played(policy, site),
    )


def form(want: Enrolment) -> dict[str, Part]:
    parts: dict[str, Part] = {"bootstrap-address": want.address or ""}
    parts |= shared.files(bootstrap=want.values, install=want.install)
    return parts | shared.passwords(want.sysadmin, want.board)


KIND: ResourceKind[Enrolment] = phases.Phase(
    name="subcloud-enrolment",
    spec=Enrolment,
    step=Step.ENROLL,
    milestone=Milestone.BOOTSTRAPPED,
    declare=declare,
    form=form,
    after=("subcloud",),
).kind(
    disruption=Disruption.SERVICE,
    asks="a site is taken in, and its networks are made anew",
    deploys=True,
    about=About(
        words={
            "values": "The bootstrap values.",
            "install": "The install values.",
            "address": "Where Ansible reaches controller-0.",
            "sysadmin": "Where the password of sysadmin is.",
            "board": "Where the password of the board management controller is.",
        },
        calls=(f"PATCH {phases.PHASES}/{{site}}/enroll",),
        costs=(
            "Its networks are made anew: whoever uses it already is cut off for that time. Its region gets another name."
        ),
        sources=(shared.SOURCE, "recorded"),
    ),
)
