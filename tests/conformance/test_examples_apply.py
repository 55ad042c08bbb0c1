"""The Deployment Manager's examples as site-config repositories: applied, planned again, applied again.

The calls of the first apply are compared with files that were reviewed (golden/). After a change that is meant:
`STXR_GOLDEN=write make conformance`, and review the difference as what it is: other calls to a platform in service.
"""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.model.errors import asks_to_wait
from reconciler.model.words import Result
from tests.conformance.callbook import Callbook
from tests.conformance.test_examples_load import example
from tests.docs.test_readme_runs import STXR, run
from tests.e2e.world import World, playing

pytestmark = pytest.mark.conformance

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = (
    "aio-dx",
    "aio-dx-rook-ceph-deployment-open",
    "aio-dx-vxlan",
    "aio-sx",
    "aio-sx-app-armor",
    "aio-sx-day2-bootstrap",
    "aio-sx-day2-principal",
    "aio-sx-ethernet-rate-limit",
    "aio-sx-geo-location",
    "aio-sx-hw-settle",
    "aio-sx-kernel",
    "aio-sx-rook-ceph-deployment-controller",
    "aio-sx-rook-ceph-deployment-open",
    "aio-sx-single-nic",
    "aio-sx-vxlan",
    "standard",
    "standard-app-armor",
    "standard-bond",
    "standard-rook-ceph-deployment-dedicated",
    "storage",
)
FOURTH_TIME_SERVER = "  - 3.pool.ntp.org\n"
# the two that no platform takes as they are, and what is wrong there: what is written, and what was meant
MENDED = {
    "aio-sx-day2-principal": {FOURTH_TIME_SERVER: ""},
    "aio-sx-geo-location": {
        "latitude: 45.35189954974955": 'latitude: "45.35189954974955"',
        "longitude: -75.91866628453701": 'longitude: "-75.91866628453701"',
    },
}
LACKING = {"aio-sx-ethernet-rate-limit", "standard-bond"}  # these name networks that they do not define
SITE = "ottawa"
SETTINGS = """\
name: {site}
mode: apply
apply: auto
layers: [{layer}]
"""
BOOTSTRAP = """\
name: {site}
system_mode: {mode}
external_oam_subnet: 10.10.10.0/24
external_oam_gateway_address: 10.10.10.1
external_oam_floating_address: 10.10.10.2
"""
INSTALL = """\
software_version: "24.09"
bootstrap_interface: enp0s3
install_type: {type}
"""
# what two of them name and do not define, as aio-sx-vxlan defines it
MISSING = "".join(
    f"""
apiVersion: starlingx.windriver.com/v1
kind: DataNetwork
metadata:
  name: {name}
spec:
  type: vxlan
  mtu: 1400
  vxlan:
    endpointMode: static
    ttl: 10
    udpPortNumber: 4789
---"""
    for name in ("group0-vxlan0", "group0-vxlan0b", "group0-vxlan1", "group0-vxlan-ext0")
) + "".join(
    f"""
apiVersion: starlingx.windriver.com/v1
kind: AddressPool
metadata:
  name: {name}-pool
spec:
  subnet: "{subnet}"
  prefix: {prefix}
  allocation:
    order: sequential
    ranges:
    - start: "{subnet.removesuffix("0") + "2"}"
      end: "{subnet.removesuffix("0") + last}"
---
apiVersion: starlingx.windriver.com/v1
kind: PlatformNetwork
metadata:
  name: {name}
spec:
  type: other
  dynamic: true
  associatedAddressPools:
  - {name}-pool
---"""
    for name, subnet, prefix, last in (
        ("group0-data0v4", "192.168.57.0", 24, "10"),
        ("group0-data0v6", "fd00:0:0:1::", 64, "a"),
        ("group0-data1v4", "192.168.58.0", 24, "10"),
        ("group0-data1v6", "fd00:0:0:2::", 64, "a"),
    )
)


@dataclass
class Play:
    """One example's site, and the book of the calls that it was sent."""

    world: World
    book: Callbook


def mended(text: str, name: str) -> str:
    """The example as it was meant."""
    for written, meant in MENDED.get(name, {}).items():
        assert text.count(written) == 1, written
        text = text.replace(written, meant)
    return text


def repository(text: str, name: str, root: Path, site_name: str = SITE) -> Path:
    """A site-config repository with a site more: the example's text, and beside it what it does not say."""
    layer_name = "missing" if name in LACKING else "none"
    site, layer = root / "subclouds" / site_name, root / "profiles" / layer_name
    site.mkdir(parents=True)
    layer.mkdir(parents=True, exist_ok=True)
    is_sx, is_aio = name.startswith("aio-sx"), name.startswith("aio-")
    files = {
        root / "fleet.yaml": "apiVersion: stxr.io/v1\nkind: Fleet\nname: examples\n",
        site / "site.yaml": SETTINGS.format(site=site_name, layer=layer_name),
        site / "bootstrap-values.yaml": BOOTSTRAP.format(site=site_name, mode="simplex" if is_sx else "duplex"),
        site / "install-values.yaml": INSTALL.format(type=2 if is_aio else 0),
        site / "deployment-config.yaml": text,
        layer / "deployment-config.yaml": MISSING if name in LACKING else "",
    }
    for path, content in files.items():
        path.write_text(content)
    return root


@asynccontextmanager
async def bootstrapped(text: str, name: str, scratch: Path):
    root = repository(text, name, scratch / "repo")
    async with playing(root, scratch) as world:
        yield Play(world, Callbook.of(world.site(SITE).system))


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_is_applied_once_and_then_nothing_is_left_to_do(shared, tmp_path, name):
    async with bootstrapped(mended(example(shared, name), name), name, tmp_path) as play:
        first = (await play.world.converge(SITE))[SITE]
        assert (first.error, first.outcome and first.outcome.result) == (None, Result.DONE)
        assert [fault for fault in play.book.refusals if not asks_to_wait(fault)] == []

        assert await play.world.is_in_sync(SITE)

        sent = len(play.world.writes(SITE))
        assert (await play.world.applied(SITE)).result is Result.IN_SYNC
        assert play.world.writes(SITE)[sent:] == []
        assert_no_more_than_it_takes(play)
        assert_golden(name, play.book.lines)


def test_every_example_is_applied_here(shared):
    assert sorted(EXAMPLES) == sorted(path.stem for path in (shared / "examples/deployment-config").glob("*.yaml"))


def test_all_of_them_are_a_fleet_that_can_be_simulated_and_planned_for(shared, tmp_path):
    for name in EXAMPLES:
        repository(mended(example(shared, name), name), name, tmp_path / "repo", site_name=name)
    simulate = ["simulate", "--repo", "repo", "--port", "0", "--endpoints-out", "endpoints.yaml"]
    with subprocess.Popen([*STXR, *simulate], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as simulator:
        try:
            assert f"{len(EXAMPLES)} simulated sites" in simulator.stdout.readline()
            ended = run(
                ["plan", "--all", "--repo", "repo", "--endpoints", "endpoints.yaml", "--format", "json"], tmp_path
            )
        finally:
            simulator.terminate()
    plans = {plan["site"]: plan for plan in json.loads(ended.stdout)["sites"]}
    assert (ended.returncode, sorted(plans)) == (2, sorted(EXAMPLES)), ended.stderr
    assert [name for name, plan in plans.items() if plan.get("error") or not plan["plan"]["stages"]] == []


async def test_a_fourth_time_server_is_said_to_be_one_too_many_and_the_rest_is_applied(shared, tmp_path):
    name = "aio-sx-day2-principal"
    async with bootstrapped(example(shared, name), name, tmp_path) as play:
        assert (await play.world.applied(SITE)).result is Result.HELD
        left = (await play.world.judged(SITE)).plan
        assert [(b.key.kind, b.reason) for b in left.blocked] == [
            ("ntp", "the platform takes 3 time servers, Git says 4")
        ]
        assert (left.stages, play.book.refusals) == ((), [])


def assert_no_more_than_it_takes(play: Play) -> None:
    """Each host was unlocked once and never locked; what was deleted was made again elsewhere."""
    hosts = [row["hostname"] for row in play.world.site(SITE).rows("ihosts", {})]
    walked = {host: tuple(play.world.count(SITE, what, host) for what in ("lock", "unlock")) for host in hosts}
    assert walked == dict.fromkeys(hosts, (0, 1))
    calls = [(host, method, path.split("/")[2]) for host, method, path, *_ in map(str.split, play.book.lines)]
    deleted = {(host, collection) for host, method, collection in calls if method == "DELETE"}
    assert deleted <= {(host, collection) for host, method, collection in calls if method == "POST"}


def assert_golden(name: str, lines: list[str]) -> None:
    """The calls are those of the reviewed file."""
    file, text = GOLDEN / f"{name}.txt", "\n".join(lines) + "\n"
    if os.environ.get("STXR_GOLDEN") == "write":
        file.write_text(text)
    assert text == file.read_text()
