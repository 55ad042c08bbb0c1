"""Which controllers Git names, and which it does not."""

from __future__ import annotations

import pytest

from reconciler.desired import board_places, boot_macs, load_site
from reconciler.model.board import BoardPlace
from reconciler.model.site import SiteFiles

HOSTS = """\
apiVersion: starlingx.windriver.com/v1
kind: HostProfile
metadata: {{name: any}}
spec:
  personality: controller
{board}
---
apiVersion: starlingx.windriver.com/v1
kind: Host
metadata: {{name: controller-0}}
spec: {{profile: any}}
"""
MANAGED = """\
  boardManagement:
    type: {type}
    address: "{address}"
    credentials: {{password: {{secret: board}}}}
"""
SITE = 'secrets: {board: {username: root, secretRef: "env:BOARD"}}\n'
INSTALL = """\
bmc_address: 192.0.2.30
bmc_username: installer
bmc_password: {secretRef: "env:INSTALLER"}
"""


def places(board: str = "", *, site: str = SITE, install: str = "") -> tuple[BoardPlace, ...]:
    folder = "subclouds/ottawa/"
    texts = {"deployment-config.yaml": HOSTS.format(board=board), "site.yaml": site, "install-values.yaml": install}
    files = {folder + name: text.encode() for name, text in texts.items() if text}
    return board_places(load_site(SiteFiles("ottawa", "c", "k", files)))


def managed(kind: str = "redfish", address: str = "192.0.2.20") -> str:
    return MANAGED.format(type=kind, address=address)


def test_a_hosts_own_controller_has_the_password_of_the_secret_that_it_names():
    assert places(managed()) == (
        BoardPlace("ottawa", "controller-0", "https://192.0.2.20", "root", "env:BOARD", in_git=True),
    )


def test_an_ipv6_address_stands_in_brackets():
    [place] = places(managed(address="2001:db8::20"))
    assert place.url == "https://[2001:db8::20]"


def test_the_first_host_is_found_in_what_the_installer_is_told():
    [place] = places(install=INSTALL)
    assert (place.host, place.url, place.username, place.password) == (
        "controller-0",
        "https://192.0.2.30",
        "installer",
        "env:INSTALLER",
    )


def test_a_hosts_own_controller_counts_before_the_installers():
    [place] = places(managed(), install=INSTALL)
    assert place.username == "root"


@pytest.mark.parametrize("kind", ["ipmi", "none"])
def test_a_controller_without_redfish_is_not_asked(kind):
    assert places(managed(kind), install=INSTALL) == ()


def test_without_a_password_it_is_known_and_does_not_let_us_in():
    for found in (places(managed(), site=""), places(install=INSTALL.replace("bmc_password", "# bmc_password"))):
        assert [(place.host, place.lets_us_in) for place in found] == [("controller-0", False)]


def test_where_its_own_secret_is_not_said_the_installers_account_is_taken():
    [place] = places(managed(), site="", install=INSTALL)
    assert (place.username, place.url) == ("installer", "https://192.0.2.30")


MAC = "52:54:00:0A:00:01"


@pytest.mark.parametrize("spec", [f"overrides: {{bootMAC: '{MAC}'}}", f"match: {{bootMAC: '{MAC}'}}"])
def test_the_mac_by_which_a_host_boots_is_found_where_git_says_it(spec):
    text = HOSTS.format(board="").replace("profile: any}", f"profile: any, {spec}}}")
    files = {"subclouds/ottawa/deployment-config.yaml": text.encode()}
    assert boot_macs(load_site(SiteFiles("ottawa", "c", "k", files))) == {"controller-0": MAC.lower()}
