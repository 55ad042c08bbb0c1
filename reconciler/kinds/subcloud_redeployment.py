"""A deployed subcloud, installed and bootstrapped anew: only by a word that its site.yaml never said before.

dcmanager takes it where the subcloud is unmanaged and offline, and its board answers (distcloud
dcmanager/api/controllers/v1/subclouds.py, verb `redeploy`: 400 and 422), and goes through the phases by itself
(dcmanager/manager/subcloud_manager.py redeploy_subcloud). Its row says nothing of it afterwards: which words have had
their effect is what this program remembers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated

from reconciler.kinds import _phases as phases
from reconciler.kinds import _subclouds as shared
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.deployment import DeployStatus, is_here
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.multipart import Multipart
from reconciler.model.plan import Call, Until
from reconciler.model.redeployment import TOKENS, UNCLEAR, UNDER_WAY
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Rows
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.subcloud_policy import Via
from reconciler.model.value_text import ValueText
from reconciler.model.words import Area, Disruption, Service, Severity

PHASES = 3
VERB = "redeploy"


class Redeployment(Spec):
    """token: the last one. values, install, documents: the three files.

    What is only seen: tokens that count no more; by which one dcmanager is at work; of which one nobody knows that.
    """

    token: str | None = None
    tokens: tuple[str, ...] | None = None
    under_way: str | None = None
    unclear: str | None = None
    values: Annotated[ValueText | None, Attr(send_only=True)] = None
    install: Annotated[ValueText | None, Attr(send_only=True)] = None
    documents: Annotated[ValueText | None, Attr(send_only=True)] = None
    sysadmin: Annotated[str | None, Attr(send_only=True)] = None
    board: Annotated[str | None, Attr(send_only=True)] = None


def declare(site: Site) -> Iterator[Resource[Redeployment]]:
    policy = site.settings.subcloud
    if policy is None or not policy.adds or not policy.redeploy or site.bootstrap_values is None:
        return
    is_handed_over = policy.via is Via.DEPLOYMENT_MANAGER
    install = shared.install_values(site)
    yield KIND.declared(
        site.bootstrap_values,
        token=shared.told_at(policy.redeploy, site, "redeploy"),
        values=Given(shared.bootstrap_values(site)),
        install=Given(install) if install else None,
        documents=Given(site.deployment) if is_handed_over else None,
        sysadmin=shared.given(policy.sysadmin, site, "sysadmin"),
        board=shared.given(policy.board, site, "board"),
    )


def read(rows: Rows) -> Iterator[Resource[Redeployment]]:
    row = shared.row_of(rows)
    if row is None or not (is_here(DeployStatus(row[shared.STATUS])) or row.get(UNDER_WAY)):
        return
    if (tokens := row.get(TOKENS)) is None:
        yield Resource(ResourceKey(KIND.name, ""), Redeployment())
        return
    seen = Redeployment(
        token=tokens[-1] if tokens else "",
        tokens=tuple(tokens),
        under_way=row.get(UNDER_WAY),
        unclear=row.get(UNCLEAR),
    )
    yield Resource(ResourceKey(KIND.name, ""), seen)


def spell(desired: Resource[Redeployment], observed: Snapshot) -> Resource[Redeployment]:
    """A word that counts no more, or of which nobody knows yet whether it does, wants nothing."""
    found = observed.resources.get(desired.key)
    if found is None or (found.spec.tokens is not None and desired.spec.token not in found.spec.tokens):
        return desired
    return replace(desired, spec=desired.spec.model_copy(update={"token": found.spec.token}))


def write(changes: Sequence[Change[Redeployment]], context: Context) -> Iterable[Call]:
    site = context.desired.site
    path = f"{shared.SUBCLOUDS}/{site}"
    limit_s = PHASES * phases.PLAYBOOK_S
    done = Until(path, shared.STATUS, (DeployStatus.COMPLETE.value,), limit_s, phases.STOPPED, shared.ERROR)
    found = context.observed.resources.get(ResourceKey(KIND.name, ""))
    for change in changes:
        want = change.want
        if found is not None and found.spec.under_way == want.token:
            yield Call("GET", path, until=done, service=Service.DCMANAGER)
            return
        yield from shared.unmanaged_first(site, context.observed)
        form = shared.files(want.values, want.install, want.documents) | shared.passwords(want.sysadmin, want.board)
        body = Multipart(form)
        yield Call("PATCH", f"{path}/{VERB}", body, until=done, service=Service.DCMANAGER, begins_late=True)


def impossible(change: Change[Redeployment], context: Context) -> str:
    """What dcmanager would refuse, and a word that it may have heard already."""
    if lacks := shared.lacking(context.desired):
        return lacks
    if reason := shared.tied(context.observed):
        return reason
    if not change.want.install:
        return "its machine is installed anew: that takes install-values.yaml"
    if change.have.unclear == change.want.token:
        return (
            "dcmanager was asked for it, and nobody knows whether it did: if it did not, say another word; if it did, take "
            "this one out"
        )
    row = context.observed.resources.get(shared.KEY)
    if row is not None and row.spec.availability == shared.ONLINE:
        return "dcmanager deploys anew only what is offline: power the site off, or cut it off"
    return ""


KIND = ResourceKind(
    name="subcloud-redeployment",
    spec=Redeployment,
    area=Area.SYSTEM,
    collections=(shared.COLLECTION,),
    declare=declare,
    read=read,
    spell=spell,
    write=write,
    impossible=impossible,
    disruption=Disruption.REINSTALL,
    resumes=True,
    asks="the deployed site is installed and bootstrapped anew, and all that is on it is lost",
    once_by=lambda want: want.token or "",
    is_made=False,
    built_in=shared.is_usual,
    is_usual=shared.is_usual,
    after=("subcloud",),
    severity=Severity.INFO,
    deletion=Deletion(never="what was done to a machine is not undone by taking its word out of Git"),
    documents=("Site.subcloud",),
    about=About(
        words={
            "token": "`subcloud.redeploy` of the site's own site.yaml.",
            "tokens": "Words that have had their effect, or that Git said already when the site was first seen deployed.",
            "under_way": "The word by which dcmanager is deploying it now.",
            "unclear": "The word of which nobody knows whether dcmanager heard it.",
            "values": "The bootstrap values.",
            "install": "The install values.",
            "documents": "The deployment-config, where a Deployment Manager is to apply it.",
            "sysadmin": "Where the password of sysadmin is.",
            "board": "Where the password of the board management controller is.",
        },
        calls=(f"PATCH {shared.SUBCLOUDS}/{{site}}/{VERB}",),
        costs=(
            "A reinstallation: all that is on the site is lost. It is approved by the very plan, and done while the site is "
            "offline. One to two hours."
        ),
        sources=("distcloud dcmanager/api/controllers/v1/subclouds.py patch redeploy", "recorded"),
    ),
)
