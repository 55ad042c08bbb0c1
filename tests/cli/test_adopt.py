"""`stxr adopt`: what it writes, what it shows, what it never prints, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import orjson
import pytest
import yaml

from tests.adopt.living import SITES, inventory, system
from tests.cli.serving import serving

NAME = "ottawa-001"
FOLDER = f"subclouds/{NAME}"
CONFIG = f"{FOLDER}/deployment-config.yaml"
PASSWORD = "Madawaska-7"


@pytest.fixture
def here(tmp_path) -> Path:
    """The folder that commands run in."""
    return tmp_path / "here"


@pytest.fixture
def recorded(here, stxr, offline):
    """Writes SITE.json with what a site shows, as edited, into the folder `inventories`."""

    def recorded(name=NAME, edit=lambda found: None):
        found = inventory(system(name))
        edit(found)
        (here / "inventories").mkdir(exist_ok=True)
        (here / "inventories" / f"{name}.json").write_bytes(orjson.dumps(found))

    return recorded


def with_mtu(found):
    """Somebody raised an MTU."""
    rows = next(body["iinterfaces"] for path, body in found.items() if path.endswith("/iinterfaces"))
    next(row for row in rows if row["ifname"] == "ens1f0")["imtu"] = 9000


def with_secrets(found):
    """Somebody gave a password as a parameter, and a board management user."""
    row = {"uuid": "d1", "service": "docker", "section": "docker-registry", "personality": None, "resource": None}
    found["/v1/service_parameter"]["parameters"].append({**row, "name": "admin_password", "value": PASSWORD})
    found["/v1/ihosts"]["ihosts"][0] |= {"bm_type": "redfish", "bm_ip": "10.30.0.9", "bm_username": "root"}


def test_a_site_is_written_and_told_in_one_line(stxr, recorded, here):
    recorded()
    ended = stxr("adopt", NAME, "--inventory", "inventories", "--into", "fleet")
    assert (ended.code, ended.err) == (0, "")
    lines = sum(
        (here / "fleet" / FOLDER / file).read_text().count("\n") for file in ("site.yaml", "deployment-config.yaml")
    )
    assert ended.out == f"{NAME}: {lines} lines written below fleet/{FOLDER}\n"


def test_one_file_is_an_inventory_of_the_site_that_it_is_named_for(stxr, recorded, here):
    recorded()
    assert stxr("adopt", "--inventory", f"inventories/{NAME}.json").code == 0
    assert (here / CONFIG).is_file()


def test_a_dry_run_shows_the_diff_and_writes_nothing(stxr, recorded, here):
    recorded()
    ended = stxr("adopt", "--all", "--inventory", "inventories", "--dry-run")
    assert ended.code == 2
    assert "--- /dev/null\n" in ended.out
    assert f"+++ b/{CONFIG}\n" in ended.out
    assert ended.out.endswith(f"to write below {FOLDER}\n")
    assert not (here / "subclouds").exists()


def test_what_is_there_changes_where_it_differs_and_the_diff_is_shown(stxr, recorded, here):
    recorded()
    stxr("adopt", "--all", "--inventory", "inventories")
    file = here / CONFIG
    file.write_text(file.read_text().replace("kind: System\n", "kind: System   # ours\n", 1))
    before = file.read_text()
    recorded(edit=with_mtu)
    dry = stxr("adopt", "--all", "--inventory", "inventories", "--dry-run")
    assert (dry.code, file.read_text()) == (2, before)
    done = stxr("adopt", "--all", "--inventory", "inventories")
    assert done.code == 0
    changed = [line.split() for line in done.out.splitlines() if line[:1] in "-+" and line[:3] not in {"---", "+++"}]
    assert changed == [["-", "mtu:", "1500"], ["+", "mtu:", "9000"]]
    assert done.out.endswith(f"{NAME}: 1 file changed\n")
    assert "kind: System   # ours\n" in file.read_text()
    again = stxr("adopt", "--all", "--inventory", "inventories", "--dry-run")
    assert (again.code, again.out) == (0, f"{NAME}: its files say it already\n")


def test_files_that_cannot_be_read_are_not_written_over(stxr, recorded, here):
    recorded()
    (here / FOLDER).mkdir(parents=True)
    (here / CONFIG).write_text("kind: System\nspec: {dnsServers: [10.0.0.1]\n")
    ended = stxr("adopt", "--all", "--inventory", "inventories")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"error: {NAME}: {CONFIG}:")
    assert (here / CONFIG).read_text() == "kind: System\nspec: {dnsServers: [10.0.0.1]\n"
    assert stxr("adopt", "--all", "--inventory", "inventories", "--force").code == 0


def test_json_says_what_is_written_and_what_is_not(stxr, recorded, here):
    recorded(edit=with_secrets)
    ended = stxr("adopt", NAME, "--inventory", "inventories", "--format", "json")
    (one,) = json.loads(ended.out)["sites"]
    assert (one["site"], one["exact"], one["error"], one["refused"]) == (NAME, True, "", [])
    assert [(file["path"], file["is_new"]) for file in one["files"]] == [(f"{FOLDER}/site.yaml", True), (CONFIG, True)]
    assert {note.partition(":")[0] for note in one["untold"]} >= {"host/controller-0"}
    assert json.loads(ended.out)["written"] is True
    assert (here / CONFIG).is_file()


@pytest.mark.parametrize("how", [(), ("--format", "json"), ("--dry-run",), ("--minimal",)])
def test_no_secret_is_printed_or_written(stxr, recorded, here, how):
    recorded(edit=with_secrets)
    ended = stxr("adopt", NAME, "--inventory", "inventories", *how)
    written = "".join(file.read_text() for file in here.glob("subclouds/*/*.yaml"))
    assert PASSWORD not in ended.out + ended.err + written
    assert "admin_password" in ended.err
    assert "env:BM_OTTAWA_001_CONTROLLER_0" in ended.err


def test_the_short_form_leaves_out_what_the_platform_makes_by_itself(stxr, recorded, here):
    recorded()
    stxr("adopt", NAME, "--inventory", "inventories", "--into", "whole")
    stxr("adopt", NAME, "--inventory", "inventories", "--into", "short", "--minimal")
    whole, short = ((here / root / CONFIG).read_text() for root in ("whole", "short"))
    assert short.count("\n") < whole.count("\n") * 0.7


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("adopt", NAME), "no endpoints file"),
        (("adopt", "--inventory", "inventories"), "name the sites, or give --all"),
        (("adopt", "hull", "--inventory", "inventories"), f"has no site hull; it has {NAME}"),
    ],
)
def test_a_command_that_lacks_something_says_what(stxr, recorded, words, why):
    recorded()
    ended = stxr(*words)
    assert (ended.code, ended.out) == (1, "")
    assert why in ended.err


def test_an_inventory_that_is_none_stops_no_other_site(stxr, recorded, here):
    recorded()
    (here / "inventories/hull.json").write_text("[]")
    ended = stxr("adopt", "--all", "--inventory", "inventories")
    assert ended.code == 3
    assert "error: hull: inventories/hull.json: no inventory" in ended.err
    assert (here / CONFIG).is_file()


def test_what_live_sites_are_adopted_as_needs_no_change_and_a_dark_one_stops_no_other(stxr, here, tmp_path):
    endpoints = tmp_path / "endpoints.yaml"
    with serving(endpoints, repo=SITES):
        with_dark_site(endpoints)
        words = ("adopt", "yard-east", "yard-dark", NAME, "--endpoints", endpoints)
        ended = stxr(*words, "--into", "fleet")
        assert ended.code == 3
        assert [line.partition(":")[0] for line in ended.out.splitlines()] == [NAME, "yard-east"]
        assert ended.err.startswith("error: yard-dark: keystone gave no usable answer")
        assert stxr(*words, "--into", "short", "--minimal").code == 3
        for root in ("fleet", "short"):
            plan = stxr("plan", "--all", "--repo", root, "--endpoints", endpoints)
            assert (plan.code, plan.err) == (0, "")
            assert "2 sites, 2 in sync" in plan.out


def with_dark_site(endpoints: Path) -> None:
    """A site where nobody listens."""
    content = yaml.safe_load(endpoints.read_text())
    entry = json.dumps(content["endpoints"]["yard-east"])
    content["endpoints"]["yard-dark"] = json.loads(re.sub(r"127\.0\.0\.1:[0-9]+", "127.0.0.1:1", entry))
    endpoints.write_text(yaml.safe_dump(content))
