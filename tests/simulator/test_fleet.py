"""A generated fleet: how many of which kind, the same each time, and every site of it loads."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reconciler.desired import layers_of, load_site
from reconciler.model.errors import ConfigError
from reconciler.model.site import SiteFiles
from reconciler.simulator import build_repo, fleet

from .conftest import Api


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """Forty sites."""
    folder = tmp_path_factory.mktemp("forty") / "repo"
    fleet.write(folder, 40)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def files(root: Path, name: str) -> SiteFiles:
    everything = contents(root)
    shared = {path: blob for path, blob in everything.items() if not path.startswith("subclouds/")}
    own = {path: blob for path, blob in everything.items() if path.startswith(f"subclouds/{name}/")}
    return SiteFiles(name, "c0ffee", "k", {**shared, **own})


def test_sixteen_of_twenty_are_simplex_three_are_pairs_and_one_is_standard(root):
    kinds = Counter()
    for build in build_repo.builders(root).values():
        own = build().own
        kinds[own["system_type"], own["system_mode"]] += 1
    assert kinds == {("All-in-one", "simplex"): 32, ("All-in-one", "duplex"): 6, ("Standard", "duplex"): 2}


def test_a_standard_site_has_two_controllers_and_two_workers(root):
    name = next(name for name in build_repo.builders(root) if name.startswith("plant-"))
    hosts = Api(build_repo.build(root, name)).get("/ihosts")["ihosts"]
    assert Counter(host["personality"] for host in hosts) == {"controller": 2, "worker": 2}


def test_a_region_s_profile_reaches_a_fifth_of_all_sites(root):
    layers = Counter(layer for path in root.glob("subclouds/*/site.yaml") for layer in layers_of(path.read_bytes()))
    regions = {layer: count for layer, count in layers.items() if layer.startswith("ran-")}
    assert regions == dict.fromkeys(["ran-north", "ran-east", "ran-south", "ran-west"], 8)


def test_every_site_loads_without_a_complaint(root):
    for folder in (root / "subclouds").iterdir():
        site = load_site(files(root, folder.name))
        assert "controller-0" in site.hosts


def test_no_two_sites_share_a_mac_or_a_subnet(root):
    macs, subnets = [], []
    for folder in (root / "subclouds").iterdir():
        site = load_site(files(root, folder.name))
        macs += [host.text("bootMAC") or host.text("match", "bootMAC") for host in site.hosts.values()]
        subnets.append(site.bootstrap_values.text("external_oam_subnet"))
    assert len(set(macs)) == len(macs)
    assert len(set(subnets)) == len(subnets)


def test_the_same_count_and_seed_give_the_same_files(root, tmp_path):
    fleet.write(tmp_path / "again", 40)
    fleet.write(tmp_path / "other", 40, seed=1)
    assert contents(tmp_path / "again") == contents(root)
    assert contents(tmp_path / "other") != contents(root)


def test_a_larger_fleet_begins_with_the_smaller(root, tmp_path):
    names = fleet.write(tmp_path / "more", 60)
    assert names[:40] == fleet.write(tmp_path / "fewer", 40)


def test_a_folder_with_something_in_it_is_left_alone(root):
    before = contents(root)
    with pytest.raises(ConfigError, match="is not empty"):
        fleet.write(root, 5)
    assert contents(root) == before


@pytest.mark.parametrize("count", [0, -1, 32_001])
def test_only_so_many_have_subnets_of_their_own(tmp_path, count):
    with pytest.raises(ConfigError, match="--sites takes 1 to 32000"):
        fleet.write(tmp_path / "repo", count)
