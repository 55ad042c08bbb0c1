"""The difference between desired and observed, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from reconciler.model.origin import Origin
from reconciler.model.removal import Pruning
from reconciler.model.resource import Resource, ResourceKey, S
from reconciler.model.words import Action, Area, Cause, Severity


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One attribute that differs, and which side moved. Secrets are of a type that prints as `***`."""

    name: str
    observed: Any
    desired: Any
    origin: Origin | None = None
    cause: Cause = Cause.PENDING


@dataclass(frozen=True, slots=True)
class Change(Generic[S]):
    """What has to happen to one resource, and why.

    pruning: for a DELETE by which the site follows a commit; a DELETE without one mends a list that Git says whole,
    or is a part of a replacement.
    is_stored: the site has the value, and hosts in service have yet to take it up by a lock and unlock: nothing is sent.
    by_way_of: the site has the value, and it is not known to be applied; the API applies only another one than it has.
      This one, which the hosts run, is set first.
    """

    key: ResourceKey
    action: Action
    desired: Resource[S] | None
    observed: Resource[S] | None
    fields: tuple[FieldChange, ...] = ()
    cause: Cause = Cause.PENDING
    area: Area = Area.SYSTEM
    severity: Severity = Severity.SERVICE
    pruning: Pruning | None = None
    is_stored: bool = False
    by_way_of: Resource[S] | None = None

    @property
    def want(self) -> S:
        """The desired spec; only where there is one."""
        if self.desired is None:
            raise ValueError(f"{self.key} is not desired")
        return self.desired.spec

    @property
    def have(self) -> S:
        """The observed spec; only where there is one."""
        if self.observed is None:
            raise ValueError(f"{self.key} is not on the site")
        return self.observed.spec

    @property
    def spec(self) -> S:
        """The desired spec; of what is deleted the observed one."""
        return self.want if self.desired else self.have

    @property
    def names(self) -> frozenset[str]:
        """The attributes that differ."""
        return frozenset(f.name for f in self.fields)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a comparison found.

    changes: what Git says and the site does not have.
    extra: present on the site, not in Git, in a list that Git owns whole: drift, whose mending is a delete. Those that
      may be deleted are in `changes` instead.
    unmanaged: present on the site, not in Git, in a list owned by key: reported, never touched.
    built_in: the same, of what the platform makes by itself: not reported either.
    unjudged: desired resources whose list was not read, or whose secret was not.
    reasons: why one of those is unjudged, where it is not its list.
    """

    changes: tuple[Change[Any], ...] = ()
    extra: tuple[Resource[Any], ...] = ()
    unmanaged: tuple[Resource[Any], ...] = ()
    unjudged: tuple[ResourceKey, ...] = ()
    reasons: Mapping[ResourceKey, str] = field(default_factory=dict)
    built_in: tuple[Resource[Any], ...] = ()

    @property
    def is_empty(self) -> bool:
        """The site has all that Git says, as far as it could be judged."""
        return not (self.changes or self.extra or self.unjudged)
