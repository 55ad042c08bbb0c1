"""`stxr inventory` and `stxr simulate --inventory`: one system's twin, which shows what the system shows."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.adopt.living import SITES
from tests.adopt.proving import is_equal, seen
from tests.cli.serving import serving

PASSWORD, PAPER = "Madawaska-7", "LICENCE 4711 Ottawa"


@pytest.fixture
def read(stxr, tmp_path):
    """Writes the inventories of sites with the command, and reads them."""

    def read(endpoints: Path, name: str, folder: str):
        ended = stxr("inventory", name, "--repo", SITES, "--endpoints", endpoints, "-o", tmp_path / folder)
        assert (ended.code, ended.err) == (0, "")
        return tmp_path / folder / f"{name}.json"

    return read


def with_secrets(server, name: str) -> None:
    """A site with a password among its parameters, and a licence."""
    system = server.sites[name].system
    row = {"service": "docker", "section": "docker-registry", "name": "admin_password", "value": PASSWORD}
    system.insert("service_parameter", **row, personality=None, resource=None)
    system.insert("licence", content=PAPER)


@pytest.mark.parametrize("name", ["ottawa-001", "yard-east", "plant-1"])
def test_a_twin_shows_what_its_system_shows_and_no_secret(read, tmp_path, name):
    with serving(tmp_path / "endpoints.yaml", repo=SITES) as server:
        with_secrets(server, name)
        first = read(tmp_path / "endpoints.yaml", name, "first")
    assert PASSWORD not in first.read_text()
    assert PAPER not in first.read_text()
    with serving(tmp_path / "twin.yaml", inventory=first):
        second = read(tmp_path / "twin.yaml", name, "second")
    site, twin = (seen(orjson.loads(file.read_bytes()), name) for file in (first, second))
    assert (twin.system, twin.complete) == (site.system, site.complete)
    assert twin.resources.keys() == site.resources.keys()
    assert [key for key, one in site.resources.items() if not is_equal(one, twin.resources[key])] == []
    assert {"licence", "service-parameter", "host"} <= {key.kind for key in twin.resources}


def test_what_is_adopted_of_a_site_is_in_sync_with_its_twin(read, stxr, tmp_path):
    with serving(tmp_path / "endpoints.yaml", repo=SITES):
        file = read(tmp_path / "endpoints.yaml", "yard-east", "first")
        assert stxr("adopt", "yard-east", "--endpoints", tmp_path / "endpoints.yaml", "--into", "fleet").code == 0
    with serving(tmp_path / "twin.yaml", inventory=file):
        plan = stxr("plan", "yard-east", "--repo", "fleet", "--endpoints", tmp_path / "twin.yaml")
        assert (plan.code, plan.err) == (0, "")
