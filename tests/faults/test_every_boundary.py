"""Every fault at every boundary of a plan: the site ends as Git says, its hosts locked and rebooted at most once."""

from __future__ import annotations

from tests.faults.case import played
from tests.faults.matrix import CASES, shared_out
from tests.faults.promises import kept
from tests.faults.staged import staged


@shared_out(CASES, one_in=16)
async def test_a_fault_costs_no_second_reboot(case, templates, tmp_path, fault_case):
    fault_case(case, "SQLite")
    async with staged(await templates(case.play), tmp_path) as stage:
        await played(case, stage)
        kept(case, stage)
