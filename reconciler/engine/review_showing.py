"""One pull request looked at: its commits are brought, what they would do is reviewed, and the forge shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import partial

from reconciler.apply import Clock
from reconciler.clients.forges import ForgeClient, marker, own, say, show
from reconciler.engine.review_after import Merges
from reconciler.engine.review_consent import Command, Judges, commands, consented, costs, told
from reconciler.engine.review_freshness import Freshness
from reconciler.engine.review_making import Maker, Proposed
from reconciler.engine.review_proofs import Proves, Question
from reconciler.engine.review_sites import Sites
from reconciler.engine.reviews import NotYetError
from reconciler.model.consent import Consent
from reconciler.model.errors import ReconcilerError
from reconciler.model.followed import Followed, Shown
from reconciler.model.gate import GateName
from reconciler.model.pull import Comment, CommitStatus, Pull, PullState, StatusState
from reconciler.model.review import Held, Review
from reconciler.review.commit_status import PLAN, PROOF, VALIDATION, statuses
from reconciler.review.foreign import code, visible
from reconciler.review.markdown import MOST, comment
from reconciler.sources.pulls import ConflictError, TooMuchError
from reconciler.store import ReviewStore

# what holds a site whatever the change is; gates that judge a plan have judged another one
STANDING = frozenset((GateName.SUSPENDED, GateName.ALARMS, GateName.OTHER_WRITER, GateName.BREAKER))
TAIL = 8_000  # characters of what is said of approvals


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
    freshness: Freshness
    merges: Merges
    link: Callable[[str], str] = lambda _id: ""
    proves: Proves | None = None
    _proving: dict[int, tuple[str, float]] = field(default_factory=dict)  # number -> the review that was asked to be

    async def look(self, pull: Pull) -> None:
        """Bring what is shown of a pull request up to date. Raises ForgeError, SourceError and NotYetError."""
        known = self.store.followed(pull.number) or Followed(pull)
        if pull.state is not PullState.OPEN or pull.base != self.sites.branch():
            await self._end(replace(known, pull=pull))
            return
        ref = self.forge.head_ref(pull.number)
        head = await asyncio.to_thread(self.maker.fetched, ref, pull.number)
        known = replace(known, pull=replace(pull, head=head), is_over=False)  # git's word: a list may be behind
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
        judges = await asyncio.to_thread(self._judges, known, asked.base, asked.paths)
        comments = await self._of_others(pull.number)
        is_anew = self._is_asked_anew(known, comments, judges.consent)
        known = await self._consented(known, comments, judges)
        await self._fresh(known, asked, anew=is_anew)
        review = await asyncio.to_thread(self._made, known, asked)
        await self._show(known, review, judges)
        await self._prove(pull, Question(asked, review, partial(self._proved, pull.number, judges)))

    async def _prove(self, pull: Pull, question: Question) -> None:
        """Have it proved, once, and shown again then. What a fork proposes is computed with no longer than it takes to plan."""
        review = question.review
        if self.proves is None or not review.sites or pull.is_fork or review.proofs is not None:
            return
        if self._proving.get(pull.number) == (review.id, review.made_at):
            return  # it is on its way, and would begin anew
        self._proving[pull.number] = (review.id, review.made_at)
        await show(self.forge, pull.head, [CommitStatus(PROOF, StatusState.PENDING, "run on twins of these sites")])
        self.proves(f"pull request {pull.number}", question)

    async def _proved(self, number: int, judges: Judges, review: Review) -> None:
        """Shown again with its proofs, if it is still the one that stands there."""
        known = self.store.followed(number)
        if known and not known.is_over and known.last and known.last.review == review.id:
            await self._show(known, review, judges)

    def _empty(self, asked: Proposed) -> Review:
        return Review(asked.base, asked.head, self.maker.root, self.clock.now())

    def _judges(self, known: Followed, base: str, paths: frozenset[str]) -> Judges:
        """By what the branch says that is followed; where that is wrong, nobody's yes counts."""
        try:
            fleet = self.maker.fleet(base)
        except ReconcilerError:
            fleet = None
        return Judges(fleet.review if fleet else Consent(), known.pull.author, paths)

    async def _consented(self, known: Followed, comments: Collection[Comment], judges: Judges) -> Followed:
        """With what people say now, kept."""
        known = consented(known, comments, await self.forge.assents(known.pull.number), judges)
        self.store.follow(known)
        return known

    async def _of_others(self, number: int) -> tuple[Comment, ...]:
        account = (await self.forge.account()).casefold()
        return tuple(c for c in await self.forge.comments(number) if c.author.casefold() != account)

    def _is_asked_anew(self, known: Followed, comments: Collection[Comment], consent: Consent) -> bool:
        """Whether somebody who may has said `/stxr plan` since it was looked at last."""
        author = "" if known.pull.is_fork else known.pull.author
        said = (c for c, command in commands(comments, known.heard) if command is Command.PLAN)
        return any(consent.knows(c.author) or c.author == author for c in said)

    async def _fresh(self, known: Followed, asked: Proposed, *, anew: bool) -> None:
        """What a fork proposes makes nobody ask a site anything."""
        if known.pull.is_fork and not anew:
            return
        try:
            self.freshness.needs(known.pull.number, asked, self.clock.now(), anew=anew)
        except NotYetError as wait:
            await show(self.forge, known.pull.head, [CommitStatus(PLAN, StatusState.PENDING, str(wait))])
            raise

    def _made(self, known: Followed, asked: Proposed) -> Review:
        """The review, made anew where anything it rests on has moved."""
        now, last = self.clock.now(), known.last
        before = self.store.review(last.review) if last and last.review == asked.id(self.maker.root) else None
        if before is None or now >= before.made_at + self.freshness.fresh.at_most_s:
            return self._with_holds(self.maker.review(asked, now))
        is_unmoved = self.maker.unread(asked.names, before.made_at) == frozenset(asked.names)
        return before if is_unmoved else self._with_holds(self.maker.review(asked, now))

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

    async def _show(self, known: Followed, review: Review, judges: Judges) -> None:
        pull, url = known.pull, self.link(review.id)
        self.store.keep(review, pull.number)
        tail = "".join(f"\n- {line}" for line in told(known, review, judges, self.store.review))[:TAIL]
        more = f"\n\n#### Approvals\n{tail}" if tail else ""

        def words(room: int) -> str:
            return comment(review, url, min(room, MOST) - len(more.encode())) + more

        said = await say(self.forge, pull.number, self._mark, words)
        await show(self.forge, pull.head, statuses(review, url))
        self.store.follow(known.showing(Shown(review.id, pull.head, said.at, costs(review))))

    async def _not_reviewed(self, known: Followed, error: ReconcilerError) -> None:
        """It cannot be merged as it is: said where its review stands, if there is one, and as a status."""
        text = str(error)
        if await own(self.forge, known.pull.number, self._mark):
            await say(self.forge, known.pull.number, self._mark, lambda _room: f"**Not reviewed**: {code(text, 2_000)}")
        failed = [CommitStatus(name, StatusState.FAILURE, visible(text)) for name in (VALIDATION, PLAN)]
        await show(self.forge, known.pull.head, failed)
        self.store.follow(replace(known, trouble=text))

    async def _end(self, known: Followed) -> None:
        number = known.pull.number
        self.freshness.forget(number)
        self._proving.pop(number, None)
        if known.pull.state is PullState.MERGED and known.pull.base == self.sites.branch() and not known.is_over:
            known = await self.merges.follow(await self._heard(known), self.link)
        await asyncio.to_thread(self.maker.forget, number)
        self.store.follow(replace(known, is_over=True, trouble=""))

    async def _heard(self, known: Followed) -> Followed:
        """With what was said until it was merged, and since: judged by the base that its review stood upon."""
        review = self.store.review(known.last.review) if known.last else None
        if review is None:
            return known
        paths = await asyncio.to_thread(self.maker.paths, review.base, review.head)
        judges = await asyncio.to_thread(self._judges, known, review.base, paths)
        return await self._consented(known, await self._of_others(known.pull.number), judges)

    @property
    def _mark(self) -> str:
        return marker(self.maker.root)
