"""What is waited for and comes in time is seen, also where the look that missed it took long, or was slept through."""

from __future__ import annotations

from reconciler.apply import send
from reconciler.model.words import Result
from tests.apply.fakes import FakeSite, work_on
from tests.apply.test_send import HAVE, LOCKED_ONCE, WANT, planned

LONG_S = 7200.0  # longer than anything is waited for


async def looked_slowly(nth: int):
    """The plan sent, and its nth look answered long after the site was read for it."""
    site = FakeSite(HAVE)
    work, looks = work_on(site, WANT), 0
    look = site.look

    async def slow(kinds=(), host=""):
        nonlocal looks
        looks += 1
        seen = await look(kinds, host)
        work.clock.time += LONG_S if looks == nth else 0.0
        return seen

    site.look = slow
    outcome = await send(planned(), work)
    return outcome, site.sent, looks


async def test_no_look_that_lasts_long_fails_a_plan_or_locks_a_host_twice():
    _, _, number = await looked_slowly(nth=0)
    for nth in range(1, number + 1):
        outcome, sent, _ = await looked_slowly(nth)
        assert (outcome.result, sent) == (Result.DONE, LOCKED_ONCE), nth
