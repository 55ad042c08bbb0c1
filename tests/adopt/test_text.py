"""The text says to every reader of YAML what was meant, and is the same each time."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from reconciler.adopt.text import text
from reconciler.adopt.tree import Document
from reconciler.desired import parse_blob

MISREAD = ("off", "no", "on", "010", "0x10", "1_000", "24.10", "12:30:45", "52:54:00:07:00:10", "1e3", "~", "null",
           "2026-11-21", "=", "<<", "-75.69", "", " blank ", "a: b", "a #b", "- x", "'", '"', "{x}", "*a", "&a", "!t",
           "%", "@", "line\nline", "é", "0o17", ".inf", "True")  # fmt: skip
# ruamel takes `.` for a number, which no version of YAML does
TEXT = st.text(max_size=6).filter(lambda text: not text.lstrip("-+").startswith("."))
SCALARS = st.one_of(TEXT, st.sampled_from(MISREAD), st.integers(), st.booleans())
KEYS = st.from_regex(r"[a-cX-Z][a-cX-Z0-9./_-]{0,6}", fullmatch=True)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)


def read_strictly(content: str):
    (document,) = parse_blob("deployment-config.yaml", content.encode()).documents
    return document.spec.plain()


def read_modern(content: str):
    return YAML(typ="safe", pure=True).load(content)["spec"]


@pytest.mark.parametrize("value", MISREAD)
def test_text_that_some_reader_takes_for_something_else_is_quoted(value):
    content = text([Document("System", "ottawa", {"location": value, "dnsServers": [value]})])
    assert read_strictly(content) == {"location": value, "dnsServers": [value]}
    assert yaml.safe_load(content)["spec"]["location"] == value
    assert read_modern(content)["location"] == value


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_what_was_written_is_what_is_read(spec):
    content = text([Document("HostProfile", "worker-profile", spec)])
    assert yaml.safe_load(content)["spec"] == spec
    assert read_modern(content) == spec


def test_it_looks_as_an_author_would_write_it():
    spec = {"class": "data", "dataNetworks": ["fronthaul"], "port": {"name": "ens1f0"}, "platformNetworks": []}
    assert text([Document("HostProfile", "p", {"interfaces": {"ethernet": [spec]}})]) == (
        "apiVersion: starlingx.windriver.com/v1\n"
        "kind: HostProfile\n"
        "metadata:\n"
        "  name: p\n"
        "spec:\n"
        "  interfaces:\n"
        "    ethernet:\n"
        "    - class: data\n"
        "      dataNetworks:\n"
        "      - fronthaul\n"
        "      port:\n"
        "        name: ens1f0\n"
        "      platformNetworks: []\n"
    )
