"""Hosts that are alike share a HostProfile; what is a host's own, or differs, is said in its overrides.

A profile says what all its hosts agree on, leaf by leaf; profile and overrides merged give each host back exactly.
Lists without a key are replaced whole in a merge, so they are shared whole or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.adopt.order import natural
from reconciler.adopt.tree import Branch, Document, grown, leaves, plain
from reconciler.model.said import Step

# never shared, though two hosts may happen to say the same of it
OWN = frozenset({"match", "bootMAC", "location", "addresses"})
MOST_DIFFERENT = 0.34  # of a host's values, before it is given a profile of its own
Leaves = dict[tuple[Step, ...], Any]


@dataclass(slots=True)
class Group:
    """Hosts of one role that are alike. shared: what all of them say."""

    role: Any
    hosts: dict[str, Leaves] = field(default_factory=dict)
    shared: Leaves = field(default_factory=dict)

    def takes(self, role: Any, said: Leaves) -> bool:
        """Whether a host is enough like these."""
        common = sum(1 for path, value in self.shared.items() if path in said and said[path] == value)
        return role == self.role and common >= max(len(said), len(self.shared)) * (1 - MOST_DIFFERENT)

    def add(self, name: str, said: Leaves) -> None:
        """One host more; the group shares what it says too."""
        before = self.shared if self.hosts else said
        self.shared = {path: value for path, value in said.items() if path in before and before[path] == value}
        self.hosts[name] = said

    def own(self, name: str) -> Leaves:
        """What one host says and the group does not."""
        return {path: value for path, value in self.hosts[name].items() if path not in self.shared}


def profiled(hosts: Mapping[str, Branch], taken: Collection[str] = ()) -> Iterator[Document]:
    """The HostProfile and Host documents of hosts, given all that is said of each. taken: names of other profiles."""
    groups = _grouped(hosts)
    names = _names(groups, taken)
    for name, group in zip(names, groups, strict=True):
        yield Document("HostProfile", name, plain(grown(group.shared)))
    owners = {host: (name, group) for name, group in zip(names, groups, strict=True) for host in group.hosts}
    for host in sorted(hosts, key=natural):
        name, group = owners[host]
        said = {**_own(hosts[host]), **group.own(host)}
        yield Document("Host", host, plain(_host(name, grown(said))))


def shared_by_profile(hosts: Mapping[str, Branch]) -> Mapping[str, Leaves]:
    """What each HostProfile says, by its name."""
    groups = _grouped(hosts)
    return {name: group.shared for name, group in zip(_names(groups), groups, strict=True)}


def _grouped(hosts: Mapping[str, Branch]) -> list[Group]:
    groups: list[Group] = []
    for name in sorted(hosts, key=natural):
        said = {path: value for path, value in leaves(hosts[name]) if path[0] not in OWN}
        role = (hosts[name].get("personality", "host"), hosts[name].get("subfunctions"))
        group = next((g for g in groups if g.takes(role, said)), None)
        if group is None:
            groups.append(group := Group(role))
        group.add(name, said)
    return groups


def _own(branch: Branch) -> Leaves:
    return {path: value for path, value in leaves(branch) if path[0] in OWN}


def _host(profile: str, own: Branch) -> Branch:
    said: Branch = {"profile": profile}
    if "match" in own:
        said["match"] = own.pop("match")
    if own:
        said["overrides"] = own
    return said


def _names(groups: Sequence[Group], taken: Collection[str] = ()) -> list[str]:
    """`controller-profile`, and for a second kind of controller `controller-profile-2`."""
    names: list[str] = []
    for group in groups:
        name = f"{group.role[0]}-profile"
        numbered = (f"{name}-{number}" for number in range(2, len(groups) + len(taken) + 2))
        names.append(next(free for free in (name, *numbered) if free not in names and free not in taken))
    return names
