"""Where a deployment-config says a value: the inverse of reading documents, for adopting and for accepting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from reconciler.model.node import Scalar


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a list, by the members that tell it from the others.

    keys: (dotted path inside the element, value): `(("port.name", "enp0s8"),)`, in the order of writing.
    nth: which one, where several have equal keys (equal partitions on one disk); counts from 1.
    """

    keys: tuple[tuple[str, Scalar], ...]
    nth: int = 1

    @classmethod
    def by(cls, keys: Mapping[str, Any], nth: int = 1) -> Element:
        """The element with these members; None is a member that it does not have."""
        return cls(tuple((k, v) for k, v in keys.items() if v is not None), nth)


Step: TypeAlias = "str | Element"


@dataclass(frozen=True, slots=True)
class Said:
    """One value at its place.

    document: kind of the document (`System`, `PlatformNetwork`, ...), or a file of ours (`site.yaml`).
    name: metadata.name. `Host` stands for all that is said of a host, as kinds read it: its composite profile with
      `match`; whether a member is written in its profile or its overrides is the writer's affair. A site has one
      System, whatever its name; "" where the name is not known.
    path: keys of mappings and elements of lists, inside the document's `spec`.
    value: plain; a list is a tuple, and is said whole. None says that the place is there, and nothing more.
    """

    document: str
    name: str
    path: tuple[Step, ...] = ()
    value: Any = None

    def at(self, *steps: Step) -> Said:
        """A place below this one."""
        return replace(self, path=(*self.path, *steps), value=None)

    def member(self, dotted: str) -> Said:
        """The place at a dotted path below this one, as `ResourceKind.declared` takes them."""
        return self.at(*dotted.split("."))

    def says(self, value: Any) -> Said:
        """The value at this place."""
        return replace(self, value=value)
