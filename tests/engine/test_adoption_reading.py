"""Sites are read side by side and whole, or not at all; each tells its own trouble."""

from __future__ import annotations

import orjson
import pytest

from reconciler.clients import SYSTEM_CLOCK, load, load_central, load_derived
from reconciler.engine.adoption_reading import Seen, Ways, of_file, reachable
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.simulator import endpoints
from reconciler.simulator.build_repo import builders
from reconciler.simulator.interference import Rule, Trouble
from reconciler.simulator.server import ServerOptions, serve
from tests.adopt.living import SITES, inventory, system

KINDS = registry()


@pytest.fixture
async def sites(tmp_path):
    """The example's sites behind real sockets, and how they are reached."""
    systems = builders(SITES)
    async with serve(systems, options=ServerOptions(password="simulated")) as server:
        endpoints.write(tmp_path / "endpoints.yaml", server.url, systems, "simulated")
        yield server.sites, Ways(load(tmp_path / "endpoints.yaml"))


@pytest.fixture
def unnamed(sites, tmp_path):
    """The same, and none of them named: dcmanager says what there is."""
    path = tmp_path / "endpoints.yaml"
    return Ways({}, load_derived(path), load_central(path))


async def read(ways, *names: str, at_once: int = 2) -> dict[str, Seen]:
    async with reachable(ways, SYSTEM_CLOCK) as known:
        return {one.site: one async for one in known.read(names, KINDS, at_once)}


async def named(ways):
    async with reachable(ways, SYSTEM_CLOCK) as known:
        return await known.names()


async def test_each_site_is_read_and_known_by_its_endpoint(sites):
    _, known = sites
    found = await read(known, "ottawa-001", "ottawa-002", "yard-east")
    assert {name: len(one.snapshot.system.hosts) for name, one in found.items()} == {
        "ottawa-001": 1,
        "ottawa-002": 1,
        "yard-east": len(system("yard-east").hosts()),
    }


async def test_sites_that_nobody_named_are_those_that_dcmanager_has(unnamed):
    assert {"ottawa-001", "yard-east"} <= await named(unnamed)
    found = await read(unnamed, "ottawa-001", "nowhere")
    assert list(found["ottawa-001"].snapshot.system.hosts) == ["controller-0"]
    assert str(found["nowhere"].error).startswith("nowhere: dcmanager has no subcloud of this name yet")


async def test_without_a_central_cloud_nobody_knows_them(unnamed):
    with pytest.raises(ConfigError, match="nothing says where the central cloud is"):
        await named(Ways({}, unnamed.derived))


async def test_sites_of_the_file_alone_need_no_central_cloud(sites):
    _, known = sites
    assert await named(known) == frozenset(known.endpoints)


async def test_a_site_of_which_a_list_is_not_read_is_not_read(sites):
    running, known = sites
    refused = Rule(Trouble.REFUSE, "GET", ".*/v1/routes.*", count=None, status=500, text="database is locked")
    running["ottawa-001"].interference.rules.append(refused)
    found = await read(known, "ottawa-001", "ottawa-002")
    assert found["ottawa-001"].snapshot is None
    assert str(found["ottawa-001"].error).startswith("routes was not read: ")
    assert found["ottawa-002"].error is None


def test_a_file_is_a_site(tmp_path):
    (tmp_path / "ottawa-001.json").write_bytes(orjson.dumps(inventory(system("ottawa-001"))))
    seen = of_file("ottawa-001", tmp_path / "ottawa-001.json", KINDS)
    assert list(seen.snapshot.system.hosts) == ["controller-0"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("not json", "no inventory"),
        ("[]", "not a mapping of lists"),
        ("{}", "no host is listed"),
        (None, "No such file"),
    ],
)
def test_what_is_no_inventory_says_so(tmp_path, content, why):
    file = tmp_path / "ottawa-001.json"
    if content is not None:
        file.write_text(content)
    seen = of_file("ottawa-001", file, KINDS)
    assert seen.snapshot is None
    assert why in str(seen.error)
