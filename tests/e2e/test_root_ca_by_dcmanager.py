"""The real controller has root certificates renewed by dcmanager's one strategy, where Git says so."""

from __future__ import annotations

import pytest

from reconciler.simulator.sysinv import kube_rootca
from tests.e2e.rolling import Size, rolling
from tests.e2e.test_software_rolling import FLEET_FILE, made, strategies

SIZE = Size(sites=2, at_once=2, may_fail=2)
PATIENCE_S = 120
DAY = "2060-06-01"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def days(fleet):
    found = (kube_rootca.authority(fleet.world.site(name).system)["ends"] for name in SIZE.names)
    return {ends[:10] for ends in found}


async def test_those_that_it_calls_out_of_sync_go_by_it_and_the_others_by_themselves(tmp_path):
    async with rolling(tmp_path, SIZE) as fleet:
        centre, (first, other) = fleet.world.server.central, SIZE.names
        (row,) = centre.rows("subclouds", {"name": first})
        centre.change_rows("subclouds", {"name": first}, {"sync": {**row["sync"], "kube-rootca": "out-of-sync"}})
        async with fleet.controller("--gather", "1"):
            await fleet.until(fleet.is_in_sync, PATIENCE_S)
            said = (fleet.clone.folder / FLEET_FILE).read_text()
            wanted = f'kubernetes: {{rootCa: {{validUntil: "{DAY}"}}, by: dcmanager}}'
            fleet.clone.commit({FLEET_FILE: said.replace("apply: auto}", f"apply: auto, {wanted}}}")})
            await fleet.until(lambda: days(fleet) == {DAY}, PATIENCE_S)
            await fleet.until(fleet.is_in_sync, PATIENCE_S)
            await fleet.until(lambda: not strategies(fleet), PATIENCE_S)
            assert made(fleet) == 1
        for name in SIZE.names:  # by whomever, its VIM was asked for one strategy, and lost it again
            sent = [w.method for w in fleet.world.writes(name) if "kube-rootca-update" in w.path]
            assert sent == ["POST", "POST", "DELETE"], name
        [body] = [
            w.body for w in centre.system.journal.writes if (w.method, w.path) == ("POST", "/v1.0/sw-update-strategy")
        ]
        assert (first in body, other in body, "kube-rootca-update" in body) == (True, False, True)
