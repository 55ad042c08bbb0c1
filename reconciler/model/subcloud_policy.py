"""How a site is a subcloud of its central cloud: whether it is made one, by which way, and who manages it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reconciler.model.reference import IN_DOCUMENTS, IN_DOCUMENTS_IN_WORDS
from reconciler.model.secret import SecretRef

SITE = "{site}"  # in a reference: the site's name


class ManagementState(StrEnum):
    """Whether the central cloud audits and updates the subcloud (dcmanager's own words)."""

    MANAGED = "managed"
    UNMANAGED = "unmanaged"


class Onboarding(StrEnum):
    """How a site comes under this centre."""

    DEPLOY = "deploy"  # bootstrapped, and before that installed where there are install values
    ENROLL = "enroll"  # installed and bootstrapped in the factory


class Via(StrEnum):
    """Who brings a new site to its deployment-config."""

    DIRECT = "direct"  # this program, over the site's own APIs: no Deployment Manager is installed
    DEPLOYMENT_MANAGER = "deployment-manager"  # dcmanager's phase `configure` has one do it


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, alias_generator=to_camel)


class SecretPlace(_Said):
    """Where a secret is."""

    secret_ref: Annotated[str, Field(pattern=IN_DOCUMENTS)] = Field(
        description=f"{IN_DOCUMENTS_IN_WORDS}; `{SITE}` in it stands for the site's name. Never the secret itself."
    )

    def of(self, site: str) -> SecretRef:
        """The secret of one site."""
        return SecretRef(self.secret_ref.replace(SITE, site))


class SubcloudPolicy(_Said):
    """What Git says of a site's place in the central cloud. Said anywhere, a site that dcmanager does not have is added."""

    state: ManagementState | None = Field(
        default=None, description="`managed` or `unmanaged`; what dcmanager has without."
    )
    onboarding: Onboarding = Field(
        default=Onboarding.DEPLOY,
        description="How it comes under this centre where dcmanager does not have it: `deploy` or `enroll`.",
    )
    via: Via = Field(
        default=Via.DEPLOYMENT_MANAGER,
        description="Who brings a new site to its deployment-config: `deployment-manager` is one that dcmanager installs "
        "there, `direct` is this program, which needs a way to the site before its first unlock.",
    )
    group: str | None = Field(
        default=None, description="The group of dcmanager that it belongs to; it has to be there. As it is without."
    )
    location: str | None = Field(default=None, description="Where it stands, as dcmanager shows it.")
    sysadmin: SecretPlace | None = Field(
        default=None, description="Password of the site's user sysadmin, by which Ansible reaches it."
    )
    board: SecretPlace | None = Field(
        default=None, description="Password of the board management controller that install-values name."
    )
