"""Which sites a move of files reaches: examples first, then any edits at all against a full recomputation."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.sources.entries import Entry, Kind
from reconciler.sources.inputs import Affected, Inputs, Rules, advanced, affected, indexed
from tests.sources.history import layers_of

UNREADABLE = "too large"


def read(ids: Collection[str]) -> Mapping[str, bytes]:
    """In these tests an object's id is its content, so nothing has to be stored."""
    return {blob: blob.encode() for blob in ids if blob != UNREADABLE}


def fleet_part(fleet: bytes, site_file: bytes, site: str) -> bytes:
    """Odd fleets reach sites without layers, even ones those with: enough to tell a part from the whole."""
    return fleet if bool(layers_of(site_file)) == (len(fleet) % 2 == 0) else b""


RULES = Rules(read, layers_of)
PARTED = Rules(read, layers_of, fleet_part)


def tree(**contents: str) -> dict[str, Entry]:
    return {PATHS[name]: Entry(content) for name, content in contents.items()}


PATHS = {
    "fleet": "fleet.yaml", "ran": "profiles/ran/host.yaml", "ran_extra": "profiles/ran/extra.yaml",
    "core": "profiles/core/host.yaml", "one": "subclouds/one/site.yaml", "one_config": "subclouds/one/config.yaml",
    "two": "subclouds/two/site.yaml", "readme": "README.md", "loose": "subclouds/README.md",
}  # fmt: skip
BEFORE = tree(fleet="f", ran="r", core="c", one="layers:\nran\ncore", one_config="x", two="layers:\ncore", readme="r")


def reached(**contents: str | None) -> Affected:
    before = indexed(BEFORE, RULES)
    moves = {PATHS[name]: None if content is None else Entry(content) for name, content in contents.items()}
    return affected(before, advanced(before, moves, RULES))


def changed(*sites: str) -> Affected:
    return Affected(changed=frozenset(sites))


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        pytest.param({"one_config": "y"}, changed("one"), id="a file of a site reaches the site"),
        pytest.param({"one_config": None}, changed("one"), id="so does its removal"),
        pytest.param({"ran": "s"}, changed("one"), id="a profile reaches those that name it"),
        pytest.param({"core": "d"}, changed("one", "two"), id="however many"),
        pytest.param({"ran_extra": "e"}, changed("one"), id="a new file of a profile too"),
        pytest.param({"fleet": "g"}, changed("one", "two"), id="the fleet's file reaches all"),
        pytest.param({"two": "layers:\nran"}, changed("two"), id="naming another layer"),
        pytest.param({"readme": "s"}, changed(), id="what is no input reaches nobody"),
        pytest.param({"loose": "s"}, changed(), id="a file beside the folders is no site"),
        pytest.param({"two": None}, Affected(vanished=frozenset({"two"})), id="the last file of a site"),
        pytest.param({"one": None}, changed("one"), id="a site without site.yaml is one without layers"),
        pytest.param({}, changed(), id="nothing"),
    ],
)
def test_a_move_reaches(moves, expected):
    assert reached(**moves) == expected


def test_a_new_site_appears():
    before = indexed(BEFORE, RULES)
    after = advanced(before, {"subclouds/three/site.yaml": Entry("layers:\ncore")}, RULES)
    assert affected(before, after) == Affected(appeared=frozenset({"three"}))
    assert affected(before, after).sites == {"three"}


def test_a_site_that_stopped_naming_a_layer_is_not_reached_by_it():
    before = advanced(indexed(BEFORE, RULES), tree(one="layers:\ncore"), RULES)
    assert affected(before, advanced(before, tree(ran="s"), RULES)) == changed()


def test_a_layer_that_does_not_exist_yet_reaches_its_users_when_it_does():
    before = indexed(tree(fleet="f", one="layers:\nran"), RULES)
    assert "profiles/ran/host.yaml" not in before.of("one")
    assert affected(before, advanced(before, tree(ran="r"), RULES)) == changed("one")


def test_the_inputs_of_a_site_are_its_folder_its_layers_and_the_fleet():
    expected = {PATHS[name] for name in ("fleet", "core", "two")}
    assert indexed(BEFORE, RULES).of("two").keys() == expected


def test_a_site_file_that_cannot_be_read_names_no_layers_and_stops_nobody():
    after = advanced(indexed(BEFORE, RULES), tree(one=UNREADABLE), RULES)
    assert after.layers == {"one": (), "two": ("core",)}


def test_a_link_in_the_place_of_a_folder_is_a_site_that_can_be_refused():
    after = indexed({**BEFORE, "subclouds/three": Entry("one", Kind.SYMLINK)}, RULES)
    assert after.of("three")["subclouds/three"].kind is Kind.SYMLINK


def test_a_file_that_became_a_link_changes_the_key():
    before = indexed(BEFORE, RULES)
    after = advanced(before, {PATHS["one_config"]: Entry("x", Kind.SYMLINK)}, RULES)
    assert affected(before, after) == changed("one")


def test_with_parts_the_fleet_file_reaches_only_those_whose_part_differs():
    before = indexed(tree(fleet="ff", one="layers:\nran", two=""), PARTED)
    assert affected(before, advanced(before, tree(fleet="gg"), PARTED)) == changed("one")
    assert affected(before, advanced(before, tree(fleet="hhhh", two="#"), PARTED)) == changed("one", "two")


def test_identical_site_files_are_read_once():
    asked: list[set[str]] = []

    def counting(ids: Collection[str]) -> Mapping[str, bytes]:
        asked.append(set(ids))
        return read(ids)

    same = {f"subclouds/{n}/site.yaml": Entry("layers:\nran") for n in range(9)}
    before = indexed(same, Rules(counting, layers_of))
    advanced(before, {"subclouds/3/config.yaml": Entry("x"), "fleet.yaml": Entry("f")}, Rules(counting, layers_of))
    assert asked == [{"layers:\nran"}, set()]


LAYER_TEXTS = st.lists(st.sampled_from(["a", "b", "a-b", "missing"]), max_size=3).map(
    lambda layers: "\n".join(["layers:", *layers])
)
CONTENTS = st.one_of(LAYER_TEXTS, st.sampled_from(["", "x", "yy", UNREADABLE]))
FILES = st.sampled_from(
    ["fleet.yaml", "README.md", "subclouds/README.md", "profiles/a", "subclouds/1"]
    + [f"profiles/{layer}/{file}" for layer in ("a", "b", "a-b") for file in ("1.yaml", "deep/2.yaml")]
    + [f"subclouds/{site}/{file}" for site in ("1", "2", "1-2") for file in ("site.yaml", "x.yaml")]
)
ENTRIES = st.builds(Entry, CONTENTS, st.sampled_from([Kind.FILE, Kind.FILE, Kind.FILE, Kind.SYMLINK]))
MOVES = st.lists(st.dictionaries(FILES, st.none() | ENTRIES, max_size=6), max_size=6)


@pytest.mark.parametrize("rules", [RULES, PARTED], ids=["whole fleet file", "parts"])
@given(start=st.dictionaries(FILES, ENTRIES), edits=MOVES)
def test_bringing_an_index_forward_equals_making_it_anew(rules, start, edits):
    files, inputs = dict(start), indexed(start, rules)
    for moves in edits:
        before, inputs = inputs, advanced(inputs, moves, rules)
        files = {path: entry for path, entry in {**files, **moves}.items() if entry is not None}
        assert inputs == indexed(files, rules)
        assert affected(before, inputs) == by_definition(before, inputs)


def by_definition(before: Inputs, after: Inputs) -> Affected:
    names = before.keys.keys() | after.keys.keys()
    differ = {name for name in names if before.keys.get(name) != after.keys.get(name)}
    appeared, vanished = differ - before.keys.keys(), differ - after.keys.keys()
    return Affected(frozenset(differ - appeared - vanished), frozenset(appeared), frozenset(vanished))


@given(start=st.dictionaries(FILES, ENTRIES), other=st.dictionaries(FILES, ENTRIES))
def test_equal_keys_mean_equal_inputs(start, other):
    one, two = indexed(start, RULES), indexed(other, RULES)
    for name in one.keys.keys() & two.keys.keys():
        assert (one.keys[name] == two.keys[name]) == (one.of(name) == two.of(name))
