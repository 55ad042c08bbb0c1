"""Rules by which a difference does not count, and alarms that are not raised: each with its reason, perhaps its end."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from reconciler.model.gate import Moment
from reconciler.model.verdict import Difference, Ignored

Reason = Annotated[str, Field(min_length=1, description="Why, for whoever finds it later.")]
Ending = Annotated[
    Moment | None, Field(description="When it ends, in ISO 8601 with its zone; what differs then counts again.")
]


class Ignore(BaseModel):
    """Fields that are neither compared nor sent. Patterns are those of file names: `*`, `?`, `[ab]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = Field(description="Kind of resource, as `stxr kinds` lists them.")
    host: str = Field(default="*", description="Pattern of the host's name.")
    key: str = Field(default="*", description="Pattern of the resource's name within its kind and host.")
    field: str = Field(
        default="", description="The attribute; without one, the whole resource: whether it is there, and every field."
    )
    value: str = Field(default="*", description="Pattern of what the site shows, as `stxr drift` prints it.")
    reason: Reason
    until: Ending = None


class Rule(Ignore):
    """A rule with its place."""

    where: str = ""

    def takes(self, difference: Difference) -> bool:
        return (
            difference.kind == self.kind
            and self.field in {"", difference.attribute}
            and fnmatchcase(difference.host, self.host)
            and fnmatchcase(difference.name, self.key)
            and fnmatchcase(difference.observed, self.value)
        )

    def is_over(self, now: float) -> bool:
        return self.until is not None and self.until <= now

    @property
    def in_words(self) -> str:
        """Where it is, what it is about, and why."""
        parts = [self.kind, *(f"{n} {v}" for n, v in (("host", self.host), ("key", self.key)) if v != "*")]
        what = " ".join([*parts, *([f"field {self.field}"] if self.field else [])])
        return f"{self.where}: ignore {what} ({self.reason})"


class Suppression(BaseModel):
    """An alarm that is not raised for a site, by its id, as `fm event-suppress` knows them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alarm: Annotated[str, Field(pattern=r"^[0-9]{3}\.[0-9]{3}$")] = Field(description="Id of the alarm: 260.002.")
    reason: Reason
    until: Ending = None


def ignored(differences: Iterable[Difference], rules: Iterable[Rule], now: float) -> tuple[Ignored, ...]:
    """The differences that rules say do not count, each with the first rule that says so."""
    counting = [rule for rule in rules if not rule.is_over(now)]
    found = ((d, next((rule for rule in counting if rule.takes(d)), None)) for d in differences if counting)
    return tuple(Ignored(d, rule.reason, rule.where, rule.until) for d, rule in found if rule)


def over(rules: Iterable[Rule], now: float) -> tuple[str, ...]:
    """The rules that have ended, for people: what they said is compared and sent again, and they can go."""
    return tuple(f"{rule.in_words} has ended" for rule in rules if rule.is_over(now))


def suppressed(said: Iterable[Suppression], now: float) -> frozenset[str]:
    """The ids of alarms that are not raised now."""
    return frozenset(s.alarm for s in said if s.until is None or s.until > now)
