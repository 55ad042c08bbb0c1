"""Hosts that do not do what they are told: how each end is named, what is noted for later, what is not sent again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.apply import send
from reconciler.diff import compare
from reconciler.model.condition import Condition
from reconciler.model.kind import Context
from reconciler.model.words import Result
from reconciler.plan import plan
from tests.apply.fakes import FakeJournal, FakeSite, busy, refused, unreachable, work_on
from tests.worlds import KINDS, Iface, host, snap, system

HOST = "controller-0"


def sides(mode="simplex", *hosts):
    state = system(*(hosts or (host(HOST),)), mode=mode)
    return snap((HOST, Iface(name="e", mtu=9000)), state=state), snap((HOST, Iface(name="e", mtu=1500)), state=state)


async def sent(site, want, have, journal=None):
    """(outcome, what is noted as standing, the work)"""
    work = work_on(site, want, journal or FakeJournal())
    work.digest = lambda stage: f"of {stage.host}"
    outcome = await send(plan(compare(want, have, KINDS), Context(want, have), KINDS), work)
    return outcome, work.journal.standing, work


async def one(prepare):
    """A plan with one window of the only host, on a site that `prepare` has spoiled."""
    want, have = sides()
    site = FakeSite(have)
    prepare(site)
    return (site, *await sent(site, want, have))


def stays(action, **facts):
    """The action is taken, and the host is like this from then on."""

    def prepare(site):
        act = site._act

        def spoiled(name, what):
            if what != action:
                return act(name, what)
            site.host(name, **facts)
            return {}

        site._act = spoiled

    return prepare


def answers(action, *errors):
    return lambda site: site.before.update({f"PATCH {action} {HOST}": list(errors)})


DOWN = {"administrative": "unlocked", "operational": "disabled", "task": ""}
GAVE_UP = "Configuration failure, threshold reached, Lock/Unlock to retry"


@pytest.mark.parametrize(
    ("spoil", "condition", "words"),
    [
        (answers("lock", refused("no quorum")), Condition.LOCK_REFUSED, "no quorum"),
        (answers("lock", *[busy("VIM API Error. Please retry")] * 999), Condition.LOCK_REFUSED, "VIM API Error"),
        (stays("lock", task="Locking"), Condition.LOCK_STUCK, "not locked after 1800 s"),
        (answers("unlock", refused("no cgts-vg")), Condition.UNLOCK_REFUSED, "no cgts-vg"),
        (answers("unlock", *[busy("wait for inventory")] * 999), Condition.UNLOCK_WAITS, "wait for inventory"),
        (stays("unlock", task=""), Condition.UNLOCK_REFUSED, "the host stays locked"),
        (stays("unlock", **DOWN, availability="failed"), Condition.FAILED, "unlocked-disabled-failed"),
        (stays("unlock", **{**DOWN, "task": GAVE_UP}), Condition.FAILED, "threshold reached"),
        (
            stays("unlock", **DOWN, availability="offline"),
            Condition.OFFLINE,
            "not unlocked and in service after 5400 s",
        ),
        (stays("unlock", **DOWN, availability="intest"), Condition.NOT_ENABLED, "unlocked-disabled-intest"),
    ],
)
async def test_each_end_has_its_name_and_is_noted_with_what_the_host_was_locked_for(spoil, condition, words):
    site, outcome, standing, _ = await one(spoil)
    assert (outcome.result, [c.name for c in outcome.conditions]) == (Result.FAILED, [condition])
    assert words in outcome.message
    noted = standing[HOST]
    assert (noted.name, noted.work) == (condition, f"of {HOST}" if condition.is_before else "")
    assert site.sent.count(f"PATCH lock {HOST}") <= 1


async def test_maintenance_that_gave_up_is_not_waited_for():
    *_, work = await one(stays("unlock", **{**DOWN, "task": GAVE_UP}))
    assert work.clock.now() < 60


async def test_a_host_that_failed_is_not_locked_by_us_any_more_and_one_whose_unlock_was_refused_is():
    for spoil, owed in ((stays("unlock", **DOWN, availability="failed"), ()), (answers("unlock", refused()), (HOST,))):
        _, outcome, _, work = await one(spoil)
        assert (outcome.open_windows, tuple(work.journal.open)) == (owed, owed)


async def test_a_host_that_was_degraded_before_is_not_expected_to_be_better():
    want, have = sides("simplex", host(HOST, availability="degraded"))
    site = FakeSite(have)
    act = site._arrive
    site._arrive = lambda walk: (act(walk), walk.endswith(" unlock") and site.host(HOST, availability="degraded"))
    outcome, standing, _ = await sent(site, want, have)
    assert (outcome.result, standing) == (Result.DONE, {})


async def test_a_host_that_was_well_and_comes_back_degraded_is_waited_for_and_named():
    _, outcome, standing, work = await one(
        lambda site: setattr(
            site,
            "_arrive",
            lambda walk, act=site._arrive: (
                act(walk),
                walk.endswith(" unlock") and site.host(HOST, availability="degraded"),
            ),
        )
    )
    assert (outcome.result, standing[HOST].name) == (Result.FAILED, Condition.DEGRADED)
    assert 1800 <= work.clock.now() < 2000


async def test_a_reason_of_vim_that_the_platform_only_marks_as_old_is_no_new_refusal():
    """The conductor appends two dots to an old reason, then drops it (sysinv conductor _audit_ihost_action)."""
    want, have = sides("simplex", host(HOST, vim_progress_status="no room"))
    site = FakeSite(have)
    act = site._act

    def aged(name, action):
        site.host(name, vim_progress_status="no room..")
        return act(name, action)

    site._act = aged
    outcome, _, _ = await sent(site, want, have)
    assert outcome.result is Result.DONE


@pytest.mark.parametrize("status", [409, 500])
async def test_a_server_that_fails_at_a_lock_is_asked_again_three_times_and_the_host_locked_once(status):
    broken = replace(refused("database is locked"), status=status)
    site, outcome, standing, _ = await one(answers("lock", broken, broken))
    assert (outcome.result, standing, site.sent.count(f"PATCH lock {HOST}")) == (Result.DONE, {}, 1)
    site, outcome, standing, _ = await one(answers("lock", broken, broken, broken))
    assert (standing[HOST].name, site.sent) == (Condition.LOCK_REFUSED, [])


async def test_a_line_that_is_cut_when_the_lock_is_answered_is_waited_for():
    def spoil(site):
        def gone():
            raise unreachable(sent=False)

        act = site._act

        def lost(name, action):
            if action == "lock":
                site.looks += [gone] * 6
            return act(name, action)

        site._act = lost
        site.after[f"PATCH lock {HOST}"] = [unreachable(sent=True)]

    site, outcome, _, _ = await one(spoil)
    assert (outcome.result, site.sent.count(f"PATCH lock {HOST}")) == (Result.DONE, 1)


class TestSwact:
    PAIR = (host(HOST), host("controller-1", is_active=False))

    async def sent(self, spoil, *pair):
        want, have = sides("duplex", *(pair or self.PAIR))
        site = FakeSite(have)
        spoil(site)
        return (site, *await sent(site, want, have))

    @pytest.mark.parametrize(
        ("spoil", "condition", "words"),
        [
            (answers("swact", refused("controller-1 is not enabled")), Condition.SWACT_REFUSED, "is not enabled"),
            (stays("swact", task="Swact: Failed"), Condition.SWACT_STUCK, "Swact: Failed"),
            (stays("swact", task=""), Condition.SWACT_STUCK, "not the standby after 1800 s"),
            (stays("swact", is_active=False, **{**DOWN, "availability": "offline"}), Condition.OFFLINE, "offline"),
        ],
    )
    async def test_activity_that_does_not_move_is_named_and_nothing_is_locked(self, spoil, condition, words):
        site, outcome, standing, _ = await self.sent(spoil)
        assert (outcome.result, standing[HOST].name, standing[HOST].work) == (Result.FAILED, condition, f"of {HOST}")
        assert words in outcome.message
        assert not any("lock" in call for call in site.sent)

    async def test_a_partner_that_does_not_take_up_its_configuration_keeps_activity_where_it_is(self):
        stale = host("controller-1", is_active=False, config_target="a", config_applied="b")
        site, outcome, standing, _ = await self.sent(lambda _: None, host(HOST), stale)
        assert (outcome.result, standing[HOST].name) == (Result.FAILED, Condition.SWACT_REFUSED)
        assert "controller-1 is not in service with its configuration" in outcome.message
        assert site.sent == []

    async def test_an_address_that_moves_is_waited_for_with_all_that_it_says(self):
        def spoil(site):
            def gone():
                raise unreachable(sent=False)

            def bad_gateway():
                raise replace(refused("no server"), status=503)

            shown = site.shown.system.hosts
            empty = lambda: setattr(site, "shown", with_hosts(site.shown, {}))  # noqa: E731
            back = lambda: setattr(site, "shown", with_hosts(site.shown, shown | moved(shown)))  # noqa: E731
            site._act = lambda name, action: site.looks.extend([gone, bad_gateway, empty, back])
            site.after[f"PATCH swact {HOST}"] = [unreachable(sent=True)]

        site, outcome, _, _ = await self.sent(spoil)
        assert site.sent[0] == f"PATCH swact {HOST}"
        assert outcome.result is not Result.CONFLICT
        assert site.sent.count(f"PATCH swact {HOST}") == 1


def with_hosts(shown, hosts):
    return replace(shown, system=replace(shown.system, hosts=hosts))


def moved(hosts):
    return {name: replace(one, is_active=not one.is_active) for name, one in hosts.items()}


@pytest.mark.parametrize("mode", ["simplex", "duplex"])
async def test_a_site_that_stays_dark_after_an_unlock_is_dark_and_the_host_is_still_ours(mode):
    """The host, the active controller or the line to it may be down: nothing is known."""
    hosts = (host(HOST), host("controller-1", is_active=False)) if mode == "duplex" else (host(HOST),)
    want, have = sides(mode, *hosts)

    def gone():
        raise unreachable(sent=False)

    site = FakeSite(have)
    act = site._act
    site._act = lambda name, action: (act(name, action), action == "unlock" and site.looks.extend([gone] * 9999))
    outcome, standing, _ = await sent(site, want, have)
    assert (outcome.result, standing, outcome.open_windows) == (Result.UNREACHABLE, {}, (HOST,))


async def test_a_window_is_due_after_twice_what_it_takes_and_one_that_stays_locked_never():
    *_, work = await one(lambda _: None)
    assert work.journal.due == {HOST: pytest.approx(7200.0, abs=60)}
