"""Gates at living sites: what they hold stays unsent and says why; what they must not hold goes through."""

from __future__ import annotations

import pytest

from reconciler.engine.answers import of_plan
from reconciler.engine.controller import Controller
from reconciler.engine.due import Schedule
from reconciler.engine.queue import Queue
from reconciler.model.approval import Answer, Saying
from reconciler.model.gate import GateName
from reconciler.model.words import Result, State
from reconciler.simulator import fm
from reconciler.simulator.exchange import Request
from reconciler.simulator.interference import Connection
from tests.desired.writing import document
from tests.e2e.ottawa import ONLINE, OTTAWA, OWN, SETTINGS, TWO_STEPS

YARD = "yard-west"
FAILED = {
    "alarm_id": "200.004",
    "alarm_state": "set",
    "entity_type_id": "system.host",
    "entity_instance_id": "host=controller-0",
    "timestamp": "2026-01-01T00:00:00.000000",
    "severity": "critical",
    "reason_text": "controller-0 has failed.",
    "alarm_type": "operational-violation",
    "probable_cause": "application-subsystem-failure",
    "suppression": True,
    "service_affecting": True,
}
NTP = document("System", "yard-west", "  ntpServers: [ntp.example.com]")


def own(name):
    return f"subclouds/{name}/deployment-config.yaml"


def raised(world, alarm_id):
    """The entities for which the yard raises an alarm."""
    answer = fm.handle(world.site(YARD).system, Request("GET", "/v1/alarms"))
    return {row["entity_instance_id"] for row in answer.body["alarms"] if row["alarm_id"] == alarm_id}


def gates(outcome):
    return {hold.gate for hold in outcome.holds}


async def test_ntp_of_a_pair_goes_through_though_configuration_is_out_of_date(in_service):
    """250.001 is raised before we begin, and stands again on each host until it was locked and unlocked."""
    async with in_service(YARD) as (world, clone):
        hosts = {row["hostname"]: row for row in world.site(YARD).rows("ihosts", {})}
        target = hosts["controller-1"]["config_target"]
        world.site(YARD).change_rows("ihosts", {"hostname": "controller-1"}, {"config_applied": "0" + target[1:]})
        assert raised(world, "250.001") == {"host=controller-1"}
        clone.commit({own(YARD): NTP})
        locks = [world.count(YARD, "lock", host) for host in sorted(hosts)]
        assert (await world.applied(YARD)).is_done
        assert [world.count(YARD, "lock", host) for host in sorted(hosts)] == [n + 1 for n in locks]
        assert await world.is_in_sync(YARD)


async def test_a_pair_whose_other_half_has_failed_is_left_alone(in_service):
    async with in_service(YARD) as (world, clone):
        sent = len(world.writes(YARD))
        world.site(YARD).add_row("alarms", FAILED)
        clone.commit({own(YARD): NTP})
        assert raised(world, "200.004") == {"host=controller-0"}
        ended = await world.applied(YARD)
        assert ended.result is Result.HELD
        assert gates(ended) == {GateName.ALARMS}
        assert ended.message == "alarms stand: 200.004 critical on host=controller-0"
        assert world.writes(YARD, sent) == []


@pytest.mark.parametrize(
    ("collection", "row", "gate"),
    [
        ("vim_strategy", {"name": "sw-upgrade", "state": "applying"}, GateName.OTHER_WRITER),
        ("labels", {"label_key": "stxr.io/hold", "label_value": "crane"}, GateName.VETO),
    ],
)
async def test_others_at_work_and_the_site_s_own_no_hold_everything(in_service, collection, row, gate):
    async with in_service(OTTAWA) as (world, clone):
        host = {"host_uuid": world.host(OTTAWA)["uuid"]} if collection == "labels" else {}
        world.site(OTTAWA).add_row(collection, row | host)
        sent = len(world.writes(OTTAWA))
        clone.commit({OWN: ONLINE})
        ended = await world.applied(OTTAWA)
        assert (ended.result, gates(ended), world.writes(OTTAWA, sent)) == (Result.HELD, {gate}, [])
        world.site(OTTAWA).delete_rows(collection, row)
        assert (await world.applied(OTTAWA)).is_done


SW_DEPLOY = {"type": "sw-deploy", "state": "applying"}
STEP = {"cloud": OTTAWA, "stage": "Apply", "state": "apply VIM sw-deploy strategy"}


@pytest.mark.parametrize(
    ("moving", "told"),
    [
        ({"deploy-status": "pre-config"}, "dcmanager is at work: its deploy status is pre-config"),
        ({"prestage-status": "prestaging"}, "dcmanager is at work: software is being prestaged"),
        ({}, "dcmanager's sw-deploy strategy is applying, here at: apply VIM sw-deploy strategy"),
    ],
)
async def test_what_the_central_cloud_does_with_a_site_holds_it_and_no_other(in_service, moving, told):
    async with in_service(OTTAWA, "ottawa-002") as (world, clone):
        centre, sent = world.server.central, len(world.writes(OTTAWA))
        centre.change_rows("subclouds", {"name": OTTAWA}, moving)
        if not moving:
            centre.add_row("strategies", SW_DEPLOY)
            centre.add_row("strategy_steps", STEP)
        clone.commit({OWN: ONLINE, own("ottawa-002"): ONLINE})
        ended = {site: result.outcome for site, result in (await world.converge()).items()}
        assert (ended[OTTAWA].result, ended[OTTAWA].message) == (Result.HELD, told)
        assert world.writes(OTTAWA, sent) == []
        assert ended["ottawa-002"].is_done

        done = {"deploy-status": "complete", "prestage-status": "complete"}
        centre.change_rows("subclouds", {"name": OTTAWA}, done)
        centre.change_rows("strategies", {}, {"state": "complete"})
        assert (await world.applied(OTTAWA)).is_done


async def test_a_central_cloud_that_is_silent_holds_only_what_disturbs(in_service):
    async with in_service(OTTAWA) as (world, clone):
        world.server.central.connect(Connection.RESET)
        clone.commit({OWN: ONLINE})
        assert (await world.applied(OTTAWA)).is_done
        clone.commit({OWN: TWO_STEPS})
        ended = await world.applied(OTTAWA)
        assert (ended.result, gates(ended)) == (Result.HELD, {GateName.OTHER_WRITER})
        assert "whether somebody else is at work could not be read" in ended.message
        world.server.central.connect(Connection.UP)
        assert (await world.applied(OTTAWA)).is_done


async def test_the_central_cloud_is_read_once_for_all_sites(in_service):
    names = tuple(f"ottawa-00{number}" for number in range(1, 7))
    async with in_service(*names) as (world, clone):
        shared, before = "profiles/common/deployment-config.yaml", world.server.central.requests
        clone.commit({shared: (clone.folder / shared).read_text().replace("noc@", "ops@")})
        assert {r.outcome.result for r in (await world.converge()).values()} == {Result.DONE}
        assert world.server.central.requests - before <= 2 * 3  # a token, the list and the strategy, twice


async def test_an_approval_stands_while_its_fields_do(in_service):
    """Approved; then somebody changes what the plan does not use, then what it uses."""
    async with in_service(OTTAWA) as (world, clone):
        settings = (clone.folder / SETTINGS).read_text() + "apply: approved\n"
        clone.commit({OWN: TWO_STEPS, SETTINGS: settings})
        async with world.fleet() as fleet:
            it = Controller(fleet, fleet.memory.store, Schedule(), Queue(world.clock, 1), lambda _: None)
            await it.visit(OTTAWA)
            asked = it.verdicts[OTTAWA]
            assert (asked.state, asked.reason) == (State.HELD, "approval")
            fleet.memory.store.words.answer(of_plan(Saying(Answer.APPROVED, "night-shift", world.clock.now()), asked))
            label = {"host_uuid": world.host(OTTAWA)["uuid"], "label_key": "rack", "label_value": "r12"}
            world.site(OTTAWA).add_row("labels", label)
            world.site(OTTAWA).change_rows("iinterfaces", {"ifname": "data0"}, {"imtu": 4000})
            sent = len(world.writes(OTTAWA))
            await it.visit(OTTAWA)
            held = it.verdicts[OTTAWA]
            assert world.writes(OTTAWA, sent) == []
            assert held.state is State.HELD, held
            assert f"the approval of plan {asked.plan_id} by night-shift does not count" in held.message
            assert "mtu is 4000 now, and was 1500" in held.message
            world.site(OTTAWA).change_rows("iinterfaces", {"ifname": "data0"}, {"imtu": 1500})
            clone.commit({"README.md": "Another push.\n"})
            await it.visit(OTTAWA)
            await it.visit(OTTAWA)
            assert it.verdicts[OTTAWA].state is State.IN_SYNC
            assert world.count(OTTAWA, "lock") == 1
