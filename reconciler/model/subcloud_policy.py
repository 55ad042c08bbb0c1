"""How a site is a subcloud of its central cloud: whether it is made one, by which way, and who manages it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reconciler.model.reference import IN_DOCUMENTS, IN_DOCUMENTS_IN_WORDS
from reconciler.model.secret import SecretRef

WORD = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
SITE = "{site}"  # in a reference: the site's name


class ManagementState(StrEnum):
    """Whether the central cloud audits and updates the subcloud (dcmanager's own words)."""

    MANAGED = "managed"
    UNMANAGED = "unmanaged"


class Onboarding(StrEnum):
    """How a site comes under this centre."""

    DEPLOY = "deploy"  # bootstrapped, and before that installed where there are install values
    ENROLL = "enroll"  # installed and bootstrapped in the factory
    REHOME = "rehome"  # taken over from another centre, which has let go of it
    SECONDARY = "secondary"  # another centre's, and only known to this one, which may take it over


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


class SubcloudDefaults(_Said):
    """What groups and defaults may say of their sites' place in the central cloud."""

    state: ManagementState | None = Field(
        default=None, description="`managed` or `unmanaged`; what dcmanager has without."
    )
    onboarding: Onboarding = Field(
        default=Onboarding.DEPLOY,
        description="How it comes under this centre where dcmanager does not have it: `deploy`; `enroll`, what was bootstrapped in "
        "the factory; `rehome`, what another centre lets go of; `secondary`, what stays another centre's.",
    )
    via: Via = Field(
        default=Via.DEPLOYMENT_MANAGER,
        description="Who brings a new site to its deployment-config: `deployment-manager` is one that dcmanager installs "
        "there, `direct` is this program, which needs a way to the site before its first unlock.",
    )
    group: str | None = Field(default=None, description="The group of dcmanager that it belongs to. As it is without.")
    peer_group: str | None = Field(
        default=None,
        description="The group by which it goes over to another central cloud, or `none`. As it is without.",
    )
    location: str | None = Field(default=None, description="Where it stands, as dcmanager shows it.")
    sysadmin: SecretPlace | None = Field(
        default=None, description="Password of the site's user sysadmin, by which Ansible reaches it."
    )
    board: SecretPlace | None = Field(
        default=None, description="Password of the board management controller that install-values name."
    )


class SubcloudPolicy(SubcloudDefaults):
    """The same of one site, with what only its own file says. Said anywhere, a site that dcmanager does not have is added."""

    former_names: tuple[str, ...] = Field(
        default=(),
        description="Names that it had: a subcloud that dcmanager has under one of them is renamed, and not added anew. One "
        "that another folder has now is passed over.",
    )
    delete: str | None = Field(
        default=None,
        description="The site's own name, and nothing else: dcmanager is to delete the subcloud. It is approved by its very "
        "plan, and done once the site is offline; the site itself is left as it is.",
    )

    redeploy: Annotated[str | None, Field(pattern=WORD)] = Field(
        default=None,
        description="A word that was never said of the site, a date or a ticket: the deployed site is installed and "
        "bootstrapped anew, and all that is on it is lost. It counts once, and only if it came after the site was seen "
        "deployed; approved by its very plan, done while the site is offline.",
    )

    @property
    def adds(self) -> bool:
        """Whether the site is to be a subcloud."""
        return self.delete is None

    def without(self, names: Collection[str]) -> SubcloudPolicy:
        """The same without former names that somebody else has now."""
        taken = set(self.former_names) & set(names)
        left = tuple(name for name in self.former_names if name not in taken)
        return self.model_copy(update={"former_names": left}) if taken else self
