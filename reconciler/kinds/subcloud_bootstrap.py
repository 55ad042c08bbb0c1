"""A subcloud's first controller, bootstrapped by what its bootstrap values say: most of them are read this once."""

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
from reconciler.model.subcloud_policy import Onboarding
from reconciler.model.value_text import ValueText
from reconciler.model.words import Area, Severity


class Bootstrap(Spec):
    """values: the bootstrap values. address: where Ansible reaches controller-0."""

    values: Annotated[ValueText | None, Attr(send_only=True)] = None
    address: Annotated[str | None, Attr(send_only=True)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Bootstrap]]:
    policy = site.settings.subcloud
    if policy is None or not policy.adds or site.bootstrap_values is None or policy.onboarding is not Onboarding.DEPLOY:
        return
    yield KIND.declared(
        site.bootstrap_values,
        values=Given(shared.bootstrap_values(site)),
        address=Given(shared.bootstrap_address(site)),
        sysadmin=shared.given(policy.sysadmin, site),
    )


def read(rows: Rows) -> Iterator[Resource[Bootstrap]]:
    if shared.is_behind(shared.row_of(rows), Milestone.BOOTSTRAPPED):
        yield Resource(ResourceKey(KIND.name, ""), Bootstrap())


def write(changes: Sequence[Change[Bootstrap]], context: Context) -> Iterable[Call]:
    now = shared.status(context.observed)
    for change in changes:
        want = change.want
        form: dict[str, Part] = {"bootstrap-address": want.address or ""} | shared.files(bootstrap=want.values)
        form |= shared.passwords(want.sysadmin)
        yield shared.phase(context.desired.site, Step.BOOTSTRAP, Milestone.BOOTSTRAPPED, form, now)


def impossible(change: Change[Bootstrap], context: Context) -> str:  # noqa: ARG001
    return shared.refused(Step.BOOTSTRAP, context)


KIND = ResourceKind(
    name="subcloud-bootstrap",
    spec=Bootstrap,
    area=Area.SYSTEM,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    impossible=impossible,
    resumes=True,
    asks="a machine is bootstrapped",
    deploys=True,
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    after=("subcloud", "subcloud-install"),
    only_after=("subcloud", "subcloud-install"),
    severity=Severity.OUTAGE,
    deletion=Deletion(never="what was done to a machine is not undone by taking its word out of Git"),
    documents=("Site.subcloud",),
    about=About(
        words={
            "values": "The bootstrap values.",
            "address": "Where Ansible reaches controller-0.",
            "sysadmin": "Where the password of sysadmin is.",
        },
        calls=(f"PATCH {shared.PHASES}/{{site}}/bootstrap",),
        costs=("Nothing that is in service: nobody uses the machine yet."),
        sources=(shared.SOURCE, "recorded"),
    ),
)
