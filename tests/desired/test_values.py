"""`${name}`: what it stands for, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import explained, load_site
from reconciler.desired.files import Parsed
from reconciler.desired.findings import Findings
from reconciler.desired.values import substituted
from reconciler.model.errors import ConfigErrors
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from tests.desired.writing import document, site_files

FLEET = "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\n"
NETWORK = document("DataNetwork", "a", "  type: vlan\n  mtu: ${mtu}\n  description: for ${town} at $${mtu}")


def loaded(text, site_yaml, fleet=""):
    common = {"fleet.yaml": FLEET + fleet} if fleet else {}
    return load_site(site_files({"site.yaml": site_yaml, "deployment-config.yaml": text}, common))


def test_a_lone_name_keeps_the_type_and_one_in_a_text_becomes_text():
    site = loaded(NETWORK, "values: {mtu: 9000, town: Ottawa}\n")
    assert site.of("DataNetwork")["a"].plain() == {"type": "vlan", "mtu": 9000, "description": "for Ottawa at ${mtu}"}


def test_a_value_stands_where_it_is_used_and_says_where_it_was_given():
    site = loaded(NETWORK, "values:\n  mtu: 9000\n  town: Ottawa\n")
    (mtu,) = [value for value in explained(site) if value.path == "mtu"]
    assert mtu.origin.exact == "subclouds/ottawa/deployment-config.yaml:8:8"
    assert mtu.given.exact == "subclouds/ottawa/site.yaml:2:8"


def test_a_site_that_declares_no_values_has_nothing_replaced():
    text = document("DataNetwork", "a", "  type: vlan\n  description: ${town} $${x}")
    assert loaded(text, "mode: plan\n").of("DataNetwork")["a"].text("description") == "${town} $${x}"


@pytest.mark.parametrize(
    ("site_yaml", "expected"),
    [("group: east\n", 1501), ("group: east\nvalues: {mtu: 1502}\n", 1502), ("mode: plan\n", 1500)],
)
def test_a_site_s_values_win_over_its_group_s_and_those_over_the_defaults(site_yaml, expected):
    fleet = "defaults: {values: {mtu: 1500}}\ngroups: {east: {values: {mtu: 1501}}}\n"
    site = loaded(document("DataNetwork", "a", "  type: vlan\n  mtu: ${mtu}"), site_yaml, fleet)
    assert site.of("DataNetwork")["a"].get("mtu").value == expected


def test_a_value_may_be_a_list_or_a_mapping_where_it_stands_alone():
    text = document("System", "s", "  ntpServers: ${ntp}")
    assert loaded(text, "values: {ntp: [a, b]}\n").system.plain() == {"ntpServers": ["a", "b"]}
    with pytest.raises(ConfigErrors, match="can only stand alone"):
        loaded(document("System", "s", "  description: x ${ntp}"), "values: {ntp: [a, b]}\n")


def test_a_text_gets_the_value_as_it_was_written():
    site = loaded(document("System", "s", "  description: release ${release}"), "values: {release: 24.10}\n")
    assert site.system.text("description") == "release 24.10"


def test_a_quoted_number_stays_text():
    text = document("HostProfile", "p", "  hwSettle: ${settle}") + document("Host", "h", "  profile: p")
    assert loaded(text, "values: {settle: '010'}\n").hosts["h"].get("hwSettle").value == "010"


def test_names_and_keys_of_elements_may_be_values():
    text = document("DataNetwork", "${net}", "  type: flat")
    text += document("HostProfile", "p", "  interfaces: {ethernet: [{name: data0, class: data, port: {name: eth1}}]}")
    text += document("Host", "h", "  profile: p\n  overrides: {interfaces: {ethernet: [{port: {name: '${port}'}, dataNetworks: ['${net}']}]}}")  # fmt: skip
    site = loaded(text, "values: {net: physnet7, port: eth1}\n")
    assert list(site.of("DataNetwork")) == ["physnet7"]
    assert site.hosts["h"].plain()["interfaces"]["ethernet"] == [
        {"name": "data0", "class": "data", "port": {"name": "eth1"}, "dataNetworks": ["physnet7"]}
    ]


def parsed(text):
    return Parsed("f.yaml", Node(text, Origin("f.yaml", 1)), has_names=True)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="${}"), max_size=10)


@given(TEXTS, TEXTS, TEXTS)
def test_text_around_a_name_is_left_alone(before, after, value):
    findings = Findings()
    given_values = {"x": Node(value, Origin("site.yaml", 1))}
    found = substituted(parsed(f"{before}${{x}}{after}"), given_values, findings).root
    assert found.value == before + value + after
    assert found.origin == Origin("f.yaml", 1)
    assert not findings.has_errors


@given(TEXTS, TEXTS)
def test_an_escaped_name_is_never_replaced(before, name):
    findings = Findings()
    assert substituted(parsed(f"{before}$${{{name}}}"), {}, findings).root.value == f"{before}${{{name}}}"
    assert not findings.has_errors


@given(st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)))
def test_what_has_no_name_is_shared_not_copied(value):
    def placed(value):
        if isinstance(value, dict):
            return Node({key: placed(member) for key, member in value.items()}, Origin("f.yaml", 1))
        return Node(tuple(map(placed, value)) if isinstance(value, list) else value, Origin("f.yaml", 1))

    root = placed(value)
    assert substituted(Parsed("f.yaml", root, has_names=True), {}, Findings()).root is root
