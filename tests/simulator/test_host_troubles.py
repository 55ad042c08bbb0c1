"""What goes wrong with hosts on demand: the states that a watcher sees, as the sources of the platform write them."""

from __future__ import annotations

import pytest

from reconciler.simulator.interference import Absence, absence

from .conftest import give_oam


def unlocked(api, mark):
    """The only controller after an unlock that a mark spoils."""
    give_oam(api, "controller-0")
    api.system.settle()
    api.system.marks.add(mark)
    api.act("controller-0", "unlock")
    api.system.settle()
    return api.host("controller-0")


def words(host):
    return "-".join(str(host[name]) for name in ("administrative", "operational", "availability"))


def test_vim_without_a_reason_leaves_its_own_word(running):
    running.system.marks.add("vim-refuses:")
    running.act("controller-0", "lock")
    running.system.settle()
    host = running.host("controller-0")
    assert (words(host), host["vim_progress_status"]) == ("unlocked-enabled-available", "services-disable-failed")


def test_a_lock_that_vim_never_ends_grows_old_and_is_given_up(running):
    running.system.marks.add("vim-hangs")
    running.act("controller-0", "lock")
    running.system.advance(running.system.now + 200)
    assert running.host("controller-0")["task"] == "Locking---"
    running.system.settle()
    host = running.host("controller-0")
    assert (words(host), host["task"], host["vim_progress_status"]) == ("unlocked-enabled-available", "", "")


@pytest.mark.parametrize(
    ("mark", "state", "task"),
    [
        ("comes-up:degraded", "unlocked-enabled-degraded", ""),
        ("comes-up:degraded:600", "unlocked-enabled-available", ""),
        ("comes-up:failed:threshold reached", "unlocked-disabled-failed", "threshold reached"),
        ("comes-up:offline", "unlocked-disabled-offline", ""),
        ("drops-unlock", "locked-disabled-online", ""),
    ],
)
def test_a_host_comes_up_in_whatever_way_it_is_told(simplex, mark, state, task):
    host = unlocked(simplex, mark)
    assert (words(host), host["task"]) == (state, task)


def test_a_host_may_come_up_for_a_configuration_that_is_old_by_then(simplex):
    host = unlocked(simplex, "comes-up:out-of-date")
    assert (words(host), host["config_status"]) == ("unlocked-enabled-available", "Config out-of-date")
    assert host["config_target"] != host["config_applied"]


def test_service_management_may_refuse_a_swact(pair):
    pair.system.marks.add("sm-refuses:not now")
    patch = [{"op": "replace", "path": "/action", "value": "swact"}]
    assert pair.refusal("PATCH", "/ihosts/controller-0", patch) == (400, "not now")


def test_a_swact_to_a_degraded_controller_is_refused(pair):
    pair.system.update("ihosts", pair.host("controller-1")["uuid"], availability="degraded")
    patch = [{"op": "replace", "path": "/action", "value": "swact"}]
    status, text = pair.refusal("PATCH", "/ihosts/controller-0", patch)
    assert (status, "must be in available status" in text) == (400, True)


@pytest.mark.parametrize(("mark", "word"), [("swact-fails:Swact: Failed", "Swact: Failed"), ("swact-stays", "")])
def test_activity_may_stay_and_maintenance_says_so_for_a_while(pair, mark, word):
    pair.system.marks.add(mark)
    pair.act("controller-0", "swact")
    pair.system.advance(pair.system.now + pair.system.durations.swact)
    assert pair.host("controller-0")["task"] == word
    pair.system.settle()
    host = pair.host("controller-0")
    assert (host["task"], host["capabilities"]["Personality"]) == ("", "Controller-Active")


def test_the_controller_that_activity_left_may_be_gone(pair):
    pair.system.marks.add("swact-loses")
    pair.act("controller-0", "swact")
    pair.system.settle()
    assert words(pair.host("controller-0")) == "unlocked-disabled-offline"
    assert pair.host("controller-1")["capabilities"]["Personality"] == "Controller-Active"


def test_a_floating_address_is_cut_then_a_gateway_then_empty_on_its_way():
    moves = (100.0, 160.0)
    seen = [absence(moves, now) for now in (99.0, 100.0, 125.0, 159.0, 160.0)]
    assert seen == [None, Absence.CUT, Absence.GATEWAY, Absence.EMPTY, None]
