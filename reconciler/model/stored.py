"""What an API stores before it applies it, noted before it is sent, so that it is known later whether it was applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot

Targets = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """One resource that is written.

    before: what the site had, and its hosts run. wanted: what is sent.
    targets: of each host, the configuration that it is to run, as it was before: an API that applies gives it another.
    is_missed: it was looked at again, and no host was given another one. That is not judged again, for other work
      gives hosts other configurations since.
    """

    before: Resource[Any]
    wanted: Resource[Any]
    targets: Targets
    is_missed: bool = False

    @property
    def key(self) -> ResourceKey:
        return self.wanted.key

    def stands(self, seen: Snapshot) -> bool:
        """The site has it, and it is not known to be applied."""
        have = seen.resources.get(self.key)
        is_there = have is not None and _said(have, self.wanted) == _said(self.wanted, self.wanted)
        return is_there and (self.is_missed or targets_of(seen) == self.targets)


def targets_of(seen: Snapshot) -> Targets:
    """The configuration that each host is to run (sysinv config_target)."""
    return {host.name: host.config_target for host in seen.system.hosts.values()}


def _said(resource: Resource[Any], of: Resource[Any]) -> dict[str, Any]:
    return {name: getattr(resource.spec, name) for name in of.spec.model_fields_set}
