"""Somebody changes sites by hand: who is paged by the real Prometheus and Alertmanager, with what, how often."""

from __future__ import annotations

import sys
import time

import orjson
import pytest

from reconciler.simulator.exchange import Request
from reconciler.simulator.interference import Connection
from tests.e2e.paging import MONITORS, watched
from tests.e2e.rolling import Size, rolling

SMALL, LARGE = Size(sites=24, at_once=4), Size(sites=300, at_once=4)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not all(MONITORS), reason="Prometheus or Alertmanager is not installed"),
]
RIGHT, WRONG = "10.0.0.53,10.0.1.53", "10.9.9.9"


def set_by_hand(fleet, name, servers):
    """A person's `system dns-modify`."""
    site = fleet.world.site(name)
    (row,) = site.system.tables.rows("idns")
    wanted = {"nameservers": servers, "action": "apply"}
    said = orjson.dumps([{"op": "replace", "path": f"/{path}", "value": value} for path, value in wanted.items()])
    answer = site.system.handle(Request("PATCH", f"/v1/idns/{row['uuid']}", {}, {"User-Agent": "a person"}, said))
    assert answer.status == 200, answer.body
    site.settle()


def alerts(found):
    return [(alert["labels"]["alertname"], alert["labels"].get("subcloud")) for alert in found]


def is_drift(alert):
    return alert["labels"]["alertname"].startswith("StxrDrift")


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(SMALL, id="24-sites"),
        pytest.param(LARGE, id="300-sites", marks=[pytest.mark.full, pytest.mark.timeout(900)]),
    ],
)
async def test_one_site_is_named_a_wave_is_one_page_and_a_dead_controller_is_seen(tmp_path, size, capsys):
    async with rolling(tmp_path, size) as fleet:
        only_told(fleet)
        await paged(fleet, tmp_path, size, capsys)


def only_told(fleet):
    """What somebody changed by hand is not set back."""
    said = (fleet.clone.folder / "fleet.yaml").read_text()
    fleet.clone.commit({"fleet.yaml": said.replace("apply: auto", "apply: auto, heal: never")})


async def paged(fleet, tmp_path, size, capsys):
    async with watched(fleet, tmp_path) as it:
        await fleet.until(fleet.is_in_sync, 60 + size.sites)
        began = time.monotonic()
        one, dark, *others = size.names

        set_by_hand(fleet, one, WRONG)
        await it.look(one)
        (alert,) = await it.until(lambda found: any(map(is_drift, found)), 90)
        assert (alert["labels"]["subcloud"], alert["labels"]["group"]) == (one, "default")
        assert "profiles/common/deployment-config.yaml:" in alert["annotations"]["description"]
        assert alert["annotations"]["runbook_url"].endswith(f"{alert['labels']['alertname']}.md")
        set_by_hand(fleet, one, RIGHT)
        await it.look(one)
        await it.until(lambda found: not found, 90)
        paged_for_one = [page for receiver, page in it.pages if receiver != "dead-mans-switch"]

        set_by_hand(fleet, dark, WRONG)
        await it.look(dark)
        fleet.world.site(dark).interference.connection = Connection.RESET
        await it.look(dark)
        await it.until(lambda found: alerts(found) == [("StxrSubcloudUnreachable", dark)], 120)
        fleet.world.site(dark).interference.connection = Connection.UP
        set_by_hand(fleet, dark, RIGHT)
        await it.look(dark)
        await it.until(lambda found: not found, 90)

        told, wave = len(it.pages), others[: size.sites * 2 // 3]
        for name in wave:
            set_by_hand(fleet, name, WRONG)
        await it.look(*wave)
        await it.until(lambda found: any(a["labels"]["alertname"] == "StxrDriftWave" for a in found), 180)
        while await it.metric("sum(stxr:subclouds_drifted)") < len(wave):
            await it.until(lambda found: True, 1)

        def pages():
            """Messages that reached a person since the wave began."""
            sent = [page for receiver, page in it.pages[told:] if receiver != "dead-mans-switch"]
            return [page for page in sent if page["groupLabels"]["alertname"] != "StxrControllerDown"]

        await it.until(lambda _: bool(pages()), 30)
        it.kill()
        await it.until(lambda found: alerts(found) == [("StxrControllerDown", None)], 90)
        assert len(pages()) <= 2, [page["groupLabels"] for page in pages()]
        took = time.monotonic() - began
    with capsys.disabled():
        sys.stdout.write(
            f"\n{size.sites} sites: {len(paged_for_one)} page for one site, {len(pages())} for {len(wave)}; {took:.0f} s\n"
        )
