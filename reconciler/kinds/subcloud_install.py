"""A subcloud's first machine, installed over its board management controller: what was on it is lost."""

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
from reconciler.model.subcloud_policy import Onboarding
from reconciler.model.value_text import ValueText
from reconciler.model.words import Disruption


class Install(Spec):
    """values: the install values, without the board's password."""

    values: Annotated[ValueText | None, Attr(send_only=True)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None
    board: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Install]]:
    policy = site.settings.subcloud
    if policy is None or not policy.adds or site.install_values is None or policy.onboarding is not Onboarding.DEPLOY:
        return
    yield KIND.declared(
        site.install_values,
        values=Given(shared.install_values(site)),
        sysadmin=shared.given(policy.sysadmin, site, "sysadmin"),
        board=shared.given(policy.board, site, "board"),
    )


def form(want: Install) -> dict[str, Part]:
    return shared.files(install=want.values) | shared.passwords(want.sysadmin, want.board)


KIND: ResourceKind[Install] = phases.Phase(
    name="subcloud-install",
    spec=Install,
    step=Step.INSTALL,
    milestone=Milestone.INSTALLED,
    declare=declare,
    form=form,
    after=("subcloud",),
).kind(
    disruption=Disruption.REINSTALL,
    asks="a machine is installed anew",
    about=About(
        words={
            "values": "The install values.",
            "sysadmin": "Where the password of sysadmin is.",
            "board": "Where the password of the board management controller is.",
        },
        calls=(f"PATCH {phases.PHASES}/{{site}}/install",),
        costs=(
            "A reinstallation: all that is on the machine is lost. It is approved by the very plan. About half an hour, and "
            "never longer than dcmanager's playbook may take, which is an hour."
        ),
        sources=(shared.SOURCE, "recorded"),
    ),
)
