"""What a service does by itself from host to host: the gates are asked before it is asked to, and what is on its way is seen to its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.apply import send
from reconciler.diff import compare
from reconciler.model.condition import Condition
from reconciler.model.errors import Held
from reconciler.model.kind import Context
from reconciler.model.plan import Call, Errand, Until
from reconciler.model.resource import Resource
from reconciler.model.words import Result, Service
from reconciler.plan import plan
from tests.apply.fakes import FakeSite, work_on
from tests.worlds import KINDS, Net, key, snap

WANT, HAVE = snap(Net(name="a", mtu=9000)), snap(Net(name="a", mtu=1500))
ERRAND = Errand((("controller-0",),), Condition.DEPLOY_FAILED, locks=True)
STATE = "strategy.state"


def written(_changes, _context):
    made = Until("/strategy", STATE, ("building", "applying", "applied"))
    yield Call("POST", "/strategy", {}, unless=made, service=Service.VIM)
    done = Until("/strategy", STATE, ("applied",))
    yield Call("POST", "/strategy/actions", {}, until=done, unless=made, errand=ERRAND, service=Service.VIM)


ERRANDS = {**KINDS, "net": replace(KINDS["net"], write=written)}


class Vim(FakeSite):
    """Its strategy: none, or in this state; it ends at the next look."""

    def __init__(self, state=None):
        super().__init__(HAVE)
        self.state = state

    async def get(self, path, service=Service.PLATFORM):
        found = {"strategy": {"state": self.state} if self.state else None}
        if self.state:
            self.state = "applied"
            self.put(Resource(key("net", "a"), Net(name="a", mtu=9000), {"uuid": "u"}))
        return found

    async def send(self, method, path, body, service=Service.PLATFORM):
        self.sent.append(f"{method} {path}")
        self.state = "building"


async def sent(site, permits):
    found = compare(WANT, HAVE, ERRANDS)
    todo = plan(found, Context(WANT, HAVE), ERRANDS)
    return await send(todo, replace(work_on(site, WANT), kinds=ERRANDS, permits=permits))


async def closed(left, _seen):
    assert [step.kind for stage in left for step in stage.steps] == ["net"]
    raise Held("the window has closed")


async def open_(_left, _seen):
    """Nothing speaks against it."""


async def test_none_is_asked_for_where_a_gate_has_closed_since_the_plan_was_begun():
    site = Vim()
    outcome = await sent(site, closed)
    assert (outcome.result, outcome.message, site.sent) == (Result.HELD, "the window has closed", [])


async def test_it_is_asked_for_once_where_all_are_open():
    site = Vim()
    assert (await sent(site, open_)).result is Result.DONE
    assert site.sent == ["POST /strategy"]


@pytest.mark.parametrize("state", ["building", "applying"])
async def test_one_that_a_process_asked_for_that_died_is_seen_to_its_end_whatever_the_gates_say(state):
    """VIM goes on by itself: nobody is helped by looking away."""
    site = Vim(state)
    assert (await sent(site, closed)).result is Result.DONE
    assert site.sent == []
