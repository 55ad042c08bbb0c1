"""A live site becomes files, and the files say the site: following them changes nothing."""

from __future__ import annotations

import pytest

from reconciler.desired import load_site
from reconciler.engine.adoption import Wish, adopted
from reconciler.engine.adoption_reading import recorded
from reconciler.kinds import registry
from reconciler.model.errors import ConfigErrors
from reconciler.model.site import SiteFiles
from reconciler.model.words import Mode
from tests.adopt.living import SITES, inventory, system

KINDS = registry()
FLEET = (SITES / "fleet.yaml").read_bytes()
NAMES = sorted(folder.name for folder in (SITES / "subclouds").iterdir())


def files_of(name: str, found: dict, **how):
    return adopted(recorded(name, found, KINDS), KINDS, Wish(**how))


def reversed_rows(found: dict) -> dict:
    return {path: {key: list(reversed(rows)) for key, rows in body.items()} for path, body in found.items()}


@pytest.fixture
def ran():
    """The inventory of a site with one server."""
    return inventory(system("ottawa-001"))


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_site_of_the_example_is_what_its_files_say(name, is_short):
    one = files_of(name, inventory(system(name)), is_short=is_short)
    assert (one.is_exact, one.left_out, one.found.extra) == (True, (), ())


def test_the_same_site_gives_the_same_bytes_in_whatever_order_it_is_listed():
    found = inventory(system("plant-1"))
    assert files_of("plant-1", found).files == files_of("plant-1", reversed_rows(found)).files


def test_an_adopted_site_is_only_observed(ran):
    one = files_of("ottawa-001", ran, group="ran", beside={"fleet.yaml": FLEET})
    assert one.files["subclouds/ottawa-001/site.yaml"].startswith("name: ottawa-001\ngroup: ran\nmode: observe\n")
    said = SiteFiles("ottawa-001", "", "", {p: t.encode() for p, t in files_of("ottawa-001", ran).files.items()})
    assert load_site(said).settings.mode is Mode.OBSERVE


def test_the_short_form_is_shorter_and_leaves_out_idle_ports(ran):
    whole, short = (files_of("ottawa-001", ran, is_short=s).files for s in (False, True))
    path = "subclouds/ottawa-001/deployment-config.yaml"
    assert "class: none" in whole[path]
    assert "class: none" not in short[path]
    assert "mtu" not in short[path]
    assert short[path].count("\n") < whole[path].count("\n") * 0.8


def test_what_no_document_can_say_is_left_out_and_told(ran):
    ran["/v1/isystems"]["isystems"][0]["location"] = "Ottawa, ON"
    one = files_of("ottawa-001", ran)
    assert one.is_exact
    assert len(one.left_out) == 1
    assert one.left_out[0].startswith("System ottawa-001: location may have letters, digits, -, _, . and blanks only")
    assert "Ottawa, ON" not in "".join(one.files.values())


def test_an_element_that_lacks_what_it_must_have_is_left_out_whole(ran):
    ran["/v1/controller_fs"]["controller_fs"][0]["size"] = 0
    name = ran["/v1/controller_fs"]["controller_fs"][0]["name"]
    one = files_of("ottawa-001", ran)
    assert one.is_exact
    assert len(one.left_out) == 2
    assert f"name: {name}\n" not in one.files["subclouds/ottawa-001/deployment-config.yaml"]


def test_a_group_that_the_fleet_does_not_have_is_refused(ran):
    with pytest.raises(ConfigErrors, match='no group "rann"'):
        files_of("ottawa-001", ran, group="rann", beside={"fleet.yaml": FLEET})
