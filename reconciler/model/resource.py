"""Identity and value of one resource, desired or observed: both sides are the same spec class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, NamedTuple, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from reconciler.model.origin import Origin


class Spec(BaseModel):
    """Attributes of one resource. Only those in `model_fields_set` are said; the others are "don't care"."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def of(cls, **values: Any) -> Self:
        """A spec of the given values; None is "not said" and is left out."""
        return cls(**{name: value for name, value in values.items() if value is not None})


class ResourceKey(NamedTuple):
    """Where a resource lives in a site, independent of API-assigned ids: `controller-0/interface/mgmt0`."""

    kind: str
    name: str
    host: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.host, self.kind, self.name.lstrip("/"))))


S = TypeVar("S", bound=Spec)


@dataclass(frozen=True, slots=True)
class Resource(Generic[S]):
    """One resource on one side.

    ids: what the API calls it (`uuid`, `id`, …), observed side only.
    origins: attribute -> where Git says so, desired side only; `origin` is the whole resource's place.
    written: attribute -> the text of a value that was already put in another spelling; never compared.
    """

    key: ResourceKey
    spec: S
    ids: Mapping[str, str | int] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    origin: Origin | None = None
    written: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def origin_of(self, attribute: str) -> Origin | None:
        """Where the attribute's value was written; else where the resource was."""
        return self.origins.get(attribute, self.origin)

    def respelled(self, **values: Any) -> Resource[S]:
        """The resource with attributes in another spelling; what its side wrote is kept. The key is the caller's."""
        other = {name: value for name, value in values.items() if value != getattr(self.spec, name)}
        if not other:
            return self
        written = {**self.written, **{name: self.written_of(name) for name in other}}
        return replace(self, spec=self.spec.model_copy(update=other), written=written)

    def without(self, *names: str) -> Resource[S]:
        """The resource with attributes that are not compared on this site; what its side wrote is kept."""
        out = self.spec.model_fields_set & set(names)
        if not out:
            return self
        said = {name: getattr(self.spec, name) for name in self.spec.model_fields_set - out}
        written = {**self.written, **{name: self.written_of(name) for name in out}}
        return replace(self, spec=type(self.spec)(**said), written=written)

    def written_of(self, attribute: str) -> Any:
        """The attribute as its side wrote it, before any rule put it in another spelling."""
        return self.written.get(attribute, getattr(self.spec, attribute))
