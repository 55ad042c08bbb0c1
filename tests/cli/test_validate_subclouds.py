"""What goes wrong in the files of a new subcloud: each mistake is told at file:line by `stxr validate --deployable`, and nothing is sent.

Two subclouds that could be deployed, one mistake at a time: the row says which line of which file becomes what, and what is
told there.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import yaml

from tests.canaries import Canary, found
from tests.cli.test_validate import errors
from tests.desired.writing import AIO_SX
from tests.secret_places import FREE, PLACES, written

pytestmark = pytest.mark.usefixtures("offline")

FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: canada
systemController:
  authUrl: https://10.0.0.1:5000/v3
  credentials: {username: stxr, password: {secretRef: env:CENTRE}}
  releases: ["24.09", "25.09"]
groups:
  east: {mode: plan}
"""
BOOTSTRAP = """\
name: ottawa
system_mode: simplex
software_version: "24.09"
management_subnet: 192.168.101.0/24
management_start_address: 192.168.101.2
management_end_address: 192.168.101.50
management_gateway_address: 192.168.101.1
systemcontroller_gateway_address: 192.168.204.101
external_oam_subnet: 10.10.10.0/24
external_oam_gateway_address: 10.10.10.1
external_oam_floating_address: 10.10.10.12
"""
INSTALL = """\
software_version: "24.09"
bootstrap_interface: eno1
bootstrap_address: 10.10.10.12
bootstrap_address_prefix: 24
install_type: 3
bmc_address: 10.10.10.112
bmc_username: root
"""
SITE = "name: ottawa\ngroup: east\nsubcloud: {sysadmin: {secretRef: env:SYSADMIN}, board: {secretRef: env:BOARD}}\n"
OTHER = {"ottawa": "hull", ".101.": ".102.", "10.10.10.": "10.10.11.", "08:00:27": "08:00:28"}
BOOT, INST, OWN, DEPLOYMENT = "bootstrap-values.yaml", "install-values.yaml", "site.yaml", "deployment-config.yaml"
TEXTS = {BOOT: BOOTSTRAP, INST: INSTALL, OWN: SITE, DEPLOYMENT: AIO_SX}


def named(site, text):
    for old, new in OTHER.items() if site != "ottawa" else ():
        text = text.replace(old, new)
    return text


GOOD = {"fleet.yaml": FLEET} | {
    f"subclouds/{site}/{file}": named(site, text) for site in ("ottawa", "hull") for file, text in TEXTS.items()
}


@dataclass(frozen=True)
class Mistake:
    """In a file of ottawa a text becomes another one; what is told begins at the line where that stands."""

    file: str
    was: str
    now: str
    told: str

    @property
    def path(self):
        return self.file if self.file == "fleet.yaml" else f"subclouds/ottawa/{self.file}"

    @property
    def files(self):
        before = GOOD[self.path]
        assert before.count(self.was) == 1, f"{self.was} is no place in {self.file}"
        return GOOD | {self.path: before.replace(self.was, self.now)}

    @property
    def line(self):
        return GOOD[self.path].partition(self.was)[0].count("\n") + 1


SWAPPED = """\
management_subnet: "fd01::/64,192.168.101.0/24"
management_start_address: "192.168.101.2,fd01::2"
management_end_address: "192.168.101.50,fd01::50"
management_gateway_address: "192.168.101.1,fd01::1"
"""
SINGLE = BOOTSTRAP[BOOTSTRAP.index("management_subnet") : BOOTSTRAP.index("systemcontroller")]
MISTAKES = {
    "a range that meets another subcloud's": Mistake(
        BOOT, SINGLE, SINGLE.replace(".101.", ".102."),
        "the management addresses 192.168.102.2 to 192.168.102.50 meet those of hull"),
    "another subcloud's board": Mistake(INST, "bmc_address: 10.10.10.112", "bmc_address: 10.10.11.112",
        "bmc_address 10.10.11.112 is that of hull (at subclouds/hull/install-values.yaml:6)"),
    "a gateway outside its subnet": Mistake(BOOT, "management_gateway_address: 192.168.101.1",
        "management_gateway_address: 192.168.7.1", "192.168.7.1 is outside its subnet 192.168.101.0/24"),
    "a gateway that is given out": Mistake(BOOT, "management_gateway_address: 192.168.101.1",
        "management_gateway_address: 192.168.101.9", "is one of those that are given out"),
    "an OAM gateway outside its subnet": Mistake(BOOT, "external_oam_gateway_address: 10.10.10.1",
        "external_oam_gateway_address: 10.10.9.1", "10.10.9.1 is outside its subnet 10.10.10.0/24"),
    "a range outside its subnet": Mistake(BOOT, "management_start_address: 192.168.101.2",
        "management_start_address: 192.168.7.2", "192.168.7.2 is outside its subnet 192.168.101.0/24"),
    "a range that ends before it begins": Mistake(BOOT, "management_end_address: 192.168.101.50",
        "management_end_address: 192.168.101.1", "comes before management_start_address 192.168.101.2"),
    "the way to the centre inside the subcloud's own network": Mistake(BOOT,
        "systemcontroller_gateway_address: 192.168.204.101", "systemcontroller_gateway_address: 192.168.101.20",
        "lies in management_subnet 192.168.101.0/24: it is an address of the centre's own management network"),
    "the way to the centre of another family": Mistake(BOOT,
        "systemcontroller_gateway_address: 192.168.204.101", 'systemcontroller_gateway_address: "fd00::1"',
        "is IPv6, and management_subnet is IPv4 first: they must be of one family"),
    "a prefix of IPv6 that is too long": Mistake(BOOT, SINGLE, """\
management_subnet: "fd01::/127"
management_start_address: "fd01::2"
management_end_address: "fd01::3"
management_gateway_address: "fd01::1"
""", "management_subnet fd01::/127 is too small: 4 addresses are the least"),
    "a prefix of IPv6 that is too short": Mistake(BOOT, "external_oam_subnet: 10.10.10.0/24", 'external_oam_subnet: "fd02::/48"',
        "fd02::/48 is too large: /64 is the shortest prefix of IPv6"),
    "two families in another order than their subnets": Mistake(BOOT, SINGLE, SWAPPED,
        "management_start_address 192.168.101.2 is IPv4, and its subnet fd01::/64 is not"),
    "a range that is too small for two controllers": Mistake(BOOT, f'system_mode: simplex\nsoftware_version: "24.09"\n{SINGLE}',
        f"system_mode: duplex\nsoftware_version: \"24.09\"\n{SINGLE.replace('.50', '.3')}",
        "management addresses 192.168.101.2 to 192.168.101.3 are too few: 3 are the least"),
    "a board of another family than OAM": Mistake(INST, "bmc_address: 10.10.10.112", 'bmc_address: "fd00::12"',
        "bmc_address is IPv6, and bootstrap_address"),
    "a release that the centre does not have": Mistake(BOOT, 'software_version: "24.09"', 'software_version: "22.12"',
        "software_version 22.12 is no release that the centre can deploy (24.09, 25.09)"),
    "a release as a number": Mistake(BOOT, 'software_version: "24.09"', "software_version: 24.10",
        "software_version must be text, and YAML reads 24.10 as the number 24.1"),
    "a release to run that the centre does not have": Mistake(OWN, "group: east\n", 'group: east\nsoftware: {release: "22.12"}\n',
        "software.release 22.12 is no release that the centre can deploy"),
    "an image of another release": Mistake(INST, "bmc_username: root", "bmc_username: root\nimage: /iso/25.09/bootimage.iso",
        "image is of 25.09, and 24.09 is installed"),
    "a type of installation that there is not": Mistake(INST, "install_type: 3", "install_type: 9",
        "install_type must be at most 5"),
    "a Standard controller on a simplex system": Mistake(INST, "install_type: 3", "install_type: 1",
        "install_type 1 installs a Standard controller, and system_mode"),
    "a group that fleet.yaml does not have": Mistake(OWN, "group: east", "group: eats", 'no group "eats": fleet.yaml defines east'),
    "the name of another folder": Mistake(BOOT, "name: ottawa", "name: hull",
        'name is "hull" and the folder is "ottawa": they must be the same'),
    "a host that is given twice": Mistake(DEPLOYMENT, AIO_SX, AIO_SX * 2, "is given twice"),
    "a required value that is missing": Mistake(BOOT, "system_mode: simplex\n", "", "system_mode is missing: dcmanager wants it"),
    "a required value of the installation that is missing": Mistake(INST, "bootstrap_interface: eno1\n", "",
        "bootstrap_interface is missing: dcmanager wants it"),
    "a value that dcmanager sets itself": Mistake(BOOT, "name: ottawa\n", "region_name: RegionOne\nname: ottawa\n",
        "region_name is set by dcmanager itself: take it out"),
    "a password in clear": Mistake(INST, "bmc_username: root", "bmc_username: root\nbmc_password: hunter2",
        "bmc_password stands in clear in Git"),
}  # fmt: skip
ELSEWHERE = {
    "a range that meets another subcloud's": 5,
    "two families in another order than their subnets": 5,
    "a range that is too small for two controllers": 6,
    "an image of another release": 8,
    "a release to run that the centre does not have": 3,
    "a host that is given twice": None,
    "a required value that is missing": 1,
    "a required value of the installation that is missing": 1,
    "a password in clear": 8,
}
"""Lines that are another than the one that changed: of the range's first address, of the second of two, of the file's head."""


@pytest.fixture
def validated(stxr, root):
    def validated(files):
        return stxr("validate", "--deployable", "--repo", root(files))

    return validated


def test_what_could_be_deployed_is_valid(validated):
    ended = validated(GOOD)
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_told_at_its_line_before_anything_is_sent(validated, what):
    mistake = MISTAKES[what]
    ended = validated(mistake.files)
    line = ELSEWHERE.get(what, mistake.line)
    at = f"{mistake.path}:{line}:" if line else f"{mistake.path}:"
    assert ended.code == 1
    told = [error for error in errors(ended) if error.startswith(at)]
    assert [error for error in told if mistake.told in error], ended.err
    assert "hunter2" not in ended.err + ended.out
    assert ended.out.endswith("invalid\n")


def test_a_name_of_digits_alone_is_told_by_its_folder(validated):
    moved = {path.replace("/ottawa/", "/12345/"): text for path, text in GOOD.items()}
    ended = validated(moved)
    assert ended.code == 1
    assert 'subclouds/12345/: "12345" cannot name a subcloud' in ended.err


def test_a_former_name_that_two_subclouds_claim_is_told_at_the_line_of_the_later_one(validated):
    """As in a folder that was copied: the first that is visited would be given the subcloud of that name."""
    both = {
        f"subclouds/{site}/site.yaml": named(site, SITE).replace("subcloud: {", "subcloud: {formerNames: [gatineau], ")
        for site in ("ottawa", "hull")
    }
    ended = validated(GOOD | both)
    assert ended.code == 1
    told = "site: gatineau is a former name of hull too (at subclouds/hull/site.yaml:3): one of them never had it"
    assert errors(ended) == [f"subclouds/ottawa/site.yaml:3:26: {told}"]


def test_addresses_of_nodes_on_a_simplex_system_are_told_to_count_for_nothing(validated):
    """The playbook takes only the floating one there: no error, for the site would be deployed all the same."""
    more = f"{BOOTSTRAP}external_oam_node_0_address: 10.10.10.13\n"
    ended = validated(GOOD | {"subclouds/ottawa/bootstrap-values.yaml": more})
    assert ended.code == 0
    assert "warning: subclouds/ottawa/bootstrap-values.yaml:12:" in ended.err
    assert "external_oam_node_0_address counts for nothing where system_mode is simplex" in ended.err


@pytest.mark.parametrize(
    ("functions", "kind", "told"),
    [
        ("[controller, worker]", 0, "installs a Standard controller, and subfunctions of controller-0"),
        ("[controller]", 3, "installs an All-in-one controller, and subfunctions of controller-0"),
    ],
)
def test_what_is_installed_and_what_the_host_is_to_be_are_one(validated, functions, kind, told):
    files = GOOD | {
        "subclouds/ottawa/deployment-config.yaml": AIO_SX.replace(
            "  personality", f"  subfunctions: {functions}\n  personality", 1
        ),
        "subclouds/ottawa/install-values.yaml": INSTALL.replace("install_type: 3", f"install_type: {kind}"),
        "subclouds/ottawa/bootstrap-values.yaml": BOOTSTRAP.replace("simplex", "duplex"),
    }
    ended = validated(files)
    [error] = [each for each in errors(ended) if "install_type" in each]
    assert error.startswith("subclouds/ottawa/install-values.yaml:5:15: ")
    assert told in error


# ---- a secret in clear, wherever one may stand

IN_GIT = [place for place in PLACES if place.file in {"site", "fleet", "install-values", "bootstrap-values"}]
FORMS = {"in the stead of a reference": lambda text: text, "as a reference": lambda text: {"secretRef": text}}


def in_clear(place, leaf):
    """The file with a secret at its place, behind what it says already; and the line where the secret stands."""
    path = "fleet.yaml" if place.file == "fleet" else f"subclouds/ottawa/{place.file}.yaml"
    said, more = yaml.safe_load(GOOD[path]), written(place, leaf)
    kept = {key: value for key, value in said.items() if key not in more}
    text = yaml.safe_dump(kept, sort_keys=False) + yaml.safe_dump(more, width=500)
    return path, text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", IN_GIT, ids=lambda place: f"{place.file} {place.path}")
def test_a_secret_in_clear_is_told_at_its_line_and_never_shown(validated, place, form):
    canary = Canary(place.path)
    path, text = in_clear(place, FORMS[form](canary.value))
    ended = validated(GOOD | {path: text})
    line = next(number for number, said in enumerate(text.splitlines(), 1) if canary.ends[0] in said)
    assert ended.code == 1
    assert [error for error in errors(ended) if error.startswith(f"{path}:{line}:")], ended.err
    assert found({"": canary}, {"": (ended.out + ended.err).encode()}) == []


def test_every_place_that_no_schema_has_is_tried_too():
    assert {place.path for place in IN_GIT} > set(FREE)
