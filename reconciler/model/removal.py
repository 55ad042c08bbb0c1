"""A resource that Git declared and, by a commit, does not declare any more: what is deleted only if policy permits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.model.origin import Origin
from reconciler.model.resource import ResourceKey
from reconciler.model.words import Prune


def as_text(value: Any) -> str:
    """As text, member by member: a type that masks itself does so inside a list too."""
    if isinstance(value, frozenset | set):
        return as_text(sorted(value, key=str))
    return "[" + ", ".join(map(as_text, value)) + "]" if isinstance(value, tuple | list) else str(value)


@dataclass(frozen=True, slots=True)
class RemovedValue:
    """One attribute of the removed block, as text; secrets are of a type that prints as `***`."""

    name: str
    value: str
    origin: str = ""  # file:line in the last commit that said it

    def is_of(self, live: Any) -> bool:
        """Whether the site has this value; of what it does not show nothing is known."""
        return live is None or as_text(live) == self.value


@dataclass(frozen=True, slots=True)
class Removal:
    """One resource that a commit removed. It is open until it is applied, declined, or back in Git.

    base: the commit that still said it, and that the site had followed; it proves the removal anew at each look.
    commit: the commit that removed it; "" while only edits that nobody committed do.
    """

    key: ResourceKey
    base: str
    commit: str
    origin: Origin | None = None
    said: tuple[RemovedValue, ...] = ()
    is_declined: bool = False

    @property
    def where(self) -> str:
        """`file:line` of the removed block, in the commit `base`."""
        return str(self.origin or "")


@dataclass(frozen=True, slots=True)
class Pruning:
    """Why a change deletes: the removal, and what policy asks before it is sent."""

    removal: Removal
    policy: Prune
    is_destructive: bool = False

    @property
    def needs_approval(self) -> bool:
        """Whether no policy lets it through by itself."""
        return self.is_destructive or self.policy is Prune.PROPOSE

    @property
    def in_words(self) -> str:
        """`proposed: needs approval`, for people."""
        if self.is_destructive:
            return "destructive: needs approval"
        return "proposed: needs approval" if self.policy is Prune.PROPOSE else "prune is auto"


@dataclass(frozen=True, slots=True)
class Removals:
    """What a look at a site says of everything that was removed from Git.

    open: on the site, and proved by Git today. unproved: carried, and Git does not prove them now; never deleted.
    declined: somebody said that they stay.
    ended: carried, and over: back in Git, or gone from the site.
    unread: removed from Git, and their list was not read to its end, so nothing is known of them.
    renderer: what an older program read in the base and today's does not, though nothing was edited; never deleted.
    blind: why nothing that is new can be found now; "" if it can.
    """

    open: tuple[Removal, ...] = ()
    unproved: tuple[Removal, ...] = ()
    declined: tuple[Removal, ...] = ()
    ended: tuple[ResourceKey, ...] = ()
    unread: tuple[Removal, ...] = ()
    renderer: tuple[ResourceKey, ...] = ()
    blind: str = ""

    @property
    def carried(self) -> tuple[Removal, ...]:
        """What is to be remembered until the next look."""
        committed = (r for r in (*self.open, *self.unread) if r.commit)
        return (*committed, *self.unproved, *self.declined)
