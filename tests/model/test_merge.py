"""Rules about merges: which paths a pattern is of, and that a rule never goes further than it says."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler.model.merge import Merge, MergeRule, is_covered, matches, moved_paths
from reconciler.model.words import Disruption


@pytest.mark.parametrize(
    ("pattern", "path", "is_of"),
    [
        ("subclouds/lab-*/**", "subclouds/lab-1/site.yaml", True),
        ("subclouds/lab-*/**", "subclouds/lab-1/a/b/c.yaml", True),
        ("subclouds/lab-*/**", "subclouds/lab-1", False),
        ("subclouds/lab-*/**", "subclouds/prod-lab-1/site.yaml", False),
        ("subclouds/lab-*", "subclouds/lab-1/site.yaml", False),
        ("**/ntp.yaml", "ntp.yaml", True),
        ("**/ntp.yaml", "profiles/ran/ntp.yaml", True),
        ("profiles/**/ntp.yaml", "profiles/ntp.yaml", True),
        ("profiles/**/ntp.yaml", "subclouds/profiles/ntp.yaml", False),
        ("profiles/?.yaml", "profiles/a.yaml", True),
        ("profiles/?.yaml", "profiles/ab.yaml", False),
        ("profiles/[ab].yaml", "profiles/a.yaml", False),
        ("profiles/[ab].yaml", "profiles/[ab].yaml", True),
        ("profiles/a.yaml", "profiles/aXyaml", False),
        ("profiles/*", "profiles/a\nb", True),
        ("**", "anything/at/all", True),
        ("*", "fleet.yaml", True),
        ("*", "profiles/fleet.yaml", False),
    ],
)
def test_a_pattern_is_of_whole_paths(pattern, path, is_of):
    assert matches(pattern, path) is is_of


PARTS = st.text(st.sampled_from("ab*?."), min_size=1, max_size=4)
PATTERNS = st.lists(PARTS | st.just("**"), min_size=1, max_size=4)
PATHS = st.lists(st.text(st.sampled_from("ab."), min_size=1, max_size=3), min_size=1, max_size=4)


def is_of(pattern, path):
    """The same said in another way: part by part."""
    if not pattern:
        return not path
    first, *rest = pattern
    if first != "**":
        return bool(path) and fnmatchcase(path[0], first) and is_of(rest, path[1:])
    if not rest:
        return bool(path)
    return any(is_of(rest, path[n:]) for n in range(len(path) + 1))


@given(PATTERNS, PATHS)
def test_a_pattern_is_of_what_it_says_part_by_part(pattern, path):
    assert matches("/".join(pattern), "/".join(path)) is is_of(pattern, path)


@pytest.mark.parametrize("pattern", ["", "/a", "a/", "a//b", "a\nb"])
def test_a_pattern_that_is_of_nothing_is_refused(pattern):
    with pytest.raises(ValidationError):
        MergeRule(paths=(pattern,), up_to=Disruption.LOCK)


@pytest.mark.parametrize("cost", [Disruption.REINSTALL, Disruption.DESTRUCTIVE])
def test_no_rule_goes_further_than_a_reboot(cost):
    with pytest.raises(ValidationError, match="at most reboot"):
        MergeRule(paths=("**",), up_to=cost)


def rule(up_to, *paths):
    return MergeRule(paths=paths, up_to=up_to)


LAB, ALL = rule(Disruption.LOCK, "lab/**"), rule(Disruption.NONE, "**")


@pytest.mark.parametrize(
    ("paths", "cost", "covered"),
    [
        (["lab/a"], Disruption.LOCK, True),
        (["lab/a"], Disruption.REBOOT, False),
        (["lab/a", "prod/a"], Disruption.NONE, True),
        (["lab/a", "prod/a"], Disruption.SERVICE, False),
        ([], Disruption.DESTRUCTIVE, True),
    ],
)
def test_every_path_has_to_be_of_a_rule_that_goes_so_far(paths, cost, covered):
    assert is_covered(paths, (LAB, ALL), cost) is covered


COSTS = st.sampled_from([cost for cost in Disruption if cost <= Disruption.REBOOT])
RULES = st.builds(rule, COSTS, PATTERNS.map("/".join))
NAMES = PATHS.map("/".join)


@given(st.lists(NAMES, min_size=1, max_size=4), st.lists(RULES, max_size=3), st.sampled_from(list(Disruption)))
def test_what_is_covered_has_a_rule_for_each_path_and_no_rule_covers_nothing(paths, rules, cost):
    far = [r for r in rules if cost <= r.up_to]
    if is_covered(paths, rules, cost):
        assert all(any(matches(p, path) for r in far for p in r.paths) for path in paths)
        assert cost <= Disruption.REBOOT
    assert not is_covered(paths, (), cost)


@given(st.dictionaries(NAMES, st.binary(max_size=2)), st.dictionaries(NAMES, st.binary(max_size=2)))
def test_what_moved_is_what_is_not_the_same_in_both(before, after):
    moved = moved_paths(before, after)
    assert {p: c for p, c in before.items() if p not in moved} == {p: c for p, c in after.items() if p not in moved}
    assert all(before.get(path) != after.get(path) for path in moved)


def test_who_merged_is_told_and_who_wrote_it():
    merge = Merge("c0ffee" * 6, "Amelie", "Amelie", 1.0, frozenset())
    assert merge.in_words == "the merge of c0ffeec0ffee by Amelie"
    pushed = Merge("c0ffee" * 6, "Amelie", "Forge", 1.0, frozenset())
    assert pushed.in_words == "the merge of c0ffeec0ffee by Amelie, committed by Forge"
