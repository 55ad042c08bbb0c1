"""YAML as Ansible reads it, with the place of every value."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.scalars import Doubtful, read_plain
from reconciler.desired.yaml_reader import MAX_DEPTH, read_yaml
from reconciler.model.errors import ConfigErrors


def read(text):
    return read_yaml("f.yaml", text.encode())


def refusals(text):
    with pytest.raises(ConfigErrors) as refused:
        read(text)
    return [str(error) for error in refused.value]


def test_documents_that_are_empty_are_left_out():
    assert [node.plain() for node in read("---\n---\na: 1\n---\n# nothing\n")] == [{"a": 1}]


def test_a_scalar_stands_where_it_is_written():
    (root,) = read("spec:\n  mtu:   1500\n")
    assert root.at("spec", "mtu").origin == ("f.yaml", 2, 10)


def test_a_block_collection_stands_at_its_key_and_a_flow_one_where_it_opens():
    (root,) = read("spec:\n  block:\n    a: 1\n  flow: [1]\n")
    assert root.at("spec", "block").origin.exact == "f.yaml:2:3"
    assert root.at("spec", "flow").origin.exact == "f.yaml:4:9"


def test_columns_count_characters_not_bytes():
    (root,) = read("{é: 1, b: 2}")
    assert root.get("b").origin.column == 11


def test_merge_keys_bring_in_what_is_not_said():
    (root,) = read(
        "base: &base {mtu: 1500, vid: 1}\nmore: &more {vid: 2, x: 3}\nv:\n  <<: [*base, *more]\n  mtu: 9000\n"
    )
    assert root.get("v").plain() == {"mtu": 9000, "vid": 1, "x": 3}
    assert root.at("v", "vid").origin.line == 1


def test_a_quoted_merge_key_is_a_key():
    (root,) = read('a: &a {b: 1}\nc:\n  "<<": *a\n')
    assert root.get("c").plain() == {"<<": {"b": 1}}


def test_an_alias_repeats_the_value_with_the_place_of_the_anchor():
    (root,) = read("a: &a\n  - 1\nb: *a\nc: *a\n")
    assert root.get("b") is root.get("c") is root.get("a")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("24.10", 24.1),
        ("010", 8),
        ("11:22:33:44:55:06", 8846009706),
        ("yes", True),
        ("1_000", 1000),
        ("0x1F", 31),
        ("1e3", "1e3"),
        ("08", "08"),
        ("2026-11-21", "2026-11-21"),
    ],
)
def test_a_plain_scalar_that_readers_may_take_otherwise_keeps_its_text(text, value):
    (root,) = read(f"a: {text}\n")
    assert isinstance(root.get("a"), Doubtful)
    assert (root.get("a").value, root.get("a").raw) == (value, text)


@pytest.mark.parametrize("text", ["'24.10'", '"yes"', "!!str 010", "|\n  yes"])
def test_quoted_text_is_text_and_beyond_doubt(text):
    (root,) = read(f"a: {text}\n")
    assert isinstance(root.get("a").value, str)
    assert not isinstance(root.get("a"), Doubtful)


@pytest.mark.parametrize("text", ["12", "45.35", "true", "null", "08:00:27:1c:2b:3d", "eth0", "True"])
def test_what_all_readers_take_alike_is_beyond_doubt(text):
    assert not read_plain(text).is_doubtful


@given(st.text("0123456789:._-+eExoabAfFtrunyYsNo~ ", max_size=12).map(str.strip))
def test_every_plain_scalar_is_read_as_ansible_reads_it(text):
    try:
        expected = yaml.load(f"[{text} ]", yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return
    if len(expected) != 1 or isinstance(expected[0], dict | list):
        return  # no scalar at all: `00:` is a mapping, and its key has a rule of its own
    (root,) = read_yaml("f.yaml", f"[{text} ]".encode())
    assert repr(root.plain()) == repr([text] if isinstance(expected[0], dt.date) else expected)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz ", min_size=1), inner, max_size=4),
        max_leaves=20,
    ).filter(lambda value: value is not None)
)
def test_every_document_is_read_as_ansible_reads_it(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    (root,) = read_yaml("f.yaml", text.encode())
    assert root.plain() == yaml.load(text, yaml.CSafeLoader)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    with contextlib.suppress(ConfigErrors):
        read_yaml("f.yaml", content)


def test_every_duplicate_key_of_a_file_is_refused_at_once():
    assert refusals("a: 1\nb: {c: 1, c: 2}\na: 2\n") == [
        'f.yaml:2:11: the key "c" is given twice, first in line 2: keep one of them',
        'f.yaml:3:1: the key "a" is given twice, first in line 1: keep one of them',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("on: 1", 'f.yaml:1:1: the key on is read as the boolean true: write "on"'),
        ("24.10: 1", 'f.yaml:1:1: the key 24.10 is read as the number 24.1: write "24.10"'),
        ("null: 1", 'f.yaml:1:1: the key null is read as nothing: write "null"'),
        ("{{a: 1}: 1}", "f.yaml:1:2: a key must be text, not a collection"),
        ("a: &a [*a]", "f.yaml:1:8: the alias *a stands before the end of what it names"),
        ("a: *b", "f.yaml:1:4: the alias *b stands before the end of what it names"),
        ("a: !vault x", "f.yaml:1:4: the tag !vault is not read here: write the value itself"),
        ("a: !!set {b}", "f.yaml:1:4: the tag !!set is not read here: write the value itself"),
        ("<<: 1", "f.yaml:1:5: << wants a mapping, or a list of mappings"),
        ("a: b: c", "f.yaml:1:5: not YAML: mapping values are not allowed in this context"),
        ("a: \x07", "f.yaml:1:1: not YAML: control characters are not allowed"),
        ("[" * 5000, f"f.yaml:1:{MAX_DEPTH + 1}: nested deeper than {MAX_DEPTH} levels: flatten it"),
    ],
)
def test_what_is_refused_is_said_at_its_place(text, message):
    assert refusals(text)[0].startswith(message)


def test_a_file_that_is_not_utf_8_is_refused_at_its_line():
    with pytest.raises(ConfigErrors) as refused:
        read_yaml("f.yaml", b"a: 1\nb: \xff\n")
    assert str(refused.value) == "f.yaml:2:1: the file is not UTF-8 here: save it as UTF-8"


def test_aliases_may_not_nest_deeper_than_collections():
    chain = "a0: &a0 []\n" + "".join(f"a{i}: &a{i} [[[*a{i - 1}]]]\n" for i in range(1, 40))
    assert "nested deeper than 64 levels" in refusals(chain)[0]


def test_numbers_as_keys_are_text():
    assert read("0: a\n")[0].plain() == {"0": "a"}
