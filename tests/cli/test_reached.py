"""Commands over sites that no file of the operator's names: dcmanager says where they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from tests.adopt.living import SITES
from tests.cli.serving import serving


@pytest.fixture
def endpoints(tmp_path):
    """The endpoints file of a simulator that runs, with no entry for any site."""
    file = tmp_path / "endpoints.yaml"
    with serving(file, repo=SITES):
        said = yaml.safe_load(file.read_text())
        del said["endpoints"]
        file.write_text(yaml.safe_dump(said))
        yield file


@pytest.fixture
def sites(tmp_path) -> Path:
    """The site-config repository, to be changed."""
    return shutil.copytree(SITES, tmp_path / "sites")


def test_a_site_that_is_a_folder_in_git_is_planned(stxr, endpoints, sites):
    ended = stxr("plan", "ottawa-001", "yard-east", "--repo", sites, "--endpoints", endpoints)
    assert (ended.code, ended.err) == (2, "")
    assert "2 sites, 0 in sync" in ended.out


def test_a_folder_without_a_subcloud_says_so_and_stops_no_other(stxr, endpoints, sites):
    folder = (sites / "subclouds/ottawa-002").rename(sites / "subclouds/ottawa-909")
    for own in folder.iterdir():
        own.write_text(own.read_text().replace("name: ottawa-002", "name: ottawa-909"))
    ended = stxr("plan", "ottawa-001", "ottawa-909", "--repo", sites, "--endpoints", endpoints)
    assert ended.code == 3
    assert "ottawa-909: dcmanager has no subcloud of this name yet. Check that dcmanager brings it up" in ended.err
    assert "ottawa-001" in ended.out


def test_every_subcloud_is_adopted_that_nobody_wrote_down_anywhere(stxr, endpoints):
    ended = stxr("adopt", "--all", "--endpoints", endpoints, "--into", "fleet")
    assert (ended.code, ended.err) == (0, "")
    names = sorted(folder.name for folder in (SITES / "subclouds").iterdir())
    assert sorted(folder.name for folder in Path("fleet/subclouds").iterdir()) == names
    plan = stxr("plan", "--all", "--repo", "fleet", "--endpoints", endpoints)
    assert (plan.code, plan.err) == (0, "")


def test_a_site_that_dcmanager_does_not_have_cannot_be_adopted(stxr, endpoints):
    ended = stxr("adopt", "ottawa-909", "--endpoints", endpoints, "--into", "fleet")
    assert ended.code == 1
    assert f"{endpoints}: has no site ottawa-909; it has " in ended.err


def test_the_controllers_of_its_hosts_are_found_as_those_of_all(stxr, endpoints, sites):
    ended = stxr("board", "ottawa-001", "--repo", sites, "--endpoints", endpoints)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("controller-0")
