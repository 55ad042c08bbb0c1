"""The release and the Kubernetes that Git says, in fleet.yaml and in site.yaml."""

from __future__ import annotations

import pytest

from reconciler.desired import fleet_part, load_site
from reconciler.model.errors import ConfigErrors
from tests.desired.writing import site_files

FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: canada
systemController:
  authUrl: https://10.10.10.2:5000/v3
  releases: ["24.09", "25.03.1"]
  credentials: {username: stxr, password: {secretRef: env:STXR_PASSWORD}}
defaults:
  software:
    prestage: {sysadmin: {secretRef: env:SYSADMIN}}
groups:
  east:
    software: {release: "24.09.1"}
    kubernetes: {version: v1.30.6}
"""
SITE_FILE = "subclouds/ottawa/site.yaml"


def loaded(site_yaml, fleet=FLEET):
    return load_site(site_files({"site.yaml": site_yaml}, {"fleet.yaml": fleet}))


def refusals(site_yaml, fleet=FLEET):
    with pytest.raises(ConfigErrors) as refused:
        loaded(site_yaml, fleet)
    return str(refused.value)


def test_each_part_is_said_by_the_site_its_group_or_the_defaults():
    site = loaded('group: east\nsoftware: {release: "25.03.1", rollback: true}\n')
    assert site.software.plain() == {
        "release": "25.03.1",
        "rollback": True,
        "prestage": {"sysadmin": {"secretRef": "env:SYSADMIN"}},
    }
    assert (site.software.get("release").origin.file, site.software.get("prestage").origin.file) == (
        SITE_FILE,
        "fleet.yaml",
    )
    assert site.kubernetes.plain() == {"version": "v1.30.6"}


def test_a_site_of_which_nobody_says_a_release_has_none():
    site = loaded("{}\n", "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\n")
    assert (site.software, site.kubernetes) == (None, None)


def test_a_release_whose_text_yaml_would_lose_is_refused_where_it_stands():
    """24.10 is the number 24.1 to a reader of YAML."""
    told = refusals("software: {release: 24.10}\n")
    assert f"{SITE_FILE}:1" in told
    assert 'write "24.10"' in told


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ('software: {release: "latest"}', "must be a release"),
        ("software: {release: 24.09.1, undo: true}", "software.undo is not known"),
        ("software: {rollback: sometimes}", "software.rollback"),
        ("software: {prestage: {sysadmin: secret}}", "sysadmin"),
        ("kubernetes: {version: newest}", "must be a version such as v1.30.6"),
        ("kubernetes: {rootCa: {renewBefore: soon}}", "must be a duration"),
        ('kubernetes: {rootCa: {validUntil: "2036-13-01"}}', "must be a day"),
        ("kubernetes: {rootCa: {renewBefore: 90d, subject: O=Example}}", "CN the last is needed"),
        ("kubernetes: {rootCa: {subject: CN=ran}}", "say renewBefore or validUntil"),
    ],
)
def test_what_cannot_be_meant_is_refused(said, word):
    told = refusals(f"{said}\n")
    assert word in told
    assert f"{SITE_FILE}:1" in told


@pytest.mark.parametrize("release", ["24.09", "24.09.7", "25.03.1"])
def test_a_release_that_the_centre_can_deploy_is_taken(release):
    """A major release in the list stands for its patches."""
    assert loaded(f'software: {{release: "{release}"}}\n').software.text("release") == release


@pytest.mark.parametrize("release", ["22.12", "25.03.2", "25.03"])
def test_one_that_it_cannot_deploy_is_refused_with_those_that_it_can(release):
    told = refusals(f'software:\n  release: "{release}"\n')
    assert f"{SITE_FILE}:2" in told
    assert "24.09, 25.03.1" in told


def test_where_the_centre_names_none_every_release_is_taken():
    fleet = FLEET.replace('  releases: ["24.09", "25.03.1"]\n', "")
    assert loaded('software: {release: "31.10"}\n', fleet).software.text("release") == "31.10"


def test_which_releases_the_centre_has_reaches_the_sites_that_say_one():
    after = FLEET.replace('"24.09", ', "")
    mine = b"group: east\n"
    assert fleet_part(FLEET.encode(), mine) != fleet_part(after.encode(), mine)
    bare = FLEET.replace("  software:\n    prestage: {sysadmin: {secretRef: env:SYSADMIN}}\n", "  mode: plan\n")
    other = bare.replace('"24.09", ', "")
    assert fleet_part(bare.encode(), b"{}\n") == fleet_part(other.encode(), b"{}\n")


def test_when_the_root_certificate_is_renewed_is_said_key_by_key():
    fleet = FLEET.replace("{version: v1.30.6}", "{version: v1.30.6, rootCa: {renewBefore: 90d}}")
    said = loaded('group: east\nkubernetes: {rootCa: {validUntil: "2036-11-21", subject: C=CA CN=ran}}\n', fleet)
    assert said.kubernetes.get("rootCa").plain() == {
        "renewBefore": "90d",
        "validUntil": "2036-11-21",
        "subject": "C=CA CN=ran",
    }


def test_a_day_that_is_no_text_to_a_reader_of_yaml_is_refused_where_it_stands():
    assert f"{SITE_FILE}:1" in refusals("kubernetes: {rootCa: {validUntil: 2036-11-21}}\n")


@pytest.mark.parametrize(
    ("site_yaml", "is_batched"),
    [
        ("group: east\n", False),
        ("group: east\nsoftware: {by: dcmanager}\n", True),
        ("group: east\nkubernetes: {by: dcmanager}\n", True),
        ("group: east\nsoftware: {by: site}\n", False),
    ],
)
def test_who_has_it_done_is_said_part_by_part(site_yaml, is_batched):
    assert loaded(site_yaml).settings.is_batched is is_batched


def test_nobody_else_has_it_done():
    assert "software.by" in refusals("group: east\nsoftware: {by: vim}\n")
