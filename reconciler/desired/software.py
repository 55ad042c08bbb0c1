"""`software` and `kubernetes` of fleet.yaml and site.yaml: which release a site is to run, and how it gets there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from reconciler.desired.fields import DAY_FORM, KUBERNETES_FORM, RELEASE_FORM, SUBJECT_FORM, Own
from reconciler.desired.files import FLEET
from reconciler.desired.findings import Findings
from reconciler.model.maintenance import Duration
from reconciler.model.node import Node
from reconciler.model.subcloud_policy import SecretPlace

By = Literal["site", "dcmanager"]
BY = (
    "Who has the site's VIM do it: site, the controller itself, when the site's turn comes; dcmanager, by its one strategy, "
    "together with other sites that want the same. Where dcmanager would have nothing to do for the site, its VIM is asked "
    "all the same, and the plan says why. `site` without."
)


class Prestage(Own):
    """A release that a site does not have is copied to it by dcmanager, from the centre, where it must be deployed."""

    sysadmin: SecretPlace | None = Field(
        default=None, description="Password of the user sysadmin at the site; that of `subcloud` without."
    )


class Software(Own):
    """Of whoever says a part the site wins over its group, the group over the defaults, key by key."""

    release: Annotated[str, Field(pattern=RELEASE_FORM)] | None = Field(
        default=None,
        description='Release that the site is to run, as "24.09.1"; "24.09" is the major release without patches. What '
        "the site runs is asked of its own software management.",
    )
    rollback: StrictBool | None = Field(
        default=None, description="Whether the site may go back to an earlier release; it never does without."
    )
    by: By | None = Field(default=None, description=BY)
    prestage: Prestage | None = Field(
        default=None,
        description="How a release gets to a site that does not have it; without, somebody has to upload it there.",
    )


class RootCa(Own):
    """The certificate authority of the site's Kubernetes: until when it has to be valid, and what a new one is like."""

    renew_before: Duration | None = Field(
        default=None,
        alias="renewBefore",
        description="It is renewed once less than this is left of it, as 90d. The new one is valid for as long as the one "
        "before it was, where `validUntil` does not say other.",
    )
    valid_until: Annotated[str, Field(pattern=DAY_FORM)] | None = Field(
        default=None,
        alias="validUntil",
        description='It is renewed where it ends before this day, as "2036-11-21"; the new one ends then.',
    )
    subject: Annotated[str, Field(pattern=SUBJECT_FORM)] | None = Field(
        default=None, description="Subject of a new one, as C=CA O=Example CN=kubernetes; CN=kubernetes without."
    )


class Kubernetes(Own):
    version: Annotated[str, Field(pattern=KUBERNETES_FORM)] | None = Field(
        default=None, description="Version that the site is to run, as v1.30.6; with or without its v."
    )
    root_ca: RootCa | None = Field(
        default=None, alias="rootCa", description="When its certificate authority is renewed; never without."
    )
    by: By | None = Field(default=None, description=BY)


def is_by_dcmanager(*sections: Node | None) -> bool:
    """Whether any of these parts of a site goes by dcmanager's strategies."""
    return any(said.text("by") == "dcmanager" for said in sections if said)


def check_root_ca(kubernetes: Node | None, findings: Findings) -> None:
    """Refuse a subject that belongs to no renewal."""
    said = kubernetes.get("rootCa") if kubernetes else None
    if said is not None and not (said.get("renewBefore") or said.get("validUntil")):
        findings.refuse("kubernetes.rootCa does not say when it is renewed: say renewBefore or validUntil", said.origin)


def check_release(software: Node | None, releases: Collection[str], findings: Findings) -> None:
    """Refuse a release that the centre cannot deploy, where fleet.yaml says which it can.

    One that names a major release alone stands for its patches as well.
    """
    said = software.get("release") if software else None
    if said is None or not releases or not isinstance(said.value, str):
        return
    major = ".".join(said.value.split(".")[:2])
    if said.value not in releases and major not in releases:
        known = ", ".join(releases)
        message = f"software.release {said.value} is no release that the centre can deploy: {FLEET} names {known}"
        findings.refuse(f"{message} (systemController.releases)", said.origin)
