"""Whose approval of a pull request, in the forge, counts for its plans: rules of fleet.yaml. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reconciler.model.merge import ANYTHING, MergeRule, is_covered
from reconciler.model.words import Disruption

Account = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\s@/]+$")]


class ConsentRule(MergeRule):
    """These accounts approve what changes these paths only, up to a cost."""

    approvers: tuple[Account, ...] = Field(min_length=1, description="Accounts of the forge.")


class Consent(BaseModel):
    """`review:` of fleet.yaml, as it stands in the branch that is followed: a pull request does not change its judges."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, alias_generator=to_camel)

    approvers: tuple[Account, ...] = Field(
        default=(), description="Accounts of the forge that approve whatever costs a reboot at most."
    )
    rules: tuple[ConsentRule, ...] = Field(default=(), description="Who else approves what, by path and cost.")
    own: bool = Field(default=False, description="Whether authors may approve their own pull requests.")

    def may(self, account: str, author: str, paths: Collection[str], cost: Disruption) -> bool:
        """Whether this account's yes counts for a change of this cost, in a pull request that changes these paths."""
        if _same(account, author) and not self.own:
            return False
        return is_covered(paths, self._rules_of(account), cost)

    def knows(self, account: str) -> bool:
        """Whether it approves anything at all."""
        return any(self._rules_of(account))

    def approvers_of(self, author: str, paths: Collection[str], cost: Disruption) -> list[str]:
        """Whose yes would count, by name."""
        accounts = {*self.approvers, *(name for rule in self.rules for name in rule.approvers)}
        return sorted(name for name in accounts if self.may(name, author, paths, cost))

    def _rules_of(self, account: str) -> Iterator[MergeRule]:
        if _is_among(account, self.approvers):
            yield MergeRule(paths=(ANYTHING,), up_to=Disruption.REBOOT)
        yield from (rule for rule in self.rules if _is_among(account, rule.approvers))


def _is_among(account: str, names: Iterable[str]) -> bool:
    return any(_same(account, name) for name in names)


def _same(one: str, other: str) -> bool:
    """All three forges take names for the same however their letters are written."""
    return one.casefold() == other.casefold()
