"""Sites by wave, and how much of a fleet is too much for one commit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler.model.waves import (
    Mass,
    Reach,
    Selectable,
    Strategy,
    Wave,
    amount,
    excess,
    has_canaries,
    might_exceed,
    waves,
)

FLEET = tuple(Selectable(f"sc-{n}", ("ran", "rail")[n % 2], {"ring": str(n % 3)}) for n in range(12))
WAVES = st.builds(
    Wave,
    groups=st.lists(st.sampled_from(["ran", "rail", "plant"]), max_size=2).map(tuple),
    labels=st.dictionaries(st.just("ring"), st.sampled_from("012"), max_size=1),
)
STRATEGIES = st.builds(
    Strategy,
    canaries=st.lists(st.sampled_from([s.name for s in FLEET]), max_size=3).map(tuple),
    waves=st.lists(WAVES, max_size=3).map(tuple),
)


@given(STRATEGIES, st.sets(st.sampled_from(range(12))))
def test_every_site_is_in_exactly_one_wave_and_no_wave_is_empty(strategy, chosen):
    sites = [FLEET[n] for n in chosen]
    found = waves(strategy, sites)
    assert sorted(name for wave in found for name in wave) == sorted(site.name for site in sites)
    assert all(found)


@pytest.mark.parametrize(
    ("goes", "order"),
    [
        ("first", (("central",), ("sc-5",), ("sc-0", "sc-1"))),
        ("last", (("sc-5",), ("sc-0", "sc-1"), ("central",))),
    ],
)
def test_the_system_controller_has_a_wave_of_its_own_before_or_after_all_others(goes, order):
    strategy = Strategy(canaries=("sc-5",), central={"site": "central", "goes": goes})
    assert waves(strategy, [Selectable("central"), *FLEET[:2], FLEET[5]]) == order
    theirs = [has_canaries(strategy, names) for names in order]
    assert theirs == ([True, True, False] if goes == "first" else [True, False, False])


def test_canaries_go_first_then_each_wave_in_its_turn_then_whom_none_names():
    strategy = Strategy(canaries=("sc-5",), waves=(Wave(groups=("ran",), labels={"ring": "0"}), Wave(groups=("ran",))))
    assert waves(strategy, FLEET) == (
        ("sc-5",),
        ("sc-0", "sc-6"),
        ("sc-10", "sc-2", "sc-4", "sc-8"),
        ("sc-1", "sc-11", "sc-3", "sc-7", "sc-9"),
    )
    assert has_canaries(strategy, ("sc-5",))
    assert not has_canaries(strategy, ("sc-0", "sc-6"))


def test_a_share_is_of_all_and_rounded_down():
    assert (amount("10%", 55), amount(3, 55), amount("100%", 55), amount("0%", 55)) == (5, 3, 55, 0)


def test_what_fleet_yaml_says_wrongly_is_refused():
    for said in ({"maxFailures": "some"}, {"maxFailures": -1}, {"maxConcurrent": 0}, {"progressDeadline": ""}):
        with pytest.raises(ValidationError):
            Strategy.model_validate(said)


def test_a_commit_is_too_much_by_what_it_changes_disrupts_or_deletes():
    mass = Mass()
    assert excess(mass, Reach(500, changed=100, disrupted=25, deleted=10)) == ""
    assert excess(mass, Reach(500, changed=101)) == "changes 101 of 500 sites (the limit is 20%)"
    assert excess(mass, Reach(500, changed=60, disrupted=26, deleted=11)) == (
        "takes hosts out of service on 26 of 500 sites (the limit is 5%) and deletes on 11 of 500 sites (the limit is 10)"
    )


def test_few_sites_are_no_mass_in_a_small_fleet():
    assert excess(Mass(), Reach(8, changed=8, disrupted=8, deleted=8)) == ""
    assert excess(Mass(few=0), Reach(8, changed=8)) != ""


def test_it_is_not_known_to_be_little_before_so_many_are_planned():
    assert might_exceed(Mass(), Reach(500, changed=90, disrupted=20, unplanned=6))
    assert not might_exceed(Mass(), Reach(500, changed=90, disrupted=0, unplanned=10))
    assert not might_exceed(Mass(), Reach(500, changed=90, disrupted=25, deleted=10))
