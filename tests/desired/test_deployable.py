"""Whoever is about to have a site deployed is told everything that dcmanager would refuse, at file:line."""

import pytest

from reconciler.desired import fleet_part, load_site, sites_in, undeployable
from reconciler.model.errors import ConfigErrors
from tests.desired.test_subcloud_networks import BOOTSTRAP, written
from tests.desired.writing import AIO_SX, site_files

FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: canada
systemController:
  authUrl: https://10.10.10.2:5000/v3
  releases: ["24.09"]
  credentials: {username: stxr, password: {secretRef: env:STXR_PASSWORD}}
"""
INSTALL = {
    "bootstrap_interface": "eno1",
    "bootstrap_address": "10.10.10.12",
    "bootstrap_address_prefix": 24,
    "install_type": 3,
    "bmc_address": "10.10.10.112",
    "bmc_username": "root",
}


def site(bootstrap=(), install=INSTALL, name="ottawa"):
    files = {
        "deployment-config.yaml": AIO_SX,
        "bootstrap-values.yaml": written(BOOTSTRAP | {"name": name} | dict(bootstrap)),
    }
    files |= {"install-values.yaml": written(install)} if install else {}
    return load_site(site_files(files, None, name))


def told(*args, releases=(), **kwargs):
    return [str(error) for error in undeployable(site(*args, **kwargs), releases)]


def test_what_is_complete_is_deployable_with_install_values_and_without():
    assert told() == told(install=None) == []


@pytest.mark.parametrize("key", [key for key in BOOTSTRAP if key != "name"])
def test_each_required_value_is_missed(key):
    assert (
        f"subclouds/ottawa/bootstrap-values.yaml:1:1: bootstrap-values.yaml: {key} is missing: dcmanager wants it"
        in told({key: None})
    )


@pytest.mark.parametrize("key", list(INSTALL))
def test_each_required_install_value_is_missed(key):
    assert told(install={k: v for k, v in INSTALL.items() if k != key}) == [
        f"subclouds/ottawa/install-values.yaml:1:1: install-values.yaml: {key} is missing: dcmanager wants it"
    ]


def test_a_simplex_site_may_say_its_range_as_one_address():
    one = {
        "management_start_address": None,
        "management_end_address": None,
        "management_floating_address": "192.168.101.2",
    }
    assert told(one) == []
    assert len(told({**one, "system_mode": "duplex"})) == 2


def test_an_admin_network_is_said_whole():
    assert told({"admin_subnet": "192.168.7.0/24"}) != []


def test_without_bootstrap_values_nothing_is_deployed():
    bare = load_site(site_files({"deployment-config.yaml": AIO_SX}, None, "ottawa"))
    assert [str(error) for error in undeployable(bare)] == [
        "subclouds/ottawa: bootstrap-values.yaml is missing: dcmanager deploys nothing without it"
    ]


def test_a_release_that_the_centre_does_not_know_is_told():
    values = INSTALL | {"software_version": '"22.12"'}
    assert told(install=values) == []
    [error] = told(install=values, releases=["24.09", "25.09"])
    assert error.endswith("software_version 22.12 is no release that the centre can deploy (24.09, 25.09)")
    assert told(install=INSTALL | {"software_version": '"24.09"'}, releases=["24.09.1"]) == []


def test_what_the_controller_would_deploy_lacks_what_fleet_yaml_says_of_releases():
    """`lacks` keeps a plan from being begun; whose place in the central cloud Git does not say is not deployed."""
    files = {
        "deployment-config.yaml": AIO_SX,
        "bootstrap-values.yaml": written(BOOTSTRAP | {"name": "ottawa", "software_version": '"22.12"'}),
        "site.yaml": "subcloud: {state: managed}\n",
    }
    fleet = {"fleet.yaml": FLEET}
    [lacking] = load_site(site_files(files, fleet, "ottawa")).lacks
    assert lacking.startswith("subclouds/ottawa/bootstrap-values.yaml:")
    assert lacking.endswith("software_version 22.12 is no release that the centre can deploy (24.09)")
    assert load_site(site_files({**files, "site.yaml": "mode: plan\n"}, fleet, "ottawa")).lacks == ()


def test_which_releases_there_are_reaches_the_sites_that_are_subclouds():
    other = FLEET.replace("24.09", "25.09")
    reached = [
        fleet_part(FLEET.encode(), text) != fleet_part(other.encode(), text)
        for text in (b"subcloud: {state: managed}\n", b"mode: plan\n")
    ]
    assert reached == [True, False]


def test_releases_of_both_files_are_the_same():
    [error] = told({"software_version": '"25.09"'}, INSTALL | {"software_version": '"24.09"'})
    assert "software_version is 25.09, and 24.09 at subclouds/ottawa/install-values.yaml:7" in error


def test_secrets_stand_in_no_file():
    canary = "Canary-0815*"
    found = told({"admin_password": canary}, INSTALL | {"bmc_password": canary})
    assert [error.split(": ")[0] for error in found] == [
        "subclouds/ottawa/bootstrap-values.yaml:11:17",
        "subclouds/ottawa/install-values.yaml:7:15",
    ]
    assert canary not in str(found)
    assert told(install=INSTALL | {"bmc_password": "{secretRef: env:BMC}"}) == []


def test_what_dcmanager_sets_itself_is_not_said():
    [error] = told({"region_name": "RegionOne"})
    assert error.endswith("region_name is set by dcmanager itself: take it out")


def test_a_name_of_digits_only_is_refused_with_the_whole_site():
    assert sites_in(["subclouds/12345/site.yaml"]) == ("12345",)
    with pytest.raises(ConfigErrors, match="12345"):
        site(name="12345")
