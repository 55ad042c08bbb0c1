"""Plans sent to a site that misbehaves: what is written, what is not, and who unlocks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.apply import send
from reconciler.diff import compare
from reconciler.model.change import Change, Comparison
from reconciler.model.errors import Held, Refused
from reconciler.model.kind import Context
from reconciler.model.outcome import StepResult
from reconciler.model.words import Action, Result
from reconciler.plan import plan
from tests.apply.fakes import FakeJournal, FakeSite, busy, refused, unreachable, work_on
from tests.worlds import KINDS, Clock, Iface, Machine, Net, host, key, snap, system

WANT = snap(Net(name="a", mtu=1500), Iface(name="eth0", mtu=9000))
HAVE = snap(Net(name="a", mtu=1400), Iface(name="eth0", mtu=1500))
LOCKED_ONCE = ["PATCH /v1/net", "PATCH lock controller-0", "PATCH /v1/iface", "PATCH unlock controller-0"]


def planned(want=WANT, have=HAVE, ours=()):
    return plan(compare(want, have, KINDS), Context(want, have), KINDS, ours)


async def test_everything_is_sent_once_and_the_host_is_unlocked():
    site, journal = FakeSite(HAVE), FakeJournal()
    outcome = await send(planned(), work_on(site, WANT, journal))
    assert outcome.result is Result.DONE
    assert site.sent == LOCKED_ONCE
    assert journal.told == [("opens", "controller-0"), ("closed", "controller-0")]
    assert compare(WANT, site.shown, KINDS).is_empty


async def test_a_second_time_writes_nothing():
    site = FakeSite(WANT)
    outcome = await send(planned(WANT, WANT), work_on(site, WANT))
    assert (outcome.result, site.sent) == (Result.DONE, [])


async def test_what_somebody_else_has_done_meanwhile_is_not_done_again():
    site = FakeSite(snap(Net(name="a", mtu=1500), Iface(name="eth0", mtu=1500)))
    outcome = await send(planned(), work_on(site, WANT))
    assert outcome.entries[0].result is StepResult.SKIPPED
    assert "PATCH /v1/net" not in site.sent


async def test_a_value_that_moved_since_the_plan_stops_the_plan_before_any_lock():
    site = FakeSite(snap(Net(name="a", mtu=1400), Iface(name="eth0", mtu=1234)))
    outcome = await send(planned(), work_on(site, WANT))
    assert outcome.result is Result.CONFLICT
    assert "mtu is 1234, was 1500" in outcome.message
    assert not any("lock" in call for call in site.sent)


async def test_a_call_without_an_answer_that_took_effect_is_not_repeated():
    site = FakeSite(HAVE)
    site.after["PATCH /v1/net"] = [unreachable(sent=True)]
    outcome = await send(planned(), work_on(site, WANT))
    assert outcome.result is Result.DONE
    assert site.sent.count("PATCH /v1/net") == 1


async def test_a_call_without_an_answer_that_had_no_effect_is_sent_again_after_looking():
    site = FakeSite(HAVE)
    site.before["PATCH /v1/net"] = [unreachable(sent=True)]
    outcome = await send(planned(), work_on(site, WANT))
    assert outcome.result is Result.DONE
    assert site.sent.count("PATCH /v1/net") == 1


async def test_a_creation_without_an_answer_is_resolved_by_looking():
    want, have = snap(Net(name="a", mtu=1500)), snap()
    site = FakeSite(have)
    site.after["POST /v1/net"] = [unreachable(sent=True)]
    outcome = await send(planned(want, have), work_on(site, want))
    assert (outcome.result, site.sent) == (Result.DONE, ["POST /v1/net"])


async def test_a_platform_that_asks_to_wait_is_asked_again():
    site = FakeSite(HAVE)
    site.before["PATCH unlock controller-0"] = [busy(), busy()]
    work = work_on(site, WANT)
    outcome = await send(planned(), work)
    assert outcome.result is Result.DONE
    assert work.clock.now() > 2


async def test_a_refusal_inside_a_window_drops_the_rest_and_unlocks():
    want = snap(Iface(name="eth0", mtu=9000), Iface(name="eth1", mtu=9000))
    have = snap(Iface(name="eth0", mtu=1500), Iface(name="eth1", mtu=1500))
    site, journal = FakeSite(have), FakeJournal()
    site.before["PATCH /v1/iface"] = [refused("MTU must be smaller")]
    outcome = await send(planned(want, have), work_on(site, want, journal))
    assert outcome.result is Result.FAILED
    assert "MTU must be smaller" in outcome.message
    assert site.sent[-1] == "PATCH unlock controller-0"
    assert journal.open == {}


async def test_a_link_cut_inside_a_window_leaves_it_journaled_and_the_next_plan_closes_it_without_a_second_lock():
    site, journal = FakeSite(HAVE), FakeJournal()
    site.before["PATCH /v1/iface"] = [unreachable(sent=False)]
    first = await send(planned(), work_on(site, WANT, journal))
    assert (first.result, list(journal.open)) == (Result.UNREACHABLE, ["controller-0"])
    again = planned(WANT, site.shown, ours=journal.open)
    second = await send(again, work_on(site, WANT, journal))
    assert second.result is Result.DONE
    assert site.sent == LOCKED_ONCE
    assert journal.open == {}


async def test_a_lock_without_an_answer_that_took_effect_is_not_sent_twice():
    site = FakeSite(HAVE)
    site.after["PATCH lock controller-0"] = [unreachable(sent=True)]
    outcome = await send(planned(), work_on(site, WANT))
    assert (outcome.result, site.sent) == (Result.DONE, LOCKED_ONCE)


async def test_a_lock_that_the_vim_refuses_is_told_in_its_words_and_no_window_stays_open():
    site, journal = FakeSite(HAVE), FakeJournal()
    work = work_on(site, WANT, journal)

    def refuse(name, action):
        site.host(name, task="Locking")
        site.looks += [lambda: None, lambda: site.host(name, task="", vim_progress_status="instances cannot move")]

    site._act = refuse
    outcome = await send(planned(), work)
    assert outcome.result is Result.FAILED
    assert "instances cannot move" in outcome.message
    assert journal.open == {}


async def test_a_host_that_a_person_locks_between_plan_and_window_stays_locked():
    site = FakeSite(HAVE)
    todo = planned()
    site.host("controller-0", administrative="locked", operational="disabled", availability="online")
    outcome = await send(todo, work_on(site, WANT))
    assert outcome.result is Result.HELD
    assert "locked-by-operator" in outcome.message
    assert not any("lock" in call for call in site.sent)


async def test_a_reboot_that_takes_the_api_away_is_no_failure():
    site = FakeSite(HAVE)
    work = work_on(site, WANT)

    def gone():
        raise unreachable(sent=False)

    act = site._act

    def reboots(name, action):
        if action == "unlock":
            site.looks += [gone] * 5
        return act(name, action)

    site._act = reboots
    assert (await send(planned(), work)).result is Result.DONE


STORED_FIRST = {**KINDS, "clock": replace(KINDS["clock"], is_stored_first=True)}
CLOCK, LATER = snap(Clock(servers=("b",))), snap(Clock(servers=("a",)))


async def sent_to_a_clock(site, journal):
    work = work_on(site, LATER, journal)
    work.kinds = STORED_FIRST
    [entry, *_] = (await send(planned(LATER, CLOCK), work)).entries
    return entry.result


async def test_a_stored_value_that_no_host_took_up_is_unverified_and_stays_noted():
    site, journal = FakeSite(CLOCK), FakeJournal()
    site.after["PATCH /v1/clock"] = [unreachable(sent=True)]
    assert await sent_to_a_clock(site, journal) is StepResult.UNVERIFIED
    [note] = journal.notes.values()
    assert (note.is_missed, note.before.spec.servers, note.wanted.spec.servers) == (True, ("b",), ("a",))


async def test_a_stored_value_without_an_answer_that_hosts_take_up_a_while_later_is_done():
    site, journal = FakeSite(CLOCK), FakeJournal()
    site.after["PATCH /v1/clock"] = [unreachable(sent=True)]
    told = [lambda: None] * 5 + [lambda: site.host("controller-0", config_target="next")]
    site.looks += told
    assert (await sent_to_a_clock(site, journal), journal.notes) == (StepResult.DONE, {})


async def test_a_stored_value_that_was_answered_is_done():
    site, journal = FakeSite(CLOCK), FakeJournal()
    assert (await sent_to_a_clock(site, journal), journal.notes) == (StepResult.DONE, {})


@pytest.mark.parametrize(("target", "result"), [("", StepResult.UNVERIFIED), ("next", StepResult.SKIPPED)])
async def test_what_a_process_stored_that_died_before_the_answer_is_believed_by_the_hosts_alone(target, result):
    site, journal = FakeSite(CLOCK), FakeJournal()
    site.after["PATCH /v1/clock"] = [RuntimeError("the process is killed here")]
    with pytest.raises(RuntimeError):
        await sent_to_a_clock(site, journal)
    site.host("controller-0", config_target=target)
    assert await sent_to_a_clock(site, journal) is result
    assert site.sent.count("PATCH /v1/clock") == 1


async def test_a_look_at_which_the_server_fails_costs_no_second_window():
    site = FakeSite(HAVE)
    send_it = site.send

    def fails():
        raise Refused("platform", "GET", "/v1/iface", 500, "database is starting", "sc-1")

    async def sent(method, path, body, service):
        answer = await send_it(method, path, body, service)
        if "/iface" in path:
            site.looks += [fails] * 3
        return answer

    site.send = sent
    assert (await send(planned(), work_on(site, WANT))).result is Result.DONE
    assert site.sent == LOCKED_ONCE


async def test_the_active_controller_is_left_by_a_swact_before_it_is_locked():
    duplex = system(host("controller-0"), host("controller-1", is_active=False), mode="duplex")
    want = snap(("controller-0", Iface(name="eth0", mtu=9000)), state=duplex)
    have = snap(("controller-0", Iface(name="eth0", mtu=1500)), state=duplex)
    site = FakeSite(have)
    await send(planned(want, have), work_on(site, want))
    assert site.sent == [
        "PATCH swact controller-0",
        "PATCH lock controller-0",
        "PATCH /v1/iface",
        "PATCH unlock controller-0",
    ]


@pytest.mark.parametrize("state", ["locked", "new"])
async def test_a_window_of_an_unprovisioned_or_own_host_is_not_locked_again(state):
    shown = snap(Machine(name="controller-0", administrative="locked"), state=system(host("controller-0", state)))
    want = snap(Machine(name="controller-0", administrative="unlocked"), state=shown.system)
    site, journal = FakeSite(shown), FakeJournal({"controller-0": "p"} if state == "locked" else {})
    outcome = await send(planned(want, shown, ours=journal.open), work_on(site, want, journal))
    assert (outcome.result, site.sent) == (Result.DONE, ["PATCH unlock controller-0"])
    assert key("machine", "controller-0").name in site.shown.system.hosts


@pytest.mark.parametrize("error", [refused(), unreachable(sent=False)], ids=["refused", "never sent"])
async def test_a_lock_that_certainly_was_not_taken_is_not_remembered_as_ours(error):
    site, journal = FakeSite(HAVE), FakeJournal()
    site.before["PATCH lock controller-0"] = [error]
    outcome = await send(planned(), work_on(site, WANT, journal))
    assert outcome.result is not Result.DONE
    assert journal.open == {}


@pytest.mark.parametrize("action", ["lock", "unlock"])
async def test_an_action_that_the_platform_is_not_ready_for_is_asked_for_again(action):
    site, journal = FakeSite(HAVE), FakeJournal()
    site.before[f"PATCH {action} controller-0"] = [busy(), busy()]
    outcome = await send(planned(), work_on(site, WANT, journal))
    assert (outcome.result, site.sent) == (Result.DONE, LOCKED_ONCE)


async def test_a_lock_that_the_platform_never_is_ready_for_may_still_come_and_stays_noted():
    site, journal = FakeSite(HAVE), FakeJournal()
    site.before["PATCH lock controller-0"] = [busy()] * 1000
    outcome = await send(planned(), work_on(site, WANT, journal))
    assert (outcome.result, outcome.open_windows) == (Result.FAILED, ("controller-0",))


async def test_services_that_come_up_one_after_another_are_no_failure():
    site = FakeSite(HAVE)
    act = site._act

    def stumble():
        raise Refused("platform", "GET", "/v1/ihosts", 500, "database is starting", "sc-1")

    def reboots(name, action):
        if action == "unlock":
            site.looks += [stumble] * 3
        return act(name, action)

    site._act = reboots
    assert (await send(planned(), work_on(site, WANT))).result is Result.DONE


async def test_a_value_that_somebody_else_writes_right_after_us_is_a_conflict_and_not_done():
    want, have = snap(Net(name="a", mtu=1500)), snap(Net(name="a", mtu=1400))
    site = FakeSite(have)
    send_it = site.send

    async def overwritten(method, path, body, service):
        answer = await send_it(method, path, body, service)
        site.shown = snap(Net(name="a", mtu=1234))
        return answer

    site.send = overwritten
    outcome = await send(planned(want, have), work_on(site, want))
    assert outcome.result is Result.CONFLICT
    assert "mtu is 1234" in outcome.message


async def test_activity_does_not_move_to_a_controller_that_has_not_taken_up_its_configuration():
    late = host("controller-1", is_active=False, config_target="b", config_applied="a")
    duplex = system(host("controller-0"), late, mode="duplex")
    want = snap(("controller-0", Iface(name="eth0", mtu=9000)), state=duplex)
    have = snap(("controller-0", Iface(name="eth0", mtu=1500)), state=duplex)
    site = FakeSite(have)
    moments = []
    site.looks += [lambda: None] * 4 + [
        lambda: (moments.append(len(site.sent)), site.host("controller-1", config_applied="b"))
    ]
    outcome = await send(planned(want, have), work_on(site, want))
    assert outcome.result is Result.DONE
    assert moments == [0]
    assert site.sent[0] == "PATCH swact controller-0"


async def test_a_fault_of_ours_inside_a_window_leaves_no_host_locked():
    site, journal = FakeSite(HAVE), FakeJournal()
    site.before["PATCH /v1/iface"] = [ZeroDivisionError()]
    with pytest.raises(ZeroDivisionError):
        await send(planned(), work_on(site, WANT, journal))
    assert site.sent[-1] == "PATCH unlock controller-0"
    assert journal.open == {}


async def test_an_outcome_names_the_windows_that_are_still_open_and_the_steps_that_were_done_in_them():
    site = FakeSite(HAVE)
    site.before["PATCH unlock controller-0"] = [refused("no power")]
    outcome = await send(planned(), work_on(site, WANT))
    assert (outcome.result, outcome.open_windows) == (Result.FAILED, ("controller-0",))
    assert [entry.result for entry in outcome.entries] == [StepResult.DONE, StepResult.DONE]


async def test_what_was_made_anew_under_the_same_name_is_not_deleted():
    have = snap(Net(name="a"))
    change = Change(key("net", "a"), Action.DELETE, None, have.resources[key("net", "a")])
    todo = plan(Comparison((change,)), Context(snap(), have), KINDS)
    anew = replace(have.resources[change.key], ids={"uuid": "another"})
    site = FakeSite(replace(have, resources={change.key: anew}))
    outcome = await send(todo, work_on(site, snap()))
    assert (outcome.result, site.sent) == (Result.CONFLICT, [])
    assert "net/a has been made anew since the plan" in outcome.message


@pytest.mark.parametrize("comes", [True, False])
async def test_the_next_host_is_locked_only_when_this_one_runs_what_it_was_unlocked_for(comes):
    state = system(host("controller-0"), host("controller-1", is_active=False), mode="duplex")
    want = snap(*((h, Iface(name=f"of-{h}", mtu=9000)) for h in state.hosts), state=state)
    site = FakeSite(snap(*((h, Iface(name=f"of-{h}", mtu=1500)) for h in state.hosts), state=state))
    todo = planned(want, site.shown)
    site.host("controller-1", config_target="f5", config_applied="a1")
    work = work_on(site, want)

    async def sleep(seconds):
        work.clock.time += seconds
        if comes and "PATCH unlock controller-1" in site.sent and work.clock.time > 100:
            site.host("controller-1", config_applied="f5")

    work.clock.sleep = sleep
    ended = await send(todo, work)
    assert ended.is_done == comes
    assert ("PATCH lock controller-0" in site.sent) == comes
    assert comes or "not running the configuration that it was unlocked for after 600 s" in ended.message


class Replayed:
    """Deeds that a process which is gone has done are not done again; from the nth of them on they are."""

    def __init__(self, done: int) -> None:
        self._left = done

    async def __call__(self, name, deed):
        self._left -= 1
        return None if self._left >= 0 else await deed()


@pytest.mark.parametrize("done", [0, 1])
async def test_a_process_that_takes_over_asks_the_gates_before_it_locks(done):
    want, have = snap(Iface(name="eth0", mtu=9000)), snap(Iface(name="eth0", mtu=1500))
    site, journal = FakeSite(have), FakeJournal()
    work = work_on(site, want, journal)

    async def closed(left, seen):
        raise Held("sc-1: outside the maintenance windows")

    work.permits, work.kept = closed, Replayed(done)
    outcome = await send(planned(want, have), work, is_asked=True)
    assert (outcome.result, site.sent, journal.told) == (Result.HELD, [], [])
