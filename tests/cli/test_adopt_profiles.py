"""`stxr adopt` of several new sites: what they share is shown and written once, and every site is what it was."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest

from tests.adopt.living import SITES, inventory, system

YARDS = ("yard-east", "yard-north", "yard-west")
RADIO = ("ottawa-001", "ottawa-002", "ottawa-003")


@pytest.fixture
def fleet(tmp_path, stxr, offline) -> Path:
    """A folder to adopt into, beside the inventories of six sites."""
    (tmp_path / "here" / "inventories").mkdir()
    for name in (*YARDS, *RADIO):
        (tmp_path / "here" / "inventories" / f"{name}.json").write_bytes(orjson.dumps(inventory(system(name))))
    return tmp_path / "here" / "fleet"


ALL = ("adopt", "--all", "--inventory", "inventories", "--into", "fleet")


def texts(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*.yaml"))}


def test_profiles_are_shown_before_they_are_written(stxr, fleet):
    ended = stxr(*ALL, "--dry-run")
    assert (ended.code, ended.err, fleet.exists()) == (2, "", False)
    assert "+++ b/profiles/aio-dx/deployment-config.yaml" in ended.out
    told = ended.out.splitlines()[-4:]
    assert [line.partition(": ")[0] for line in told[:3]] == ["profiles/common", "profiles/aio-sx", "profiles/aio-dx"]
    assert told[2].endswith("lines of 3 sites: yard-east, yard-north, yard-west")
    after, before = (int(word) for word in told[3].split() if word.isdecimal())
    assert after < before / 3
    assert stxr(*ALL).code == 0
    assert sum(text.count("\n") for text in texts(fleet).values()) == after


def test_the_same_in_json(stxr, fleet):
    told = json.loads(stxr(*ALL, "--format", "json").out)
    assert {p["name"]: tuple(p["sites"]) for p in told["profiles"]} == {
        "common": (*RADIO, *YARDS), "aio-dx": YARDS, "aio-sx": RADIO,
    }  # fmt: skip
    assert [file["path"] for file in told["profile_files"]] == [p for p in texts(fleet) if p.startswith("profiles/")]
    assert told["lines"]["after"] == sum(text.count("\n") for text in texts(fleet).values())
    assert [site["exact"] for site in told["sites"]] == [True] * 6


def test_the_sites_are_what_their_files_say(stxr, fleet):
    stxr(*ALL)
    again = stxr(*ALL)
    assert (again.code, again.err) == (0, "")
    assert again.out == "".join(f"{name}: its files say it already\n" for name in (*RADIO, *YARDS))


def test_twice_and_in_another_order_the_bytes_are_equal(stxr, fleet):
    stxr(*ALL)
    first = texts(fleet)
    stxr(*ALL, "--force")
    assert texts(fleet) == first
    stxr("adopt", *reversed((*YARDS, *RADIO)), "--inventory", "inventories", "--into", "other")
    assert texts(fleet.parent / "other") == first


def test_without_profiles_every_site_is_whole(stxr, fleet):
    ended = stxr(*ALL, "--no-profiles")
    assert "profiles" not in ended.out
    assert not (fleet / "profiles").exists()


def test_a_profile_that_is_there_already_is_left_alone(stxr, fleet):
    mine = fleet / "profiles/aio-sx/deployment-config.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text((SITES / "profiles/aio-sx-ran/deployment-config.yaml").read_text())
    stxr(*ALL)
    assert mine.read_text() == (SITES / "profiles/aio-sx-ran/deployment-config.yaml").read_text()
    assert "- aio-sx-2\n" in (fleet / "subclouds/ottawa-001/site.yaml").read_text()


def test_sites_whose_files_are_there_are_no_part_of_it(stxr, fleet):
    stxr("adopt", *RADIO[:2], "--inventory", "inventories", "--into", "fleet", "--no-profiles")
    before = texts(fleet)
    ended = stxr(*ALL)
    assert ended.code == 0
    assert {path: text for path, text in texts(fleet).items() if path in before} == before
    assert (fleet / "profiles/aio-dx").is_dir()
    assert not (fleet / "profiles/aio-sx").exists()
