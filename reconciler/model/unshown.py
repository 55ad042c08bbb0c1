"""What no API shows of a resource: the contents of secrets, and what a site was deployed with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from reconciler.model.resource import Resource, S


def all_of_them(resource: Resource[Any]) -> bool:  # noqa: ARG001
    return True


@dataclass(frozen=True, slots=True)
class Sealed(Generic[S]):
    """Resources that secrets tell: only what they hold can be compared with the site.

    places: the references of a resource, in their order; none where nobody says where it is, and then the resource is
      not managed.
    opened: the resource and what its secrets hold, in this order -> resources as they are compared; a bundle is several
      of them. Raises ValueError that says what is wrong with the text, and nothing that stands in it.
    told: the attributes that `opened` gives. Of what Git said earlier they are not known: who moved cannot be told.
    concerns: which resources of the kind are told by secrets; the others are compared as they are.
    """

    places: Callable[[Resource[S]], tuple[str, ...]]
    opened: Callable[[Resource[S], tuple[str, ...]], Iterable[Resource[S]]]
    told: tuple[str, ...]
    concerns: Callable[[Resource[S]], bool] = all_of_them

    @property
    def is_whole_kind(self) -> bool:
        """Whether no resource of the kind is known without a secret."""
        return self.concerns is all_of_them


@dataclass(frozen=True, slots=True)
class ReadOnce(Generic[S]):
    """Values that a site is deployed with, and that no API shows afterwards.

    keys: the resource -> each value by its name, as a digest: what is noted when they are sent. noted: the inverse.
    """

    keys: Callable[[Resource[S]], Mapping[str, str]]
    noted: Callable[[Mapping[str, str]], Resource[S]]
