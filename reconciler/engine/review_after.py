"""After the merge: what was approved below the pull request counts, and the merge's commit shows how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from reconciler.apply import Clock
from reconciler.clients.forges import ForgeClient, show
from reconciler.engine.review_consent import approvals
from reconciler.engine.review_making import Maker
from reconciler.engine.review_sites import Sites
from reconciler.engine.reviews import NotYetError
from reconciler.model.approval import Approval
from reconciler.model.followed import Followed
from reconciler.model.pull import CommitStatus, StatusState
from reconciler.model.rollout import Rollout
from reconciler.review.commit_status import ROLLOUT
from reconciler.review.commit_status import rollout as rollout_status
from reconciler.review.words import plural
from reconciler.store import ReviewStore

AGAIN_S = 60.0
LONGEST_S = 14 * 86_400.0  # a site that is dark for longer is nobody's pull request any more


@dataclass(frozen=True, slots=True)
class Merges:
    """What becomes of a merged pull request. approve: keeps a word. rollouts: all that are kept, the oldest first."""

    forge: ForgeClient
    maker: Maker
    store: ReviewStore
    sites: Sites
    clock: Clock
    approve: Callable[[Approval], object] = lambda _approval: None
    rollouts: Callable[[], Iterable[Rollout]] = tuple

    async def follow(self, known: Followed, link: Callable[[str], str]) -> Followed:
        """Its end, or NotYetError as long as the merge is on its way to the sites."""
        known = self._grant(known)
        if known.last is None or not known.pull.merged:
            return replace(known, is_over=True)
        is_here = await asyncio.to_thread(self.maker.is_in, known.pull.merged, self.sites.base())
        status = await asyncio.to_thread(self._status, known, link(known.last.review)) if is_here else None
        if status:
            await show(self.forge, known.pull.merged, [status])
        is_late = self.clock.now() > known.last.at + LONGEST_S
        if is_late or (is_here and (status is None or status.state is not StatusState.PENDING)):
            return replace(known, is_over=True)
        raise NotYetError("the merge is on its way to the sites", AGAIN_S)

    def _grant(self, known: Followed) -> Followed:
        """Each yes to what was merged, as it was shown last, once. Of a head that nobody could read of, none counts."""
        shown = known.last
        if shown is None or shown.head != known.pull.head:
            return known
        fresh = [one for one in approvals(known, shown, self.clock.now()) if one.name not in known.granted]
        for approval in fresh:
            self.approve(approval)
        granted = replace(known, granted=(*known.granted, *(one.name for one in fresh)))
        self.store.follow(granted)
        return granted

    def _status(self, known: Followed, url: str) -> CommitStatus | None:
        """How far it is; None where no site feels anything of it."""
        merged = known.pull.merged
        one = next((one for one in self.rollouts() if self.maker.is_in(merged, one.commit)), None)
        return rollout_status(one, url) if one else self._by_verdicts(known, url)

    def _by_verdicts(self, known: Followed, url: str) -> CommitStatus | None:
        """Without waves: by which commit each site follows."""
        review = self.store.review(known.last.review) if known.last else None
        if review is None or not review.sites:
            return None
        verdicts = self.sites.verdicts()
        there = [verdicts[site] for site in review.sites if site in verdicts]
        done = sum(self.maker.is_in(known.pull.merged, verdict.converged) for verdict in there)
        held = sum(bool(verdict.holds) for verdict in there)
        text = f"{done:,} of {plural(len(review.sites), 'site')} follow it"
        text += f"; {held:,} held" if held and done < len(review.sites) else ""
        state = StatusState.SUCCESS if done == len(review.sites) else StatusState.PENDING
        return CommitStatus(ROLLOUT, state, text, url)
