"""`system`, `hosts` and `secrets` of site.yaml: what the custom resources cannot say. Strict: every key is known."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reconciler.desired.fields import Address, Own
from reconciler.model.board import is_hidden
from reconciler.model.ignore import Ignore
from reconciler.model.reference import IN_DOCUMENTS, IN_DOCUMENTS_IN_WORDS

Hostname = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_\.]+$")]
Reference = Annotated[str, Field(pattern=IN_DOCUMENTS)]


class Section(Own):
    """A mapping below `system` or `hosts`; its attributes are named in camelCase, and an absent one is not managed."""

    model_config = ConfigDict(strict=True, populate_by_name=False, alias_generator=to_camel)


class Secret(Section):
    """Where a secret is, never the secret itself; it is read when it is compared and when it is sent."""

    secret_ref: Reference = Field(description=f"Where it is: {IN_DOCUMENTS_IN_WORDS}.")
    key_ref: Reference | None = Field(
        default=None, description="Where its private key is, if not with it: tls.key beside tls.crt."
    )
    username: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="Whose password it is: a user of board management, who is no secret and is compared."
    )


class RemoteLogging(Section):
    """Where every host sends its log."""

    enabled: bool | None = Field(default=None, description="Whether logs are sent.")
    address: Address | None = Field(default=None, description="Of the log server; the platform takes no name.")
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(default=None, description="Port of the log server.")
    transport: Literal["udp", "tcp", "tls"] | None = Field(default=None, description="How they are sent.")
    key_file: str | None = Field(default=None, description="Path of a file on the controllers, for tls.")


class Drbd(Section):
    """Replication between the controllers, beside `storage.drbd.linkUtilization` of the System document."""

    rtt_ms: Annotated[float, Field(ge=0.2, le=20.0)] | None = Field(
        default=None, description="Round trip between the controllers in milliseconds."
    )
    secure: bool | None = Field(default=None, description="Whether what is replicated is encrypted.")


ApplicationName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_\.]+$")]


class Chart(Section):
    """One chart of an application, in one namespace."""

    enabled: bool | None = Field(default=None, description="Whether the chart is installed with its application.")
    values: dict[str, Any] | None = Field(
        default=None,
        description=(
            "Values over the chart's own, all that Git says of it: others that the site has go. A secret is given by "
            "reference, under a name that ends in password, secret, token or _key: `{secretRef: env:NAME}`."
        ),
    )


class Application(Section):
    """One application of the site's Kubernetes."""

    version: str | None = Field(default=None, description='Its version, as its tarball says it: "24.09-76".')
    state: Literal["applied", "uploaded", "removed"] | None = Field(
        default=None,
        description="Whether it runs (applied), is only known (uploaded), or is not on the site (removed).",
    )
    tarball: Annotated[str, Field(pattern=r"^(/|https?://|ftp://).+\.(tgz|tar\.gz)$")] | None = Field(
        default=None,
        description=(
            "Where its tarball is: a path on the site's active controller, or a URL that the site reaches. Absent: the one "
            "of this version that came with the platform."
        ),
    )
    charts: dict[ApplicationName, dict[ApplicationName, Chart | None] | None] | None = Field(
        default=None, description="What is said of its charts, by name and namespace."
    )


class SystemSection(Section):
    """Of the system, beside its System document."""

    timezone: str | None = Field(default=None, description="Name of the time zone, as in Europe/Berlin.")
    https: bool | None = Field(default=None, description="Whether the public endpoints speak HTTPS.")
    security_feature: Literal["spectre_meltdown_v1", "spectre_meltdown_all"] | None = Field(
        default=None, description="Processor mitigations: taken up by each host at its next lock and unlock."
    )
    remote_logging: RemoteLogging | None = Field(default=None, description="Where the hosts send their logs.")
    drbd: Drbd | None = Field(default=None, description="Replication between the controllers.")
    applications: dict[ApplicationName, Application | None] | None = Field(
        default=None, description="Applications of the site's Kubernetes, by name. Others are left alone."
    )


PciAddress = Annotated[str, Field(pattern=r"^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")]


class PciDevice(Section):
    """One accelerator or other PCI device of a host."""

    name: str | None = Field(default=None, description="What the platform calls it.")
    enabled: bool | None = Field(default=None, description="Whether Kubernetes may give it to applications.")


def _no_password(name: str) -> str:
    if is_hidden(name):
        raise ValueError("is a password, and none is set or compared here: set it with the maker's tool")
    return name


class BoardSection(Section):
    """Of a host's board management controller, which is asked for what stands here and for nothing else."""

    bios: dict[Annotated[str, AfterValidator(_no_password)], bool | int | str | None] | None = Field(
        default=None, description="Attributes of its BIOS, by the names that its maker gave them."
    )
    boot_order: list[str] | None = Field(
        default=None, description="What it tries to boot from first, by name or reference; the rest follows as it is."
    )
    secure_boot: bool | None = Field(default=None, description="Whether UEFI Secure Boot is in force.")
    firmware: dict[str, str | None] | None = Field(
        default=None, description="Versions of its firmware, by the ids of the controller's inventory; only compared."
    )


class HostSection(Section):
    """Of one host, beside its composite profile."""

    pci_devices: dict[PciAddress, PciDevice | None] | None = Field(
        default=None, description='Its PCI devices by their address, in quotes: "0000:0b:00.0".'
    )
    board: BoardSection | None = Field(default=None, description="Of its board management controller.")


HostSections = dict[Hostname, HostSection | None]
Secrets = dict[Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_\.]+$")], Secret]


class Sections(Section):
    """What is merged of every site.yaml, the layers' and the site's own."""

    system: SystemSection | None = Field(default=None, description="What a System document cannot say.")
    hosts: HostSections | None = Field(default=None, description="What a HostProfile cannot say, by hostname.")
    secrets: Secrets | None = Field(
        default=None, description="Where the secrets are that the documents name, by the name that they have there."
    )


IGNORED = (
    "Differences that do not count: neither compared nor sent, shown as ignored. Those of defaults, group, layers and site "
    "count together."
)


class LayerFile(Sections):
    """profiles/<profile>/site.yaml: these sections and nothing else; how a site is treated is the site's to say."""

    ignore: list[Ignore] | None = Field(default=None, description=IGNORED)

    api_version: Literal["stxr.io/v1"] | None = None
    kind: Literal["Site"] | None = None
