"""A merged pull request: its yeses become approvals once, and its commit shows how far it is until it is everywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.review_after import LONGEST_S, Merges
from reconciler.engine.review_sites import Sites
from reconciler.engine.reviews import NotYetError
from reconciler.model.followed import Followed, Shown, Yes
from reconciler.model.pull import Pull, PullState, StatusState
from reconciler.model.review import Cost, Example, Group, Review
from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.waves import Strategy
from reconciler.model.words import Disruption
from tests.apply.fakes import FakeClock
from tests.model.verdicts import verdict

HEAD, MERGED, NEWER = "4ead" * 10, "3e46" * 10, "5eed" * 10
PULL = Pull(7, PullState.MERGED, "main", HEAD, is_fork=False, author="amelie", merged=MERGED)
REVIEW = Review("b" * 40, MERGED, groups=(Group("c1", "e1", ("lab-1", "lab-2"), Cost(), Example("lab-1", {})),))
SHOWN = Shown(REVIEW.id, HEAD, 0.0, {"c1": Disruption.LOCK})
KNOWN = Followed(PULL, (SHOWN,), (Yes("c1", Disruption.LOCK, "noor", 1.0, "a comment"),))


class Kept:
    """Reviews and what is followed, as the store has them."""

    def __init__(self):
        self.followed = None

    def review(self, id_):
        return REVIEW if id_ == REVIEW.id else None

    def follow(self, known):
        self.followed = known


class Line:
    """One history: MERGED, then NEWER."""

    def is_in(self, commit, head):
        return commit == head or (commit, head) == (MERGED, NEWER)


class Board:
    """A forge's statuses."""

    def __init__(self):
        self.shown = {}

    async def statuses(self, commit):
        return self.shown.get(commit, {})

    async def set_status(self, commit, status):
        self.shown.setdefault(commit, {})[status.name] = status


class Merging:
    def __init__(self):
        self.clock, self.board, self.said, self.rollouts, self.base = FakeClock(), Board(), [], [], NEWER
        self.verdicts = {"lab-1": replace(verdict(), site="lab-1", converged="", holds=())}
        sites = Sites(lambda: self.base, lambda: "main", lambda: self.verdicts, lambda _names: None)
        self.merges = Merges(
            self.board, Line(), Kept(), sites, self.clock, self.said.append, lambda: tuple(self.rollouts)
        )

    async def follows(self, known=KNOWN):
        return await self.merges.follow(known, lambda id_: f"https://stxr.example.org/{id_}")

    @property
    def status(self):
        return self.board.shown[MERGED]["stxr/rollout"]


@pytest.fixture
def merging():
    return Merging()


async def test_yeses_become_approvals_once(merging):
    with pytest.raises(NotYetError):
        await merging.follows()
    with pytest.raises(NotYetError):
        await merging.follows(merging.merges.store.followed)
    assert [(one.name, one.by) for one in merging.said] == [("c1", "noor on pull request 7")]


async def test_a_head_that_nobody_could_read_of_is_approved_by_nobody(merging):
    with pytest.raises(NotYetError):
        await merging.follows(replace(KNOWN, pull=replace(PULL, head=NEWER)))
    assert merging.said == []


async def test_a_yes_that_comes_after_the_merge_counts_too(merging):
    with pytest.raises(NotYetError):
        await merging.follows(replace(KNOWN, yeses=()))
    assert merging.said == []
    with pytest.raises(NotYetError):
        await merging.follows(replace(merging.merges.store.followed, yeses=KNOWN.yeses))
    assert [one.name for one in merging.said] == ["c1"]


async def test_without_waves_it_is_everywhere_once_every_site_follows_it(merging):
    with pytest.raises(NotYetError):
        await merging.follows()
    assert (merging.status.state, merging.status.text) == (StatusState.PENDING, "0 of 2 sites follow it")
    merging.verdicts = {name: replace(verdict(), site=name, converged=NEWER) for name in ("lab-1", "lab-2")}
    assert (await merging.follows()).is_over
    assert (merging.status.state, merging.status.text) == (StatusState.SUCCESS, "2 of 2 sites follow it")


@pytest.mark.parametrize(
    ("member", "ended", "state"),
    [
        (MemberState.GOING, None, StatusState.PENDING),
        (MemberState.DONE, 9.0, StatusState.SUCCESS),
        (MemberState.FAILED, 9.0, StatusState.FAILURE),
    ],
)
async def test_with_waves_it_is_as_far_as_its_rollout(merging, member, ended, state):
    members = {"lab-1": Member("lab-1", 0, "d", member)}
    merging.rollouts = [Rollout("r1", NEWER, Strategy(), members, 1.0, ended=ended)]
    if state is StatusState.PENDING:
        with pytest.raises(NotYetError):
            await merging.follows()
    else:
        assert (await merging.follows()).is_over
    assert merging.status.state is state


async def test_a_merge_that_is_not_here_yet_is_waited_for(merging):
    merging.base = HEAD
    with pytest.raises(NotYetError):
        await merging.follows()
    assert merging.board.shown == {}


async def test_nobody_waits_for_ever(merging):
    merging.clock.time = LONGEST_S + 1
    assert (await merging.follows()).is_over
