"""`stxr prove`: a change run on twins of the sites that it reaches, offline, with exit codes that tell the truth."""

from __future__ import annotations

import json
import re
import time

import pytest

from reconciler.engine.inventory_files import written
from tests.desired.writing import document
from tests.engine.twins import OTTAWA, inventory

DEPLOYMENT = f"sites/subclouds/{OTTAWA}/deployment-config.yaml"
WIDER = document(
    "HostProfile",
    "ran-server",
    "  interfaces:\n    ethernet:\n    - {name: data0, class: data, mtu: 9000, port: {name: ens1f0}}",
)
TWICE = document(
    "HostProfile",
    "ran-server",
    "  interfaces:\n    vlan:\n"
    "    - {name: a0, class: platform, lower: oam0, vid: 30, mtu: 1500}\n"
    "    - {name: b0, class: platform, lower: oam0, vid: 30, mtu: 1500}",
)


@pytest.fixture
def prove(stxr, example, tmp_path):
    """Proves an edit of one site against the first commit, with an inventory that was read a while ago."""

    def prove(own, *words, age_s=60.0, known=(OTTAWA,), content=None, command="prove"):
        (tmp_path / "inventories").mkdir()
        for name in known:
            shown = content or written(inventory(name), time.time() - age_s)
            (tmp_path / f"inventories/{name}.json").write_bytes(shown)
        example.write({DEPLOYMENT: own})
        folders = ("--repo", example.folder, "--path", "sites", "--inventory", tmp_path / "inventories")
        return stxr(command, *folders, "--base", "main", *words)

    return prove


def test_a_change_that_works_is_proved_with_what_it_costs(prove):
    ended = prove(WIDER)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "proved: 1 site: ottawa-001"
    assert re.fullmatch(r"  change [0-9a-f]{10}, run on the twin of ottawa-001 as it was 1m\d*s? ago", lines[1])
    assert re.fullmatch(r"  3 calls, 1 lock, 1 reboot, in 1[0-9]m\d*s? of the twin's time", lines[2])
    assert lines[3] == "    controller-0: 1 lock, 1 reboot"
    assert lines[-1] == "1 site, 1 proved"


def test_what_the_platform_refuses_is_told_in_its_words_and_ends_with_1(prove):
    ended = prove(TWICE)
    assert (ended.code, ended.err) == (1, "")
    assert "refused: 1 site: ottawa-001" in ended.out
    assert (
        "  the platform: POST /v1/iinterfaces: 400: VLAN id 30 already in use on another platform interface\n"
        in ended.out
    )


def test_where_planner_and_platform_agree_both_are_told(prove):
    ended = prove(document("DataNetwork", "midhaul", "  type: vlan\n  mtu: 9000"))
    assert ended.code == 1
    assert "the planner leaves out data-network/midhaul: controller-0 data0 has MTU 1500" in ended.out
    assert "the platform says so too: PATCH /v1/datanetworks/" in ended.out


def test_what_is_not_proved_says_why_and_ends_with_3(prove):
    ended = prove(WIDER, known=())
    assert (ended.code, ended.err) == (3, "")
    assert "not proved: 1 site: ottawa-001" in ended.out
    assert "why: no inventory of it: write one with `stxr inventory`" in ended.out


def test_an_old_inventory_proves_nothing(prove):
    ended = prove(WIDER, "--oldest", "1h", age_s=7200.0)
    assert ended.code == 3
    assert "why: its inventory is older than 1 h: write it anew" in ended.out


def test_the_age_of_an_inventory_is_in_it_and_not_in_the_file_s_date(prove):
    ended = prove(WIDER, "--format", "json", age_s=600.0)
    [proof] = json.loads(ended.out)["proofs"]
    assert 600 <= proof["inventory_age_s"] < 660
    assert (proof["result"], proof["sites"]) == ("proved", [OTTAWA])
    assert proof["tolls"] == [{"host": "controller-0", "locks": 1, "reboots": 1, "swacts": 0}]


def test_a_change_that_reaches_no_site_needs_no_proof(prove):
    ended = prove("# nothing\n")
    assert (ended.code, ended.out) == (0, "0 sites\n")


def test_an_inventory_that_is_none_is_a_reason_and_no_crash(prove):
    ended = prove(WIDER, content=b"[]")
    assert (ended.code, ended.err) == (3, "")
    assert f"{OTTAWA}.json: no inventory (not a mapping of lists): write it anew with `stxr inventory`" in ended.out


def test_a_budget_that_is_no_duration_is_said(prove):
    ended = prove(WIDER, "--budget", "soon")
    assert (ended.code, ended.err) == (1, "stxr: --budget soon: give a duration as 90s, 5m or 1h30m\n")


def test_what_the_head_says_wrongly_is_an_error(prove):
    ended = prove(document("DataNetwork", "midhaul", "  type: vlan\n  mtu: many"))
    assert ended.code == 1
    assert "deployment-config.yaml:8:8" in ended.err


def test_a_plan_of_a_change_can_be_proved_with_it(prove):
    ended = prove(WIDER, "--prove", command="plan")
    assert (ended.code, ended.err) == (2, "")
    assert ended.out.splitlines()[-1] == "1 site, 1 proved"


def test_a_plan_whose_proof_fails_ends_with_1(prove):
    ended = prove(TWICE, "--prove", "--format", "json", command="plan")
    assert (ended.code, ended.err) == (1, "")
    [proof] = json.loads(ended.out)["proofs"]
    assert proof["refusal"]["fault"] == "VLAN id 30 already in use on another platform interface"


def test_the_comment_on_a_pull_request_has_the_words_of_the_platform(prove):
    ended = prove(TWICE, "--prove", "--format", "markdown", command="plan")
    assert "The proof failed for 1 site" in ended.out
    assert "VLAN id 30 already in use on another platform interface" in ended.out


def test_a_plan_without_proofs_says_nothing_of_them(prove):
    ended = prove(TWICE, "--format", "json", command="plan")
    assert (ended.code, json.loads(ended.out)["proofs"]) == (2, None)


def test_a_proof_needs_what_twins_are_made_of(stxr, example):
    ended = stxr("plan", "--repo", example.folder, "--path", "sites", "--base", "main", "--prove")
    assert (ended.code, ended.err.startswith("stxr: --prove needs --inventory")) == (1, True)
    ended = stxr("plan", "--all", "--repo", example.folder, "--path", "sites", "--prove")
    assert (ended.code, ended.err) == (1, "stxr: --prove is for a change: give it with --base and --inventory\n")
