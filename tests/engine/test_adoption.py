"""A live site becomes files, and the files say the site: following them changes nothing."""

from __future__ import annotations

import pytest

from reconciler.clients.bodies import reveal
from reconciler.desired import load_site
from reconciler.engine.adoption import Wish, adopted
from reconciler.engine.adoption_reading import recorded
from reconciler.kinds import registry
from reconciler.model.errors import ConfigErrors
from reconciler.model.site import SiteFiles
from reconciler.model.words import Mode
from tests.adopt.left_out import unexplained
from tests.adopt.living import SITES, inventory, system

KINDS = registry()
FLEET = (SITES / "fleet.yaml").read_bytes()
NAMES = sorted(folder.name for folder in (SITES / "subclouds").iterdir())


def files_of(name: str, found: dict, **how):
    return adopted(recorded(name, found, KINDS), KINDS, Wish(**how))


def reversed_rows(found: dict) -> dict:
    """Lists the other way round; what is no list has no order."""
    return {path: {key: _reversed(rows) for key, rows in body.items()} for path, body in found.items()}


def _reversed(rows):
    return rows[::-1] if isinstance(rows, list) else rows


PASSWORD = "Ottawa-1-Madawaska"


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


@pytest.fixture
def secretive(ran):
    """The same with secrets of every kind that a site shows something of."""
    ran["/v1/ihosts"]["ihosts"][0] |= {"bm_type": "redfish", "bm_ip": "10.30.0.9", "bm_username": "root"}
    custom = {
        "uuid": "d1c1ee8d",
        "service": "docker",
        "section": "docker-registry",
        "personality": None,
        "resource": None,
    }
    ran["/v1/service_parameter"]["parameters"] += [
        {**custom, "name": "admin_password", "value": PASSWORD},
        {**custom, "name": "auth", "value": "****"},
        {**custom, "name": "url", "value": "registry.example.com"},
    ]
    authority = {"certtype": "ssl_ca", "signature": "ssl_ca_77", "expiry_date": "2030-01-01T00:00:00+00:00"}
    ran["/v1/certificate"]["certificates"] += [{**authority, "uuid": "a77", "subject": "CN=Ottawa"}]
    return ran


def test_a_secret_is_a_reference_or_a_note_and_is_nowhere_in_clear(secretive):
    one = files_of("ottawa-001", secretive)
    text = "".join(one.files.values())
    assert one.is_exact
    assert PASSWORD not in text + "".join(one.untold)
    assert "****" not in text
    assert "registry.example.com" in text
    assert {note.partition(":")[0] for note in one.untold} == {
        "certificate/ssl_ca_77",
        "host/controller-0",
        "service-parameter/docker/docker-registry/admin_password",
        "service-parameter/docker/docker-registry/auth",
    }


def test_the_password_of_board_management_is_looked_for_where_a_person_is_told_to_put_it(secretive, monkeypatch):
    monkeypatch.setenv("BM_OTTAWA_001_CONTROLLER_0", "what the platform does not show")
    assert reveal("env:BM_OTTAWA_001_CONTROLLER_0").get_secret_value() == "what the platform does not show"
    one = files_of("ottawa-001", secretive)
    assert one.files["subclouds/ottawa-001/site.yaml"].endswith("""\
secrets:
  bm-controller-0:
    secretRef: env:BM_OTTAWA_001_CONTROLLER_0
    username: root
""")
    assert any("give it in env:BM_OTTAWA_001_CONTROLLER_0" in note for note in one.untold)


@pytest.mark.parametrize("name", ["ottawa-001", "yard-east", "plant-1"])
def test_what_the_files_leave_out_has_a_reason_each(name):
    assert unexplained(inventory(system(name)), name) == []


def test_secrets_are_left_out_for_a_reason(secretive):
    assert unexplained(secretive, "ottawa-001") == []
