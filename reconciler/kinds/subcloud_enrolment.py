"""A subcloud that was installed and bootstrapped in the factory, taken in: its OAM and admin networks become what Git says."""

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
from reconciler.model.words import Area, Disruption, Severity


class Enrolment(Spec):
    """values, install: the bootstrap and the install values. address: where Ansible reaches controller-0."""

    values: Annotated[ValueText | None, Attr(send_only=True)] = None
    install: Annotated[ValueText | None, Attr(send_only=True)] = None
    address: Annotated[str | None, Attr(send_only=True)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None
    board: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Enrolment]]:
    policy = site.settings.subcloud
    if policy is None or not policy.adds or site.bootstrap_values is None or policy.onboarding is not Onboarding.ENROLL:
        return
    yield KIND.declared(
        site.bootstrap_values,
        values=Given(shared.bootstrap_values(site)),
        install=Given(shared.install_values(site)),
        address=Given(shared.bootstrap_address(site)),
        sysadmin=shared.given(policy.sysadmin, site),
        board=shared.given(policy.board, site),
    )


def read(rows: Rows) -> Iterator[Resource[Enrolment]]:
    if shared.is_behind(shared.row_of(rows), Milestone.BOOTSTRAPPED):
        yield Resource(ResourceKey(KIND.name, ""), Enrolment())


def write(changes: Sequence[Change[Enrolment]], context: Context) -> Iterable[Call]:
    now = shared.status(context.observed)
    for change in changes:
        want = change.want
        form: dict[str, Part] = {"bootstrap-address": want.address or ""}
        form |= shared.files(bootstrap=want.values, install=want.install)
        form |= shared.passwords(want.sysadmin, want.board)
        yield shared.phase(context.desired.site, Step.ENROLL, Milestone.BOOTSTRAPPED, form, now)


def impossible(change: Change[Enrolment], context: Context) -> str:  # noqa: ARG001
    return shared.refused(Step.ENROLL, context)


KIND = ResourceKind(
    name="subcloud-enrolment",
    spec=Enrolment,
    area=Area.SYSTEM,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    disruption=Disruption.SERVICE,
    impossible=impossible,
    resumes=True,
    asks="a site is taken in, and its networks are made anew",
    deploys=True,
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    after=("subcloud",),
    only_after=("subcloud",),
    severity=Severity.OUTAGE,
    deletion=Deletion(never="what was done to a machine is not undone by taking its word out of Git"),
    documents=("Site.subcloud",),
    about=About(
        words={
            "values": "The bootstrap values.",
            "install": "The install values.",
            "address": "Where Ansible reaches controller-0.",
            "sysadmin": "Where the password of sysadmin is.",
            "board": "Where the password of the board management controller is.",
        },
        calls=(f"PATCH {shared.PHASES}/{{site}}/enroll",),
        costs=(
            "Its networks are made anew: whoever uses it already is cut off for that time. Its region gets another name."
        ),
        sources=(shared.SOURCE, "recorded"),
    ),
)
