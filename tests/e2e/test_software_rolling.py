"""A fleet goes to another release by one commit: copied ahead, canaries, waves, a site that fails, somebody else's strategy."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from reconciler.model.rollout import MemberState
from reconciler.model.words import State
from reconciler.simulator.usm import releases
from reconciler.store import verdicts_of
from tests.e2e.rolling import Rolling, Size, rolling

NEW = "24.09.1"
SMALL = Size(sites=12, at_once=6, may_fail=3)
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


def strategies(fleet):
    return fleet.world.server.central.rows("strategies", {})


def made(fleet):
    """How often a strategy was asked for."""
    writes = fleet.world.server.central.system.journal.writes
    return sum((w.method, w.path, w.status) == ("POST", "/v1.0/sw-update-strategy", 200) for w in writes)


@dataclass(frozen=True)
class Way:
    """By whom. may_begin: when somebody else's strategy can appear. waiting: whom it keeps. told: in which words.

    words: of the site that fails.
    """

    by: str
    may_begin: Callable[[Rolling], bool]
    waiting: Callable[[Rolling], list[str]]
    told: str
    words: str


BY_SITE = Way(
    "site",
    lambda _fleet: True,
    lambda fleet: fleet.size.last[-2:],
    "dcmanager's firmware strategy is applying",
    "ostree pull failed",
)
BY_DCMANAGER = Way(
    "dcmanager",
    lambda fleet: not strategies(fleet),
    lambda fleet: sorted(set(fleet.size.ring) - on_it(fleet))[:1],
    "dcmanager has one strategy at a time: a firmware strategy is there, applying",
    "VIM strategy unexpected apply state. State: aborted",
)


def appears(fleet, way):
    """Somebody makes a strategy, if there is room for it: with steps for sites that wait for it, where it keeps only those."""
    if not way.may_begin(fleet):
        return False
    centre = fleet.world.server.central
    centre.add_row("strategies", FOREIGN)
    if way is BY_SITE:
        for name in way.waiting(fleet):
            centre.add_row("strategy_steps", {"cloud": name, "state": "applying fw update strategy"})
    return True


def goes(fleet):
    centre = fleet.world.server.central
    centre.delete_rows("strategy_steps", {})
    centre.delete_rows("strategies", {})


def are_held(fleet, way, names):
    known = verdicts(fleet)
    return all(any(way.told in hold.reason for hold in known[name].holds) for name in names)


def wants(secret, way):
    prestage = f'prestage: {{sysadmin: {{secretRef: "file:{secret}"}}}}'
    return f'software: {{release: "{NEW}", by: {way.by}, {prestage}}}'


@pytest.mark.parametrize("way", [BY_SITE, BY_DCMANAGER], ids=lambda way: f"by-{way.by}")
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(SMALL, id="12-sites"),
        pytest.param(LARGE, id="200-sites", marks=[pytest.mark.full, pytest.mark.timeout(3600)]),
    ],
)
async def test_a_fleet_goes_to_a_release_by_one_commit(tmp_path, size, way, capsys):
    secret = tmp_path / "sysadmin"
    secret.write_text("the-sysadmin-password")
    secret.chmod(0o600)
    patience_s = 180 + 4 * size.sites
    async with rolling(tmp_path, size) as fleet, fleet.controller("--gather", "1"):
        centre = fleet.world.server.central
        for row in centre.rows("subclouds", {}):
            centre.change_rows("subclouds", {"name": row["name"]}, {"sync": {**row["sync"], "software": "out-of-sync"}})
        for name in size.names:
            releases.fill(fleet.world.site(name).system)
        failing = size.ring[-1]
        fleet.world.site(failing).system.marks.add("deploy-host-fails:controller-0:ostree pull failed")
        await fleet.until(fleet.is_in_sync, patience_s)

        said = (fleet.clone.folder / FLEET_FILE).read_text()
        fleet.clone.commit({FLEET_FILE: said.replace("apply: auto}", f"apply: auto, {wants(secret, way)}}}")})
        began = time.monotonic()
        await fleet.until(lambda: set(size.canaries) <= on_it(fleet), patience_s)

        await fleet.until(lambda: appears(fleet, way), patience_s)
        there, ours = on_it(fleet), made(fleet)
        waiting = way.waiting(fleet)
        await fleet.until(lambda: are_held(fleet, way, waiting), patience_s)
        if way is BY_SITE:
            await fleet.until(lambda: set(size.names) - on_it(fleet) == {failing, *waiting}, patience_s)
        else:
            assert (on_it(fleet), made(fleet)) == (there, ours)
        held_s = time.monotonic() - began
        assert [row["state"] for row in strategies(fleet)] == ["applying"]  # nobody touched it

        goes(fleet)
        await fleet.until(lambda: set(size.names) - on_it(fleet) == {failing}, patience_s)
        await fleet.until(fleet.has_ended, patience_s)
        await fleet.until(lambda: not strategies(fleet), patience_s)
        done_s = time.monotonic() - began

        assert fleet.one.count(MemberState.DONE) == size.sites - 1
        assert fleet.one.count(MemberState.FAILED) == 1
        assert 0 < fleet.most <= size.at_once
        shown = {name: one.release for name, one in verdicts(fleet).items()}
        told = verdicts(fleet)[failing]
        assert {name for name, release in shown.items() if release == NEW} == set(size.names) - {failing}
        assert shown[failing] != NEW
        assert (told.state, way.words in told.message) == (State.FAILED, True), told.message
        rows = centre.rows("subclouds", {})
        assert all(r["prestage-status"] == "complete" for r in rows)
        assert {r["group_id"] for r in rows} == {1}
        assert bool(made(fleet)) is (way is BY_DCMANAGER)
    figures = (
        f"{size.sites} sites to {NEW} by {way.by}: {len(waiting)} held by a foreign strategy after {held_s:.0f} s, all"
        f" but the failing one after {done_s:.0f} s; at most {fleet.most} at a time; {made(fleet)} strategies"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")
