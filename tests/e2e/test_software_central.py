"""The system controller goes to a release before all subclouds, or behind them, by the same commit."""

from __future__ import annotations

import pytest

from reconciler.simulator.usm import releases
from tests.e2e.rolling import Size, rolling

NEW = "24.09.1"
SIZE = Size(sites=6, at_once=6)
CENTRE = SIZE.names[-1]
PATIENCE_S = 180.0
pytestmark = pytest.mark.slow


def times(fleet, name):
    """When the site was first and last written to."""
    written = [write.at for write in fleet.world.writes(name)]
    return written[0], written[-1]


@pytest.mark.parametrize("goes", ["first", "last"])
async def test_the_system_controller_and_its_subclouds_go_to_a_release_in_the_order_that_git_says(tmp_path, goes):
    async with rolling(tmp_path, SIZE) as fleet, fleet.controller():
        for name in SIZE.names:
            releases.fill(fleet.world.site(name).system)
            releases.put(fleet.world.site(name).system, NEW)
        await fleet.until(fleet.is_in_sync, PATIENCE_S)

        said = (fleet.clone.folder / "fleet.yaml").read_text()
        said = said.replace("apply: auto}", f'apply: auto, software: {{release: "{NEW}"}}}}')
        said = said.replace("rollout:\n", f"rollout:\n  central: {{site: {CENTRE}, goes: {goes}}}\n")
        fleet.clone.commit({"fleet.yaml": said})
        await fleet.until(fleet.has_ended, PATIENCE_S)

        for name in SIZE.names:
            assert releases.running(fleet.world.site(name).system)["sw_version"] == NEW
        begun, done = times(fleet, CENTRE)
        others = [times(fleet, name) for name in SIZE.names if name != CENTRE]
        if goes == "first":
            assert done < min(first for first, _ in others)
        else:
            assert begun > max(last for _, last in others)
