"""The Deployment Manager's examples as site-config repositories: applied, planned again, applied again.

The calls of the first apply are compared with files that were reviewed (golden/). After a change that is meant:
`STXR_GOLDEN=write make conformance`, and review the difference as what it is: other calls to a platform in service.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.model.errors import asks_to_wait
from reconciler.model.words import Result
from tests.conformance.callbook import Callbook
from tests.conformance.test_examples_load import example
from tests.e2e.world import World, playing

pytestmark = pytest.mark.conformance

GOLDEN = Path(__file__).parent / "golden"
EXAMPLES = (
    "aio-sx",
    "aio-sx-kernel",
    "aio-dx",
    "standard",
    "storage",
    "standard-bond",
    "aio-sx-single-nic",
    "aio-sx-vxlan",
)
SITE = "ottawa"
SETTINGS = """\
name: ottawa
mode: apply
apply: auto
layers: [ours]
"""
BOOTSTRAP = """\
name: ottawa
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
# what standard-bond names and does not define, as aio-sx-vxlan defines it
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


def repository(shared: Path, name: str, root: Path) -> Path:
    """A site-config repository with one site: the example, and beside it what it does not say."""
    site, layer = root / "subclouds" / SITE, root / "profiles/ours"
    site.mkdir(parents=True)
    layer.mkdir(parents=True)
    is_sx, is_aio = name.startswith("aio-sx"), name.startswith("aio-")
    files = {
        root / "fleet.yaml": "apiVersion: stxr.io/v1\nkind: Fleet\nname: examples\n",
        site / "site.yaml": SETTINGS,
        site / "bootstrap-values.yaml": BOOTSTRAP.format(mode="simplex" if is_sx else "duplex"),
        site / "install-values.yaml": INSTALL.format(type=2 if is_aio else 0),
        site / "deployment-config.yaml": example(shared, name),
        layer / "deployment-config.yaml": MISSING if name == "standard-bond" else "",
    }
    for path, text in files.items():
        path.write_text(text)
    return root


@asynccontextmanager
async def bootstrapped(shared: Path, name: str, scratch: Path):
    root = repository(shared, name, scratch / "repo")
    async with playing(root, scratch) as world:
        yield Play(world, Callbook.of(world.site(SITE).system))


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_is_applied_once_and_then_nothing_is_left_to_do(shared, tmp_path, name):
    async with bootstrapped(shared, name, tmp_path) as play:
        first = (await play.world.converge(SITE))[SITE]
        assert (first.error, first.outcome and first.outcome.result) == (None, Result.DONE)
        assert [fault for fault in play.book.refusals if not asks_to_wait(fault)] == []

        assert await play.world.is_in_sync(SITE)

        sent = len(play.world.writes(SITE))
        assert (await play.world.applied(SITE)).result is Result.IN_SYNC
        assert play.world.writes(SITE)[sent:] == []
        assert_no_more_than_it_takes(play)
        assert_golden(name, play.book.lines)


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
