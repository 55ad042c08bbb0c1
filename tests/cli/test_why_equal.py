"""Why nothing is to be done, as a person and a program read it."""

from __future__ import annotations

import json
import shutil

import pytest

from reconciler.cli.plan import plan_text, result_json
from reconciler.cli.plan_text import Detail
from reconciler.cli.why_equal import explained, why_json, why_lines
from reconciler.diff import Alike, compare
from reconciler.engine.fleet import SiteResult
from reconciler.engine.reconcile import Judged
from reconciler.model.resource import ResourceKey
from reconciler.model.rule import EMPTY
from tests.cli.conftest import EXAMPLE
from tests.kinds import machines

GIT = """
system: {ntpServers: [1.pool.ntp.org, 0.pool.ntp.org]}
hosts: {controller-0: {bootDevice: /dev/sda, console: ''}}
"""
EXTRA = """
apiVersion: starlingx.windriver.com/v1
kind: System
metadata: {name: plant-1}
spec: {dnsServers: ["FD00:0::1"]}
"""
ASKED = Detail(why_equal=True)


@pytest.fixture
def judged() -> Judged:
    site = machines.rows(
        machines.host(**machines.AIO),
        idisks=machines.DISKS,
        intp=[{"uuid": "ntp", "ntpservers": "0.pool.ntp.org,1.pool.ntp.org"}],
    )
    around = machines.context(GIT, site)
    found = compare(around.desired, around.observed, machines.KINDS)
    return Judged(around.desired, around.observed, found, machines.planned(GIT, site))


def test_both_texts_their_place_and_the_rule_are_told(judged):
    lines = "\n".join(why_lines(explained(judged)))
    assert "  = host/controller-0\n" in lines
    assert f'      boot_device: Git "/dev/sda", site "{machines.SDA}"  # deployment-config.yaml:1\n' in lines
    assert "        device-path: A disk is known by its stable path" in lines
    assert '      console: Git "", site "ttyS0,115200n8"' in lines
    assert '      servers: Git ["1.pool.ntp.org", "0.pool.ntp.org"], site ["0.pool.ntp.org", "1.pool.ntp.org"]' in lines


def test_what_a_site_shows_as_nothing_is_null():
    """Not `none`, which is a class of interfaces in Git."""
    one = Alike(ResourceKey("ethernet", "lo", "controller-0"), "iface_class", "none", None, EMPTY)
    assert '      iface_class: Git "none", site null' in list(why_lines([one]))


def test_only_the_resources_that_are_named_are_told(judged):
    assert {one.attribute for one in explained(judged, "host/*")} == {"boot_device", "console"}
    assert list(why_lines(explained(judged, "*/bond/*"))) == ["Nothing is written otherwise and counts as the same."]


def test_a_program_reads_the_same(judged):
    [one] = explained(judged, "ntp")
    assert why_json(one) == {
        "resource": "ntp",
        "attribute": "servers",
        "desired": ["1.pool.ntp.org", "0.pool.ntp.org"],
        "observed": ["0.pool.ntp.org", "1.pool.ntp.org"],
        "origin": "deployment-config.yaml:1",
        "rule": "ip-set",
        "why": one.rule.why,
    }


def test_it_is_told_below_the_plan_only_where_it_is_asked_for(judged):
    result = SiteResult("ottawa", judged)
    assert "Written otherwise, and the same:" in list(plan_text([result], ASKED))
    assert "Written otherwise, and the same:" not in list(plan_text([result]))
    assert [one["resource"] for one in result_json(result, ASKED)["alike"]] == ["host/controller-0"] * 2 + ["ntp"]
    assert "alike" not in result_json(result)


@pytest.fixture
def recorded(tmp_path):
    """The example, and an inventory of one of its sites: its name servers in another spelling."""
    shutil.copytree(EXAMPLE, tmp_path / "repo")
    (tmp_path / "repo" / "subclouds" / "plant-1" / "deployment-config.yaml").write_text(EXTRA)
    servers = {"/v1/idns": {"idnss": [{"uuid": "dns", "nameservers": "fd00::1"}]}, "/v1/ihosts": {"ihosts": []}}
    (tmp_path / "plant-1.json").write_text(json.dumps(servers))
    return tmp_path


def test_a_recorded_inventory_is_asked_offline(stxr, recorded):
    ended = stxr("plan", "plant-1", "--repo", recorded / "repo", "--inventory", recorded, "--why-equal")
    assert ended.code == 0
    assert ended.out.splitlines()[:3] == ["plant-1:", "  Written otherwise, and the same:", "    = dns"]
    told = stxr(
        "plan", "--repo", recorded / "repo", "--inventory", recorded, "--why-equal", "--key", "dns", "--format", "json"
    )
    [site] = json.loads(told.out)["sites"]
    assert (site["site"], [one["rule"] for one in site["alike"]]) == ("plant-1", ["ip-texts"])


def test_a_site_that_is_named_must_have_an_inventory(stxr, recorded):
    ended = stxr("plan", "plant-2", "--repo", recorded / "repo", "--inventory", recorded, "--why-equal")
    assert (ended.code, ended.out) == (1, "")
    assert "plant-2.json: no inventory of the site: write it with `stxr inventory`" in ended.err


def test_it_is_asked_of_sites_not_of_revisions(stxr):
    ended = stxr("plan", "--why-equal", "--base", "main")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "stxr: --why-equal asks what sites show: give it without --base and --head\n"
