"""What people read of a kind that its functions do not say: its reference page and its schema are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class About:
    """Facts for people; nothing is decided by them, and tests hold them to what the kind does.

    places: attribute -> the members of a document that say it, by dotted path below the kind's `documents[0]`, several
      with a blank between; one that begins with a capital is a whole path (`Host.spec.match.bootMAC`).
    words: attribute -> what it is, where no document says it, or other than a document's words say it.
    calls: every call that `write` may make, as `PATCH /v1/idns/{uuid}`.
    costs: what a change costs and needs, where that depends on the change.
    instead: what to say in Git instead of replacing one that several hosts use, where that spares them a second lock.
    sources: where the facts were learned: sysinv's own files, or a recording of the real API.
    """

    places: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    costs: str = ""
    instead: str = ""
    sources: tuple[str, ...] = ()

    def paths(self, attribute: str, document: str) -> tuple[str, ...]:
        """Where documents say the attribute, as whole paths."""
        said = self.places.get(attribute, "").split()
        return tuple(p if p[:1].isupper() else ".".join(filter(None, (document, p.strip(".")))) for p in said)
