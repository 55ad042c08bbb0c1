"""Every gate at a living site: nothing is sent, and status, API and metrics say which gate, why and since when."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.api import Access, create_app
from reconciler.api import Fleet as Shown
from reconciler.cli.status import status_lines
from reconciler.engine.answers import of_plan
from reconciler.engine.office import Unordered
from reconciler.model.approval import Answer, Saying
from reconciler.model.board_check import BoardCheck, BoardFinding
from reconciler.model.breaker import Breaker, Failure
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.gate import GateName
from reconciler.model.proof import Proof, ProofResult, Refusal
from reconciler.model.rollout import Member, Rollout, Turn
from reconciler.model.waves import Strategy
from reconciler.model.words import State
from reconciler.simulator.usm import releases
from reconciler.telemetry import Metrics, Sight
from tests.api.calling import asked
from tests.desired.writing import document
from tests.e2e.ottawa import by_hand
from tests.e2e.test_bounds import bounded
from tests.e2e.test_gates import FAILED
from tests.engine.twins import fingerprint

SITE = "yard-west"
OWN, SETTINGS = f"subclouds/{SITE}/deployment-config.yaml", f"subclouds/{SITE}/site.yaml"
LOCKS = document("System", SITE, "  ntpServers: [ntp.example.com]")
OF_ONE = document("Host", "controller-0", "  overrides:\n    labels:\n      kube-topology-mgr-policy: restricted")
OTHER_MACHINE = document("Host", "controller-1", '  overrides:\n    bootMAC: "52:54:00:0b:09:a0"')
QUIET = document("System", SITE, "  dnsServers: [192.0.2.53]")
LATER_S = 600.0
TOKEN = "a-token-that-nobody-guesses"
MEMBERS = {"yard-east": Member("yard-east", 0), SITE: Member(SITE, 1)}


class InTurn(Unordered):
    """A commit on its way, of which this site is in the second wave."""

    def __init__(self, **said):
        self.said = said

    def of(self, _site):
        return Turn(Rollout("7c1f", "c0ffee", Strategy(), MEMBERS, 0.0, **self.said))


class Held:
    """How a gate is closed: what Git says, what stands at the site, what the store knows, whose turn it is."""

    def __init__(self, *, fleet="", settings="", says=LOCKS, site=None, store=None, turns=None, boards=None):
        self.fleet, self.settings, self.says = fleet, settings, says
        self.site = site or (lambda _world: None)
        self.store = store or (lambda _store, _now: None)
        self.turns, self.boards = turns, boards

    def begin(self, world, clone):
        files = {OWN: self.says}
        if self.settings:
            files[SETTINGS] = (clone.folder / SETTINGS).read_text() + self.settings
        clone.commit(files)
        self.site(world)


class NotReady:
    """A host's controller that cannot take an image."""

    async def findings(self, _site, hosts, *, waits=False):
        return tuple(BoardFinding(host, BoardCheck.NO_MEDIA, "it has no virtual CD or DVD") for host in hosts)


def locked(world):
    by_hand(world, "lock", "controller-1", SITE)


def row(collection, content):
    return lambda world: world.site(SITE).add_row(collection, content)


def is_now(host, **states):
    return lambda world: world.site(SITE).change_rows("ihosts", {"hostname": host}, states)


def would_not_deploy(world):
    system = world.site(SITE).system
    releases.fill(system)
    releases.put(system, "24.09.1")
    system.marks.add("precheck-refuses:Disk space for /scratch is short")


def labelled(world):
    label = {"host_uuid": world.host(SITE)["uuid"], "label_key": "stxr.io/hold", "label_value": "crane"}
    world.site(SITE).add_row("labels", label)


def wrote_three_times(store, now):
    for number in range(3):
        store.writes.note(SITE, f"sending-{number}", {"dns:servers": "192.0.2.53"}, now - number)


def stuck(store, now):
    said = HostCondition(Condition.DEGRADED, "controller-0", "alarm 400.001", since=now)
    store.conditions.stands(SITE, said)


def refused(store, now):
    words = Refusal("PATCH", "/v1/intp", 400, "NTP is not for this system")
    proof = Proof(fingerprint(SITE, LOCKS), "yard-east", ("yard-east", SITE), ProofResult.REFUSED, refusal=words)
    store.proofs.keep([proof], now)


def opened(store, now):
    store.bounds.change("", lambda _: Breaker((Failure("a", now), Failure("b", now)), opened=now))


FREEZE = """\
freezes:
- {begins: 2025-12-20T00:00:00Z, ends: 2026-12-31T00:00:00Z, reason: year's end}
"""
GATES = {
    GateName.MODE: Held(settings="mode: plan\n"),
    GateName.POLICY: Held(settings="apply: never\n"),
    GateName.APPROVAL: Held(settings="apply: approved\n"),
    GateName.FIGHTING: Held(says=QUIET, store=wrote_three_times),
    GateName.SUSPENDED: Held(store=lambda store, _: store.words.suspend("night-shift", "crane", site=SITE)),
    GateName.VETO: Held(site=labelled),
    GateName.CONDITION: Held(store=stuck, site=is_now("controller-0", availability="degraded")),
    GateName.PROOF: Held(settings="proof: block\n", store=refused),
    GateName.MASS: Held(turns=InTurn(mass="changes 9 of 9 sites (the limit is 20%)")),
    GateName.ROLLOUT: Held(turns=InTurn()),
    GateName.BREAKER: Held(fleet="breaker: {failures: 2, retryAfter: 4h}\n", store=opened),
    GateName.FREEZE: Held(fleet=FREEZE),
    GateName.OTHER_WRITER: Held(site=row("vim_strategy", {"name": "sw-upgrade", "state": "applying"})),
    GateName.PRECHECK: Held(settings='software: {release: "24.09.1"}\n', site=would_not_deploy),
    GateName.REDUNDANCY: Held(says=OF_ONE, site=is_now("controller-1", operational="disabled", availability="failed")),
    GateName.ALARMS: Held(site=row("alarms", FAILED)),
    GateName.BOARD: Held(says=OTHER_MACHINE, site=locked, boards=NotReady()),
    GateName.WINDOW: Held(settings='windows: [{cron: "0 1 1 7 *", duration: 4h}]\n'),
    GateName.BUDGET: Held(fleet="maxUnavailable: 1\n", store=lambda store, _: store.bounds.claim("yard-east", 1)),
}


def test_every_gate_is_tried():
    assert list(GATES) == list(GateName)


@pytest.mark.parametrize("gate", GATES)
async def test_a_closed_gate_is_told_everywhere_since_when_it_is(in_service, gate):
    async with in_service(SITE) as (world, clone):
        held = GATES[gate]
        held.begin(world, clone)
        sent = len(world.writes(SITE))
        async with bounded(world, clone, held.fleet, held.turns, held.boards) as it:
            held.store(it.store, world.clock.now())
            if held.boards:  # another machine takes somebody's yes before anything else is asked
                await it.visit(SITE)
                saying = Saying(Answer.APPROVED, "night-shift", world.clock.now())
                it.store.words.answer(of_plan(saying, it.verdicts[SITE]))
            began = world.clock.now()
            await it.visit(SITE)
            await world.clock.sleep(LATER_S)
            await it.visit(SITE)
            assert world.writes(SITE, sent) == []
            verdict = it.verdicts[SITE]
            assert verdict.state is not State.IN_SYNC
            [hold] = [hold for hold in verdict.holds if hold.gate is gate]
            assert hold.since == pytest.approx(began, abs=LATER_S / 2)

            lines = "\n".join(status_lines([verdict], world.clock.now()))
            first = verdict.conditions[0].in_words if verdict.conditions else verdict.holds[0].reason
            assert first in lines
            assert gate is GateName.CONDITION or hold.reason in verdict.message
            shown = await asyncio.to_thread(told_by_the_api, it, world.clock.now())
            assert [(one["site"], one["since"]) for one in shown if one["gate"] == gate] == [(SITE, hold.since)]
            metrics = Metrics(Sight(verdicts=it.verdicts.values, now=world.clock.now)).render().decode()
            series = f'stxr_subcloud_held_timestamp_seconds{{gate="{gate}",group="rail",subcloud="{SITE}"}} '
            [line] = [line for line in metrics.splitlines() if line.startswith(series)]
            assert float(line.removeprefix(series)) == hold.since


def told_by_the_api(it, now):
    fleet = Shown(it.verdicts.values, it.verdicts.get, lambda: b"", lambda: "", lambda: now)
    return asked(create_app(fleet, Access(TOKEN)), "/api/v1/holds", f"Bearer {TOKEN}".encode()).json["holds"]
