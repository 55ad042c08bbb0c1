"""Why nothing is to be done, as a person and a program read it."""

from __future__ import annotations

import pytest

from reconciler.cli.plan import plan_text, result_json
from reconciler.cli.plan_text import Detail
from reconciler.cli.why_equal import explained, why_json, why_lines
from reconciler.diff import compare
from reconciler.engine.fleet import SiteResult
from reconciler.engine.reconcile import Judged
from tests.kinds import machines

GIT = """
system: {ntpServers: [1.pool.ntp.org, 0.pool.ntp.org]}
hosts: {controller-0: {bootDevice: /dev/sda, console: ''}}
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


def test_it_is_asked_of_sites_not_of_revisions(stxr):
    ended = stxr("plan", "--why-equal", "--base", "main")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "stxr: --why-equal asks what sites show: give it without --base and --head\n"
