"""Alarms of ours on a real server's traps: a hundred rounds, cut off anywhere, leave no duplicate and no orphan."""

from copy import deepcopy
from random import Random

import pytest

from reconciler.clients.central import open_central, open_central_faults
from reconciler.clients.endpoints import Credentials, Endpoint, Password
from reconciler.clients.site import open_site
from reconciler.engine.sinks.drift_alarms import ALARM, wanted
from reconciler.engine.sinks.fault_management import follow
from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.errors import ConfigError
from reconciler.simulator.server import ServerOptions, serve
from tests.engine.sinks.drifting import DNS, MTU, drifted, fleet
from tests.simulator.conftest import built  # noqa: F401 - a fixture

FOREIGN = Alarm("", ALARM, "resource=hosts.starlingx.windriver.com,name=controller-0", AlarmSeverity.MINOR, "not ours")


class Cut(Exception):  # noqa: N818 - the process is gone, nobody catches it
    """The process ends here."""


class Cutting:
    """The service, until a call is cut: before it leaves, or before its answer is seen."""

    def __init__(self, service, after, *, answered):
        self.service, self.left, self.answered = service, after, answered

    def __getattr__(self, name):
        async def call(*arguments):
            self.left -= 1
            if self.left == 0 and not self.answered:
                raise Cut
            answer = await getattr(self.service, name)(*arguments)
            if self.left == 0:
                raise Cut
            return answer

        return call


@pytest.fixture
async def fm(built, monkeypatch):  # noqa: F811
    monkeypatch.setenv("CENTRE", "right")
    async with serve({"centre": deepcopy(built["simplex"])}, options=ServerOptions(password="right")) as server:
        at = server.authority("centre")
        who = Credentials(username="admin", password=Password(secret_ref="env:CENTRE"))
        services = {"platform": at["platform"], "faultmanagement": at["faultmanagement"]}
        endpoint = Endpoint(name="centre", auth_url=f"{at['identity']}/v3", services=services, credentials=who)
        async with open_site(endpoint) as clients:
            yield clients.fault


async def test_a_fleet_s_drift_is_raised_changed_and_cleared(fm):
    assert await follow(fleet(drifted("sc-1", MTU), drifted("sc-2")), fm) == 1
    (alarm,) = await fm.alarms_of(ALARM)
    assert alarm.entity == "resource=stx-reconciler,name=sc-1"
    assert not alarm.affects_management
    assert await follow(fleet(drifted("sc-1", DNS)), fm) == 1
    (changed,) = await fm.alarms_of(ALARM)
    assert changed.reason.startswith("sc-1 drifted: dns/dns servers")
    assert await follow(fleet(drifted("sc-1")), fm) == 0
    assert await fm.alarms_of(ALARM) == ()


async def test_a_second_look_sends_nothing(fm):
    known, counted = fleet(drifted("sc-1", MTU)), Cutting(fm, 0, answered=True)
    await follow(known, fm)
    await follow(known, counted)
    assert counted.left == -1  # the look


async def test_a_suppressed_alarm_is_not_raised_again(fm):
    await follow(fleet(drifted("sc-1", MTU)), fm)
    service = fm._service
    rows = await service.list("/v1/event_suppression?alarm_id=260.002", "event_suppression")
    patch = [{"op": "replace", "path": "/suppression_status", "value": "suppressed"}]
    await service.send("PATCH", f"/v1/event_suppression/{rows[0]['uuid']}", patch)
    await follow(fleet(drifted("sc-1", MTU)), fm)
    assert len(await fm.alarms_of(ALARM)) == 1


@pytest.mark.parametrize("answered", [False, True], ids=["cut before the call", "cut before its answer"])
async def test_a_hundred_rounds_cut_anywhere_leave_no_duplicate_and_no_orphan(fm, answered):
    await fm.raise_alarm(FOREIGN)
    chance = Random(412)
    cuts = 0
    for _ in range(100):
        sites = fleet(*(drifted(f"sc-{n}", *chance.sample([MTU, DNS], chance.randrange(3))) for n in range(4)))
        try:
            await follow(sites, Cutting(fm, chance.randrange(1, 9), answered=answered))
        except Cut:
            cuts += 1
        await follow(sites, fm)  # the program is started again
        stand = await fm.alarms_of(ALARM)
        ours = [(a.entity, a.reason) for a in stand if a.reason != FOREIGN.reason]
        assert sorted(ours) == [(a.entity, a.reason) for a in wanted(sites)]
        assert len(stand) == len(ours) + 1
    assert cuts > 40


async def test_the_system_controller_s_own_is_found_in_its_catalogue(monkeypatch):
    """Beside dcmanager, which is registered in another region."""
    monkeypatch.setenv("CENTRE", "right")
    async with serve({}, options=ServerOptions(password="right")) as server:
        who = Credentials(username="admin", password=Password(secret_ref="env:CENTRE"))
        endpoint = Endpoint(
            name="systemController",
            auth_url=f"{server.url}/systemController/identity/v3",
            credentials=who,
            region="SystemController",
        )
        async with open_central_faults(endpoint) as faults, open_central(endpoint) as dcmanager:
            await follow(fleet(drifted("sc-1", MTU)), faults)
            assert await dcmanager.subclouds() == ()
        [row] = server.central.rows("alarms", {})
        assert row["entity_instance_id"] == "resource=stx-reconciler,name=sc-1"
        with pytest.raises(ConfigError, match="no faultmanagement in region Ottawa; it has one in RegionOne"):
            async with open_central_faults(endpoint.model_copy(update={"own_region": "Ottawa"})):
                pass
