"""A subcloud's first controller, bootstrapped by what its bootstrap values say: most of them are read this once."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds import _phases as phases
from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.deployment import Milestone, Step
from reconciler.model.kind import ResourceKind
from reconciler.model.multipart import Part
from reconciler.model.resource import Resource
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import Onboarding


class Bootstrap(shared.Playbook):
    """There once the system is."""


def declare(site: Site) -> Iterator[Resource[Bootstrap]]:
    policy = shared.policy_of(site)
    if policy is None or site.bootstrap_values is None or policy.onboarding is not Onboarding.DEPLOY:
        return
    yield KIND.declared(site.bootstrap_values, **shared.played(policy, site))


def form(want: Bootstrap) -> dict[str, Part]:
    parts: dict[str, Part] = {"bootstrap-address": want.address or ""}
    return parts | shared.files(bootstrap=want.values) | shared.passwords(want.sysadmin)


KIND: ResourceKind[Bootstrap] = phases.Phase(
    name="subcloud-bootstrap",
    spec=Bootstrap,
    step=Step.BOOTSTRAP,
    milestone=Milestone.BOOTSTRAPPED,
    declare=declare,
    form=form,
    after=("subcloud", "subcloud-install"),
).kind(
    asks="a machine is bootstrapped",
    deploys=True,
    about=About(
        words={
            "values": "The bootstrap values.",
            "address": "Where Ansible reaches controller-0.",
            "sysadmin": "Where the password of sysadmin is.",
        },
        calls=(f"PATCH {phases.PHASES}/{{site}}/bootstrap",),
        costs=("Nothing that is in service: nobody uses the machine yet."),
        sources=(shared.SOURCE, "recorded"),
    ),
)
