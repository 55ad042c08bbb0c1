"""Simulated systems answer as the recorded servers did, but where `differences.yaml` says why not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from .recordings import SCENARIOS, WHOLE, recording
from .renaming import renamed
from .replay import final_differences, replay

pytestmark = pytest.mark.conformance

LIST = Path(__file__).with_name("differences.yaml")
FEWEST_EQUAL = 0.97
RECORDINGS = (WHOLE, *SCENARIOS)


@dataclass(frozen=True)
class Listed:
    calls: frozenset[int]
    outside: frozenset[int]
    final: frozenset[str]


def listed(name: str) -> Listed:
    """What the list says of one recording."""
    own = [entry for entry in yaml.safe_load(LIST.read_text()) if entry["recording"] == name]
    calls = {seq for entry in own for seq in entry.get("calls", [])}
    outside = {seq for entry in own if entry["scope"] == "outside" for seq in entry.get("calls", [])}
    return Listed(frozenset(calls), frozenset(outside), frozenset(p for entry in own for p in entry.get("final", [])))


@pytest.mark.parametrize("name", RECORDINGS)
def test_answers_differ_only_where_the_list_says_so(shared, name):
    run = replay(recording(shared, name))
    told = "\n".join(f"{seq}: {text}" for seq, text in run.different.items())
    assert set(run.different) == listed(name).calls, told


@pytest.mark.parametrize("name", RECORDINGS)
def test_renamed_hosts_uuids_and_addresses_change_nothing(shared, name):
    """Nothing is looked up by what was recorded."""
    run = replay(renamed(recording(shared, name)))
    assert set(run.different) == listed(name).calls


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_in_the_recorded_inventory(shared, name):
    chosen = recording(shared, name)
    assert set(final_differences(replay(chosen), chosen)) == listed(name).final


@pytest.mark.parametrize("change", [lambda chosen: chosen, renamed], ids=["as recorded", "renamed"])
def test_at_least_97_of_100_calls_in_scope_are_equal(shared, change):
    every = [(name, replay(change(recording(shared, name)))) for name in RECORDINGS]
    in_scope = sum(len(run.outcomes) - len(listed(name).outside) for name, run in every)
    different = sum(len(set(run.different) - listed(name).outside) for name, run in every)
    assert 1 - different / in_scope >= FEWEST_EQUAL, f"{in_scope - different} of {in_scope} are equal"


def test_at_least_97_of_100_of_all_calls_are_equal(shared):
    runs = [replay(recording(shared, name)) for name in RECORDINGS]
    whole, different = sum(len(run.outcomes) for run in runs), sum(len(run.different) for run in runs)
    assert 1 - different / whole >= FEWEST_EQUAL, f"{whole - different} of {whole} are equal"


def test_every_listed_difference_has_a_reason():
    assert all(len(entry["reason"].split()) > 5 for entry in yaml.safe_load(LIST.read_text()))
