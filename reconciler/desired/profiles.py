"""Base profiles, profile and overrides of each host, merged: its composite profile, all that Git says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from reconciler.desired.documents import Document
from reconciler.desired.findings import Findings
from reconciler.desired.merge import merge, swept
from reconciler.desired.rules import HOST
from reconciler.model.node import Node
from reconciler.model.origin import Origin


def composites(
    hosts: Mapping[str, Document], profiles: Mapping[str, Document], findings: Findings, *, sweep: bool
) -> dict[str, Node]:
    """Hostname → composite profile; a host whose profile cannot be found is refused and left out.

    Neither the upstream constants (locked, dynamic) nor a snapshot of the host lies below: an absent key is absent.
    sweep: some document marks elements to be removed.
    """
    chains = _Chains(profiles, findings)
    found: dict[str, Node] = {}
    for name, host in hosts.items():
        if (composite := _composite(host, chains)) is not None:
            found[name] = swept(composite, HOST) if sweep else composite
    chains.refuse_unused_cycles()
    return found


@dataclass(slots=True)
class _Chains:
    """Profiles merged over their bases, each once a site however many hosts use it."""

    profiles: Mapping[str, Document]
    findings: Findings
    _merged: dict[str, Node | None] = field(default_factory=dict)

    def of(self, name: str, asked: Origin, below: tuple[str, ...] = ()) -> Node | None:
        """The profile over all its bases; None if one of them is missing or they go in a circle."""
        if name in below:
            circle = " → ".join((*below[below.index(name) :], name))
            self.findings.refuse(f"the base profiles go in a circle: {circle}; take one `base` out", asked)
            return None
        if name not in self._merged:
            self._merged[name] = self._over_base(name, asked, below)
        return self._merged[name]

    def refuse_unused_cycles(self) -> None:
        """Profiles that no host uses are judged too: somebody will."""
        for name, profile in self.profiles.items():
            self.of(name, profile.origin)

    def _over_base(self, name: str, asked: Origin, below: tuple[str, ...]) -> Node | None:
        profile = self.profiles.get(name)
        if profile is None:
            self.findings.refuse(f'no HostProfile "{name}": {_advice(name, self.profiles)}', asked)
            return None
        base = profile.spec.get("base")
        if base is None:
            return profile.spec
        lower = self.of(str(base.value), base.origin, (*below, name))
        return merge(lower, profile.spec, HOST) if lower is not None else None


def _composite(host: Document, chains: _Chains) -> Node | None:
    profile = host.spec.get("profile")
    if profile is None:
        chains.findings.refuse(f"{host.title}: profile is missing", host.origin)
        return None
    below = chains.of(str(profile.value), profile.origin)
    if below is None:
        return None
    composite = merge(below, host.spec.get("overrides"), HOST)
    return Node(dict(_members(host, composite)), host.origin)


def _members(host: Document, composite: Node | None) -> Iterator[tuple[str, Node]]:
    yield "name", host.named
    if match := host.spec.get("match"):
        yield "match", match
    if composite is not None:
        yield from ((key, member) for key, member in composite.members() if key != "base")


def _advice(name: str, known: Mapping[str, Document]) -> str:
    near = get_close_matches(name, known, 1)
    return f'did you mean "{near[0]}"?' if near else "define it, or name one that is"
