"""The commands that ask no site, and what the others say when something is missing."""

from __future__ import annotations

import json

import pytest

from reconciler import __version__
from reconciler.kinds import registry
from reconciler.store import Store
from tests.cli.conftest import EXAMPLE

pytestmark = pytest.mark.usefixtures("offline")


def test_the_version_is_printed(stxr):
    assert stxr("version").out == f"{__version__}\n"


def test_without_a_command_they_are_listed(stxr):
    ended = stxr()
    assert all(name in ended.out + ended.err for name in ("validate", "plan", "apply", "status", "run", "simulate"))


def test_every_kind_is_listed_with_what_it_manages(stxr):
    kinds = json.loads(stxr("kinds", "--format", "json").out)["kinds"]
    assert [k["kind"] for k in kinds] == sorted(registry())
    assert [k["kind"] for k in kinds if not k["attributes"]] == ["subcloud-deletion"]  # its being done is all of it
    text = stxr("kinds").out
    assert "dns  (system, system; System.spec.dnsServers; list owned by-key)" in text


def test_a_site_is_rendered_as_its_layers_make_it(stxr):
    ended = stxr("render", "ottawa-001", "--repo", EXAMPLE)
    assert (ended.code, ended.err) == (0, "")
    assert "description: Radio site ottawa-001" in ended.out
    assert "${" not in ended.out


def test_every_value_tells_where_it_was_written(stxr):
    out = stxr("render", "ottawa-001", "--repo", EXAMPLE, "--explain").out
    assert "profiles/common/deployment-config.yaml:8" in out


def test_a_site_that_is_not_there_cannot_be_rendered(stxr):
    ended = stxr("render", "ottawa-01", "--repo", EXAMPLE)
    assert (ended.code, "no site ottawa-01 in the repository; did you mean ottawa-001" in ended.err) == (1, True)


def test_a_schema_is_printed_by_its_name_with_or_without_its_ending(stxr):
    names = stxr("schema").out.split()
    short = stxr("schema", names[0].removesuffix(".schema.json")).out
    assert short == stxr("schema", names[0]).out
    assert json.loads(short)["type"] == "object"


def test_a_schema_that_is_not_there_is_told_with_those_that_are_near(stxr):
    ended = stxr("schema", "kinds-dms")
    assert ended.code == 1
    assert ended.err.startswith("stxr: no schema kinds-dms; there is kinds-dns")
    assert "there is " in stxr("schema", "xyz").err


def test_schemas_that_were_written_are_fresh_and_edited_ones_are_not(stxr, tmp_path):
    assert stxr("schema", "--write", tmp_path / "schemas").code == 0
    assert stxr("schema", "--check", tmp_path / "schemas").code == 0
    (tmp_path / "schemas" / "fleet.schema.json").write_text("{}")
    (tmp_path / "schemas" / "old.schema.json").write_text("{}")
    ended = stxr("schema", "--check", tmp_path / "schemas")
    assert ended.code == 1
    assert [line.split()[0].rsplit("/", 1)[1] for line in ended.err.splitlines()] == [
        "fleet.schema.json",
        "old.schema.json",
    ]


@pytest.mark.parametrize("command", ["plan", "apply", "inventory"])
def test_no_site_named_is_no_site_meant(stxr, command):
    ended = stxr(command, "--repo", EXAMPLE)
    assert (ended.code, ended.out, ended.err) == (1, "", "stxr: name the sites, or give --all\n")


@pytest.mark.parametrize("command", ["plan", "apply", "inventory"])
def test_without_endpoints_it_is_said_how_to_give_them(stxr, command):
    ended = stxr(command, "ottawa-001", "--repo", EXAMPLE)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "stxr: no endpoints file: give --endpoints, or set STXR_ENDPOINTS\n"


def test_endpoints_that_are_not_there_are_told_by_name(stxr, tmp_path):
    ended = stxr("plan", "ottawa-001", "--repo", EXAMPLE, "--endpoints", tmp_path / "none.yaml")
    assert (ended.code, f"{tmp_path}/none.yaml" in ended.err) == (1, True)


def test_a_site_without_an_endpoint_is_told_and_ends_with_1(stxr, tmp_path):
    (tmp_path / "endpoints.yaml").write_text("endpoints: {}\n")
    ended = stxr("plan", "ottawa-001", "--repo", EXAMPLE, "--endpoints", tmp_path / "endpoints.yaml")
    assert ended.code == 1
    assert "endpoints" in ended.err


def test_apply_waits_for_nobody_who_owns_the_state_folder(stxr, tmp_path):
    with Store.open(tmp_path / "state", "run"):
        ended = stxr("apply", "ottawa-001", "--repo", EXAMPLE, "--state", tmp_path / "state")
    assert (ended.code, ended.out) == (1, "")
    assert "is in use by `stxr run`, process" in ended.err
