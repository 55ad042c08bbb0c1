"""The event log is asked where a site drifted anew, of the time since the last look, and never else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.clues import clues
from reconciler.model.alarm import Noted
from reconciler.model.words import Cause
from tests.engine.judging import judged
from tests.model.verdicts import difference, verdict
from tests.worlds import Iface, snap

OLD, NEW = Iface(name="e", mtu=1500), Iface(name="e", mtu=9000)
DRIFTED = judged(snap(NEW), replace(snap(OLD), taken_at=700.0), base=snap(NEW))
PENDING = judged(snap(NEW), replace(snap(OLD), taken_at=700.0), base=snap(OLD))
KNOWN = difference(resource="controller-0/iface/e", cause=Cause.DRIFTED)


class Log:
    def __init__(self):
        self.asked = 0

    async def noted(self):
        self.asked += 1
        return tuple(Noted(at, "250.001", "set", "host=controller-0") for at in (99.0, 100.0, 100.5, 700.0, 700.5))


async def test_what_was_noted_between_the_two_looks_is_told():
    found = await clues(DRIFTED, verdict(observed_at=100.0), Log())
    assert [noted.at for noted in found] == [100.5, 700.0]


@pytest.mark.parametrize(
    ("seen", "before"),
    [
        (DRIFTED, None),
        (DRIFTED, verdict(observed_at=None)),
        (DRIFTED, verdict(observed_at=100.0, differences=(KNOWN,))),
        (PENDING, verdict(observed_at=100.0)),
    ],
)
async def test_nobody_is_asked_where_nothing_new_drifted_or_nobody_knows_since_when(seen, before):
    log = Log()
    assert (await clues(seen, before, log), log.asked) == ((), 0)
