"""The upstream documents that we read, by kind, and how one stands in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

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


def schema() -> dict[str, Any]:
    """The JSON Schema of one upstream document; `kind` tells which."""
    models = [_whole(kind, spec) for kind, spec in SPECS.items()]
    union: Any = Annotated[reduce(or_, models), Field(discriminator="kind")]
    return TypeAdapter(union).json_schema()


class _Metadata(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str
    namespace: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


def _whole(kind: str, spec: type[Upstream]) -> type[BaseModel]:
    members: dict[str, Any] = {
        "api_version": (Literal[API_VERSION], Field(alias="apiVersion")),
        "kind": (Literal[kind], ...),
        "metadata": (_Metadata, ...),
        "spec": (spec, ...),
    }
    return create_model(kind, __config__=ConfigDict(extra="allow"), **members)
