"""A person's yes or no: to one plan, to one change on every site that has it, or to the plans of a rollout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.words import Disruption


class Answer(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"


class Subject(StrEnum):
    """What was answered."""

    PLAN = "plan"  # by its id: these values, from these values, by these calls, on this site
    ROLLOUT = "rollout"  # by its id: the plans that its sites had then; a no is for whatever they have
    CHANGE = "change"  # by its fingerprint: the same values from the same values, on whatever site


@dataclass(frozen=True, slots=True)
class Saying:
    """Who answers what, when and why, before it is about anything."""

    answer: Answer
    by: str
    at: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pinned:
    """The plan of a site as it was approved. differences: as of an Approval."""

    plan: str
    differences: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Approval:
    """number: how the store calls it. at: Unix seconds. site: of a plan; "" for a change or a rollout.

    ceiling: what is approved is not sent where its plan costs more than this.
    differences: `resource:attribute` -> what it was and was to become, for telling what has changed since.
    plans: of a rollout, those of its sites that waited when it was answered.
    """

    answer: Answer
    subject: Subject
    name: str
    by: str
    at: float
    ceiling: Disruption
    site: str = ""
    reason: str = ""
    differences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    number: int = 0
    plans: Mapping[str, Pinned] = field(default_factory=dict)

    @property
    def in_words(self) -> str:
        return f"{self.answer} by {self.by}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody told the controller, as the audit keeps it. subject: a site, group, plan or change by its name."""

    at: float
    by: str
    action: str
    subject: str
    detail: str = ""
    number: int = 0
