"""Drift from hand to end, through a controller and a simulated site: known, told with its place, healed, or left alone by a rule."""

from __future__ import annotations

import json

from reconciler.engine.drift_report import causes_json
from reconciler.model.drift import DriftCause
from reconciler.model.drift_groups import Wanted, causes
from reconciler.model.words import State
from reconciler.simulator import fm
from reconciler.simulator.exchange import Request
from reconciler.simulator.interference import Connection
from reconciler.store import drift_of
from tests.e2e.ottawa import OTTAWA, SETTINGS, accepted
from tests.faults.controlled import controlled, visited

LATER_S = 600.0
OUT_OF_DATE = {
    "alarm_id": "250.001",
    "alarm_state": "set",
    "entity_type_id": "system.host",
    "entity_instance_id": "host=controller-0",
    "severity": "major",
    "reason_text": "controller-0 Configuration is out-of-date.",
    "alarm_type": "operational-violation",
    "probable_cause": "unspecified-reason",
    "proposed_repair_action": "",
    "service_affecting": True,
    "suppression": False,
}
QUIET = """\
heal: never
ignore:
- {kind: dns, field: servers, reason: the site's own resolver}
"""


def by_hand(world, servers):
    """Name servers that a person sets over the API."""
    system = world.site(OTTAWA).system
    [row] = world.site(OTTAWA).rows("idns", {})
    body = f'[{{"op":"replace","path":"/nameservers","value":"{servers}"}},{{"op":"replace","path":"/action","value":"apply"}}]'
    answer = system.handle(Request("PATCH", f"/v1/idns/{row['uuid']}", {}, {"User-Agent": "a person"}, body.encode()))
    assert answer.status == 200, answer.body


def settings_of(clone):
    return (clone.folder / SETTINGS).read_text()


async def look(world, it):
    await world.clock.sleep(LATER_S)
    await visited(it, OTTAWA)
    return it.verdicts[OTTAWA]


def events(world):
    return fm.handle(world.site(OTTAWA).system, Request("GET", "/v1/event_log")).body["event_log"]


def told(it, repository):
    groups = {v.site: v.group for v in it.verdicts.values()}
    return causes_json(causes(it.drift, groups, Wanted()), repository.set_by)


def ends(it):
    return [(e.content["kind"], e.content["attribute"], e.content["resolution"]) for e in it.store.drift.ended()]


async def test_a_value_changed_by_hand_is_told_with_who_set_it_in_git_and_ends_as_healed(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({SETTINGS: settings_of(clone) + "heal: never\n"})
        async with controlled(world) as it:
            assert (await look(world, it)).is_in_sync
            by_hand(world, "192.0.2.66")
            await look(world, it)
            [one] = told(it, it._fleet.office.repository)
            assert (one["cause"], one["what"], one["observed"]) == ("out-of-band", "dns servers", "192.0.2.66")
            [place] = one["origins"]
            assert place["set_by"]["commit"] == clone.git("rev-list", "--max-parents=0", "HEAD")
            assert place["set_by"]["subject"] == "The fleet"
            first = one["first_seen"]
            await look(world, it)
            assert told(it, it._fleet.office.repository)[0]["first_seen"] == first

        clone.commit({SETTINGS: settings_of(clone).replace("heal: never\n", "")})
        async with controlled(world) as it:  # as after a restart: the store alone knows since when
            assert it.drift[OTTAWA].open
            await look(world, it)
            assert (await look(world, it)).is_in_sync
            assert ends(it) == [("dns", "servers", "healed")]
            [ended] = it.store.drift.ended()
            assert ended.content["first_seen"] == first


async def test_what_the_site_noted_of_a_change_is_told_with_it(in_service):
    """The simulated host takes a change up at once; a real one has 250.001 standing until it has."""
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({SETTINGS: settings_of(clone) + "heal: never\n"})
        async with controlled(world) as it:
            events(world)  # what the platform noted before
            await look(world, it)
            by_hand(world, "192.0.2.66")
            fm.handle(
                world.site(OTTAWA).system, Request("POST", "/v1/alarms", {}, {}, json.dumps(OUT_OF_DATE).encode())
            )
            await look(world, it)
            [one] = told(it, it._fleet.office.repository)
            noted = {(c["id"], c["entity"]) for c in one["fields"][0]["clues"]}
            assert (one["what"], noted) == ("dns servers", {("250.001", "host=controller-0")})
            await look(world, it)
            assert told(it, it._fleet.office.repository)[0]["fields"][0]["clues"] == one["fields"][0]["clues"]


async def test_a_dark_site_ends_no_drift_and_begins_none(in_service):
    async with in_service(OTTAWA) as (world, clone):
        clone.commit({SETTINGS: settings_of(clone) + "heal: never\n"})
        async with controlled(world) as it:
            await look(world, it)
            by_hand(world, "192.0.2.66")
            await look(world, it)
            known = it.drift[OTTAWA]
            world.site(OTTAWA).interference.connection = Connection.RESET
            assert (await look(world, it)).state is State.UNREACHABLE
            assert (drift_of(world.state)[OTTAWA], ends(it)) == (known, [])
            world.site(OTTAWA).interference.connection = Connection.UP
            await look(world, it)
            [still] = (d for d in it.drift[OTTAWA].open.values() if d.why is DriftCause.OUT_OF_BAND)
            assert (still.first_seen, ends(it)) == (known.open[still.place].first_seen, [])


async def test_what_a_rule_takes_is_in_sync_shown_and_never_sent_and_counts_again_without_the_rule(in_service):
    async with in_service(OTTAWA) as (world, clone):
        before = settings_of(clone)
        async with controlled(world) as it:
            await look(world, it)
        by_hand(world, "192.0.2.66")
        clone.commit({SETTINGS: before + QUIET})
        sent = accepted(world)
        async with controlled(world) as it:
            known = await look(world, it)
            assert (known.is_in_sync, accepted(world)) == (True, sent)
            [ignored] = known.ignored
            assert (ignored.difference.observed, ignored.where.partition(":")[0]) == ("192.0.2.66", SETTINGS)
        clone.commit({SETTINGS: before})
        async with controlled(world) as it:
            await look(world, it)
            assert (await look(world, it)).is_in_sync
            assert (accepted(world) > sent, ends(it)) == (True, [("dns", "servers", "healed")])
