"""The moments of a plan at which something may happen: between its deeds, and at each of its calls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class At(StrEnum):
    """What a moment is counted by."""

    DEED = "deed"  # of the plan's sending: looked at, opened, changed, closed
    WRITE = "write"  # a call that changes the site
    READ = "read"  # the first look at a list after so many writes


class Side(StrEnum):
    """Before: nothing of it has happened yet. After: it has, and whoever began it does not know."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Boundary:
    """number: the how-manieth deed or write it is, from 1; of a read, how many writes there were before.

    what: the deed's name, or method and path. deed: what it is a part of, a deed of itself.
    """

    at: At
    number: int
    what: str
    deed: str
    side: Side = Side.BEFORE

    @property
    def host(self) -> str:
        """Whose window it is; "" outside of any."""
        host, _, what = self.deed.rpartition(" ") if not self.deed.endswith(" is as planned") else ("", "", "")
        return host if what != "swact" else ""

    @property
    def is_change(self) -> bool:
        """A call that writes what Git says, and not one that makes way for it."""
        return self.at is At.WRITE and not self.deed.endswith((" opens", " closes", " swact"))

    def __str__(self) -> str:
        what = "" if self.at is At.DEED else "-" + UUID.sub("*", self.what).replace("/v1/", "")
        side = "" if self.at is At.READ else f"-{self.side}"
        return f"{self.deed}-{self.at}{self.number}{what}{side}".replace(" ", "-").replace("/", "-")
