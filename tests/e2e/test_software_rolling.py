"""A fleet goes to another release by one commit: copied ahead, canaries, waves, a site that fails, somebody else's strategy."""

from __future__ import annotations

import sys
import time

import pytest

from reconciler.model.rollout import MemberState
from reconciler.model.words import State
from reconciler.simulator.usm import releases
from reconciler.store import verdicts_of
from tests.e2e.rolling import Size, rolling

NEW = "24.09.1"
SMALL = Size(sites=20, at_once=8, may_fail=3)
LARGE = Size(sites=200, at_once=50, may_fail=3)
FLEET_FILE = "fleet.yaml"
FOREIGN = {"type": "firmware", "state": "applying"}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def runs(fleet, name):
    """The highest release that the site's own software management has deployed."""
    return releases.running(fleet.world.site(name).system)["sw_version"]


def on_it(fleet):
    return {name for name in fleet.size.names if runs(fleet, name) == NEW}


def verdicts(fleet):
    return {verdict.site: verdict for verdict in verdicts_of(fleet.world.state)}


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(SMALL, id="20-sites"),
        pytest.param(LARGE, id="200-sites", marks=[pytest.mark.full, pytest.mark.timeout(3600)]),
    ],
)
async def test_a_fleet_goes_to_a_release_by_one_commit(tmp_path, size, capsys):
    secret = tmp_path / "sysadmin"
    secret.write_text("the-sysadmin-password")
    secret.chmod(0o600)
    patience_s = 180 + 4 * size.sites
    async with rolling(tmp_path, size) as fleet, fleet.controller():
        for name in size.names:
            releases.fill(fleet.world.site(name).system)
        failing, waiting = size.ring[-1], size.last[-2:]
        fleet.world.site(failing).system.marks.add("deploy-host-fails:controller-0:ostree pull failed")
        await fleet.until(fleet.is_in_sync, patience_s)

        said = (fleet.clone.folder / FLEET_FILE).read_text()
        wants = f'software: {{release: "{NEW}", prestage: {{sysadmin: {{secretRef: "file:{secret}"}}}}}}'
        fleet.clone.commit({FLEET_FILE: said.replace("apply: auto}", f"apply: auto, {wants}}}")})
        began = time.monotonic()
        await fleet.until(lambda: set(size.canaries) <= on_it(fleet), patience_s)

        centre = fleet.world.server.central
        centre.add_row("strategies", FOREIGN)
        for name in waiting:
            centre.add_row("strategy_steps", {"cloud": name, "state": "applying fw update strategy"})

        def are_held():
            holds = [hold.reason for name in waiting for hold in verdicts(fleet)[name].holds]
            return sum("dcmanager's firmware strategy is applying" in reason for reason in holds) == len(waiting)

        await fleet.until(are_held, patience_s)
        await fleet.until(lambda: set(size.names) - on_it(fleet) == {failing, *waiting}, patience_s)
        held_s = time.monotonic() - began
        assert centre.rows("strategies", {})[0]["state"] == "applying"  # nobody touched it

        centre.delete_rows("strategy_steps", {})
        centre.delete_rows("strategies", {})
        await fleet.until(lambda: set(size.names) - on_it(fleet) == {failing}, patience_s)
        await fleet.until(fleet.has_ended, patience_s)
        done_s = time.monotonic() - began

        assert fleet.one.count(MemberState.DONE) == size.sites - 1
        assert fleet.one.count(MemberState.FAILED) == 1
        assert fleet.most <= size.at_once
        told = verdicts(fleet)[failing]
        assert (told.state, "ostree pull failed" in told.message) == (State.FAILED, True), told.message
        assert all(r["prestage-status"] == "complete" for r in centre.rows("subclouds", {}))
    figures = (
        f"{size.sites} sites to {NEW}: all but the failing one and the {len(waiting)} of a foreign strategy after"
        f" {held_s:.0f} s, all but the failing one after {done_s:.0f} s; at most {fleet.most} at a time"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")
