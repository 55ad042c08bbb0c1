"""`ignore` and `suppress` in fleet.yaml, layers and site.yaml: all rules count together, each knows its place."""

from __future__ import annotations

import pytest

from reconciler.desired import fleet_part, load_site
from reconciler.model.errors import ConfigErrors
from tests.desired.writing import site_files

FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: canada
defaults:
  ignore:
  - {kind: label, field: value, reason: written by a tool of ours}
  suppress:
  - {alarm: "260.002", reason: the NOC looks elsewhere}
groups:
  east:
    ignore:
    - {kind: ntp, reason: "until the masters are there", until: "2026-12-01T00:00:00Z"}
"""
LAYER = "ignore:\n- {kind: ethernet, host: compute-*, key: data*, field: mtu, value: 15*, reason: vendor's default}\n"
SITE = "group: east\nlayers: [ran]\nignore:\n- {kind: osd, reason: being replaced}\n"


def settings(site=SITE, layer=LAYER, fleet=FLEET):
    return load_site(site_files({"site.yaml": site}, {"fleet.yaml": fleet, "profiles/ran/site.yaml": layer})).settings


def refused(**said):
    with pytest.raises(ConfigErrors) as caught:
        settings(**said)
    return str(caught.value)


def test_the_rules_of_all_files_count_together_each_with_its_place():
    assert [(rule.kind, rule.where) for rule in settings().ignore] == [
        ("label", "fleet.yaml:6"),
        ("ntp", "fleet.yaml:12"),
        ("ethernet", "profiles/ran/site.yaml:2"),
        ("osd", "subclouds/ottawa/site.yaml:4"),
    ]
    [_, until, narrow, _] = settings().ignore
    assert until.until == 1_796_083_200.0
    assert (narrow.host, narrow.key, narrow.field, narrow.value) == ("compute-*", "data*", "mtu", "15*")
    assert [(s.alarm, s.reason) for s in settings().suppress] == [("260.002", "the NOC looks elsewhere")]


def test_a_site_of_another_group_does_not_have_the_groups_rules():
    assert [rule.kind for rule in settings(site="{}\n").ignore] == ["label"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"site": "ignore: [{kind: osd}]\n"}, "subclouds/ottawa/site.yaml:1:10: site: ignore[0].reason is missing"),
        ({"site": "ignore: [{kind: osd, reason: ''}]\n"}, "ignore[0].reason"),
        ({"site": "ignore: [{kind: osd, reason: x, until: tomorrow}]\n"}, "must be written as 2026-12-20T00:00:00Z"),
        ({"site": "ignore: [{kind: osd, reason: x, feild: y}]\n"}, "ignore[0].feild is not known"),
        ({"layer": "ignore: [{reason: x}]\n"}, "profiles/ran/site.yaml:1:10: layer ran: ignore[0].kind is missing"),
        ({"layer": "mode: apply\n"}, "mode is not known"),
        ({"site": "suppress: [{alarm: drift, reason: x}]\n"}, "suppress[0].alarm must have the form"),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(said, error):
    assert error in refused(**said)


def test_a_rule_of_the_fleet_reaches_the_sites_that_have_it():
    longer = FLEET.replace("until the masters", "till the masters")
    assert fleet_part(FLEET.encode(), SITE.encode()) != fleet_part(longer.encode(), SITE.encode())
    assert fleet_part(FLEET.encode(), b"{}") == fleet_part(longer.encode(), b"{}")
