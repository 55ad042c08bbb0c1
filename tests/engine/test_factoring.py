"""A fleet that was adopted becomes as short as the layers that a person would have written, and says the same."""

from __future__ import annotations

import random

import pytest

from reconciler.desired import load_site, said
from reconciler.engine import factoring
from reconciler.engine.factoring import factor
from reconciler.model.errors import ConfigError
from reconciler.model.site import SiteFiles
from tests.adopt import fleets

COUNT = 200


@pytest.fixture(scope="module")
def source():
    """The fleet in the layers of its author."""
    return fleets.layered(COUNT)


@pytest.fixture(scope="module")
def whole(source):
    """Each site as adopting writes it alone."""
    return fleets.whole(source)


@pytest.fixture(scope="module")
def found(whole):
    return factor(whole)


def test_it_is_as_short_as_what_its_author_wrote(source, whole, found):
    assert found.before == fleets.lines(whole)
    assert found.after <= 1.1 * fleets.lines(source)


def test_every_site_says_what_its_author_said(source, found):
    shared = {path: text for profile in found.profiles for path, text in profile.files.items()}
    for name, files in source.items():
        content = {path: text.encode() for path, text in {**shared, **found.sites[name]}.items()}
        written = SiteFiles(name, "", "", content)
        assert set(map(repr, said(load_site(written)))) == set(map(repr, said(load_site(files))))


def test_each_shape_is_a_profile_that_is_called_by_its_configuration(found):
    sites = {profile.name: len(profile.sites) for profile in found.profiles}
    assert sites == {"common": 200, "aio-sx": 140, "aio-dx": 40, "standard": 20}


def test_a_usual_site_is_its_layers_and_its_values(found):
    assert found.sites["sc-0003"] == {
        "subclouds/sc-0003/site.yaml": "name: sc-0003\nmode: observe\nlayers:\n- common\n- aio-dx\nvalues:\n"
        "  site: sc-0003\n  oam_ipv4_net: 10.0.3\n"
        "  location: Town 3\n"
        '  controller_0_boot_mac: "52:54:00:00:03:00"\n'
        '  controller_1_boot_mac: "52:54:00:00:03:01"\n'
    }


def test_an_outlier_says_what_is_different(found):
    files = found.sites["sc-0000"]
    assert files["subclouds/sc-0000/deployment-config.yaml"].endswith(
        "spec:\n  overrides:\n    interfaces:\n      ethernet:\n      - port:\n          name: enp0s3\n        mtu: 9000\n"
    )


def test_in_another_order_it_is_the_same_to_the_byte(whole, found):
    names = list(whole)
    random.Random(7).shuffle(names)
    again = factor({name: whole[name] for name in names})
    assert {p.name: p.files for p in again.profiles} == {p.name: p.files for p in found.profiles}
    assert again.sites == found.sites


def test_a_fleet_that_would_not_be_shorter_stays_as_it_is():
    site = {"deployment-config.yaml": b"", "site.yaml": b"name: a\n"}
    alone = {"a": SiteFiles("a", "", "", {f"subclouds/a/{name}": content for name, content in site.items()})}
    assert factor(alone) == factoring.Factoring((), {}, 1, 1)


def test_a_site_that_would_say_something_else_is_refused_by_name_and_place(whole, monkeypatch):
    def wrong(site, head):
        files = dict(real(site, head))
        files["site.yaml"] = files["site.yaml"].replace("location: Town", "location: Village")
        return files

    real = factoring.site_files
    monkeypatch.setattr(factoring, "site_files", wrong)
    few = {name: whole[name] for name in list(whole)[:12]}
    with pytest.raises(ConfigError, match=r"subclouds/sc-0000/: .*location would not be what it was"):
        factor(few)
