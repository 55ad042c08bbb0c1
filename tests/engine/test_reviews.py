"""Which pull request is looked at, and when: once it is quiet, by the leader, and again after what went wrong."""

from __future__ import annotations

import pytest

from reconciler.clients.forges import ForgeBusyError, TokenRefusedError
from reconciler.engine.reviews import NotYetError, Quiet, Reviews
from reconciler.model.followed import Followed
from reconciler.model.pull import Pull, PullState
from reconciler.sources.errors import UnreachableRepositoryError
from reconciler.store import News, Store
from tests.apply.fakes import FakeClock


def pull(number, head="h1"):
    return Pull(number, PullState.OPEN, "main", head, is_fork=False, author="amelie")


class Forge:
    """What is open there."""

    def __init__(self):
        self.there, self.listed = {}, 0

    async def pull(self, number):
        return self.there[number]

    async def open_pulls(self):
        self.listed += 1
        return tuple(self.there.values())


class Following:
    """Reviews over a store, with what was looked at, and what it raises."""

    def __init__(self, store, clock):
        self.store, self.clock, self.forge = store, clock, Forge()
        self.looked, self.said, self.raises, self.base, self.leads = [], [], {}, "b1", True
        self.reviews = Reviews(
            self.forge,
            store.reviews,
            self.look,
            lambda: self.base,
            clock,
            leads=lambda: self.leads,
            say=self.said.append,
            quiet=Quiet(listed_s=300.0),
        )

    async def look(self, one):
        self.looked.append(one.number)
        if error := self.raises.get(one.number):
            raise error
        self.store.reviews.follow(Followed(one))

    def tell(self, number):
        self.forge.there.setdefault(number, pull(number))
        self.store.reviews.tell(number)

    async def passes(self, seconds, step_s=1):
        for _ in range(seconds // step_s):
            self.clock.time += step_s
            await self.reviews.step()


@pytest.fixture
def following(tmp_path):
    clock = FakeClock()
    with Store.open(tmp_path / "state", clock=clock.now) as store:
        yield Following(store, clock)


@pytest.mark.parametrize(
    ("news", "now", "is_due"),
    [
        (News(1, 0.0, 0.0), 4.9, False),
        (News(1, 0.0, 0.0), 5.0, True),
        (News(1, 0.0, 118.0), 119.9, False),
        (News(1, 0.0, 118.0), 120.0, True),
    ],
)
def test_it_is_looked_at_once_it_is_quiet_or_has_waited_for_long(news, now, is_due):
    assert Quiet().is_due(news, now) == is_due


async def test_each_is_looked_at_once_for_what_happened(following):
    following.tell(1)
    following.tell(2)
    await following.passes(60)
    assert following.looked == [1, 2]


async def test_what_is_not_ready_is_looked_at_again_after_the_time_that_it_says(following):
    following.raises[1] = NotYetError("reading 3 of 3 sites again", 20.0)
    following.tell(1)
    await following.passes(30)
    assert (following.looked, following.said) == ([1, 1], [])


async def test_what_goes_wrong_is_said_once_and_tried_again(following):
    following.raises[1] = UnreachableRepositoryError("the repository did not answer")
    following.tell(1)
    await following.passes(200)
    assert len(following.looked) == 3  # at once, after a minute, after two more
    assert following.said == ["pull request 1: the repository did not answer"]
    following.raises.clear()
    await following.passes(300)
    following.raises[1] = UnreachableRepositoryError("the repository did not answer")
    following.tell(1)
    await following.passes(10)
    assert len(following.said) == 2  # well in between


@pytest.mark.parametrize(("failures", "seconds"), [(1, 60), (2, 120), (6, 1_920), (7, 3_600), (5_000, 3_600)])
def test_what_goes_wrong_again_and_again_is_tried_more_rarely(failures, seconds):
    assert Quiet().after_s(failures) == seconds


async def test_the_list_of_those_that_are_open_does_not_hurry_what_goes_wrong(following):
    following.raises[1] = UnreachableRepositoryError("fsck error in packed object")
    following.forge.there[1] = pull(1)
    await following.passes(3_000, step_s=10)
    assert following.forge.listed >= 10
    assert len(following.looked) == 6  # after 1, 2, 4, 8, 16 minutes


async def test_a_push_to_what_goes_wrong_is_looked_at_at_once(following):
    following.raises[1] = UnreachableRepositoryError("fsck error in packed object")
    following.tell(1)
    await following.passes(3_000, step_s=10)
    before = len(following.looked)
    following.raises.clear()
    following.tell(1)
    await following.passes(10)
    assert len(following.looked) == before + 1


async def test_a_fault_of_ours_at_one_leaves_the_others(following):
    following.raises[1] = KeyError("what we forgot")
    following.tell(1)
    following.tell(2)
    await following.passes(10)
    assert following.looked == [1, 2]
    assert following.said == ["pull request 1: a fault of stx-reconciler: KeyError: 'what we forgot'; please report it"]


async def test_what_keeps_one_from_being_reviewed_is_kept_beside_it(following):
    following.tell(1)
    await following.passes(10)
    following.raises[1] = UnreachableRepositoryError("gone")
    following.tell(1)
    await following.passes(10)
    assert following.store.reviews.followed(1).trouble == "gone"


async def test_while_the_forge_wants_no_requests_nobody_is_looked_at(following):
    following.raises[1] = ForgeBusyError("forge", "GET pulls/1", "used up", following.clock.now() + 600)
    following.tell(1)
    following.tell(2)
    await following.passes(300)
    assert following.looked[:1] == [1]
    assert 1 not in following.looked[1:]


async def test_a_token_that_opens_nothing_is_said_once_of_all(following):
    for number in (1, 2):
        following.raises[number] = TokenRefusedError("forge", "GET", "Bad credentials")
        following.tell(number)
    await following.passes(200)
    [told] = following.said
    assert told.startswith("forge: the token is not accepted (Bad credentials)")


async def test_when_the_base_moves_every_open_one_is_looked_at_again(following):
    following.tell(1)
    await following.passes(10)
    following.base = "b2"
    await following.passes(10)
    assert following.looked == [1, 1]


async def test_a_follower_leaves_it_to_the_leader(following, monkeypatch):
    """`run` asks each time: who leads now begins with what others were told."""
    following.tell(1)
    following.leads = False
    rounds = iter(range(40))

    async def sleep(seconds):
        following.clock.time += seconds
        if (now := next(rounds, None)) is None:
            raise StopAsyncIteration
        following.leads = now > 20

    monkeypatch.setattr(following.clock, "sleep", sleep)
    with pytest.raises(StopAsyncIteration):
        await following.reviews.run()
    assert following.looked == [1]
