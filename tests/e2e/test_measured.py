"""A pair of controllers is changed: each act is measured on the hosts that took it, and the next plan expects that."""

from __future__ import annotations

from reconciler.model.forecast import Act, Basis
from reconciler.plan import forecast
from reconciler.store import durations_of
from tests.e2e.test_windows import YARD, YARD_MTU, own

PAIR = {Act.LOCK: 2, Act.UNLOCK: 2, Act.SWACT: 1}  # a read takes no time on the clock of these sites


async def test_what_a_pair_took_is_known_by_mode_role_and_processors(in_service):
    async with in_service(YARD) as (world, clone):
        before = _counts(world)
        clone.commit({own(YARD): YARD_MTU})
        began = world.clock.now()
        assert (await world.applied(YARD)).is_done
        took_s = world.clock.now() - began
        found = _counts(world)
        assert {act: found.get(act, 0) - before.get(act, 0) for act in PAIR} == PAIR
        known = durations_of(world.state)
        likes = {key.like for key in known.lasted if key.act in {Act.LOCK, Act.UNLOCK}}
        assert {(like.mode, like.type) for like in likes} == {("duplex", "All-in-one")}
        assert all("controller" in like.role and like.hardware for like in likes)
        # as if it had been measured ten times over: the next window of this kind is expected to last as long
        often = type(known)({key: [*seconds] * 10 for key, seconds in known.lasted.items()})
        clone.commit({own(YARD): YARD_MTU.replace("9000", "8000")})
        judged = await world.judged(YARD)
        expected = forecast(judged.plan, judged.observed.system, often)
        assert {stage.span.basis for stage in expected.stages} == {Basis.MEASURED}
        assert abs(expected.span.likely_s / took_s - 1) < 0.25


def _counts(world):
    lasted = durations_of(world.state).lasted
    acts = {key.act for key in lasted}
    return {act: sum(len(seconds) for key, seconds in lasted.items() if key.act is act) for act in acts}
