"""The call that wipes a site: noted before it leaves, and never sent where dcmanager may have taken it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.redeploying import Patience, Redeploying
from reconciler.model.central import Subcloud
from reconciler.model.deployed import Deployed
from reconciler.model.errors import Conflict, Failure, Refused, Unreachable
from reconciler.model.redeployment import TOKENS, UNCLEAR, UNDER_WAY, Asked, Redeployed
from reconciler.store import Store

ROW = Subcloud("ottawa", "r1", 1, "unmanaged", "offline", "complete", "24.09")
PATH = "/v1.0/subclouds/ottawa/redeploy"
PATIENCE = Patience(late_s=120.0, look_s=5.0, install_s=600.0)


class Clock:
    def __init__(self):
        self.at = 1_000.0

    def now(self):
        return self.at

    async def sleep(self, seconds):
        self.at += seconds


class Centre:
    """Answers as it is told, and says how often it was asked to wipe the site. takes_s: how late it begins."""

    def __init__(self, clock, error=None, *, takes_s=0.0):
        self.clock, self.error, self.takes_s = clock, error, takes_s
        self.sent, self.begins_at = 0, float("inf")
        self.row = ROW

    async def subcloud(self, site):
        return replace(self.row, deploy_status="pre-install") if self.clock.now() >= self.begins_at else self.row

    async def send(self, method, path, body):
        self.sent += 1
        self.begins_at = self.clock.now() + self.takes_s
        if self.error:
            raise self.error


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def known(tmp_path):
    with Store.open(tmp_path) as store:
        store.redeployments.sees("ottawa", "")
        store.redeployments.begins("ottawa", Asked("one", Deployed("c1")))
        yield store.redeployments


def of(centre, known):
    return Redeploying("ottawa", centre, centre.clock, known, PATIENCE)


NEVER = float("inf")
LOST = Unreachable("dcmanager", "PATCH", PATH, Failure.TIMEOUT, "no answer", sent=True)
UNSENT = Unreachable("dcmanager", "PATCH", PATH, Failure.REFUSED, "no way there", sent=False)


async def test_a_call_that_was_answered_is_taken(clock, known):
    centre = Centre(clock)
    await of(centre, known).send("PATCH", PATH, None)
    assert (centre.sent, known.of("ottawa").tokens) == (1, ("one",))


async def test_a_call_that_was_taken_is_not_sent_again(clock, known):
    centre = Centre(clock)
    for _ in range(2):
        await of(centre, known).send("PATCH", PATH, None)
    assert centre.sent == 1


async def test_a_lost_answer_of_a_call_that_is_taken_late_is_waited_for(clock, known):
    centre = Centre(clock, LOST, takes_s=60.0)
    await of(centre, known).send("PATCH", PATH, None)
    assert (centre.sent, known.of("ottawa").tokens) == (1, ("one",))


async def test_a_lost_call_that_nobody_sees_taken_stays_noted_for_it_may_be_done_later(clock, known):
    centre = Centre(clock, LOST, takes_s=300.0)
    with pytest.raises(Unreachable):
        await of(centre, known).send("PATCH", PATH, None)
    known.ended("ottawa")
    known.begins("ottawa", Asked("one", Deployed("c1")))
    clock.at += 300.0
    again = Centre(clock)
    again.row = replace(ROW, deploy_status="installing")
    await of(again, known).send("PATCH", PATH, None)
    assert (again.sent, known.of("ottawa").tokens) == (0, ("one",))


@pytest.mark.parametrize("error", [UNSENT, Refused("dcmanager", "PATCH", PATH, 400, "online")])
async def test_a_call_that_was_certainly_not_taken_may_be_sent_again(clock, known, error):
    centre = Centre(clock, error, takes_s=NEVER)
    with pytest.raises(type(error)):
        await of(centre, known).send("PATCH", PATH, None)
    assert known.of("ottawa") == Redeployed((), Asked("one", Deployed("c1")))
    again = Centre(clock)
    await of(again, known).send("PATCH", PATH, None)
    assert again.sent == 1


async def test_who_takes_over_looks_first_and_sends_it_where_no_machine_can_have_been_installed_since(clock, known):
    known.sent("ottawa", clock.now(), "complete")
    centre = Centre(clock)
    await of(centre, known).send("PATCH", PATH, None)
    assert (centre.sent, clock.now() >= 1_000.0 + PATIENCE.late_s) == (1, True)


@pytest.mark.parametrize("status", ["pre-install", "installing", "bootstrapping", "bootstrap-failed"])
async def test_who_takes_over_sends_nothing_where_the_row_has_moved(clock, known, status):
    known.sent("ottawa", clock.now(), "complete")
    centre = Centre(clock)
    centre.row = replace(ROW, deploy_status=status)
    await of(centre, known).send("PATCH", PATH, None)
    assert (centre.sent, known.of("ottawa").tokens) == (0, ("one",))


async def test_who_takes_over_too_late_sends_nothing_and_says_that_nobody_knows(clock, known):
    known.sent("ottawa", clock.now(), "complete")
    clock.at += PATIENCE.install_s
    centre = Centre(clock)
    with pytest.raises(Conflict, match="nobody knows whether dcmanager has deployed it anew"):
        await of(centre, known).send("PATCH", PATH, None)
    assert (centre.sent, of(centre, known).told(ROW)[UNCLEAR]) == (0, "one")


@pytest.mark.parametrize("status", ["install-failed", "rehome-pending", "secondary", "restoring"])
async def test_what_is_not_deployed_any_more_or_not_here_is_not_wiped(clock, known, status):
    centre = Centre(clock)
    centre.row = replace(ROW, deploy_status=status)
    with pytest.raises(Conflict, match=f"its deploy status is {status} by now"):
        await of(centre, known).send("PATCH", PATH, None)
    assert centre.sent == 0


async def test_without_a_plan_nothing_is_sent(clock, known):
    known.ended("ottawa")
    centre = Centre(clock)
    with pytest.raises(Conflict, match="nobody noted by which word"):
        await of(centre, known).send("PATCH", PATH, None)
    assert centre.sent == 0


async def test_a_word_is_done_once_the_deployment_is_complete(clock, known):
    redeploying = of(Centre(clock), known)
    await redeploying.send("PATCH", PATH, None)
    begun = redeploying.told(replace(ROW, deploy_status="installing"))
    assert (begun[TOKENS], begun[UNDER_WAY]) == ([], "one")
    ended = redeploying.told(ROW)
    assert (ended[TOKENS], ended[UNDER_WAY]) == (["one"], "")


def test_a_deployed_site_waits_for_it_only_while_it_is_offline_and_the_word_counts(clock, known):
    redeploying = of(Centre(clock), known)
    assert redeploying.waits("one", ROW)
    assert not redeploying.waits("one", replace(ROW, availability="online"))
    assert not redeploying.waits(None, ROW)
