"""Each write of a plan with a lock window meets each fault of the line; the site ends as Git says, locked once."""

from __future__ import annotations

import pytest

from reconciler.model.words import State
from reconciler.simulator.interference import Rule, Trouble
from tests.e2e.ottawa import OTTAWA, OWN, TWO_STEPS, state
from tests.faults.controlled import controlled, visited
from tests.faults.matrix import cases

pytestmark = pytest.mark.xdist_group("dbos")

WRITES = [("PATCH", ".*/ihosts/[^/]*", 1), ("PATCH", ".*/iinterfaces/.*", 1), ("POST", ".*/labels/.*", 1),
          ("PATCH", ".*/ihosts/[^/]*", 2)]  # fmt: skip
NAMES = ["lock", "interface", "label", "unlock"]
FAULTS = ["hang-before", "hang-after", "reset", "reset-after", "half", "401", "409", "500"]
VISITS = 6


def rules(write: str, fault: str) -> list[Rule]:
    """The fault at the nth call of its kind; what comes before it passes."""
    method, path, nth = WRITES[NAMES.index(write)]
    passing = [Rule(Trouble.DELAY, method, path) for _ in range(nth - 1)]
    if fault.isdigit():
        return [*passing, Rule(Trouble.REFUSE, method, path, status=int(fault), text="Simulated fault.")]
    return [*passing, Rule(Trouble(fault), method, path)]


@pytest.mark.parametrize(("write", "fault"), cases(NAMES, FAULTS))
async def test_a_fault_of_the_line_costs_no_second_reboot(in_service, write, fault):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        began = len(world.writes(OTTAWA))
        before = [world.count(OTTAWA, what) for what in ("lock", "unlock", "reboot")]
        world.site(OTTAWA).interference.rules.extend(rules(write, fault))
        async with controlled(world) as it:
            for _ in range(VISITS):
                await visited(it, OTTAWA)
                if it.verdicts[OTTAWA].state is State.IN_SYNC:
                    break
            assert it.verdicts[OTTAWA].state is State.IN_SYNC, it.verdicts[OTTAWA]
        counted = [world.count(OTTAWA, what) for what in ("lock", "unlock", "reboot")]
        # what the platform refuses with a reason ends its plan and its window; the rest is another plan
        plans = 2 if fault == "409" and write in {"interface", "label"} else 1
        assert counted == [n + plans for n in before]
        assert (state(world), world.windows(OTTAWA)) == ("unlocked-enabled", frozenset())
        taken = [w for w in world.writes(OTTAWA, began) if w.status < 300]
        done = [(w.method, w.path, w.body) for w in taken if plans == 1 or "/ihosts/" not in w.path]
        assert len(done) == len(set(done)), done
