"""The upstream documents that we read, by kind, and how one stands in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from reconciler.desired.fields import Upstream
from reconciler.desired.host_models import HostProfileSpec, HostSpec
from reconciler.desired.system_models import (
    AddressPoolSpec,
    DataNetworkSpec,
    PlatformNetworkSpec,
    PtpInstanceSpec,
    PtpInterfaceSpec,
    SystemSpec,
)  # fmt: skip
from reconciler.model.node import Node
from reconciler.model.origin import Origin

GROUP = "starlingx.windriver.com"
API_VERSION = f"{GROUP}/v1"
SPECS: Mapping[str, type[Upstream]] = {
    "System": SystemSpec,
    "Host": HostSpec,
    "HostProfile": HostProfileSpec,
    "PlatformNetwork": PlatformNetworkSpec,
    "AddressPool": AddressPoolSpec,
    "DataNetwork": DataNetworkSpec,
    "PtpInstance": PtpInstanceSpec,
    "PtpInterface": PtpInterfaceSpec,
}
# What `metadata.name` means in each.
NAMES: Mapping[str, str] = {
    "System": "The system's name.",
    "Host": "The hostname.",
    "HostProfile": "By which Hosts and other profiles refer to it.",
    "PlatformNetwork": "By which interfaces refer to it; the network itself is known by its type.",
    "AddressPool": "By which networks refer to it; a pool in use is known by what it serves.",
    "DataNetwork": "The data network's name.",
    "PtpInstance": "The PTP instance's name.",
    "PtpInterface": "The PTP interface's name.",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One upstream document. `spec` is an empty mapping where there is none."""

    kind: str
    named: Node  # metadata.name
    spec: Node
    origin: Origin

    @property
    def name(self) -> str:
        return str(self.named.value)

    @property
    def title(self) -> str:
        """`HostProfile controller-profile`, as errors name it."""
        return f"{self.kind} {self.name}"


def models() -> Iterator[type[BaseModel]]:
    """A whole document of each kind, for their JSON Schema."""
    return (_whole(kind, spec) for kind, spec in SPECS.items())


def _whole(kind: str, spec: type[Upstream]) -> type[BaseModel]:
    metadata = create_model(
        f"{kind}Metadata",
        __config__=ConfigDict(extra="allow"),
        name=(str, Field(description=NAMES[kind])),
        namespace=(str | None, Field(default=None, description="Of Kubernetes; not used here.")),
        labels=(dict[str, str] | None, Field(default=None, description="Of Kubernetes; not used here.")),
        annotations=(dict[str, str] | None, Field(default=None, description="Of Kubernetes; not used here.")),
    )
    members: dict[str, Any] = {
        "api_version": (Literal[API_VERSION], Field(alias="apiVersion", description="The form of the document.")),
        "kind": (Literal[kind], Field(description="What the document describes.")),
        "metadata": (metadata, Field(description="What the resource is called.")),
        "spec": (spec, Field(description="What it is to be. What is absent is not managed.")),
    }
    return create_model(kind, __config__=ConfigDict(extra="allow"), **members)
