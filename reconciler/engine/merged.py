"""What counts as approved because it was merged, by the rules of fleet.yaml: who merged it has seen it.

A rule speaks of what Git moved, and of nothing else. A plan counts as a whole: every difference in it comes from the
files that moved since the site followed Git last, all of them below the rule's paths, and each value that it overwrites
is the one that Git had said. What somebody changed on the site was never merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.engine.approvals import Question, by_place
from reconciler.engine.judgement import differences
from reconciler.model.approval import Answer, Approval, Subject
from reconciler.model.change import Change, FieldChange
from reconciler.model.kind import Kinds
from reconciler.model.merge import Merge, MergeRule, is_covered
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Cause


@dataclass(frozen=True, slots=True)
class Merged:
    """What moved, from what: base is what Git said when the site followed it last, spelled as the site spells."""

    merge: Merge
    base: Snapshot
    base_commit: str

    def is_all_of(self, change: Change[Any], kinds: Kinds) -> bool:
        """Whether the merge alone makes this change, and overwrites nothing that somebody did."""
        if change.cause is not Cause.PENDING or change.is_stored:
            return False
        if change.action is Action.DELETE:
            gone = change.pruning and change.pruning.removal
            return bool(gone and gone.commit and gone.base == self.base_commit)
        return all(self._is_of(change, field, kinds) for field in change.fields)

    def _is_of(self, change: Change[Any], field: FieldChange, kinds: Kinds) -> bool:
        """Whether Git moved a value that the site had as Git said it; what Git had not said was nobody's drift."""
        before = self.base.resources.get(change.key)
        if field.cause is not Cause.PENDING:
            return False
        if before is None or field.name not in before.spec.model_fields_set:
            return True
        return kinds[change.key.kind].is_same(field.name, getattr(before.spec, field.name), field.observed)


def approved_by_merge(asked: Question, merged: Merged, rules: tuple[MergeRule, ...], kinds: Kinds) -> Approval | None:
    """The approval that the merge is, or None where a person has to be asked."""
    is_asked = any(kinds[change.key.kind].asks for change in asked.found.changes)
    is_grave = is_asked or asked.loses or asked.todo.left_locked or asked.todo.locked_twice  # decided each time
    if is_grave or not merged.merge.paths or not is_covered(merged.merge.paths, rules, asked.cost):
        return None
    if asked.found.extra or not all(merged.is_all_of(change, kinds) for change in asked.found.changes):
        return None
    return Approval(
        answer=Answer.APPROVED,
        subject=Subject.PLAN,
        name=asked.todo.id,
        by=merged.merge.in_words,
        at=merged.merge.at,
        ceiling=asked.cost,
        site=asked.todo.site,
        reason="merged is approved",
        differences=by_place(differences(asked.found, asked.todo)),
    )
