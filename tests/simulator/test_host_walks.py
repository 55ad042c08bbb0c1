"""A host's states after each action, in their order, and the ways in which they go wrong."""

from __future__ import annotations

import pytest

from .conftest import give_oam


def steps(api, host):
    """Every different (administrative, operational, availability, task) that a watcher sees until nothing waits."""
    seen = []
    while True:
        row = api.host(host)
        state = tuple(row[name] for name in ("administrative", "operational", "availability", "task"))
        if state not in seen:
            seen.append(state)
        due = api.system.timeline.next_due()
        if due is None:
            return seen
        api.system.advance(due)


def test_unlock_goes_down_tests_itself_and_comes_up(simplex):
    give_oam(simplex, "controller-0")
    simplex.system.settle()
    assert simplex.act("controller-0", "unlock")["ihost_action"] == "unlock"
    assert steps(simplex, "controller-0") == [
        ("locked", "disabled", "online", "Unlocking"),
        ("unlocked", "disabled", "offline", "Unlocking"),
        ("unlocked", "disabled", "intest", "Testing"),
        ("unlocked", "enabled", "available", ""),
    ]


def test_first_unlock_provisions_and_applies_the_target(running):
    host = running.host("controller-0")
    assert (host["invprovision"], host["vim_progress_status"]) == ("provisioned", "services-enabled")
    assert host["config_applied"] == host["config_target"]


def test_lock_is_accepted_twice_and_unlock_meanwhile_refused(running):
    running.act("controller-0", "lock")
    running.act("controller-0", "lock")
    status, text = running.refusal("PATCH", "/ihosts/controller-0", _action("unlock"))
    assert (status, text) == (400, "Host unlock rejected due to in progress action lock")
    running.system.settle()
    assert running.host("controller-0")["administrative"] == "locked"
    assert running.system.journal.hosts["controller-0"]["lock"] == 1


def test_vim_refusing_a_lock_leaves_the_host_unlocked_with_the_bare_reason(running):
    running.system.marks.add("vim-refuses:no room for these pods")
    running.act("controller-0", "lock")
    running.system.settle()
    host = running.host("controller-0")
    assert (host["administrative"], host["task"], host["ihost_action"]) == ("unlocked", "", "")
    assert host["vim_progress_status"] == "no room for these pods"


def test_vim_not_answering_refuses_the_lock_and_leaves_ihost_action(running):
    running.system.marks.add("vim-silent")
    status, text = running.refusal("PATCH", "/ihosts/controller-0", _action("lock"))
    assert status == 400
    assert text.startswith("VIM API Error or Timeout on action = lock")
    assert running.host("controller-0")["ihost_action"] == "lock"
    running.act("controller-0", "lock")
    running.system.settle()
    assert running.host("controller-0")["administrative"] == "locked"


def test_mtce_refusing_an_unlock_leaves_ihost_action(simplex):
    give_oam(simplex, "controller-0")
    simplex.system.settle()
    simplex.system.marks.add("mtce-refuses:Not now")
    _, text = simplex.refusal("PATCH", "/ihosts/controller-0", _action("unlock"))
    assert text == "Operation Rejected: Not now. unlock."
    assert simplex.host("controller-0")["ihost_action"] == "unlock"


def test_a_host_may_come_up_failed(simplex):
    give_oam(simplex, "controller-0")
    simplex.system.settle()
    simplex.system.marks.add("comes-up:failed")
    simplex.act("controller-0", "unlock")
    simplex.system.settle()
    assert simplex.host("controller-0")["availability"] == "failed"


def test_swact_exchanges_the_controllers_and_counts(pair):
    pair.act("controller-0", "swact")
    assert pair.host("controller-0")["task"] == "Swacting"
    pair.system.settle()
    assert pair.host("controller-0")["capabilities"]["Personality"] == "Controller-Standby"
    assert pair.host("controller-1")["capabilities"]["Personality"] == "Controller-Active"
    assert pair.system.journal.hosts["controller-0"]["swact"] == 1


def test_swact_sent_to_the_standby_does_nothing(pair):
    pair.act("controller-1", "swact")
    pair.system.settle()
    assert pair.host("controller-0")["capabilities"]["Personality"] == "Controller-Active"


def test_the_active_controller_of_a_pair_cannot_be_locked(pair):
    for action in ("lock", "force-lock"):
        _, text = pair.refusal("PATCH", "/ihosts/controller-0", _action(action))
        assert text == "controller-0 : Rejected: Can not lock an active controller."


@pytest.mark.parametrize("action", ["reinstall", "reset", "power-off", "swact"])
def test_a_simplex_refuses_what_would_take_its_only_host(running, action):
    assert running.refusal("PATCH", "/ihosts/controller-0", _action(action))[0] == 400


def test_a_refused_unlock_empties_ihost_action_and_nothing_else(simplex):
    before = simplex.host("controller-0")
    _, text = simplex.refusal("PATCH", "/ihosts/controller-0", _action("unlock"))
    assert text.startswith("Can not unlock a controller host without an oam interface.")
    after = simplex.host("controller-0")
    changed = {name for name in after if after[name] != before[name] and name != "updated_at"}
    assert changed <= {"ihost_action"}


def test_a_simplex_becomes_a_pair_only_with_addresses_for_both(running):
    running.act("controller-0", "lock")
    running.system.settle()
    row = running.get("/isystems")["isystems"][0]
    running.patch(f"/isystems/{row['uuid']}", system_mode="duplex")
    _, text = running.refusal("PATCH", "/ihosts/controller-0", _action("unlock"))
    assert text == "Can not unlock controller on a duplex without configuring oam_c0_ip."


def _action(name):
    return [{"op": "replace", "path": "/action", "value": name}]
