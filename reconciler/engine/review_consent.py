"""From what people say in the forge to approvals: who said yes, to which changes, and what has changed since. Pure.

A yes is to what stood below the pull request when it was said, change by change (by fingerprint) and up to what each
cost then. A push that leaves a change as it is leaves its yes; one that alters it needs another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from reconciler.engine.approvals import by_place, moved
from reconciler.model.approval import Answer, Approval, Subject
from reconciler.model.consent import Consent
from reconciler.model.followed import Followed, Shown, Yes
from reconciler.model.pull import Assent, Comment
from reconciler.model.review import Group, Review
from reconciler.model.words import Disruption
from reconciler.review.foreign import code
from reconciler.review.words import plural

FENCED = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^[ \t]*/stxr[ \t]+(?P<word>[a-z]+)[ \t]*\r?$", re.MULTILINE)
IN_THE_FORGE = "approved in the forge"
BY_COMMENT = "a comment"


class Command(StrEnum):
    """What a comment may ask for, on a line of its own."""

    PLAN = "plan"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Judges:
    """Who may approve what of one pull request. paths: the files that it changes."""

    consent: Consent
    author: str
    paths: frozenset[str]

    def may(self, account: str, cost: Disruption) -> bool:
        return self.consent.may(account, self.author, self.paths, cost)

    def who(self, cost: Disruption) -> list[str]:
        return self.consent.approvers_of(self.author, self.paths, cost)


def commands(comments: Iterable[Comment], heard: int) -> Iterator[tuple[Comment, Command]]:
    """What people asked for since the last comment that was heeded; by what they said, not by what became of it."""
    for comment in comments:
        if comment.number > heard and not comment.is_edited:
            words = {match["word"] for match in COMMAND.finditer(FENCED.sub("", comment.body))}
            yield from ((comment, command) for command in Command if command in words)


def consented(known: Followed, comments: Collection[Comment], assents: Iterable[Assent], judges: Judges) -> Followed:
    """With every yes that counts now: of comments for good, of the forge's approvals as long as they stand."""
    said = [yes for yes in known.yeses if yes.where != IN_THE_FORGE]
    for comment, command in commands(comments, known.heard):
        if command is Command.APPROVE:
            said += _yeses(known.seen_at(comment.at), comment.author, comment.at, BY_COMMENT, judges)
    for assent in assents:
        said += _yeses(_seen(known, assent), assent.by, assent.at or 0.0, IN_THE_FORGE, judges)
    heard = max((comment.number for comment in comments), default=0)
    return replace(known, yeses=tuple(dict.fromkeys(said)), heard=max(heard, known.heard))


def _seen(known: Followed, assent: Assent) -> Shown | None:
    """What an approver had before his eyes: of the commit that he approved, as far as the forge tells either."""
    if assent.at is None:
        return None
    shown = known.seen_at(assent.at)
    return shown if shown and assent.commit in {"", shown.head} else None


def _yeses(shown: Shown | None, by: str, at: float, where: str, judges: Judges) -> Iterator[Yes]:
    for change, cost in shown.changes.items() if shown else ():
        if judges.may(by, cost):
            yield Yes(change, cost, by, at, where)


def granted(known: Followed, shown: Shown) -> dict[str, Yes]:
    """Change -> the first yes that covers it, of what is shown."""
    found: dict[str, Yes] = {}
    for change, cost in shown.changes.items():
        if yes := next((yes for yes in known.yeses if yes.covers(change, cost)), None):
            found[change] = yes
    return found


def approvals(known: Followed, shown: Shown, now: float) -> Iterator[Approval]:
    """What a merge makes of them: each change is approved on whatever site has it, up to what it cost."""
    for change, yes in granted(known, shown).items():
        yield Approval(
            answer=Answer.APPROVED,
            subject=Subject.CHANGE,
            name=change,
            by=f"{yes.by} on pull request {known.pull.number}",
            at=now,
            ceiling=yes.ceiling,
            reason=f"{yes.where}, review {shown.review}",
        )


Recall = Callable[[str], Review | None]


def told(known: Followed, review: Review, judges: Judges, recall: Recall) -> Iterator[str]:
    """Lines for below a review: who approved what, who may, and why an earlier yes does not count any more."""
    asking = {group.fingerprint for group in review.groups if _needs_a_yes(review, group)}
    yeses = granted(known, Shown(review.id, "", 0.0, costs(review)))
    for group in review.groups:
        if yes := yeses.get(group.fingerprint):
            yield f"Change {group.fingerprint} is approved by {code(yes.by)} up to {yes.ceiling}."
        elif group.fingerprint in asking:
            yield from _asked(known, group, judges, recall)


def _needs_a_yes(review: Review, group: Group) -> bool:
    return any(not held.sites or set(held.sites) & set(group.sites) for held in review.approvals)


def _asked(known: Followed, group: Group, judges: Judges, recall: Recall) -> Iterator[str]:
    change, cost = group.fingerprint, cost_of(group)
    if before := _lapsed(known, group, recall):
        yield f"Change {change} ({plural(len(group.sites), 'site')}) needs approval anew: {before}."
        return
    who = judges.who(cost)
    how = (
        f"`/stxr approve` or an approval in the forge, by {', '.join(map(code, who))}"
        if who
        else "`stxr approve`, after the merge"
    )
    yield f"Change {change} ({plural(len(group.sites), 'site')}, {cost}) needs approval: {how}."


def _lapsed(known: Followed, group: Group, recall: Recall) -> str:
    """Why a yes to the same edit, as it was, does not cover it as it is; "" where nobody had said one."""
    for shown in reversed(known.shown):
        yeses = granted(known, shown)
        if not yeses or (review := recall(shown.review)) is None:
            continue
        for other in review.groups:
            if other.fingerprint in yeses and set(other.sites) & set(group.sites):
                why = moved(by_place(other.example.differences), by_place(group.example.differences))
                by = code(yeses[other.fingerprint].by)
                return f"{by} approved {other.fingerprint}; since then {code(why or 'it would be done in another way')}"
    return ""


def costs(review: Review) -> dict[str, Disruption]:
    """Fingerprint -> the worst that a site feels of it."""
    found: dict[str, Disruption] = {}
    for group in review.groups:
        found[group.fingerprint] = max(cost_of(group), found.get(group.fingerprint, Disruption.NONE))
    return found


def cost_of(group: Group) -> Disruption:
    return Disruption.DESTRUCTIVE if group.cost.losses else group.cost.disruption
