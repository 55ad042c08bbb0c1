"""A comparison rule: why two values that are written unlike count as the same. It has a name, for people to ask by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def unchanged(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Rule:
    """When two spellings are one value.

    why: one sentence about the platform, for whoever wonders that nothing is to be done.
    form: both sides go through it before they are compared. `unchanged` where it takes the site to know: the kind's
      `spell` or `read` follows the rule then, and this names it.
    """

    name: str
    why: str
    form: Callable[[Any], Any] = unchanged

    def __call__(self, value: Any) -> Any:
        return self.form(value)


# of what a document says; every kind's documents follow it
EMPTY = Rule(
    "empty-text", "An empty text in a document says nothing, as in the peer's merge: the site keeps its value."
)


def _as_set(value: Any) -> Any:
    return frozenset(value) if value is not None else None


as_is = Rule("exact", "The values are compared exactly.")
unordered = Rule("any-order", "The platform keeps these as a set: order and repetition mean nothing.", _as_set)
