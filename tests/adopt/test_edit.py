from __future__ import annotations

from difflib import unified_diff

import pytest

from reconciler.adopt.edit import REMOVED, Edit, edited, places, rewritten, values
from reconciler.model.errors import ConfigError
from reconciler.model.origin import Origin

FILE = "subclouds/ottawa/deployment-config.yaml"

TEXT = """\
# Ottawa, one server.

apiVersion: starlingx.windriver.com/v1
kind: System
metadata:
  name: ottawa          # whatever
spec:
  location: 'Ottawa'
  dnsServers:           # both of them
  - 10.0.0.53   # primary
  # the other building
  - 10.0.1.53
  ntpServers: [ "0.pool.ntp.org" , "1.pool.ntp.org" ]
  description: >
    folded text
    of two lines

---
# The server.
kind: HostProfile
spec:
  interfaces:
    ethernet:
    # out of band
    - name: oam0
      class: platform
      platformNetworks: [oam]

    - name: data0   # to the core
      mtu: 1500
      dataNetworks: []
  labels: {}
  memory:
  # the last word
"""


def edit(*edits: Edit, text: str = TEXT) -> list[str]:
    """The lines of the diff."""
    after = edited(FILE, text, edits)
    diff = unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in diff if not line.startswith(("---", "+++", "@@"))]


def at(*path: str | int, value: object = REMOVED, document: int = 1) -> Edit:
    return Edit(document, path, value)


DATA0 = ("spec", "interfaces", "ethernet", 1)


def test_a_scalar_changes_its_own_line():
    assert edit(at(*DATA0, "mtu", value=9000)) == ["-      mtu: 1500", "+      mtu: 9000"]


def test_a_text_keeps_its_quotes_and_the_comment_behind_it():
    assert edit(at("spec", "location", value="Hull", document=0)) == ["-  location: 'Ottawa'", "+  location: 'Hull'"]
    assert edit(at("metadata", "name", value="hull", document=0)) == [
        "-  name: ottawa          # whatever",
        "+  name: hull          # whatever",
    ]


@pytest.mark.parametrize("text", ["24.09", "yes", "010", "11:22:33:44:55:06", "1e3", "", "a: b", "# no", "2026-01-02"])
def test_a_text_that_some_reader_takes_for_something_else_is_quoted(text):
    assert edit(at("metadata", "name", value=text, document=0))[-1] == f'+  name: "{text}"          # whatever'


def test_an_element_of_a_list_changes_alone():
    found = edit(at("spec", "dnsServers", 0, value="10.9.0.53", document=0))
    assert found == ["-  - 10.0.0.53   # primary", "+  - 10.9.0.53   # primary"]


def test_a_list_set_whole_changes_the_elements_that_differ():
    servers = ["10.0.0.53", "10.0.1.53", "10.0.2.53"]
    assert edit(at("spec", "dnsServers", value=servers, document=0)) == ["+  - 10.0.2.53"]
    assert edit(at("spec", "dnsServers", value=servers[1:], document=0)) == [
        "-  - 10.0.0.53   # primary",
        "+  - 10.0.2.53",
    ]


def test_a_list_may_become_empty_and_full_again():
    emptied = edited(FILE, TEXT, [at("spec", "dnsServers", value=[], document=0)])
    assert "  dnsServers: []           # both of them\n  ntpServers" in emptied
    assert edit(at("spec", "dnsServers", value=["10.0.0.53"], document=0), text=emptied) == [
        "-  dnsServers: []           # both of them",
        "+  dnsServers: [10.0.0.53]           # both of them",
    ]


def test_an_element_of_a_flow_list_is_added_in_its_quotes():
    found = edit(at("spec", "ntpServers", 2, value="2.pool.ntp.org", document=0))
    assert found[-1] == '+  ntpServers: [ "0.pool.ntp.org" , "1.pool.ntp.org", "2.pool.ntp.org" ]'


def test_an_element_of_a_flow_list_is_taken_out():
    assert edit(at("spec", "ntpServers", 0, document=0))[-1] == '+  ntpServers: [ "1.pool.ntp.org" ]'
    assert edit(at("spec", "ntpServers", 1, document=0))[-1] == '+  ntpServers: [ "0.pool.ntp.org" ]'


def test_a_key_is_added_behind_the_last_one_of_its_mapping():
    after = edited(FILE, TEXT, [at("spec", "contact", value="noc@example.com", document=0)])
    assert "    of two lines\n  contact: noc@example.com\n\n---" in after


def test_a_key_is_added_with_the_mappings_above_it():
    found = edit(at("spec", "memory", "node0", "size", value=1))
    assert found == ["+    node0:", "+      size: 1"]


def test_an_element_of_many_keys_is_written_as_its_neighbours_are():
    new = {"name": "fh0", "class": "pci-sriov", "dataNetworks": ["fronthaul"], "port": {"name": "ens1f1"}}
    assert edit(at("spec", "interfaces", "ethernet", 2, value=new)) == [
        "+    - name: fh0",
        "+      class: pci-sriov",
        "+      dataNetworks:",
        "+      - fronthaul",
        "+      port:",
        "+        name: ens1f1",
    ]


def test_an_element_is_taken_out_with_its_lines_and_no_other():
    assert edit(at("spec", "interfaces", "ethernet", 0)) == [
        "-    - name: oam0",
        "-      class: platform",
        "-      platformNetworks: [oam]",
    ]


def test_a_key_is_taken_out_wherever_it_stands():
    assert edit(at(*DATA0, "mtu")) == ["-      mtu: 1500"]
    assert edit(at(*DATA0, "name")) == ["-    - name: data0   # to the core", "-      mtu: 1500", "+    - mtu: 1500"]


def test_a_flow_mapping_that_gets_members_becomes_lines():
    assert edit(at("spec", "labels", "sriovdp", value="enabled")) == [
        "-  labels: {}",
        "+  labels:",
        "+    sriovdp: enabled",
    ]


def test_a_collection_becomes_a_scalar_and_a_scalar_a_collection():
    assert edit(at("spec", "dnsServers", value="none", document=0))[:2] == [
        "-  dnsServers:           # both of them",
        "-  - 10.0.0.53   # primary",
    ]
    assert edit(at("spec", "location", value={"city": "Hull"}, document=0)) == [
        "-  location: 'Ottawa'",
        "+  location:",
        "+    city: Hull",
    ]


def test_line_ends_a_missing_last_one_and_a_byte_order_mark_are_kept():
    text = "\ufeffa: 1\r\nb:\r\n- x"
    assert edited(FILE, text, [at("b", 1, value="y", document=0)]) == "\ufeffa: 1\r\nb:\r\n- x\r\n- y"
    assert edited(FILE, text, [at("b", document=0)]) == "\ufeffa: 1"


def test_a_literal_text_stays_literal():
    text = "a: |\n   one\n   two\n\nb: 1\n"
    assert edited(FILE, text, [at("a", value="one\nthree\n", document=0)]) == "a: |\n   one\n   three\n\nb: 1\n"
    assert edited(FILE, text, [at("a", value="one", document=0)]) == "a: one\n\nb: 1\n"


def test_an_alias_is_written_out_where_it_is_to_differ():
    text = "a: &x 1\nb: *x\n"
    assert edited(FILE, text, [at("b", value=2, document=0)]) == "a: &x 1\nb: 2\n"


def test_an_anchored_value_that_is_used_again_is_refused_at_its_line():
    with pytest.raises(ConfigError, match=r":2:4: &x is used again .* write the values out"):
        edited(FILE, "z: 0\na: &x 1\nb: *x\n", [at("a", value=2, document=0)])


def test_an_anchored_value_changes_with_all_that_repeat_it():
    assert rewritten(FILE, "a: &x 1\nb: *x\n", [{"a": 2, "b": 2}]) in {"a: &x 2\nb: 2\n", "a: &x 2\nb: *x\n"}


def test_a_merged_key_is_overridden_by_one_of_its_own():
    text = "base: &base\n  mtu: 1500\nnet:\n  <<: *base\n  name: x\n"
    assert edit(at("net", "mtu", value=9000, document=0), text=text) == ["+  mtu: 9000"]
    with pytest.raises(ConfigError, match="comes in by <<"):
        edit(at("net", "mtu", document=0), text=text)


def test_a_comment_that_would_be_lost_refuses_the_edit():
    with pytest.raises(ConfigError, match="a comment stands between"):
        edit(at("a", 0, document=0), text="a: [1, # one\n  2]\n")


@pytest.mark.parametrize("text", ["? a\n: 1\n", "? a\n: - 1\n"])
def test_keys_that_do_not_stand_before_a_colon_are_refused(text):
    with pytest.raises(ConfigError, match="by hand"):
        edit(at("a", value={"b": 1}, document=0), text=text)


def test_a_document_is_added_behind_the_others():
    wish = [*values(FILE, TEXT), {"kind": "Host", "spec": {"profile": "p"}}]
    assert rewritten(FILE, TEXT, wish) == TEXT + "---\nkind: Host\nspec:\n  profile: p\n"
    assert rewritten(FILE, "# nothing yet\n", [{"a": []}]) == "# nothing yet\na: []\n"


def test_an_origin_finds_its_value():
    assert list(places(FILE, TEXT, Origin(FILE, 30, 12))) == [(1, (*DATA0, "mtu"), 1500)]
    assert [path for _, path, _ in places(FILE, TEXT, Origin(FILE, 9, 3))] == [("spec", "dnsServers")]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (("spec", "nothing", 0), "nothing is not there"),
        (("spec", "location", "x"), "no place for x"),
        ((0,), "no place"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path, why):
    with pytest.raises(ConfigError, match=why):
        edited(FILE, TEXT, [Edit(0, path, 1)])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_is_added_below_a_list_that_loses_its_last_elements(end):
    text = end.join(["name:", "- 0", "# one", "- 1", "# two", "- 2", "# the end"])
    after = rewritten(FILE, text, [{"name": [0], "labels": 0}])
    assert after.split(end) == ["name:", "- 0", "# one", "# two", "labels: 0", "# the end"]
