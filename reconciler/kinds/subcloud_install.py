"""A subcloud's first machine, installed over its board management controller: what was on it is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.deployment import Milestone, Step
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.subcloud_policy import Onboarding
from reconciler.model.value_text import ValueText
from reconciler.model.words import Area, Disruption, Severity


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
        sysadmin=shared.given(policy.sysadmin, site),
        board=shared.given(policy.board, site),
    )


def read(rows: Rows) -> Iterator[Resource[Install]]:
    if shared.is_behind(shared.row_of(rows), Milestone.INSTALLED):
        yield Resource(ResourceKey(KIND.name, ""), Install())


def write(changes: Sequence[Change[Install]], context: Context) -> Iterable[Call]:
    now = shared.status(context.observed)
    for change in changes:
        want = change.want
        form = shared.files(install=want.values) | shared.passwords(want.sysadmin, want.board)
        yield shared.phase(context.desired.site, Step.INSTALL, Milestone.INSTALLED, form, now)


def impossible(change: Change[Install], context: Context) -> str:  # noqa: ARG001
    return shared.refused(Step.INSTALL, context)


KIND = ResourceKind(
    name="subcloud-install",
    spec=Install,
    area=Area.SYSTEM,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    write=write,
    disruption=Disruption.REINSTALL,
    impossible=impossible,
    resumes=True,
    asks="a machine is installed anew",
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    after=("subcloud",),
    only_after=("subcloud",),
    severity=Severity.OUTAGE,
    deletion=Deletion(never="what was done to a machine is not undone by taking its word out of Git"),
    documents=("Site.subcloud",),
    about=About(
        words={
            "values": "The install values.",
            "sysadmin": "Where the password of sysadmin is.",
            "board": "Where the password of the board management controller is.",
        },
        calls=(f"PATCH {shared.PHASES}/{{site}}/install",),
        costs=(
            "A reinstallation: all that is on the machine is lost. It is approved by the very plan. About half an hour, and "
            "never longer than dcmanager's playbook may take, which is an hour."
        ),
        sources=(shared.SOURCE, "recorded"),
    ),
)
