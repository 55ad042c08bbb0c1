"""One site as the engine reads it: everything once, then only what is asked for again."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.engine import remote as remote_module
from reconciler.engine.preview import rows_of
from reconciler.engine.remote import SILENT_S, SiteRemote
from reconciler.engine.surroundings import Neighbours
from reconciler.kinds import registry
from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.errors import ConfigError, Unreachable
from reconciler.model.rows import COLLECTIONS
from reconciler.model.secret import digest
from reconciler.model.words import Service
from reconciler.observe import interpret
from tests.apply.fakes import FakeClock, refused, unreachable

KINDS = registry()
OF_CHARTS = {"helm_charts", "helm_overrides"}
OBJECTS = {"license", "platform_certificates"}
HOSTS = [
    {"uuid": f"u{n}", "id": n, "hostname": f"controller-{n}", "personality": "controller", "administrative": "unlocked"}
    for n in (0, 1)
]
LISTS = {
    "/v1/ihosts": HOSTS,
    "/v1/isystems": [{"uuid": "s", "name": "ottawa", "system_mode": "duplex"}],
    "/v1/idns": [{"uuid": "d", "nameservers": "10.0.0.1"}],
    "/v1/ihosts/u1/labels": [{"uuid": "l", "host_uuid": "u1", "label_key": "a", "label_value": "b"}],
}


class Platform:
    """Lists by path; an error stands for a list that fails."""

    def __init__(self, **failing):
        self.asked: list[str] = []
        self.lists = dict(LISTS)
        self.objects = {
            "/v1/license/get_license_file": {"content": "paper", "error": ""},
            "/v1/certificate/get_all_certs": {"kubernetes-root-ca": {"Validity": {}}},
        }
        self.failing: dict[str, Exception] = {}

    async def list(self, path, items):
        self.asked.append(path)
        if path in self.failing:
            raise self.failing[path]
        return tuple(self.lists.get(path, ()))

    async def get(self, path):
        return self.objects.get(path, {"path": path})

    async def send(self, method, path, body):
        return {"sent": (method, path, body)}


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def remote(platform):
    clock = FakeClock()
    clock.time = 900.0
    return SiteRemote("ottawa", platform, KINDS, clock)


def dns(snapshot):
    return next(r.spec.servers for k, r in snapshot.resources.items() if k.kind == "dns")


async def test_a_full_reading_asks_for_each_list_once(remote, platform):
    seen = await remote.observe()
    assert len(platform.asked) == len(set(platform.asked))
    assert (seen.site, seen.taken_at, sorted(seen.system.hosts)) == ("ottawa", 900.0, ["controller-0", "controller-1"])
    assert dns(seen) == ("10.0.0.1",)
    assert {path for path in platform.asked if path.endswith("/labels")} == {
        "/v1/ihosts/u0/labels",
        "/v1/ihosts/u1/labels",
    }


async def test_a_look_at_the_hosts_alone_shows_their_states_and_says_nothing_of_the_rest(remote, platform):
    await remote.observe()
    platform.asked.clear()
    platform.lists["/v1/ihosts"] = [{**HOSTS[0], "administrative": "locked"}, HOSTS[1]]
    seen = await remote.look(())
    assert platform.asked == ["/v1/ihosts"]
    assert {h.name: h.administrative for h in seen.system.hosts.values()} == {
        "controller-0": "locked",
        "controller-1": "unlocked",
    }
    assert (seen.resources, seen.complete, seen.taken_at) == ({}, frozenset(), 900.0)
    assert dns(await remote.look(["dns"])) == ("10.0.0.1",)


async def test_a_list_that_fails_is_named_and_what_it_holds_is_not_judged(remote, platform):
    platform.failing["/v1/idns"] = refused("internal error")
    seen = await remote.observe()
    assert [(u.collection, u.host) for u in seen.unread] == [("idns", "")]
    assert not seen.is_complete("dns")
    assert seen.is_complete("ntp")


async def test_without_hosts_there_is_no_reading(remote, platform):
    platform.failing["/v1/ihosts"] = unreachable(sent=False)
    with pytest.raises(Unreachable):
        await remote.observe()


async def test_a_platform_that_lists_no_host_is_not_believed(remote, platform):
    """While an address moves, or services come up, lists are empty: nothing on the site is gone for that."""
    platform.lists = dict.fromkeys(platform.lists, ())
    with pytest.raises(Unreachable, match=r"ottawa: platform gave no usable answer.*lists no host"):
        await remote.observe()


async def test_a_look_that_finds_no_host_is_none_and_what_was_known_stays_so(remote, platform):
    await remote.observe()
    platform.lists["/v1/ihosts"] = ()
    with pytest.raises(Unreachable, match="lists no host"):
        await remote.look(["dns"])
    assert sorted(remote.system.hosts) == ["controller-0", "controller-1"]


async def test_a_look_asks_for_the_hosts_and_the_lists_of_the_kinds_only(remote, platform):
    await remote.observe()
    platform.asked.clear()
    platform.lists["/v1/idns"] = [{"uuid": "d", "nameservers": "10.0.0.2"}]
    assert dns(await remote.look(["dns"])) == ("10.0.0.2",)
    assert sorted(platform.asked) == ["/v1/idns", "/v1/ihosts"]


@pytest.mark.parametrize("kinds", [["dns"], ["dns", "ntp"]])
async def test_the_first_look_takes_nothing_for_gone_that_it_could_not_read(remote, platform, kinds):
    platform.failing["/v1/idns"] = unreachable(sent=True)
    with pytest.raises(Unreachable):
        await remote.look(kinds)
    assert (await remote.look(["ntp"])).is_complete("ntp")
    del platform.failing["/v1/idns"]
    assert dns(await remote.look(kinds)) == ("10.0.0.1",)


async def test_a_look_at_one_host_asks_for_its_lists_only(remote, platform):
    await remote.observe()
    platform.asked.clear()
    await remote.look(["label"], "controller-1")
    assert [path for path in platform.asked if path.endswith("/labels")] == ["/v1/ihosts/u1/labels"]


async def test_a_look_that_fails_is_no_look(remote, platform):
    await remote.observe()
    platform.failing["/v1/idns"] = unreachable(sent=False)
    with pytest.raises(Unreachable):
        await remote.look(["dns"])


async def test_what_was_read_can_be_written_down_and_read_back(remote):
    seen = await remote.observe()
    rows = rows_of(remote.dump())
    plain = {place: listed for place, listed in rows.listed.items() if place[0] not in {*OBJECTS, *OF_CHARTS}}
    assert plain == {
        (name, host): tuple(LISTS.get(COLLECTIONS[name].path.format(host={"controller-0": "u0"}.get(host, "u1")), ()))
        for name, host in plain
    }
    assert rows.system == seen.system


def with_charts(platform):
    """Two applications, of which one has a chart that somebody said something of."""
    platform.lists["/v1/apps"] = [{"name": "snmp", "status": "applied"}, {"name": "late", "status": "uploading"}]
    platform.lists["/v1/helm_charts?app_name=snmp"] = [{"name": "snmp", "enabled": [True], "namespaces": ["a", "b"]}]
    for namespace in ("a", "b"):
        shown = {"name": "snmp", "namespace": namespace, "user_overrides": f"place: {namespace}\ntoken: t0p\n"}
        platform.objects[f"/v1/helm_charts/snmp?name=snmp&namespace={namespace}"] = shown | {
            "system_overrides": "k: t0p"
        }


async def test_what_is_listed_by_the_rows_of_another_list_is_asked_for_each(remote, platform):
    with_charts(platform)
    seen = await remote.observe()
    assert [path for path in platform.asked if "helm" in path] == ["/v1/helm_charts?app_name=snmp"]
    assert [key.name for key in seen.resources if key.kind == "helm-override"] == ["snmp/snmp/a", "snmp/snmp/b"]


async def test_it_is_written_down_by_what_was_asked_and_read_back_without_its_secrets(remote, platform):
    with_charts(platform)
    seen = await remote.observe()
    inventory = remote.dump()
    assert interpret("ottawa", rows_of(inventory), KINDS, 900.0).resources == seen.resources
    assert "/v1/helm_charts/snmp?name=snmp&namespace=b" in inventory
    assert "t0p" not in repr((inventory, seen))


async def test_what_costs_many_requests_is_read_only_where_git_speaks_of_it(remote, platform):
    with_charts(platform)
    seen = await remote.observe({"dns"})
    assert not any("helm" in path for path in platform.asked)
    assert not seen.is_complete("helm-override")
    assert (await remote.observe({"application"})).is_complete("helm-override")


async def test_a_chart_that_is_not_shown_leaves_the_list_unread(remote, platform):
    with_charts(platform)
    platform.failing["/v1/helm_charts?app_name=snmp"] = unreachable(sent=False)
    seen = await remote.observe()
    assert [unread.collection for unread in seen.unread] == ["helm_charts"]
    assert not seen.is_complete("helm-override")
    assert seen.is_complete("application")


async def test_of_a_secret_that_the_site_shows_only_a_digest_is_kept(remote):
    await remote.observe()
    found = remote.dump()
    assert found["/v1/license/get_license_file"] == {"content": digest("paper"), "error": ""}
    assert rows_of(found).listed["license", ""] == (found["/v1/license/get_license_file"],)
    assert "paper" not in str(found)


async def test_single_calls_go_straight_through(remote):
    assert await remote.get("/v1/x") == {"path": "/v1/x"}
    assert await remote.send("PATCH", "/v1/x", [1]) == {"sent": ("PATCH", "/v1/x", [1])}


async def test_a_look_after_the_reading_was_dropped_is_a_full_one(remote, platform):
    await remote.observe()
    full = sorted(platform.asked)
    remote.forget()
    platform.asked.clear()
    await remote.look(["dns"])
    assert sorted(platform.asked) == full


class Faults:
    """Fault Management; counts how often it is asked."""

    def __init__(self):
        self.asked, self.error = 0, None

    async def alarms(self):
        self.asked += 1
        if self.error:
            raise self.error
        return (Alarm("7d1c", "200.001", "host=controller-1", AlarmSeverity.WARNING, affects_management=True),)


@pytest.fixture
def beside(platform):
    """A site whose endpoints entry names its Fault Management."""
    clock, faults = FakeClock(), Faults()
    clock.time = 900.0
    return SiteRemote("ottawa", platform, KINDS, clock, Neighbours(faults)), clock, faults


async def test_alarms_that_a_gate_has_read_in_this_visit_are_not_read_twice(beside):
    remote, clock, faults = beside
    await remote.surroundings()
    clock.time = 905.0
    found = await remote.alarms(since=900.0)
    assert (found.at, found.counts, found.affecting, faults.asked) == (900.0, {"warning": 1}, 1, 1)
    assert (await remote.alarms(since=905.0)).at == 905.0
    assert faults.asked == 2


async def test_alarms_of_an_earlier_visit_are_not_told_as_if_they_were_new(beside):
    remote, clock, faults = beside
    await remote.surroundings()
    clock.time = 1_500.0
    assert (await remote.alarms(since=1_490.0)).at == 1_500.0
    assert faults.asked == 2


async def test_a_site_whose_fault_management_is_silent_or_not_named_tells_of_no_alarms(beside, remote):
    silent, _, faults = beside
    faults.error = unreachable(sent=False)
    assert (await silent.surroundings()).unread
    assert await silent.alarms(since=0.0) is None
    assert await remote.alarms(since=0.0) is None


async def test_one_that_is_silent_costs_the_site_one_wait_an_hour_unless_a_gate_hears_of_it(beside):
    remote, clock, faults = beside
    faults.error = unreachable(sent=False)
    for _ in range(3):
        assert await remote.alarms(since=clock.time) is None
    assert faults.asked == 1
    clock.time += SILENT_S
    assert await remote.alarms(since=clock.time) is None
    assert faults.asked == 2
    faults.error = None
    await remote.surroundings()
    clock.time += 1.0
    assert (await remote.alarms(since=clock.time)).total == 1


async def test_a_verdict_does_not_wait_for_one_that_hangs(beside, monkeypatch):
    monkeypatch.setattr(remote_module, "ALARMS_S", 0.0)
    remote, clock, faults = beside
    faults.error = None
    faults.alarms = asyncio.Event().wait
    assert await remote.alarms(since=clock.time) is None


class Usm(Platform):
    """Another service of the same site."""

    async def send(self, method, path, body):
        return {"usm": (method, path, body)}


async def test_what_is_sent_goes_to_the_service_that_it_is_for(platform):
    remote = SiteRemote("ottawa", platform, KINDS, FakeClock(), services={Service.USM: Usm()})
    assert await remote.send("POST", "/v1/deploy/precheck", {}, Service.USM) == {
        "usm": ("POST", "/v1/deploy/precheck", {})
    }
    assert await remote.send("POST", "/v1/dns", {}) == {"sent": ("POST", "/v1/dns", {})}


async def test_a_service_that_nobody_names_is_an_error_that_says_so(remote):
    with pytest.raises(ConfigError, match="ottawa: nobody says where its usm is; name it in the endpoints file"):
        await remote.get("/v1/release", Service.USM)
