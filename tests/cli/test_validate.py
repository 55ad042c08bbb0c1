"""`stxr validate`: every mistake at file:line, exit 1, nothing asked and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.cli.validate import ending
from reconciler.model.ignore import Rule
from tests.cli.conftest import EXAMPLE
from tests.desired.writing import AIO_SX, document

pytestmark = pytest.mark.usefixtures("offline")

SITE = "subclouds/ottawa/site.yaml"
DEPLOYMENT = "subclouds/ottawa/deployment-config.yaml"
BOOTSTRAP = "subclouds/ottawa/bootstrap-values.yaml"
FLEET = "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\n"
GOOD = {
    "fleet.yaml": FLEET,
    SITE: "layers: [ran]\n",
    BOOTSTRAP: "name: ottawa\n",
    DEPLOYMENT: AIO_SX,
    "profiles/ran/deployment-config.yaml": document("DataNetwork", "midhaul", "  type: vlan"),
}
BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
)
PROFILE = AIO_SX.index("  personality")


def own(text):
    """The deployment-config with a document more; it begins in line 53."""
    return {DEPLOYMENT: AIO_SX + text}


def of_profile(text):
    """The deployment-config with lines more at the head of the profile's spec, line 24."""
    return {DEPLOYMENT: AIO_SX[:PROFILE] + text + AIO_SX[PROFILE:]}


def errors(ended):
    return [line.removeprefix("error: ") for line in ended.err.splitlines() if line.startswith("error: ")]


def test_what_is_well_formed_is_summed_up_and_ends_with_0(stxr, root):
    ended = stxr("validate", "--repo", root(GOOD))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "1 site, 14 resources: all valid\n"


def test_the_example_repository_is_valid(stxr):
    ended = stxr("validate", "--repo", EXAMPLE)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("all valid\n")


BAD = {
    "wrong type": (of_profile("  powerOn: maybe\n"), f"{DEPLOYMENT}:24:12: HostProfile aio-sx: powerOn must be true or false"),
    "unknown key in our own file": ({SITE: "modus: plan\n"}, f"{SITE}:1:8: site: modus is not known; known are mode, "),
    "unknown key in fleet.yaml": ({"fleet.yaml": FLEET + "color: red\n"}, "fleet.yaml:4:8: fleet: color is not known"),
    "profile cycle": (of_profile("  base: aio-sx\n"), f"{DEPLOYMENT}:24:9: the base profiles go in a circle: aio-sx → aio-sx"),
    "missing profile": (of_profile("  base: aio-dx\n"), f'{DEPLOYMENT}:24:9: no HostProfile "aio-dx": did you mean "aio-sx"?'),
    "missing layer": ({SITE: "layers: [rna]\n"}, f'{SITE}:1:10: no layer "rna": there is no file profiles/rna/*.yaml'),
    "undefined name": (
        {SITE: "values: {mtu: 1500}\n"} | own(document("DataNetwork", "a", "  type: flat\n  mtu: ${mtuu}")),
        f"{DEPLOYMENT}:60:8: ${{mtuu}} is not defined: did you mean ${{mtu}}?",
    ),
    "interface name given twice": (
        {DEPLOYMENT: AIO_SX.replace("name: data0", "name: oam0")},
        f'{DEPLOYMENT}:37:13: host controller-0 has two interfaces named "oam0", first at {DEPLOYMENT}:32: rename',
    ),
    "network that nobody defines": (
        {DEPLOYMENT: AIO_SX.replace("[physnet0]", "[physnet1]")},
        f'{DEPLOYMENT}:39:22: no DataNetwork document "physnet1": did you mean "physnet0"?',
    ),
    "all-digit MAC without quotes": (
        {DEPLOYMENT: AIO_SX.replace("08:00:27:1c:2b:3d", "11:22:33:44:55:06")},
        (f'{DEPLOYMENT}:17:14: Host controller-0: match.bootMAC must be text, and YAML reads 11:22:33:44:55:06 as the '
        'number 8846009706: write "11:22:33:44:55:06"'),
    ),
    "release without quotes": (
        {BOOTSTRAP: "name: ottawa\nsoftware_version: 24.10\n"},
        (f'{BOOTSTRAP}:2:19: bootstrap-values.yaml: software_version must be text, and YAML reads 24.10 as the number '
        '24.1: write "24.10"'),
    ),
    "duplicate key": (own("---\na: 1\na: 2\n"), f'{DEPLOYMENT}:55:1: the key "a" is given twice'),
    "alias bomb": ({DEPLOYMENT: BOMB}, f"{DEPLOYMENT}:6:15: more than 200,000 values with aliases expanded"),
    "name of another folder": (
        {SITE: "name: toronto\n"},
        f'{SITE}:1:7: name is "toronto" and the folder is "ottawa": they must be the same',
    ),
    "no YAML": ({DEPLOYMENT: "a: [1\nb: 2\n"}, f"{DEPLOYMENT}:2:2: "),
    "a tab": ({DEPLOYMENT: "a:\n\tb: 1\n"}, f"{DEPLOYMENT}:2:1: "),
    "no UTF-8": ({DEPLOYMENT: b"a: \xff\xfe\n"}, f"{DEPLOYMENT}:1"),
    "a value that a kind refuses": (of_profile("  kernel: fast\n"), f"{DEPLOYMENT}:24:11: "),
    "a folder that cannot name a subcloud": ({"subclouds/Ottawa/site.yaml": ""}, 'subclouds/Ottawa/: "Ottawa" cannot name'),
}  # fmt: skip


@pytest.mark.parametrize(("files", "said"), BAD.values(), ids=BAD)
def test_a_mistake_is_told_at_its_place_and_ends_with_1(stxr, root, files, said):
    ended = stxr("validate", "--repo", root(GOOD | files))
    assert ended.code == 1
    assert [e for e in errors(ended) if e.startswith(said)], ended.err
    assert ended.out.endswith("1 invalid\n")
    assert "Traceback" not in ended.err


def test_a_file_of_two_mebibytes_is_told_by_its_name(stxr, root):
    ended = stxr("validate", "--repo", root(GOOD | {DEPLOYMENT: "#" * (2 << 20)}))
    assert ended.code == 1
    assert errors(ended) == [f"{DEPLOYMENT}: the file is too long (2,097,152 bytes, the limit is 1,048,576): split it"]


def test_a_link_is_told_by_its_name(stxr, root):
    folder = root(GOOD)
    (folder / DEPLOYMENT).unlink()
    (folder / DEPLOYMENT).symlink_to("/etc/hostname")
    ended = stxr("validate", "--repo", folder)
    assert (ended.code, errors(ended)) == (
        1,
        [f"{folder / DEPLOYMENT}: a symbolic link is never read; put a regular file there"],
    )


def test_an_empty_root_is_an_error_and_not_no_sites(stxr, root):
    folder = root({})
    ended = stxr("validate", "--repo", folder)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"stxr: {folder}")
    assert "neither fleet.yaml nor subclouds/; check the path" in ended.err


def test_a_root_without_a_site_is_an_error_too(stxr, root):
    ended = stxr("validate", "--repo", root({"fleet.yaml": FLEET}))
    assert ended.code == 1
    assert ended.err == "stxr: the repository has no site: there is no folder subclouds/NAME; check --repo and --path\n"


@pytest.mark.parametrize("where", ["/no/such/folder", "sites", "ftp://example.com/sites"])
def test_a_repository_that_cannot_be_is_told_with_what_may_be_given(stxr, where):
    ended = stxr("validate", "--repo", where)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("stxr: ")
    assert where in ended.err


def test_every_mistake_of_every_site_is_told_at_once_and_a_shared_one_once(stxr, root):
    files = GOOD | {
        "subclouds/hull/site.yaml": "layers: [ran]\n",
        "subclouds/fine/site.yaml": "mode: plan\n",
        "profiles/ran/deployment-config.yaml": document("DataNetwork", "midhaul", "  type: vlam"),
        SITE: "layers: [ran]\ngroup: 5\n",
    }
    ended = stxr("validate", "--repo", root(files))
    assert [e.split(": ")[0] for e in errors(ended)] == ["profiles/ran/deployment-config.yaml:7:9", f"{SITE}:2:8"]
    assert ended.out == "3 sites, 0 resources: 2 invalid\n"


def test_only_the_named_sites_are_checked(stxr, root):
    files = GOOD | {"subclouds/hull/site.yaml": "modus: plan\n"}
    assert stxr("validate", "ottawa", "--repo", root(files)).code == 0
    assert stxr("validate", "hull", "--repo", root(files)).code == 1


def test_a_name_that_is_no_site_is_told_with_those_that_are_near(stxr, root):
    ended = stxr("validate", "otawa", "--repo", root(GOOD))
    assert (ended.code, ended.err) == (1, "stxr: no site otawa in the repository; did you mean ottawa?\n")


def test_what_the_author_should_know_is_a_warning_and_no_error(stxr, root):
    ended = stxr("validate", "--repo", root(GOOD | own("---\napiVersion: v1\nkind: Secret\nmetadata: {name: bmc}\n")))
    assert ended.code == 0
    assert ended.err.startswith(f"warning: {DEPLOYMENT}:54: Secret bmc: the values are dropped unread")


def test_a_system_controller_without_a_folder_is_warned_of(stxr, root):
    fleet = f"{FLEET}central: {{site: central-1, groups: {{east: {{}}}}}}\n"
    ended = stxr("validate", "--repo", root(GOOD | {"fleet.yaml": fleet}))
    missing = "there is no folder subclouds/central-1: nobody keeps what is said here"
    assert (ended.code, ended.err) == (0, f"warning: fleet.yaml:4: central: {missing}\n")


def test_secrets_in_clear_are_warned_of_and_not_shown(stxr, root):
    ended = stxr("validate", "--repo", root(GOOD | {BOOTSTRAP: "name: ottawa\nadmin_password: hunter2\n"}))
    assert (ended.code, "hunter2" in ended.err + ended.out) == (0, False)
    assert "admin_password stands in clear in Git" in ended.err


def test_json_says_the_same_for_programs(stxr, root):
    ended = stxr("validate", "--repo", root(GOOD | {SITE: "modus: plan\n"}), "--format", "json")
    [site] = json.loads(ended.out)["sites"]
    assert (ended.code, site["site"], site["resources"]) == (1, "ottawa", 0)
    assert site["errors"][0].startswith(f"{SITE}:1:8: ")


def test_a_folder_of_a_larger_repository_is_named_by_path(stxr, example):
    assert stxr("validate", "--repo", example.folder, "--path", "sites").code == 0


def test_checking_a_folder_leaves_nothing_behind(stxr, example):
    stxr("validate", "--repo", example.folder, "--path", "sites")
    assert list(Path().iterdir()) == []
    assert example.git("status", "--porcelain") == ""


def test_a_revision_is_checked_as_it_was_committed(stxr, example):
    example.write({"sites/subclouds/plant-1/site.yaml": "modus: plan\n"})
    assert stxr("validate", "--repo", example.folder, "--path", "sites").code == 1
    assert stxr("validate", "--repo", example.folder, "--path", "sites", "--rev", "main").code == 0


def test_a_revision_that_does_not_exist_is_told(stxr, example):
    ended = stxr("validate", "--repo", example.folder, "--path", "sites", "--rev", "mian")
    assert (ended.code, "no commit 'mian'" in ended.err) == (1, True)


def ignoring(text):
    return GOOD | {SITE: f"layers: [ran]\nignore:\n- {text}\n"}


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("{kind: nttp, reason: x}", 'ignore: there is no kind "nttp": did you mean ntp or https?'),
        ("{kind: ethernet, field: mtuu, reason: x}", 'ignore: ethernet has no field "mtuu": did you mean mtu?'),
        (
            "{kind: ethernet, field: zzz, reason: x}",
            'ignore: ethernet has no field "zzz": `stxr kinds ethernet` lists them',
        ),
    ],
)
def test_a_rule_about_what_there_is_not_is_an_error(stxr, root, rule, error):
    ended = stxr("validate", "--repo", root(ignoring(rule)))
    assert (ended.code, errors(ended)) == (1, [f"{SITE}:3: {error}"])


def test_a_rule_that_has_ended_or_ends_soon_is_a_warning():
    rule = Rule(kind="ethernet", field="mtu", reason="vendor", until="2026-12-01T00:00:00Z", where="fleet.yaml:6")
    said = "fleet.yaml:6: ignore ethernet field mtu (vendor)"
    assert [list(ending([rule], rule.until + s)) for s in (-15 * 86_400, -86_400, 0)] == [
        [],
        [f"{said} ends at 2026-12-01 00:00 UTC"],
        [f"{said} has ended, and counts no more: take it out, or give it another end"],
    ]


def test_a_rule_that_has_ended_stops_nothing(stxr, root):
    ended = stxr("validate", "--repo", root(ignoring('{kind: ethernet, reason: x, until: "2020-01-01T00:00:00Z"}')))
    assert (ended.code, ended.err.startswith(f"warning: {SITE}:3: ignore ethernet (x) has ended")) == (0, True)


def test_since_a_revision_only_the_sites_that_the_edits_reach_are_checked(stxr, example):
    words = ("validate", "--repo", example.folder, "--path", "sites", "--since", "HEAD")
    assert stxr(*words).out == "0 sites, 0 resources: all valid\n"
    plant = "sites/subclouds/plant-1/site.yaml"
    example.write({plant: (example.folder / plant).read_text().replace("name: plant-1", "nme: plant-1")})
    ended = stxr(*words)
    assert (ended.code, ended.out) == (1, "1 site, 0 resources: 1 invalid\n")
    assert stxr(*words, "plant-2").out == "0 sites, 0 resources: all valid\n"


def test_since_a_revision_a_new_site_is_held_against_all_others(stxr, example):
    folder = example.folder / "sites/subclouds/ottawa-001"
    twin = {
        f"sites/subclouds/a-twin/{file.name}": file.read_text().replace("ottawa-001", "a-twin")
        for file in folder.iterdir()
    }
    example.write(twin)
    ended = stxr("validate", "--repo", example.folder, "--path", "sites", "--since", "HEAD")
    assert (ended.code, ended.out.splitlines()[-1].endswith("1 invalid")) == (1, True)
    assert "meet those of a-twin" in ended.err


NETWORK = """
system_mode: simplex
management_subnet: 192.168.101.0/24
management_start_address: 192.168.101.2
management_end_address: 192.168.101.50
management_gateway_address: 192.168.101.1
systemcontroller_gateway_address: 192.168.204.101
external_oam_subnet: 10.10.10.0/24
external_oam_gateway_address: 10.10.10.1
external_oam_floating_address: 10.10.10.12
"""


def test_addresses_of_two_sites_that_meet_are_an_error_of_the_later(stxr, root):
    both = {
        "fleet.yaml": FLEET,
        "subclouds/east/bootstrap-values.yaml": f"name: east{NETWORK}",
        "subclouds/west/bootstrap-values.yaml": f"name: west{NETWORK}",
    }
    ended = stxr("validate", "--repo", root(both))
    assert (ended.code, ended.out) == (1, "2 sites, 2 resources: 1 invalid\n")
    [told] = errors(ended)
    assert told.startswith("subclouds/west/bootstrap-values.yaml:4:")
    assert "meet those of east" in told


def test_what_dcmanager_would_miss_is_told_when_asked_for(stxr, root):
    folder = root(GOOD | {BOOTSTRAP: f"name: ottawa{NETWORK}"})
    assert stxr("validate", "--repo", folder, "--deployable").code == 0
    folder = root(GOOD)
    assert stxr("validate", "--repo", folder).code == 0
    ended = stxr("validate", "--repo", folder, "--deployable")
    assert ended.code == 1
    assert f"{BOOTSTRAP}:1:1: bootstrap-values.yaml: system_mode is missing: dcmanager wants it" in errors(ended)


CENTRE = """
systemController:
  authUrl: https://10.0.0.1:5000/v3
  credentials: {username: admin, password: {secretRef: "env:CENTRE"}}
  releases: ["24.09", "25.09"]
"""


def test_a_release_that_fleet_yaml_does_not_name_is_told(stxr, root):
    bootstrap = f'name: ottawa{NETWORK}software_version: "22.12"\n'
    ended = stxr(
        "validate", "--deployable", "--repo", root(GOOD | {"fleet.yaml": FLEET + CENTRE, BOOTSTRAP: bootstrap})
    )
    [told] = errors(ended)
    assert told.startswith(f"{BOOTSTRAP}:11:19: ")
    assert told.endswith("software_version 22.12 is no release that the centre can deploy (24.09, 25.09)")
