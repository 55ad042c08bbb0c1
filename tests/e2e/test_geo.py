"""What a central cloud has beside its subclouds, by Git: groups, options of updates, and where a site belongs."""

from __future__ import annotations

from base64 import b64encode
from contextlib import asynccontextmanager

import pytest

from reconciler.model.words import Result, State
from reconciler.simulator.interference import Rule, Trouble
from tests.e2e.lifecycle import FOLDER, GATEWAY, NEW, approve, asked, gone_on_with
from tests.e2e.world import SHORT
from tests.faults.controlled import controlled, visited

CENTRE = "ottawa-001"
SITE = f"{FOLDER}/site.yaml"
ADDRESSES = {
    "management-subnet": "192.168.107.0/24",
    "management-start-ip": "192.168.107.2",
    "management-end-ip": "192.168.107.50",
    "management-gateway-ip": "192.168.107.1",
}
GROUPS = """
central:
  site: ottawa-001
  groups:
    east: {description: The valley, maxParallelSubclouds: 10}
"""
OPTIONS = """
  updateOptions:
    storageApplyType: serial
    workerApplyType: parallel
    maxParallelWorkers: 4
    alarmRestrictionType: strict
    defaultInstanceAction: migrate
  updateOptionsOf:
    gatineau-001:
      storageApplyType: serial
      workerApplyType: serial
      maxParallelWorkers: 1
      alarmRestrictionType: relaxed
      defaultInstanceAction: migrate
"""


@pytest.fixture
def fleet(in_service):
    """An opener of worlds with a system controller and a site beside it, which it has at the addresses that Git says."""

    @asynccontextmanager
    async def fleet():
        async with in_service(CENTRE, NEW) as (world, clone):
            world.server.central.change_rows("subclouds", {"name": NEW}, ADDRESSES)
            yield world, clone

    return fleet


def says(clone, central, place=""):
    """The commit that has fleet.yaml say this of the central cloud, and the site this of its place in it."""
    for path, text in (("fleet.yaml", central), (SITE, place)):
        kept = (clone.folder / path).read_text().split("\n# geo\n")[0].rstrip("\n")
        (clone.folder / path).write_text(f"{kept}\n# geo\n{text}")
    clone.commit({}, subject="Say it")


def rows(world, table):
    return world.server.central.rows(table, {})


def row(world):
    return next(r for r in rows(world, "subclouds") if r["name"] == NEW)


def reasons(judged):
    return [blocked.reason for blocked in judged.plan.blocked]


async def test_a_group_is_made_and_a_site_is_put_into_it_by_one_commit(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS, "subcloud: {group: east}\n")
        assert reasons(await world.judged(NEW)) == [
            "dcmanager has no group east: once there is one, the subcloud is put into it"
        ]
        assert (await world.applied(CENTRE)).result is Result.DONE
        assert (await world.applied(NEW)).result is Result.DONE
        made = next(r for r in rows(world, "subcloud_groups") if r["name"] == "east")
        assert (made["description"], made["update_apply_type"], made["max_parallel_subclouds"]) == (
            "The valley",
            "parallel",
            10,
        )
        assert row(world)["group_id"] == made["id"]
        assert asked(world) == ["POST /v1.0/subcloud-groups", f"PATCH /v1.0/subclouds/{NEW}"]
        assert await world.is_in_sync(CENTRE)
        assert await world.is_in_sync(NEW)


async def test_a_group_that_somebody_changes_is_set_back_and_one_that_git_never_said_is_left_alone(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS)
        await world.applied(CENTRE)
        for name in ("theirs", "stx-reconciler"):
            facts = {"name": name, "description": name, "update_apply_type": "parallel", "max_parallel_subclouds": 2}
            world.server.central.add_row("subcloud_groups", facts)
        world.server.central.change_rows("subcloud_groups", {"name": "east"}, {"max_parallel_subclouds": 1})
        assert (await world.applied(CENTRE)).result is Result.DONE
        known = {r["name"]: r["max_parallel_subclouds"] for r in rows(world, "subcloud_groups")}
        assert known == {"Default": 2, "east": 10, "theirs": 2, "stx-reconciler": 2}
        unmanaged = {r.key.name for r in (await world.judged(CENTRE)).found.unmanaged if r.key.kind == "subcloud-group"}
        assert unmanaged == {"theirs"}


async def test_a_group_that_git_gave_up_goes_once_it_is_empty_and_somebody_said_yes(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS, "subcloud: {group: east}\n")
        await world.converge(CENTRE)
        await world.converge(NEW)
        says(clone, "\ncentral: {site: ottawa-001}\n", "subcloud: {group: Default}\n")
        assert reasons(await world.judged(CENTRE)) == [
            "dcmanager deletes no group that is not empty: subclouds in it: 1; let Git put them into another"
        ]
        await world.converge(NEW)
        assert (await world.applied(CENTRE, approved="")).result is Result.HELD
        assert (await world.applied(CENTRE)).result is Result.DONE
        assert [r["name"] for r in rows(world, "subcloud_groups")] == ["Default"]


async def test_options_of_updates_are_set_for_all_and_for_one_and_given_back(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS + OPTIONS.replace("gatineau-001", "nobody"))
        assert reasons(await world.judged(CENTRE)) == [
            "dcmanager has no subcloud nobody: its options are set once it is there"
        ]
        says(clone, GROUPS + OPTIONS)
        assert (await world.applied(CENTRE)).result is Result.DONE
        [of_all], [of_one] = rows(world, "sw_update_options_default"), rows(world, "sw_update_options")
        assert (of_all["max-parallel-workers"], of_one["max-parallel-workers"]) == (4, 1)
        assert await world.is_in_sync(CENTRE)
        says(clone, GROUPS + OPTIONS.partition("  updateOptionsOf")[0])
        await world.applied(CENTRE)
        assert rows(world, "sw_update_options") == []


async def test_a_visit_of_the_system_controller_alone_reads_its_lists(fleet):
    async with fleet() as (world, clone):
        says(clone, GROUPS)
        await world.applied(CENTRE)
        before = world.server.central.requests
        await world.judged(NEW)
        of_site = world.server.central.requests - before
        await world.judged(CENTRE)
        assert (of_site, world.server.central.requests - before) == (
            0,
            2,
        )  # a token, and the one list that Git says something of


def peers(tmp_path, endpoint="https://10.20.0.1:5000/v3"):
    """What fleet.yaml says of another centre, and of a group that goes over to it."""
    place = tmp_path / "west.password"
    place.write_text(PASSWORD)
    place.chmod(0o600)
    return f"""
central:
  site: ottawa-001
  peers:
    west:
      uuid: 2e8c8a2f-4f38-4a8f-9d0b-111111111111
      managerEndpoint: {endpoint}
      managerUsername: admin
      managerPassword: {{secretRef: "file:{place}"}}
      controllerGatewayAddress: 192.168.204.1
      heartbeatInterval: 20
  peerGroups:
    pair:
      priority: 0
      peers:
        west: {{priority: 1}}
"""


PASSWORD = "the-wests-own-password"
MEMBER = "subcloud: {state: managed, peerGroup: pair}\n"


def association(world):
    return rows(world, "peer_group_associations")[0]


async def test_a_peer_a_group_and_what_belongs_together_come_to_be_in_sync(fleet, tmp_path):
    async with fleet() as (world, clone):
        says(clone, peers(tmp_path))
        assert (await world.applied(CENTRE)).result is Result.DONE
        assert asked(world) == [
            "POST /v1.0/subcloud-peer-groups",
            "POST /v1.0/system-peers",
            "POST /v1.0/peer-group-associations",
        ]
        assert rows(world, "system_peers")[0]["manager_password"] == b64encode(PASSWORD.encode()).decode()
        assert association(world)["status"] in {"syncing", "in-sync"}
        assert await world.is_in_sync(CENTRE)


async def test_a_site_that_is_put_into_a_peer_group_goes_over_to_the_peer(fleet, tmp_path):
    async with fleet() as (world, clone):
        says(clone, peers(tmp_path), MEMBER)
        assert reasons(await world.judged(NEW)) == [
            "dcmanager has no peer group pair: once there is one, the subcloud is put into it"
        ]
        await world.applied(CENTRE)
        assert (await world.applied(NEW)).result is Result.DONE
        assert row(world)["peer_group_id"] == rows(world, "subcloud_peer_groups")[0]["id"]
        assert association(world)["status"] == "out-of-sync"
        assert (await world.applied(CENTRE, approved="")).result is Result.DONE  # drift, by `heal`
        assert association(world)["status"] == "in-sync"
        assert await world.is_in_sync(NEW)

        says(clone, peers(tmp_path), MEMBER.replace("state: managed", "state: unmanaged"))
        [blocked] = reasons(await world.judged(NEW))
        assert blocked.startswith(
            "it is in the peer group pair: dcmanager manages, unmanages and deletes what is in none"
        )
        says(clone, peers(tmp_path), MEMBER.replace("pair", "none"))
        assert (await world.applied(NEW)).result is Result.DONE
        assert row(world)["peer_group_id"] is None


async def test_what_could_not_be_sent_to_a_peer_is_told_in_dcmanagers_words_and_sent_again(fleet, tmp_path):
    async with fleet() as (world, clone):
        says(clone, peers(tmp_path))
        await world.applied(CENTRE)
        world.server.central.change_rows("peer_group_associations", {}, {"status": "out-of-sync"})
        marks = world.server.central.system.marks
        marks.add("peer-unreachable:west")
        outcome = await world.applied(CENTRE)
        assert outcome.result is Result.FAILED
        assert "Unable to establish connection to https://10.20.0.1:5000/v3" in outcome.message
        marks.discard("peer-unreachable:west")
        assert (await world.applied(CENTRE)).result is Result.DONE
        assert association(world)["status"] == "in-sync"


async def test_a_group_that_is_led_elsewhere_and_its_subclouds_are_not_changed_here(fleet, tmp_path):
    async with fleet() as (world, clone):
        says(clone, peers(tmp_path), MEMBER)
        await world.applied(CENTRE)
        await world.applied(NEW)
        world.server.central.change_rows("subcloud_peer_groups", {}, {"group-priority": 3})
        says(
            clone,
            peers(tmp_path).replace("      priority: 0\n", "      state: disabled\n"),
            f"description: moved\n{MEMBER}",
        )
        assert "its priority is 3 here: dcmanager takes changes of it where that is 0, at dc-local" in reasons(
            await world.judged(CENTRE)
        )
        assert (
            "the peer group pair has the priority 3 here: dcmanager takes changes of its subclouds where that is 0"
            in reasons(await world.judged(NEW))
        )


async def test_the_password_of_a_peer_is_found_nowhere(fleet, tmp_path, caplog):
    async with fleet() as (world, clone):
        says(clone, peers(tmp_path))
        shown = repr(await world.judged(CENTRE))
        await world.applied(CENTRE)
        world.server.central.change_rows("system_peers", {}, {"heartbeat_interval": 30})
        outcome = await world.applied(CENTRE)
        assert outcome.result is Result.DONE
        told = [shown, repr(outcome), *world.said, caplog.text]
        kept = [path.read_bytes() for path in world.state.rglob("*") if path.is_file()]
        for secret in (PASSWORD, b64encode(PASSWORD.encode()).decode()):
            assert not any(secret in text for text in told)
            assert not any(secret.encode() in content for content in kept)


REHOME = """
apply: {apply}
subcloud:
  onboarding: rehome
  state: managed
  via: direct
  sysadmin: {{secretRef: "file:{place}"}}
"""
ASKS = "a site is taken over from another central cloud, which must have let go of it first"


@pytest.fixture
def let_go(in_service, tmp_path):
    """An opener of worlds whose site is in service, and that this central cloud has never heard of."""
    place = tmp_path / "sysadmin"
    place.write_text("the-sysadmins-password")
    place.chmod(0o600)

    @asynccontextmanager
    async def let_go(policy="auto", way="rehome"):
        async with in_service(NEW) as (world, clone):
            world.server.central.delete_rows("subclouds", {"name": NEW})
            values = clone.folder / f"{FOLDER}/bootstrap-values.yaml"
            values.write_text(values.read_text().replace(OLD_GATEWAY, GATEWAY))
            text = REHOME.format(apply=policy, place=place).replace("onboarding: rehome", f"onboarding: {way}")
            says(clone, "", text)
            yield world, clone

    return let_go


OLD_GATEWAY = "systemcontroller_gateway_address: 192.168.100.1"


async def test_a_site_that_another_centre_let_go_of_is_taken_over_and_nothing_on_it_is_made_anew(let_go):
    async with let_go() as (world, _):
        writes = len(world.writes(NEW))
        held = await world.applied(NEW, approved="*")
        assert (held.result, row_or_none(world)) == (Result.HELD, None)
        assert f"waits for approval of this very plan: {ASKS}" in held.message

        plan = (await world.judged(NEW)).plan
        assert [s.kind for stage in plan.stages for s in stage.steps] == ["subcloud", "subcloud-rehoming"]
        assert (await world.applied(NEW, approved=plan.id)).result is Result.DONE
        assert asked(world) == ["POST /v1.0/subclouds", f"PATCH /v1.0/subclouds/{NEW}"]
        assert (row(world)["deploy-status"], row(world)["management-state"]) == ("complete", "managed")
        assert await world.is_in_sync(NEW)
        assert (world.writes(NEW)[writes:], world.site(NEW).bootstraps) == ([], 0)


@pytest.mark.parametrize("state", ["pre-rehome", "rehoming"])
async def test_a_taking_over_that_fails_is_told_and_begun_again_once_somebody_says_yes(let_go, state):
    async with let_go() as (world, _):
        world.server.central.system.marks.add(f"{state}-fails:{NEW}:the site did not answer")
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert outcome.result is Result.FAILED
        failed = row(world)["deploy-status"]
        assert outcome.message.startswith(f"{NEW}: deploy-status is {failed}")
        assert ("the site did not answer" in outcome.message) is (state == "rehoming")  # told by playbooks alone

        judged = await world.judged(NEW)
        assert judged.observed.absent == f"the site is another central cloud's: here its deploy status is {failed}"
        [step] = [step for stage in judged.plan.stages for step in stage.steps]
        assert [(call.method, call.path) for call in step.calls] == [
            ("DELETE", f"/v1.0/subclouds/{NEW}"),
            ("POST", "/v1.0/subclouds"),
        ]
        assert (await world.applied(NEW, approved="*")).result is Result.HELD
        assert (await world.applied(NEW, approved=judged.plan.id)).result is Result.DONE
        await world.applied(NEW, approved="")
        assert await world.is_in_sync(NEW)


async def test_a_site_whose_region_another_subcloud_has_is_not_taken_over(let_go):
    async with let_go() as (world, _):
        world.server.central.system.marks.add(f"region-unread:{NEW}")
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert (outcome.result, row_or_none(world)) == (Result.FAILED, None)
        assert "Unable to retrieve subcloud region while trying to connect to the subcloud" in outcome.message


async def test_another_centres_site_is_known_and_not_asked(let_go):
    async with let_go(way="secondary") as (world, _):
        assert (await world.applied(NEW, approved="")).result is Result.DONE
        assert (row(world)["deploy-status"], asked(world)) == ("secondary", ["POST /v1.0/subclouds"])
        before = world.site(NEW).requests
        judged = await world.judged(NEW)
        assert judged.observed.absent == "the site is another central cloud's: here its deploy status is secondary"
        assert (judged.plan.is_empty, judged.found.changes, world.site(NEW).requests) == (True, (), before)


def row_or_none(world):
    return next((r for r in rows(world, "subclouds") if r["name"] == NEW), None)


def waiting(world):
    """A group that another centre sent here, with one subcloud of it."""
    facts = {"name": "pair", "peer-group-name": "pair", "group-priority": 1, "group-state": "enabled"}
    leader = {"system-leader-id": "elsewhere", "system-leader-name": "west", "migration": None}
    world.server.central.add_row("subcloud_peer_groups", {**facts, "max-subcloud-rehoming": 10, **leader})
    number = rows(world, "subcloud_peer_groups")[0]["id"]
    away = {"deploy-status": "secondary", "management-state": "unmanaged", "peer_group_id": number}
    away |= {"description": "Radio site gatineau-001", "location": "Gatineau"}
    world.server.central.change_rows("subclouds", {"name": NEW}, away)


def taking_over(tmp_path):
    place = tmp_path / "sysadmin"
    place.write_text("the-sysadmins-password")
    place.chmod(0o600)
    reference = f'{{secretRef: "file:{place}"}}'
    return f"\ncentral:\n  site: ottawa-001\n  peerGroups:\n    pair: {{migrate: {{sysadmin: {reference}}}}}\n"


async def test_a_group_whose_centre_is_lost_is_taken_over_by_one_plan_with_a_yes_of_its_own(fleet, tmp_path):
    async with fleet() as (world, clone):
        waiting(world)
        says(clone, taking_over(tmp_path), "subcloud: {state: managed}\n")
        assert (await world.judged(NEW)).observed.absent.endswith("its deploy status is secondary")
        held = await world.applied(CENTRE)
        assert (held.result, asked(world)) == (Result.HELD, [])
        assert "the subclouds of a group are taken over from another central cloud" in held.message

        plan = (await world.judged(CENTRE)).plan
        assert (await world.applied(CENTRE, approved=plan.id)).result is Result.DONE
        assert asked(world) == ["PATCH /v1.0/subcloud-peer-groups/pair/migrate"]
        assert (row(world)["deploy-status"], row(world)["management-state"]) == ("complete", "managed")
        assert await world.is_in_sync(CENTRE)
        assert await world.is_in_sync(NEW)


async def test_what_of_a_group_could_not_be_taken_over_is_told_and_tried_again(fleet, tmp_path):
    async with fleet() as (world, clone):
        waiting(world)
        says(clone, taking_over(tmp_path))
        world.server.central.system.marks.add(f"rehoming-fails:{NEW}:the site did not answer")
        assert (await world.applied(CENTRE, approved=(await world.judged(CENTRE)).plan.id)).result is not Result.DONE
        assert row(world)["deploy-status"] == "rehome-failed"
        again = (await world.judged(CENTRE)).plan
        assert (await world.applied(CENTRE, approved=again.id)).result is Result.DONE
        assert row(world)["deploy-status"] == "complete"


async def test_an_answer_that_is_lost_while_a_site_is_taken_over_is_found_by_looking(let_go):
    async with let_go() as (world, _):
        plan = (await world.judged(NEW)).plan
        lost = Rule(Trouble.HANG_AFTER, "POST", "/dcmanager/v1.0/subclouds", count=1)
        world.server.central.interference.rules.append(lost)
        world.limits = SHORT
        outcome = await world.applied(NEW, approved=plan.id)
        for _ in range(2):
            outcome = await world.applied(NEW, approved="")
        assert (lost.count, asked(world, method="POST")) == (0, ["POST /v1.0/subclouds"]), outcome.message
        assert await world.is_in_sync(NEW)


@pytest.mark.xdist_group("dbos")
@pytest.mark.parametrize("state", ["pre-rehome", "rehoming"])
async def test_a_controller_that_ends_while_a_site_is_taken_over_goes_on_from_there_and_adds_it_once(let_go, state):
    async with let_go() as (world, _):
        approve(world, (await world.judged(NEW)).plan.id)
        await gone_on_with(world, state)
        assert asked(world) == ["POST /v1.0/subclouds", f"PATCH /v1.0/subclouds/{NEW}"]


@pytest.mark.xdist_group("dbos")
async def test_a_controller_sends_a_peer_with_its_password_and_what_belongs_together(fleet, tmp_path):
    async with fleet() as (world, clone):
        says(clone, peers(tmp_path))
        async with controlled(world) as it:
            for _ in range(3):
                await visited(it, CENTRE)
            assert it.verdicts[CENTRE].state is State.IN_SYNC, it.verdicts[CENTRE].message
        assert rows(world, "system_peers")[0]["manager_password"] == b64encode(PASSWORD.encode()).decode()
        assert association(world)["status"] in {"syncing", "in-sync"}


async def test_what_git_gives_up_of_peers_goes_in_the_order_that_dcmanager_takes(fleet, tmp_path):
    async with fleet() as (world, clone):
        says(clone, peers(tmp_path))
        await world.applied(CENTRE)
        begun = len(asked(world))
        says(clone, "\ncentral: {site: ottawa-001}\n")
        assert (await world.applied(CENTRE, approved="")).result is Result.HELD
        outcome = await world.applied(CENTRE)
        assert outcome.result is Result.DONE, outcome.message
        assert asked(world)[begun:][0] == "DELETE /v1.0/peer-group-associations/1"
        assert sorted(asked(world)[begun + 1 :]) == [
            "DELETE /v1.0/subcloud-peer-groups/pair",
            "DELETE /v1.0/system-peers/west",
        ]
        assert await world.is_in_sync(CENTRE)
