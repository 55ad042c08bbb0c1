"""The central cloud is read once for all sites, whoever asks, and costs one time-out where it does not answer."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from reconciler.clients.endpoints import Credentials, Endpoint, Password
from reconciler.desired import load_fleet
from reconciler.engine.central import DETAILS, ELSEWHERE_S, EMPTIED_S, FAILED_S, FRESH_S, INTERVAL_S, Central
from reconciler.engine.central_place import declared
from reconciler.engine.central_world import Sharing
from reconciler.model.alarm import AlarmSeverity, SiteAlarms, Teller
from reconciler.model.central import (
    AlarmCounts,
    Attention,
    CentralStrategy,
    Subcloud,
    SubcloudDetail,
    SubcloudGroup,
)
from reconciler.model.errors import ConfigError, Unreachable
from reconciler.model.secret import SecretRef
from reconciler.model.subcloud_orders import Backup
from tests.apply.fakes import unreachable

PLACE = Endpoint(
    name="systemController",
    auth_url="http://centre",
    credentials=Credentials(username="admin", password=Password(secret_ref="env:CENTRE")),
)
OTTAWA = Subcloud("ottawa-001", "r", 1, "managed", "online", "complete", "26.03")


class Clock:
    """Time that passes when somebody sleeps, so many times."""

    time = 1_795_000_000.0
    sleeps = 0

    def now(self):
        return self.time

    async def sleep(self, seconds):
        if not self.sleeps:
            raise asyncio.CancelledError
        self.sleeps -= 1
        self.time += seconds


class Dcmanager:
    """Answers, or fails; counts how often it is asked and opened."""

    def __init__(self):
        self.asked = self.opened = self.closed = self.counted = 0
        self.error = self.uncounted = None
        self._under_way = self.most_at_once = 0
        self.row, self.alone, self.rows = OTTAWA, [], (OTTAWA,)

    async def subclouds(self):
        self.asked += 1
        await asyncio.sleep(0)
        if self.error:
            raise self.error
        return self.rows

    async def strategy(self):
        return None

    async def alarm_counts(self):
        self.counted += 1
        if self.uncounted:
            raise self.uncounted
        return {"ottawa-001": AlarmCounts(0, 2, 0, 1)}

    async def subcloud(self, name):
        self.alone.append(name)
        return self.row if name == self.row.name else None

    async def detail(self, _name):
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        await asyncio.sleep(0)
        self._under_way -= 1
        return SubcloudDetail(OTTAWA, "192.0.2.7", "unknown")

    @asynccontextmanager
    async def open(self, _endpoint):
        self.opened += 1
        yield self
        self.closed += 1


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def dcmanager():
    return Dcmanager()


@pytest.fixture
def central(dcmanager, clock):
    return Central(lambda: PLACE, dcmanager.open, clock)


async def test_sites_that_ask_at_once_share_one_reading(central, dcmanager):
    found = await asyncio.gather(*(central.of(name) for name in ("ottawa-001", "nowhere", "ottawa-001")))
    assert found == [Attention(OTTAWA), Attention(None), Attention(OTTAWA)]
    assert (dcmanager.asked, dcmanager.opened) == (1, 1)


async def test_a_reading_serves_for_a_while(central, dcmanager, clock):
    await central.of("ottawa-001")
    clock.time += FRESH_S
    await central.of("ottawa-001")
    assert dcmanager.asked == 1
    clock.time += 1
    await central.of("ottawa-001")
    assert (dcmanager.asked, dcmanager.opened) == (2, 1)


async def test_a_clock_that_is_set_back_makes_no_old_reading_new(central, dcmanager, clock):
    """Else nobody would see for an hour who else is at work on a site."""
    await central.of("ottawa-001")
    clock.time -= 3_600
    await central.of("ottawa-001")
    assert dcmanager.asked == 2


async def test_a_clock_that_is_set_back_makes_no_old_failure_last(central, dcmanager, clock):
    dcmanager.error = unreachable(sent=False)
    with pytest.raises(Unreachable):
        await central.of("ottawa-001")
    dcmanager.error, clock.time = None, clock.time - 3_600
    assert await central.of("ottawa-001") == Attention(OTTAWA)


async def test_a_list_that_is_empty_at_once_is_not_believed_for_an_hour(central, dcmanager, clock):
    """A central cloud whose services come up would else take a whole fleet for sites that nobody has deployed."""
    dcmanager.rows = (OTTAWA, replace(OTTAWA, name="ottawa-002"))
    await central.read()
    dcmanager.rows, clock.time = (), clock.time + INTERVAL_S
    with pytest.raises(Unreachable, match="it lists no subcloud, and had 2 when it was read last"):
        await central.read()
    assert central.known("ottawa-002", 3_600).subcloud
    clock.time += EMPTIED_S
    await central.read()
    assert central.last.subclouds == {}


async def test_the_last_subcloud_may_go(central, dcmanager, clock):
    await central.read()
    dcmanager.rows, clock.time = (), clock.time + 1
    await central.read()
    assert central.last.subclouds == {}


async def test_its_own_interval_reads_it_in_any_case(central, dcmanager, clock):
    await central.read()
    clock.time += 1
    await central.read()
    assert dcmanager.asked == 2


async def test_one_that_does_not_answer_costs_one_time_out(central, dcmanager, clock):
    dcmanager.error = unreachable(sent=False)
    found = await asyncio.gather(*(central.of("ottawa-001") for _ in range(3)), return_exceptions=True)
    assert {type(each) for each in found} == {Unreachable}
    assert dcmanager.asked == 1
    dcmanager.error, clock.time = None, clock.time + FAILED_S + 1
    assert await central.of("ottawa-001") == Attention(OTTAWA)


async def test_a_fleet_without_one_is_told_of_nothing(dcmanager, clock):
    assert await Central(lambda: None, dcmanager.open, clock).of("ottawa-001") is None
    assert dcmanager.opened == 0


async def test_another_place_in_git_is_another_line(dcmanager, clock):
    places = [PLACE, PLACE.model_copy(update={"auth_url": "http://elsewhere"})]
    central = Central(lambda: places.pop(0), dcmanager.open, clock)
    await central.read()
    clock.time += 1
    await central.read()
    assert (dcmanager.opened, dcmanager.closed) == (2, 1)
    await central.close()
    assert dcmanager.closed == 2


async def test_who_watches_hears_when_it_falls_silent_and_which_sites_it_has_left(central, dcmanager, clock):
    said, freed = [], []
    clock.sleeps = 5
    states = iter(("configuring", "configuring", None, None, "complete", "complete"))

    async def subclouds():
        if (state := next(states)) is None:
            raise unreachable(sent=False)
        return (replace(OTTAWA, deploy_status=state),)

    dcmanager.subclouds = subclouds
    with pytest.raises(asyncio.CancelledError):
        await central.watch(said.append, freed.append)
    assert said == [str(unreachable(sent=False)), "the central cloud answers"]
    assert [sites for sites in freed if sites] == [{"ottawa-001"}]


async def test_a_site_that_was_held_for_work_between_two_looks_is_told_to_be_free(central, dcmanager, clock):
    """A strategy may come and go within a minute: who was held for it is not left waiting."""
    freed, states = [], iter(("complete", "configuring", "complete"))

    async def subclouds():
        return (replace(OTTAWA, deploy_status=next(states)),)

    dcmanager.subclouds = subclouds
    await watched(central, clock, 1)
    clock.time += FRESH_S + 1
    assert (await central.of("ottawa-001")).at_work("ottawa-001")
    clock.time += INTERVAL_S
    clock.sleeps = 0
    with pytest.raises(asyncio.CancelledError):
        await central.watch(lambda _: None, freed.append)
    assert freed == [{"ottawa-001"}]


async def test_a_site_that_wants_a_strategy_is_told_when_another_is_gone(central, dcmanager, clock):
    async def strategy():
        return next(there)

    other = CentralStrategy("firmware", "applying", {"yard": "importing firmware"})
    there, dcmanager.strategy = iter((other, other, None)), strategy
    await central.read()
    central.awaits_strategy("ottawa-001")
    began = clock.time
    assert [sites for sites in await watched(central, clock, 3) if sites] == [{"ottawa-001"}]
    assert clock.time - began < INTERVAL_S  # looked at more often while somebody waits
    assert not central.is_awaited


async def test_whose_strategy_is_deleted_frees_the_next_at_once(central, dcmanager, clock):
    async def strategy():
        return CentralStrategy("sw-deploy", "complete")

    dcmanager.strategy = strategy
    freed = await watched(central, clock, 1)
    central.awaits_strategy("ottawa-001")
    central.has_no_strategy()
    assert freed[-1] == {"ottawa-001"}
    assert (await central.of("ottawa-001")).strategy is None


async def watched(central, clock, times):
    clock.sleeps, freed = times - 1, []
    with pytest.raises(asyncio.CancelledError):
        await central.watch(lambda _: None, freed.append)
    return freed


async def test_the_alarms_of_all_sites_are_counted_in_one_call_on_its_interval(central, dcmanager, clock):
    assert central.alarms_of("ottawa-001") is None
    began = clock.time
    await watched(central, clock, 3)
    assert dcmanager.counted == 3
    counts = {AlarmSeverity.MAJOR: 2, AlarmSeverity.WARNING: 1}
    assert central.alarms_of("ottawa-001") == SiteAlarms(Teller.DCMANAGER, began + 2 * INTERVAL_S, counts)
    assert central.alarms_of("hull") is None
    await central.of("ottawa-001")
    assert dcmanager.counted == 3  # no plan waits for them


async def test_counts_that_cannot_be_read_keep_nobody_from_what_the_list_says(central, dcmanager, clock):
    dcmanager.uncounted = unreachable(sent=False)
    assert await watched(central, clock, 2) == [frozenset(), frozenset()]
    assert central.alarms_of("ottawa-001") is None
    assert central.last.of("ottawa-001") == Attention(OTTAWA)


class Shared:
    """The database between replicas."""

    def __init__(self):
        self.rows = {}

    def newest(self, place):
        return self.rows.get(place)

    def put(self, place, reading):
        self.rows[place] = reading


class Two:
    """A leader and a follower over one central cloud, each with a client of its own."""

    def __init__(self, clock):
        self.shared, self.clock, self.leads = Shared(), clock, True
        self.asks = {name: Dcmanager() for name in ("leader", "follower")}
        self.leader = self._made("leader", lambda: self.leads)
        self.follower = self._made("follower", lambda: False)

    def _made(self, name, leads):
        return Central(lambda: PLACE, self.asks[name].open, self.clock, Sharing(self.shared, leads))

    @property
    def asked(self):
        return [self.asks[name].asked for name in ("leader", "follower")]


@pytest.fixture
def two(clock):
    return Two(clock)


async def test_of_replicas_the_leader_alone_asks_on_its_interval(two, clock):
    for _ in range(3):
        await watched(two.leader, clock, 1)
        await watched(two.follower, clock, 1)
        clock.time += INTERVAL_S
    assert two.asked == [3, 0]
    assert two.follower.last == two.leader.last
    assert two.follower.alarms_of("ottawa-001") == two.leader.alarms_of("ottawa-001")


async def test_a_follower_hears_which_sites_the_central_cloud_has_left(two, clock):
    states = iter(("configuring", "complete"))

    async def subclouds():
        return (replace(OTTAWA, deploy_status=next(states)),)

    two.asks["leader"].subclouds = subclouds
    await two.leader.read()
    before = clock.time
    clock.sleeps, freed, turn = 1, [], clock.sleep

    async def sleep(seconds):
        await turn(seconds)
        await two.leader.read()

    clock.sleep = sleep
    with pytest.raises(asyncio.CancelledError):
        await two.follower.watch(lambda _: None, freed.append)
    assert freed == [frozenset(), frozenset({"ottawa-001"})]
    assert (two.asks["follower"].asked, clock.time) == (0, before + INTERVAL_S)


async def test_before_a_plan_is_sent_the_reading_of_whichever_replica_serves_if_it_is_fresh(two, clock):
    await two.follower.of("ottawa-001")
    clock.time += FRESH_S
    await two.leader.of("ottawa-001")
    assert two.asked == [0, 1]
    clock.time += 1
    await two.leader.of("ottawa-001")
    assert two.asked == [1, 1]


async def test_a_follower_whose_leader_is_silent_asks_for_itself(two, clock):
    await two.leader.read()
    clock.time += ELSEWHERE_S + 1
    await watched(two.follower, clock, 1)
    assert (two.asked, two.asks["follower"].counted) == ([1, 1], 1)


async def test_a_reading_from_a_clock_that_is_fast_serves_nobody(two, clock):
    clock.time += 3_600.0
    await two.leader.read()
    clock.time -= 3_600.0
    await two.follower.of("ottawa-001")
    assert two.asked == [1, 1]


FLEET = b"""\
apiVersion: stxr.io/v1
kind: Fleet
name: ran
systemController:
  authUrl: https://centre:5000/v3
  dcmanagerUrl: https://centre:8119
  faultManagementUrl: https://centre:18002
  ownRegion: Ottawa
  credentials: {username: admin, password: {secretRef: env:CENTRE}}
"""


def test_fleet_yaml_declares_it(monkeypatch, tmp_path):
    monkeypatch.setenv("CENTRE", "s3cret")
    found = declared(load_fleet(FLEET), tmp_path)
    assert (found.name, found.auth_url, found.region) == (
        "systemController",
        "https://centre:5000/v3",
        "SystemController",
    )
    assert dict(found.services) == {"dcmanager": "https://centre:8119", "faultmanagement": "https://centre:18002"}
    assert found.own_region == "Ottawa"
    assert found.password().get_secret_value() == "s3cret"
    assert declared(None) is None


async def test_the_row_of_a_site_is_there_while_the_central_cloud_is_dark(central, dcmanager, clock):
    assert await central.row("ottawa-001") == OTTAWA
    assert central.place == PLACE
    dcmanager.error, clock.time = unreachable(sent=False), clock.time + 10 * INTERVAL_S
    assert await central.row("ottawa-001") == OTTAWA
    assert dcmanager.asked == 1


async def test_a_site_that_is_in_no_row_is_asked_for_alone_until_the_next_reading(central, dcmanager, clock):
    assert await central.row("ottawa-002") is None
    assert (dcmanager.asked, dcmanager.alone) == (1, [])  # the reading is of this moment
    clock.time += INTERVAL_S
    assert await central.row("ottawa-002") is None
    assert (dcmanager.asked, dcmanager.alone) == (1, ["ottawa-002"])
    clock.time += 1
    assert await central.row("ottawa-002") is None
    assert (dcmanager.asked, dcmanager.alone) == (2, ["ottawa-002"])


async def test_all_rows_are_those_of_the_last_interval(central, dcmanager, clock):
    assert await central.rows() == {"ottawa-001": OTTAWA}
    clock.time += INTERVAL_S
    assert (await central.rows(), dcmanager.asked) == ({"ottawa-001": OTTAWA}, 1)
    clock.time += 1
    assert (await central.rows(), dcmanager.asked) == ({"ottawa-001": OTTAWA}, 2)


async def test_a_row_that_does_not_serve_any_more_is_asked_for_alone_and_kept(central, dcmanager, clock):
    await central.read()
    dcmanager.row = replace(OTTAWA, management="unmanaged")
    for _ in range(2):
        assert await central.row("ottawa-001", lambda row: not row.is_managed) == dcmanager.row
    assert (dcmanager.asked, dcmanager.alone) == (1, ["ottawa-001"])


async def test_a_fleet_without_one_has_no_rows_and_says_what_to_do(dcmanager, clock):
    with pytest.raises(ConfigError, match=r"ottawa-001: nothing says where the central cloud is .* `systemController`"):
        await Central(lambda: None, dcmanager.open, clock).row("ottawa-001")
    with pytest.raises(ConfigError, match="nothing says where the central cloud is"):
        await Central(lambda: None, dcmanager.open, clock).rows()


async def test_details_are_asked_for_a_few_at_a_time_over_the_line_that_is_open(central, dcmanager):
    await central.read()
    found = await asyncio.gather(*(central.detail("ottawa-001") for _ in range(5)))
    assert {each.oam for each in found} == {"192.0.2.7"}
    assert (dcmanager.opened, dcmanager.most_at_once) == (1, DETAILS)


async def test_a_backup_is_heard_of_from_the_moment_at_which_it_is_asked_for(central, dcmanager):
    """A plan that looks before the next list is read must not begin beside it."""
    heard = []

    async def back_up(name, said):
        heard.append((await central.of(OTTAWA.name)).at_work(OTTAWA.name))

    dcmanager.back_up = back_up
    assert (await central.of(OTTAWA.name)).at_work(OTTAWA.name) == ""
    await central.back_up(OTTAWA.name, Backup(SecretRef("env:SYSADMIN")))
    assert heard == ["dcmanager is at work: its backup is validating"]


class Grouped(Dcmanager):
    """Has groups, of both sorts."""

    def __init__(self):
        super().__init__()
        self.grouped, self.of_peers = [SubcloudGroup(1, "Default", "parallel", 2)], []
        self.listings = 0

    async def groups(self):
        self.listings += 1
        return tuple(self.grouped)

    async def listed(self, path):
        assert path == "/v1.0/subcloud-peer-groups"
        self.listings += 1
        return tuple(self.of_peers)


@pytest.fixture
def grouped(clock):
    dcmanager = Grouped()

    @asynccontextmanager
    async def opens(endpoint):
        yield dcmanager

    return dcmanager, Central(lambda: PLACE, opens, clock)


async def test_a_group_that_is_missing_is_looked_for_once_a_minute_and_a_number_at_once(grouped, clock):
    dcmanager, central = grouped
    assert [await central.has_group("east") for _ in range(3)] == [False] * 3
    assert dcmanager.listings == 1
    dcmanager.grouped.append(SubcloudGroup(2, "east", "parallel", 2))
    assert await central.group(2) == "east"  # a row has it: it is there
    assert await central.has_group("east")
    assert dcmanager.listings == 2
    clock.time += FAILED_S
    assert await central.has_group("east")
    assert dcmanager.listings == 2


async def test_peer_groups_are_read_once_a_minute_for_all_their_subclouds(grouped, clock):
    dcmanager, central = grouped
    dcmanager.of_peers = [{"id": 1, "peer_group_name": "pair"}]
    for _ in range(3):
        assert await central.peer_groups(1) == ({"id": 1, "peer_group_name": "pair"},)
    assert dcmanager.listings == 1
    clock.time += FAILED_S
    await central.peer_groups(None)
    assert dcmanager.listings == 2
