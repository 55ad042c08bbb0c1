"""`software` and `kubernetes` of fleet.yaml and site.yaml: which release a site is to run, and how it gets there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import Field, StrictBool

from reconciler.desired.fields import KUBERNETES_FORM, RELEASE_FORM, Own
from reconciler.desired.files import FLEET
from reconciler.desired.findings import Findings
from reconciler.model.node import Node
from reconciler.model.subcloud_policy import SecretPlace


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
    prestage: Prestage | None = Field(
        default=None,
        description="How a release gets to a site that does not have it; without, somebody has to upload it there.",
    )


class Kubernetes(Own):
    version: Annotated[str, Field(pattern=KUBERNETES_FORM)] | None = Field(
        default=None, description="Version that the site is to run, as v1.30.6; with or without its v."
    )


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
