"""What goes wrong between us and a site, and what the site is like afterwards. Each test begins with a site in service."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from reconciler.clients.http import Limits
from reconciler.model.outcome import StepResult
from reconciler.model.words import Cause, Result
from reconciler.simulator.exchange import Request
from reconciler.simulator.interference import Connection, Rule, Trouble
from tests.desired.writing import document

OTTAWA = "ottawa-001"
OWN = f"subclouds/{OTTAWA}/deployment-config.yaml"
SETTINGS = f"subclouds/{OTTAWA}/site.yaml"
# two steps that both need the host locked
TWO_STEPS = document(
    "HostProfile",
    "ran-server",
    """\
  labels:
    kube-topology-mgr-policy: restricted
  interfaces:
    ethernet:
    - name: data0
      class: data
      mtu: 9000
      port:
        name: ens1f0""",
)
# nothing needs the host locked
ONLINE = document("System", "ottawa", "  location: Gatineau") + document(
    "DataNetwork", "midhaul", "  type: vlan\n  description: To the core"
)
ONE_MORE = document("DataNetwork", "backhaul", "  type: vlan\n  mtu: 1500")
MORE_CORES = document(
    "HostProfile",
    "ran-server",
    """\
  processors:
  - node: 0
    functions:
    - function: platform
      count: 4""",
)
PATIENCE_S = 20.0  # real seconds; a site takes a part of one
LOCKED, LABELLED, UNLOCKED = '"value":"lock"', "POST /v1/labels", '"value":"unlock"'


def state(world, name=OTTAWA):
    row = world.host(name)
    return f"{row['administrative']}-{row['operational']}"


def writes(world, text):
    """How often a write of that method and collection was accepted."""
    return sum(text in f"{w.method} {w.path}" and w.status < 400 for w in world.writes(OTTAWA))


def by_hand(world, action, host="controller-0", name=OTTAWA):
    """A person's host action, to its end."""
    site = world.site(name)
    body = f'[{{"op":"replace","path":"/action","value":"{action}"}}]'.encode()
    uuid = world.host(name, host)["uuid"]
    answer = site.system.handle(Request("PATCH", f"/v1/ihosts/{uuid}", {}, {"User-Agent": "a person"}, body))
    assert answer.status == 200, answer.body
    site.settle()


# ---- windows that are interrupted

MOMENTS = pytest.mark.parametrize(
    "moment",
    [
        pytest.param(LOCKED, id="while-the-host-locks"),
        pytest.param("PATCH /v1/iinterfaces", id="after-the-first-step"),
        pytest.param("POST /v1/labels", id="after-the-last-step"),
        pytest.param(UNLOCKED, id="while-the-host-unlocks"),
    ],
)


@MOMENTS
async def test_a_window_that_the_link_cut_is_finished_by_the_next_run(in_service, moment):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.at(OTTAWA, moment, lambda: world.site(OTTAWA).connect(Connection.RESET))
        cut = await world.applied(OTTAWA)
        assert (cut.is_done, cut.open_windows) == (False, ("controller-0",))
        assert world.windows(OTTAWA) == {"controller-0"}

        world.site(OTTAWA).connect(Connection.UP)
        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "unlocked-enabled")
        assert world.windows(OTTAWA) == frozenset()
        assert await world.is_in_sync(OTTAWA)


@MOMENTS
async def test_a_window_that_our_end_cut_is_finished_by_the_next_run(in_service, moment):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        run = asyncio.create_task(world.applied(OTTAWA))
        world.at(OTTAWA, moment, run.cancel)
        with pytest.raises(asyncio.CancelledError):
            await run
        assert world.windows(OTTAWA) == {"controller-0"}

        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "unlocked-enabled")
        assert world.windows(OTTAWA) == frozenset()
        assert await world.is_in_sync(OTTAWA)


async def test_a_window_is_finished_though_git_took_its_changes_back(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.at(OTTAWA, LOCKED, lambda: world.site(OTTAWA).connect(Connection.RESET))
        await world.applied(OTTAWA)
        world.site(OTTAWA).connect(Connection.UP)
        world.site(OTTAWA).settle()

        clone.commit({OWN: None})
        sent = len(world.writes(OTTAWA))
        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "unlocked-enabled")
        assert [w.path.split("/")[2] for w in world.writes(OTTAWA, sent)] == ["ihosts"]  # the unlock
        assert await world.is_in_sync(OTTAWA)


async def test_a_site_that_is_not_to_be_heard_while_its_only_host_reboots_is_waited_for(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        site = world.site(OTTAWA)

        def reboots():
            site.connect(Connection.RESET)
            world.after(700, lambda: site.connect(Connection.UP))

        world.at(OTTAWA, UNLOCKED, reboots)
        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), world.count(OTTAWA, "unlock")) == (1, 2)
        assert await world.is_in_sync(OTTAWA)


# ---- whose lock it is


async def test_a_host_that_a_person_locked_stays_locked_and_says_so(in_service):
    async with in_service(OTTAWA) as (world, clone):
        by_hand(world, "lock")
        clone.commit({OWN: TWO_STEPS})
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.HELD
        assert (world.count(OTTAWA, "unlock"), state(world)) == (1, "locked-disabled")

        blocked = {b.reason.split(":")[0] for b in (await world.judged(OTTAWA)).plan.blocked}
        assert blocked == {"locked-by-operator"}
        by_hand(world, "unlock")
        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)


async def test_without_our_store_a_window_of_ours_is_not_known_as_ours(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.at(OTTAWA, LABELLED, lambda: world.site(OTTAWA).connect(Connection.RESET))
        await world.applied(OTTAWA)
        world.site(OTTAWA).connect(Connection.UP)
        shutil.rmtree(world.state)

        assert (await world.applied(OTTAWA)).result is Result.HELD
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "locked-disabled")
        by_hand(world, "unlock")
        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)


async def test_without_our_store_only_what_git_says_now_is_written(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: ONE_MORE})
        assert (await world.applied(OTTAWA)).is_done
        shutil.rmtree(world.state)

        clone.commit({OWN: ONLINE})  # and `backhaul` is gone from it
        sent = len(world.writes(OTTAWA))
        assert (await world.applied(OTTAWA)).is_done
        assert {w.method for w in world.writes(OTTAWA, sent)} == {"PATCH"}
        assert (world.count(OTTAWA, "lock"), world.count(OTTAWA, "unlock")) == (0, 1)
        assert len(world.site(OTTAWA).rows("datanetworks", {"name": "backhaul"})) == 1
        assert await world.is_in_sync(OTTAWA)


# ---- calls without an answer


@pytest.mark.parametrize(
    ("trouble", "sends"),
    [(Trouble.HANG_AFTER, 1), (Trouble.RESET_AFTER, 1), (Trouble.HANG_BEFORE, 1), (Trouble.RESET, 1)],
)
async def test_a_call_without_an_answer_takes_effect_once(in_service, trouble, sends):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: ONE_MORE})
        before = writes(world, "POST /v1/datanetworks")
        rule = Rule(trouble, "POST", ".*/datanetworks")
        world.site(OTTAWA).interference.rules.append(rule)
        assert (await world.applied(OTTAWA)).is_done
        assert rule.count == 0
        assert writes(world, "POST /v1/datanetworks") == before + sends
        assert await world.is_in_sync(OTTAWA)


@pytest.mark.parametrize("trouble", [Trouble.RESET_AFTER, Trouble.RESET])
@pytest.mark.parametrize("action", [1, 2], ids=["lock", "unlock"])
async def test_a_host_action_without_an_answer_takes_effect_once(in_service, trouble, action):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        rules = world.site(OTTAWA).interference.rules
        rules.extend(Rule(t, "PATCH", ".*/ihosts/[^/]*") for t in (Trouble.DELAY, trouble)[-action:])
        assert (await world.applied(OTTAWA)).is_done
        assert {rule.count for rule in rules} == {0}
        assert (world.count(OTTAWA, "lock"), world.count(OTTAWA, "unlock")) == (1, 2)
        assert await world.is_in_sync(OTTAWA)


async def test_tokens_that_end_in_the_middle_are_asked_for_anew(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        site = world.site(OTTAWA)
        given = site.keystone.given
        world.at(OTTAWA, "PATCH /v1/iinterfaces", site.keystone.expire)
        assert (await world.applied(OTTAWA)).is_done
        assert site.keystone.given == given + 2  # the run's first, and one more
        assert world.count(OTTAWA, "lock") == 1
        assert await world.is_in_sync(OTTAWA)


# ---- refusals


async def test_a_lock_that_the_vim_refuses_leaves_the_host_in_service_and_says_why(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add("vim-refuses:instance cannot be migrated")
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.FAILED
        assert "instance cannot be migrated" in ended.message
        assert (state(world), world.windows(OTTAWA)) == ("unlocked-enabled", frozenset())

        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)


async def test_an_unlock_that_is_refused_while_configuration_is_pending_is_waited_for(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: MORE_CORES})
        assert (await world.applied(OTTAWA)).is_done
        assert any("waiting to unlock" in text and "is pending" in text for text in world.said)
        assert (world.count(OTTAWA, "lock"), world.count(OTTAWA, "unlock")) == (1, 2)
        assert await world.is_in_sync(OTTAWA)


async def test_an_unlock_that_is_refused_is_told_and_tried_again_by_the_next_run(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.site(OTTAWA).system.marks.add("mtce-refuses:no power")
        ended = await world.applied(OTTAWA)
        assert (ended.result, ended.open_windows) == (Result.FAILED, ("controller-0",))
        assert "no power" in ended.message
        assert [entry.result for entry in ended.entries] == [StepResult.DONE, StepResult.DONE]
        assert state(world) == "locked-disabled"

        assert (await world.applied(OTTAWA)).is_done
        assert (world.count(OTTAWA, "lock"), world.windows(OTTAWA)) == (1, frozenset())
        assert await world.is_in_sync(OTTAWA)


async def test_a_change_that_is_refused_inside_a_window_closes_the_window(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        rule = Rule(Trouble.REFUSE, "PATCH", ".*/iinterfaces/.*", status=400, text="MTU is too large")
        world.site(OTTAWA).interference.rules.append(rule)
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.FAILED
        assert "MTU is too large" in ended.message
        assert (world.count(OTTAWA, "lock"), state(world)) == (1, "unlocked-enabled")
        assert world.windows(OTTAWA) == frozenset()


# ---- drift, modes, and other sites


async def test_drift_that_nothing_has_to_be_locked_for_is_healed(in_service):
    async with in_service(OTTAWA) as (world, _clone):
        world.site(OTTAWA).change_rows("idns", {}, {"nameservers": "192.0.2.66"})
        judged = await world.judged(OTTAWA)
        assert [(c.key.kind, c.cause) for c in judged.found.changes] == [("dns", Cause.DRIFTED)]
        assert (await world.applied(OTTAWA, approved="")).is_done
        assert world.count(OTTAWA, "lock") == 0
        assert await world.is_in_sync(OTTAWA)


async def test_drift_that_a_host_has_to_be_locked_for_waits_for_an_approval(in_service):
    async with in_service(OTTAWA) as (world, _clone):
        world.site(OTTAWA).change_rows("iinterfaces", {"ifname": "data0"}, {"imtu": 9000})
        assert [c.cause for c in (await world.judged(OTTAWA)).found.changes] == [Cause.DRIFTED]
        held = await world.applied(OTTAWA, approved="")
        assert (held.result, world.count(OTTAWA, "lock")) == (Result.HELD, 0)

        assert (await world.applied(OTTAWA, approved=held.plan_id)).is_done
        assert world.count(OTTAWA, "lock") == 1
        assert await world.is_in_sync(OTTAWA)


async def test_a_site_that_is_only_observed_is_not_written_to(git, opened):
    clone = git(OTTAWA)
    text = (clone.folder / SETTINGS).read_text()
    clone.commit({SETTINGS: text + "mode: observe\n"})
    async with opened(clone) as world:
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.PLANNED
        assert world.writes(OTTAWA) == []


async def test_a_site_that_says_nothing_keeps_no_other_waiting(in_service):
    others = [f"ottawa-00{number}" for number in range(2, 7)]
    shared = "profiles/common/deployment-config.yaml"
    async with in_service(OTTAWA, *others) as (world, clone):
        clone.commit({shared: (clone.folder / shared).read_text().replace("noc@", "ops@")})
        world.site(OTTAWA).connect(Connection.SILENT)
        names = dict.fromkeys((OTTAWA, *others), "*")
        ended = {}
        async with asyncio.timeout(PATIENCE_S), world.fleet(Limits(read_s=2 * PATIENCE_S)) as fleet:
            async for result in fleet.apply_all(names, names):
                ended[result.site] = result.outcome and result.outcome.result
                if len(ended) == len(others):
                    break  # the silent one is still waiting for its first answer
        assert ended == dict.fromkeys(others, Result.DONE)


# ---- others who write meanwhile


async def test_a_person_who_writes_before_our_window_keeps_the_host_from_being_locked(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: document("System", "ottawa", "  location: Hull") + "---\n" + TWO_STEPS})
        mtu = {"imtu": 4000}
        world.at(OTTAWA, "isystems", lambda: world.site(OTTAWA).change_rows("iinterfaces", {"ifname": "data0"}, mtu))
        ended = await world.applied(OTTAWA)
        assert (ended.result, ended.open_windows) == (Result.CONFLICT, ())
        assert world.count(OTTAWA, "lock") == 0


async def test_a_person_who_writes_into_our_window_is_not_overwritten(in_service):
    """The field is neither as it was planned for, nor as Git wants it: the window is closed, and planned afresh."""
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        mtu = {"imtu": 4000}
        world.at(OTTAWA, LOCKED, lambda: world.site(OTTAWA).change_rows("iinterfaces", {"ifname": "data0"}, mtu))
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.CONFLICT
        assert "data0" in ended.message or "ens1f0" in ended.message
        assert (state(world), world.windows(OTTAWA)) == ("unlocked-enabled", frozenset())
        assert world.site(OTTAWA).rows("iinterfaces", {"ifname": "data0"})[0]["imtu"] == 4000

        assert (await world.applied(OTTAWA)).is_done
        assert await world.is_in_sync(OTTAWA)


async def test_a_host_that_a_person_locks_before_us_is_left_to_that_person(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: document("System", "ottawa", "  location: Hull") + "---\n" + TWO_STEPS})
        world.at(OTTAWA, "PATCH /v1/isystems", lambda: by_hand(world, "lock"))
        ended = await world.applied(OTTAWA)
        assert ended.result is Result.HELD
        assert "locked-by-operator" in ended.message
        assert (world.count(OTTAWA, "unlock"), state(world)) == (1, "locked-disabled")
        assert world.windows(OTTAWA) == frozenset()


async def test_a_person_who_unlocks_our_window_is_not_locked_out_again(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: TWO_STEPS})
        world.at(OTTAWA, LABELLED, lambda: world.site(OTTAWA).connect(Connection.RESET))
        await world.applied(OTTAWA)
        world.site(OTTAWA).connect(Connection.UP)
        by_hand(world, "unlock")
        assert await world.is_in_sync(OTTAWA)
        assert (await world.applied(OTTAWA)).result is Result.IN_SYNC
        assert (world.count(OTTAWA, "lock"), world.windows(OTTAWA)) == (1, frozenset())


async def test_what_git_no_longer_says_is_released_and_stays(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({OWN: ONE_MORE})
        assert (await world.applied(OTTAWA)).is_done
        sent = len(world.writes(OTTAWA))
        clone.commit({OWN: ONE_MORE.replace("backhaul", "other")})
        assert (await world.applied(OTTAWA)).is_done
        assert [(w.method, w.path) for w in world.writes(OTTAWA, sent)] == [("POST", "/v1/datanetworks")]
        assert len(world.site(OTTAWA).rows("datanetworks", {"name": "backhaul"})) == 1
