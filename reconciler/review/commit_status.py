"""What a forge shows beside a commit: one check for each question, in one line of at most 140 characters."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.proof import ProofResult
from reconciler.model.pull import CommitStatus, StatusState
from reconciler.model.review import Review
from reconciler.model.rollout import MemberState, Rollout
from reconciler.review.foreign import visible
from reconciler.review.words import does, plural

LONGEST = 140  # characters: GitHub's (docs.github.com rest/commits/statuses)
VALIDATION, PLAN, PROOF, ROLLOUT = "stxr/validation", "stxr/plan", "stxr/proof", "stxr/rollout"


def statuses(review: Review, url: str = "") -> Iterator[CommitStatus]:
    """All that a review says of its head. url: where the whole of it is."""
    yield validation(review, url)
    yield plan(review, url)
    if review.groups and review.proofs is not None:
        yield proof(review, url)


def validation(review: Review, url: str = "") -> CommitStatus:
    """Whether what Git says is well-formed."""
    if not review.errors:
        reached = plural(review.reached, "site")
        return _status(VALIDATION, StatusState.SUCCESS, f"what {reached} would follow is well-formed", url)
    first = review.errors[0].in_words
    return _status(VALIDATION, StatusState.FAILURE, f"{plural(len(review.errors), 'error')}: {first}", url)


def plan(review: Review, url: str = "") -> CommitStatus:
    """What would be felt. A plan that waits for somebody's yes is a good plan all the same."""
    if review.errors:
        return _status(PLAN, StatusState.ERROR, "not planned to the end: what Git says has errors", url)
    return _status(PLAN, StatusState.SUCCESS, _planned(review), url)


def _planned(review: Review) -> str:
    cost, sites = review.cost, len(review.sites)
    parts = [does(sites, "site", "changes", "change") if sites else "nothing changes on any site"]
    parts += [f"{plural(cost.hosts, 'host')} locked"] if cost.hosts else ["no host locked"] if sites else []
    parts += [does(cost.outages, "site", "is", "are") + " out meanwhile"] if cost.outages else []
    parts += [f"{plural(len(review.new), 'site')} new"] if review.new else []
    parts += [f"{plural(len(review.gone), 'site')} no longer managed"] if review.gone else []
    parts += ["needs approval"] if review.approvals else []
    return ", ".join(parts)


def proof(review: Review, url: str = "") -> CommitStatus:
    """Whether the plans go through on twins of the sites."""
    proofs = review.proofs or ()
    if failed := [one for one in proofs if one.is_failed]:
        first = failed[0]
        why = str(first.refusal) if first.refusal else f"{plural(len(first.left), 'resource')} left to do"
        sites = plural(sum(len(one.sites) for one in failed), "site")
        return _status(PROOF, StatusState.FAILURE, f"failed for {sites}: {why}", url)
    twins = plural(sum(one.result is ProofResult.PROVED for one in proofs), "twin")
    if left := review.unproved:
        text = f"not proved for {len(left):,} of {plural(len(review.sites), 'site')}, the rest on {twins}"
        return _status(PROOF, StatusState.ERROR, text, url)
    return _status(PROOF, StatusState.SUCCESS, f"proved for {plural(len(review.sites), 'site')}, on {twins}", url)


def rollout(one: Rollout, url: str = "") -> CommitStatus:
    """How far the commit is on its way to the sites."""
    done, failed, late = (one.count(s) for s in (MemberState.DONE, MemberState.FAILED, MemberState.LATE))
    text = f"{done:,} of {plural(len(one.members), 'site')} done"
    text += f", {failed:,} failed" if failed else ""
    text += f", {late:,} late" if late else ""
    if one.ended is not None and not one.words.aborted:
        state = StatusState.FAILURE if failed else StatusState.PENDING if late else StatusState.SUCCESS
        return _status(ROLLOUT, state, f"ended: {text}", url)
    if one.stopped:
        waits = not one.words.aborted and (one.weight or one.words.paused)
        return _status(ROLLOUT, StatusState.PENDING if waits else StatusState.FAILURE, f"{text}; {one.stopped}", url)
    return _status(ROLLOUT, StatusState.PENDING, f"wave {one.wave + 1} of {one.waves}: {text}", url)


def _status(name: str, state: StatusState, text: str, url: str) -> CommitStatus:
    shown = visible(text)
    return CommitStatus(name, state, shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…", url)
