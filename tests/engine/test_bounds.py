"""What the fleet allows its sites together: who claims first goes first, whatever another replica thinks."""

from types import SimpleNamespace

import pytest

from reconciler.desired import load_fleet
from reconciler.engine.bounds import GRACE_S, Bounds
from reconciler.engine.gates import holds
from reconciler.model.budget import Bounded
from reconciler.model.errors import ConfigError
from reconciler.model.gate import Case, GateName, Surroundings
from reconciler.model.host import SystemState
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Opening, Plan, Stage, StageType
from reconciler.model.words import Disruption, Result
from reconciler.store import Store
from tests.apply.fakes import FakeClock

FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: ran
maxUnavailable: 3
breaker: {failures: 2, retryAfter: 30m}
groups:
  ran: {maxUnavailable: 1}
  yard: {breaker: {failures: 3}}
"""
GROUPS = {"a": "ran", "b": "ran", "c": "yard", "d": "yard", "e": "plant"}
DONE, FAILED = Outcome("p", Result.DONE), Outcome("p", Result.FAILED)


class Git:
    text = FLEET

    def fleet(self):
        if not self.text:
            raise ConfigError("broken")
        return load_fleet(self.text.encode())

    def settings(self, site):
        return SimpleNamespace(group=GROUPS[site])


def locking(site, *hosts):
    stages = (Stage(StageType.WINDOW, h, opening=Opening.LOCK, unlocks=True, disruption=Disruption.LOCK) for h in hosts)
    return Plan("p", site, tuple(stages))


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def store(tmp_path, clock):
    with Store.open(tmp_path, clock=clock.now) as store:
        yield store


@pytest.fixture
def git():
    return Git()


@pytest.fixture
def under_way():
    """Sites to which a replica sends a plan."""
    return set()


@pytest.fixture
def replica(store, git, clock, under_way):
    """A process over the store."""

    def replica():
        bounds = Bounds(
            store.bounds,
            git,
            clock,
            opened=store.opened,
            hosts=lambda group: 40 if group else 100,
            under_way=lambda: under_way,
        )
        bounds.read()
        return bounds

    return replica


@pytest.fixture
def bounds(replica):
    return replica()


def closed(bounds, site, clock, *hosts):
    """The gates that hold a plan of this site."""
    allowance = bounds.of(site)
    around = {"guards": allowance.guards, "budgets": allowance.budgets}
    case = Case(site, GROUPS[site], locking(site, *hosts), SystemState(), Surroundings(), clock.now(), **around)
    return {hold.gate: hold.reason for hold in holds(case)}


def test_hosts_of_plans_under_way_count(bounds, clock):
    assert bounds.claim("a", locking("a", "controller-0", "controller-1")) == ()
    assert closed(bounds, "b", clock, "controller-0") == {
        GateName.BUDGET: "1 hosts of group ran are out of service already, of 1 at a time"
    }
    assert closed(bounds, "c", clock, "controller-0") == {}
    bounds.ended("a", DONE)
    assert closed(bounds, "b", clock, "controller-0") == {}


def test_a_plan_that_locks_nothing_needs_no_room(bounds, clock):
    bounds.claim("a", locking("a", "controller-0"))
    assert closed(bounds, "b", clock) == {}


def test_a_site_is_not_held_by_its_own_hosts(bounds, clock):
    bounds.claim("a", locking("a", "controller-0"))
    assert closed(bounds, "a", clock, "controller-1") == {}


def test_hosts_that_we_left_locked_count_until_they_are_unlocked(bounds, store, clock):
    for host in ("worker-0", "worker-1", "worker-2"):
        store.open_window("c", host, "p")
    assert list(closed(bounds, "e", clock, "controller-0")) == [GateName.BUDGET]
    store.close_window("c", "worker-1")
    assert closed(bounds, "e", clock, "controller-0") == {}


def test_of_two_replicas_that_come_at_once_the_limit_lets_one_pass(replica, store):
    one, other = replica(), replica()
    assert one.claim("a", locking("a", "controller-0")) == ()
    [hold] = other.claim("b", locking("b", "controller-0"))
    assert hold.gate is GateName.BUDGET
    assert set(store.bounds.claims()) == {"a"}


def test_a_share_is_of_the_hosts_that_are_known(bounds, git, clock):
    git.text = FLEET.replace("maxUnavailable: 3", "maxUnavailable: 2%")
    bounds.read()
    for site in ("a", "c"):
        assert bounds.claim(site, locking(site, "controller-0")) == ()
    assert list(closed(bounds, "e", clock, "controller-0")) == [GateName.BUDGET]


def test_a_claim_counts_as_long_as_somebody_sends_its_plan(replica, clock, under_way):
    """Who claimed may die before its plan is on its way; then nobody gives it back."""
    replica().claim("a", locking("a", "controller-0"))
    other = replica()
    assert list(closed(other, "b", clock, "controller-0")) == [GateName.BUDGET]
    clock.time += GRACE_S
    assert closed(other, "b", clock, "controller-0") == {}
    under_way.add("a")
    assert list(closed(other, "b", clock, "controller-0")) == [GateName.BUDGET]


def test_the_fleet_s_breaker_holds_every_site_and_says_when_one_is_tried(bounds, clock):
    for site in ("c", "e"):
        bounds.ended(site, FAILED)
    held = closed(bounds, "a", clock)
    assert list(held) == [GateName.BREAKER]
    assert held[GateName.BREAKER].endswith("the last of them c, e; look why, then stxr resume --breaker")
    clock.time += 1_800.0
    assert closed(bounds, "a", clock) == {}


def test_of_two_that_might_be_tried_one_is(replica, clock):
    one, other = replica(), replica()
    for site in ("c", "e"):
        one.ended(site, FAILED)
    clock.time += 1_800.0
    assert one.claim("a", locking("a")) == ()
    [hold] = other.claim("d", locking("d"))
    assert hold.gate is GateName.BREAKER
    one.ended("a", DONE)
    assert other.claim("d", locking("d")) == ()


def test_a_group_s_breaker_holds_only_its_sites(bounds, clock):
    bounds.ended("a", FAILED)
    bounds.ended("e", DONE)
    bounds.ended("b", FAILED)
    assert list(closed(bounds, "a", clock)) == [GateName.BREAKER]
    assert closed(bounds, "c", clock) == {}


def test_what_fleet_yaml_said_last_counts_while_it_cannot_be_read(bounds, git, clock):
    git.text = ""
    bounds.read()
    bounds.claim("a", locking("a", "controller-0"))
    assert list(closed(bounds, "b", clock, "controller-0")) == [GateName.BUDGET]


def test_what_was_not_sent_is_given_back(bounds, store):
    bounds.claim("a", locking("a", "controller-0"))
    assert bounds.has_claimed("a")
    bounds.let_go("a")
    assert (bounds.has_claimed("a"), store.bounds.claims()) == (False, {})


def test_it_is_shown_of_the_fleet_and_of_each_group_how_much_of_its_bounds_is_used(bounds, store, clock):
    bounds.claim("a", locking("a", "controller-0", "controller-1"))
    store.open_window("e", "worker-0", "p")
    bounds.ended("b", FAILED)
    clock.time += 5.0
    bounds.ended("c", FAILED)
    assert bounds.standing() == {
        "": Bounded(2, 3, failed=2, opened=clock.now()),
        "ran": Bounded(1, 1, failed=1),
        "yard": Bounded(0, None, failed=1),
        "plant": Bounded(1),
    }
