"""The job that keeps our alarms: opted into, taken back, cut off at any call, and beside a service that is down."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from reconciler.clients import Endpoint
from reconciler.clients.endpoints import Credentials, Password
from reconciler.desired import DriftAlarms
from reconciler.engine.sinks.alarming import LONGEST_S, LOOK_S, DriftAlarming, Wishes, World
from reconciler.engine.sinks.drift_alarms import ALARM, OWN, Known, wanted
from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.alarming import AlarmCall, Alarming
from reconciler.model.errors import ConfigError
from tests.apply.fakes import unreachable
from tests.engine.sinks.drifting import DNS, MTU, drifted, fleet
from tests.engine.waiting import FakeTimer, settled

CENTRE = Endpoint(
    name="systemController",
    auth_url="http://centre",
    credentials=Credentials(username="admin", password=Password(secret_ref="env:CENTRE")),
)
FOREIGN = Alarm(
    "dm", ALARM, "resource=hosts.starlingx.windriver.com,name=controller-0", AlarmSeverity.MINOR, "not ours"
)


class Gone(Exception):  # noqa: N818 - the process is gone, nobody catches it
    """The process ends here."""


class FaultManagement:
    """Alarms by uuid, as its API keeps them: posting twice makes two. dies: at the call of this number, counted down."""

    def __init__(self, timer):
        self.alarms, self.calls, self.dies, self.answered = {"dm": FOREIGN}, 0, 0, False
        self.error = None
        self.opened, self.timer = 0, timer

    @asynccontextmanager
    async def open(self, _endpoint):
        self.opened += 1
        yield self

    @property
    def ours(self):
        return sorted(alarm.reason for alarm in self.alarms.values() if alarm.entity.startswith(OWN))

    async def alarms_of(self, alarm_id):
        return await self._call(lambda: tuple(a for a in self.alarms.values() if a.id == alarm_id))

    async def raise_alarm(self, alarm):
        uuid = f"u{self.calls}"
        await self._call(lambda: self.alarms.update({uuid: Alarm(uuid, *_columns(alarm))}))

    async def clear(self, uuid):
        await self._call(lambda: self.alarms.pop(uuid, None))

    async def _call(self, deed):
        self.calls += 1
        self.dies -= 1
        if self.dies == 0 and not self.answered:
            raise Gone
        if self.error:
            raise self.error
        done = deed()
        if self.dies == 0:
            raise Gone
        return done


def _columns(alarm):
    return alarm.id, alarm.entity, alarm.severity, alarm.reason, alarm.since


class Kept:
    """The store's row."""

    def __init__(self):
        self.row, self.puts = Alarming(), 0

    def get(self):
        return self.row

    def put(self, alarming):
        self.row, self.puts = alarming, self.puts + 1


class Life:
    """One process after the other over one Fault Management and one store."""

    def __init__(self):
        self.timer = FakeTimer()
        self.fm, self.kept = FaultManagement(self.timer), Kept()
        self.setting, self.known, self.leads, self.where = DriftAlarms(raises=True), Known(), True, CENTRE
        self.said, self.counted, self.told = [], [], []
        self.job = self.started()

    def started(self):
        wishes = Wishes(lambda: self._asked(self.setting), self._known, lambda: self.where, lambda: self.leads)
        count = lambda call, is_well: self.counted.append((call, is_well))  # noqa: E731
        world = World(self.fm.open, self.kept, self.timer, self.said.append, count, self.told.append)
        return DriftAlarming(wishes, world)

    async def turn(self):
        return await self.job.turn()

    async def _known(self):
        return self.known

    @staticmethod
    def _asked(setting):
        if isinstance(setting, Exception):
            raise setting
        return setting


@pytest.fixture
def life():
    return Life()


async def test_what_drifts_is_raised_changed_and_cleared(life):
    life.known = fleet(drifted("sc-1", MTU))
    assert await life.turn() == 0
    assert life.kept.row == Alarming(may_stand=True, stand=1)
    assert [reason.partition(":")[0] for reason in life.fm.ours] == ["sc-1 drifted"]
    life.known = fleet(drifted("sc-1", DNS))
    await life.turn()
    life.known = fleet(drifted("sc-1"))
    await life.turn()
    assert life.fm.alarms == {"dm": FOREIGN}
    assert [told.stand for told in life.told] == [1, 1, 0]
    L, R, C = AlarmCall.LOOK, AlarmCall.RAISE, AlarmCall.CLEAR  # noqa: N806
    assert [call for call, _ in life.counted] == [L, R, L, C, R, L, C]
    assert life.fm.opened == 1


async def test_nobody_is_asked_where_nobody_ever_wanted_alarms(life):
    life.setting, life.known = None, fleet(drifted("sc-1", MTU))
    await life.turn()
    assert (life.fm.opened, life.kept.puts) == (0, 0)


@pytest.mark.parametrize("setting", [None, DriftAlarms(raises=False)], ids=["taken out", "false"])
@pytest.mark.parametrize("begins_anew", [False, True], ids=["at once", "after a start"])
async def test_what_was_raised_is_cleared_where_nobody_wants_it_any_more(life, setting, begins_anew):
    life.known = fleet(drifted("sc-1", MTU), drifted("sc-2", MTU))
    await life.turn()
    life.setting = setting
    life.job = life.started() if begins_anew else life.job
    await life.turn()
    assert (life.fm.alarms, life.kept.row) == ({"dm": FOREIGN}, Alarming())
    asked = life.fm.calls
    await life.turn()
    assert life.fm.calls == asked


async def test_one_that_was_said_to_be_off_is_looked_for_once_whatever_the_store_knows(life):
    life.fm.alarms["old"] = Alarm("old", ALARM, f"{OWN}sc-1", AlarmSeverity.MINOR, "of an earlier life")
    life.setting = DriftAlarms(raises=False)
    await life.turn()
    assert life.fm.alarms == {"dm": FOREIGN}


async def test_that_alarms_may_stand_is_written_down_before_the_first_is_raised(life):
    life.known = fleet(drifted("sc-1", MTU))
    life.fm.dies, life.fm.answered = 2, True  # at the call that raises it
    with pytest.raises(Gone):
        await life.turn()
    assert life.kept.row == Alarming(may_stand=True)
    life.setting, life.job = None, life.started()
    await life.turn()
    assert life.fm.alarms == {"dm": FOREIGN}


async def test_a_service_that_is_down_is_told_once_counted_and_tried_again(life):
    life.known = fleet(drifted("sc-1", MTU))
    life.fm.error = unreachable(sent=False)
    life.timer.time = 60.0
    assert [await life.turn() for _ in range(3)] == [1, 2, 3]
    assert life.said == [f"the alarms of the system controller are not kept: {life.fm.error}"]
    assert life.kept.row == Alarming(may_stand=True, failing_since=60.0, tries=3, error=str(life.fm.error))
    assert life.told[-1] == life.kept.row
    assert life.counted == [(AlarmCall.LOOK, False)] * 3
    life.fm.error = None
    assert await life.turn() == 0
    assert life.said[1:] == ["the alarms of the system controller are as they should be again"]
    assert (len(life.fm.ours), life.kept.row) == (1, Alarming(may_stand=True, stand=1))


async def test_a_raise_that_was_not_answered_is_looked_for_and_not_sent_twice(life):
    life.known = fleet(drifted("sc-1", MTU))
    raise_alarm = life.fm.raise_alarm

    async def unanswered(alarm):
        await raise_alarm(alarm)
        raise unreachable(sent=True)

    life.fm.raise_alarm = unanswered
    assert await life.turn() == 1
    assert await life.turn() == 0
    assert len(life.fm.ours) == 1


async def test_a_fleet_file_that_cannot_be_read_clears_nothing(life):
    life.known = fleet(drifted("sc-1", MTU))
    await life.turn()
    life.setting = ConfigError("driftAlarms.raise must be true or false", "fleet.yaml:4")
    assert await life.turn() == 1
    assert len(life.fm.ours) == 1
    assert "fleet.yaml:4" in life.kept.row.error


async def test_without_a_system_controller_it_says_where_to_declare_one(life):
    life.where = None
    assert await life.turn() == 1
    assert "say systemController in fleet.yaml, or in the endpoints file" in life.kept.row.error


async def test_only_the_leader_raises_and_a_service_that_is_down_is_asked_ever_less(life):
    life.known, life.leads = fleet(drifted("sc-1", MTU)), False
    running = asyncio.create_task(life.job.run())
    await settled()
    assert life.fm.calls == 0
    life.leads, life.fm.error = True, unreachable(sent=False)
    waits = []
    for _ in range(8):
        before = life.timer.time
        life.timer.to_next()
        await settled()
        waits.append(life.timer.time - before)
    assert waits[:4] == [LOOK_S, LOOK_S, 2 * LOOK_S, 4 * LOOK_S]
    assert max(waits) == LONGEST_S
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize("answered", [False, True], ids=["before the call", "before its answer"])
async def test_whoever_comes_next_goes_on_wherever_it_was_cut_off(life, answered):
    """Each of the calls of a change is a process's last; the next one's first look brings all to what it should be."""
    sites = ("sc-1", "sc-2")
    before, after = fleet(*(drifted(s, MTU) for s in sites)), fleet(*(drifted(s, DNS) for s in sites))
    life.known = before
    await life.turn()
    ended_at = []
    for last in range(1, 6):  # a look, and for each site a clear and a raise
        life.known = after
        life.fm.dies, life.fm.answered = last, answered
        with pytest.raises(Gone):
            await life.turn()
        ended_at.append(life.counted[-1][0])
        life.job = life.started()
        await life.turn()
        assert life.fm.ours == sorted(alarm.reason for alarm in wanted(after))
        before, after = after, before
    assert set(ended_at) == set(AlarmCall)
