"""One pull request looked at: its commits are brought, what they would do is reviewed, and the forge shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from reconciler.apply import Clock
from reconciler.clients.forges import ForgeClient, marker, own, say, show
from reconciler.engine.review_making import Maker, Proposed
from reconciler.engine.review_proofs import Proves, Question
from reconciler.engine.reviews import NotYetError
from reconciler.model.errors import ReconcilerError
from reconciler.model.followed import Followed, Shown
from reconciler.model.gate import GateName
from reconciler.model.pull import CommitStatus, Pull, PullState, StatusState
from reconciler.model.review import Held, Review
from reconciler.model.verdict import Verdict
from reconciler.model.words import Disruption
from reconciler.review.commit_status import PLAN, PROOF, VALIDATION, statuses
from reconciler.review.markdown import MOST, comment
from reconciler.sources.pulls import ConflictError, TooMuchError
from reconciler.store import ReviewStore

# what holds a site whatever the change is; gates that judge a plan have judged another one
STANDING = frozenset((GateName.SUSPENDED, GateName.ALARMS, GateName.OTHER_WRITER, GateName.BREAKER))


@dataclass(frozen=True, slots=True)
class Fresh:
    """How old a reading may be, and how long a review waits for newer ones, in seconds."""

    at_most_s: float = 1_200.0
    waits_s: float = 90.0
    asks_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Sites:
    """What is known of the sites. base: the commit that is followed. branch: that it is the head of.

    read: asks for these sites to be read now.
    """

    base: Callable[[], str]
    branch: Callable[[], str]
    verdicts: Callable[[], Mapping[str, Verdict]]
    read: Callable[[Iterable[str]], None]


@dataclass(slots=True)
class Showing:
    """Shows reviews below pull requests. link: where a review is, by its id; "" for nowhere.

    proves: has a review proved that stands there; None where nothing is proved.
    """

    forge: ForgeClient
    maker: Maker
    store: ReviewStore
    sites: Sites
    clock: Clock
    link: Callable[[str], str] = lambda _id: ""
    fresh: Fresh = field(default_factory=Fresh)
    proves: Proves | None = None
    _asked: dict[int, tuple[Proposed, float]] = field(default_factory=dict)

    async def look(self, pull: Pull) -> None:
        """Bring a pull request's review up to date. Raises ForgeError, SourceError and NotYetError."""
        known = self.store.followed(pull.number) or Followed(pull)
        known = replace(known, pull=pull, is_over=False)
        if pull.state is not PullState.OPEN or pull.base != self.sites.branch():
            await self._end(known)
            return
        ref = self.forge.head_ref(pull.number)
        head = await asyncio.to_thread(self.maker.fetched, ref, pull.number)
        known = replace(known, pull=replace(pull, head=head))  # git's word: the forge's list may be behind
        self.store.follow(known)
        try:
            await self._review(known)
        except (ConflictError, TooMuchError) as error:
            await self._not_reviewed(known, error)

    async def _review(self, known: Followed) -> None:
        pull, base = known.pull, self.sites.base()
        asked = await asyncio.to_thread(self.maker.proposed, base, pull.head, pull.number, is_fork=pull.is_fork)
        if not asked.names and not known.shown:
            await show(self.forge, pull.head, statuses(self._empty(asked)))
            return
        await self._wait_for_readings(known, asked)
        review = await asyncio.to_thread(self.maker.review, asked, self.clock.now())
        review = self._with_holds(review)
        await self._show(known, review)
        await self._prove(pull, asked, review)

    async def _prove(self, pull: Pull, asked: Proposed, review: Review) -> None:
        """Have it proved, and shown again then. What a fork proposes is computed with no longer than it takes to plan."""
        if self.proves is None or not review.sites or pull.is_fork:
            return
        await show(self.forge, pull.head, [CommitStatus(PROOF, StatusState.PENDING, "run on twins of these sites")])
        told = partial(self._proved, pull.number)
        self.proves(f"pull request {pull.number}", Question(asked, review, told))

    async def _proved(self, number: int, review: Review) -> None:
        """Shown again with its proofs, if it is still the one that stands there."""
        known = self.store.followed(number)
        if known and not known.is_over and known.last and known.last.review == review.id:
            await self._show(known, review)

    def _empty(self, asked: Proposed) -> Review:
        return Review(asked.base, asked.head, self.maker.root, self.clock.now())

    async def _wait_for_readings(self, known: Followed, asked: Proposed) -> None:
        """Sites that were read too long ago are read first. What a fork proposes makes nobody ask a site anything."""
        now, number = self.clock.now(), known.pull.number
        if known.pull.is_fork:
            return
        before, since = self._asked.get(number, (None, now))
        if before is None or (before.base, before.head) != (asked.base, asked.head):
            self._asked[number], since = (asked, now), now
            if old := self.maker.unread(asked.names, now - self.fresh.at_most_s):
                self.sites.read(old)
        old = self.maker.unread(asked.names, since - self.fresh.at_most_s)
        if old and now < since + self.fresh.waits_s:
            text = f"reading {len(old):,} of {len(asked.names):,} sites again"
            await show(self.forge, known.pull.head, [CommitStatus(PLAN, StatusState.PENDING, text)])
            raise NotYetError(text, self.fresh.asks_s)

    def _with_holds(self, review: Review) -> Review:
        """With what holds those sites already, by their last verdicts."""
        verdicts, wanted = self.sites.verdicts(), review.sites
        found = (
            Held(hold.gate, hold.reason, (site,), hold.until)
            for site in wanted
            if site in verdicts
            for hold in verdicts[site].holds
            if hold.gate in STANDING
        )
        return review.with_held(found)

    async def _show(self, known: Followed, review: Review) -> None:
        pull, url = known.pull, self.link(review.id)
        self.store.keep(review, pull.number)
        said = await say(self.forge, pull.number, self._mark, lambda room: comment(review, url, min(room, MOST)))
        await show(self.forge, pull.head, statuses(review, url))
        self.store.follow(known.showing(Shown(review.id, pull.head, said.at, changes(review))))

    async def _not_reviewed(self, known: Followed, error: ReconcilerError) -> None:
        """It cannot be merged as it is: said where its review stands, if there is one, and as a status."""
        text = str(error)
        if await own(self.forge, known.pull.number, self._mark):
            await say(self.forge, known.pull.number, self._mark, lambda room: f"**Not reviewed**: {text}"[:room])
        failed = [CommitStatus(name, StatusState.FAILURE, text) for name in (VALIDATION, PLAN)]
        await show(self.forge, known.pull.head, failed)
        self.store.follow(replace(known, trouble=text))

    async def _end(self, known: Followed) -> None:
        await asyncio.to_thread(self.maker.forget, known.pull.number)
        self._asked.pop(known.pull.number, None)
        self.store.follow(replace(known, is_over=True, trouble=""))

    @property
    def _mark(self) -> str:
        return marker(self.maker.root)


def changes(review: Review) -> dict[str, Disruption]:
    """Fingerprint -> the worst that a site feels of it."""
    found: dict[str, Disruption] = {}
    for group in review.groups:
        cost = Disruption.DESTRUCTIVE if group.cost.losses else group.cost.disruption
        found[group.fingerprint] = max(cost, found.get(group.fingerprint, Disruption.NONE))
    return found
