"""Every fault at every boundary of a plan: the site ends as Git says, its hosts locked and rebooted at most once."""

from __future__ import annotations

import pytest

from tests.faults.case import played
from tests.faults.matrix import CASES, few, share, shared_out
from tests.faults.promises import kept
from tests.faults.staged import staged

TENTH = share(CASES, one_in=10)


@shared_out(CASES, share(CASES, one_in=30))
async def test_a_fault_costs_no_second_reboot(case, templates, tmp_path, fault_case):
    fault_case(case, "SQLite")
    async with staged(await templates(case.play), tmp_path) as stage:
        kept(case, stage, await played(case, stage))


@pytest.mark.parametrize("replicas", [1, 2], ids=["one", "two-replicas"])
@shared_out(TENTH, few(TENTH, 2))
async def test_nor_with_the_plans_in_a_real_postgresql(case, replicas, staged_there, fault_case):
    fault_case(case, "PostgreSQL" if replicas == 1 else "PostgreSQL, two replicas")
    async with staged_there(case.play, replicas) as stage:
        kept(case, stage, await played(case, stage))
