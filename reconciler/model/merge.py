"""What counts as approved because it was merged: rules of fleet.yaml, and what a merge was. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reconciler.model.words import Disruption

PART = r"[^/\x00-\x1f\x7f]+"
PATTERN = rf"^{PART}(/{PART})*$"
ANY, ANYTHING = "*", "**"


def _at_most_a_reboot(cost: Disruption) -> Disruption:
    if cost > Disruption.REBOOT:
        raise ValueError("must be at most reboot (a reinstallation, and what destroys, is approved by its very plan)")
    return cost


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, alias_generator=to_camel)


class MergeRule(_Said):
    """A merge that changes these paths only approves what it changes, up to a cost."""

    paths: tuple[Annotated[str, Field(pattern=PATTERN)], ...] = Field(
        min_length=1,
        description="Patterns of paths below the root: `*` is anything within a folder, `**` any folders.",
    )
    up_to: Annotated[Disruption, AfterValidator(_at_most_a_reboot)] = Field(
        description="A plan that costs more waits for a person; at most reboot."
    )


class Approvals(_Said):
    """Who need not be asked."""

    merged: tuple[MergeRule, ...] = Field(
        default=(), description="What counts as approved by having been merged; nothing without."
    )


@dataclass(frozen=True, slots=True)
class Merge:
    """What moved in a site's inputs since the commit that it followed last.

    paths: the files whose content, or whose part that reaches the site, is another. commit: the last one, along first
    parents, that touched any of them. at: when it was committed, in Unix seconds.
    """

    commit: str
    author: str
    committer: str
    at: float
    paths: frozenset[str]

    @property
    def in_words(self) -> str:
        by = self.author if self.committer in {self.author, ""} else f"{self.author}, committed by {self.committer}"
        return f"the merge of {self.commit[:12]} by {by}"


def moved_paths(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> frozenset[str]:
    """The files whose content is another, or that came or went."""
    return frozenset(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def is_covered(paths: Iterable[str], rules: Iterable[MergeRule], cost: Disruption) -> bool:
    """Whether rules that go as far as this cost cover every path; no path is covered by none."""
    patterns = [pattern for rule in rules if cost <= rule.up_to for pattern in rule.paths]
    return all(any(matches(pattern, path) for pattern in patterns) for path in paths)


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern is of the whole path. A pattern that ends with a folder is not of what lies in it."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    *folders, name = pattern.split("/")
    before = "".join("(?:[^/]+/)*" if part == ANYTHING else f"{_within(part)}/" for part in folders)
    return re.compile(before + ("(?:[^/]+/)*[^/]+" if name == ANYTHING else _within(name)), re.DOTALL)


def _within(part: str) -> str:
    """One part of a path; `**` beside other letters is no more than `*`."""
    return "".join("[^/]*" if piece == ANY else "[^/]" if piece == "?" else re.escape(piece) for piece in part)
