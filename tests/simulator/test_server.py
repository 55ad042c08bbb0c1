"""The HTTP shell: tokens, paths, links, trouble on demand, the control API, TLS, the endpoints file."""

from __future__ import annotations

import asyncio
import ssl
import stat
from copy import deepcopy
from pathlib import Path

import aiohttp
import pytest
import yaml

from reconciler.simulator import fleet, inventory_file
from reconciler.simulator.exchange import Response
from reconciler.simulator.interference import Connection, Rule, Trouble
from reconciler.simulator.run import SimulateOptions, simulated
from reconciler.simulator.server import ServerOptions, serve
from reconciler.simulator.slowness import seconds

SOON = aiohttp.ClientTimeout(total=0.5)


class Clock:
    """Seconds that only the test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server(built, clock):
    options = ServerOptions(speed=60, password="right", token_seconds=100, clock=clock, wall_clock=clock)
    async with serve(
        {"one": deepcopy(built["simplex"]), "two": lambda: deepcopy(built["duplex"])}, options=options
    ) as it:
        yield it


@pytest.fixture
async def http():
    async with aiohttp.ClientSession(headers={"User-Agent": "tests"}) as session:
        yield session


async def token(http, server, site="one", password="right"):
    domain = {"name": "Default"}
    user = {"name": "admin", "password": password, "domain": domain}
    body = {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "admin", "domain": domain}},
        }
    }
    return await http.post(f"{server.authority(site)['identity']}/v3/auth/tokens", json=body)


async def call(http, server, method, path, site="one", **more):
    given = (await token(http, server, site)).headers["X-Subject-Token"]
    url = f"{server.authority(site)['platform']}/v1{path}"
    return await http.request(method, url, headers={"X-Auth-Token": given}, **more)


async def control(http, server, method, path, body=None):
    response = await http.request(method, f"{server.url}/control/v1{path}", json=body)
    return response.status, await response.json()


class TestTokens:
    async def test_a_password_gives_a_token_with_an_end_and_a_catalogue(self, http, server):
        response = await token(http, server)
        body = (await response.json())["token"]
        assert response.status == 201
        assert body["expires_at"] > body["issued_at"]
        urls = {entry["type"]: entry["endpoints"][0]["url"] for entry in body["catalog"]}
        assert urls["platform"] == f"{server.url}/one/platform/v1"

    async def test_a_wrong_password_is_401(self, http, server):
        assert (await token(http, server, password="wrong")).status == 401

    async def test_no_token_is_401_as_keystonemiddleware_says_it(self, http, server):
        response = await http.get(f"{server.url}/one/platform/v1/ihosts")
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == f'Keystone uri="{server.url}/one/identity"'
        assert (await response.json())["error"]["title"] == "Unauthorized"

    async def test_a_token_ends(self, http, server, clock):
        given = (await token(http, server)).headers["X-Subject-Token"]
        url, headers = f"{server.url}/one/platform/v1/idns", {"X-Auth-Token": given}
        assert (await http.get(url, headers=headers)).status == 200
        clock.now += 101
        assert (await http.get(url, headers=headers)).status == 401

    async def test_tokens_can_be_ended_on_demand_and_are_of_one_site(self, http, server):
        given = (await token(http, server)).headers["X-Subject-Token"]
        headers = {"X-Auth-Token": given}
        assert (await http.get(f"{server.url}/two/platform/v1/idns", headers=headers)).status == 401
        await control(http, server, "POST", "/sites/one/tokens/expire")
        assert (await http.get(f"{server.url}/one/platform/v1/idns", headers=headers)).status == 401


async def test_the_versions_are_public(http, server):
    assert (await http.get(f"{server.url}/one/platform/v1")).status == 200
    assert (await http.get(f"{server.url}/one/identity/v3")).status == 200


async def test_links_and_next_name_the_url_that_was_asked(http, server):
    body = await (await call(http, server, "GET", "/icpus?limit=1")).json()
    assert body["next"].startswith(f"{server.url}/one/platform/v1/icpus?")
    assert body["icpus"][0]["links"][0]["href"].startswith(f"{server.url}/one/platform/v1/icpus/")


async def test_a_system_is_built_when_it_is_first_asked_for(http, server):
    assert not server.sites["two"].is_built
    assert (await call(http, server, "GET", "/ihosts", site="two")).status == 200
    assert server.sites["two"].is_built


async def test_speed_is_simulated_seconds_in_a_real_one(http, server, clock):
    before = server.sites["one"].system.now
    clock.now += 2
    assert server.sites["one"].system.now == before + 120


class TestTrouble:
    async def test_a_refusal_says_what_the_rule_says_and_is_used_up(self, http, server):
        rule = {"trouble": "refuse", "method": "PATCH", "status": 409, "text": "busy"}
        assert (await control(http, server, "POST", "/sites/one/faults", rule))[0] == 200
        body = [{"op": "replace", "path": "/location", "value": {"locn": "x"}}]
        refused = await call(http, server, "PATCH", "/ihosts/controller-0", json=body)
        assert (refused.status, "busy" in await refused.text()) == (409, True)
        assert (await call(http, server, "PATCH", "/ihosts/controller-0", json=body)).status == 200

    @pytest.mark.parametrize(("trouble", "happened"), [("hang-before", False), ("hang-after", True)])
    async def test_a_write_without_an_answer_may_have_happened_or_not(self, http, server, trouble, happened):
        server.sites["one"].interference.rules.append(Rule(Trouble(trouble), method="PATCH"))
        body = [{"op": "replace", "path": "/location", "value": {"locn": "moved"}}]
        with pytest.raises(asyncio.TimeoutError):
            await call(http, server, "PATCH", "/ihosts/controller-0", json=body, timeout=SOON)
        host = server.sites["one"].system.host("controller-0")
        assert (host["location"] == {"locn": "moved"}) is happened

    async def test_a_connection_may_be_cut_after_the_effect(self, http, server):
        server.sites["one"].interference.rules.append(Rule(Trouble.RESET_AFTER, method="PATCH"))
        body = [{"op": "replace", "path": "/location", "value": {"locn": "moved"}}]
        with pytest.raises(aiohttp.ClientError):
            await call(http, server, "PATCH", "/ihosts/controller-0", json=body)
        assert server.sites["one"].system.host("controller-0")["location"] == {"locn": "moved"}

    async def test_a_delay_answers_late(self, http, server):
        server.sites["one"].interference.rules.append(Rule(Trouble.DELAY, path="/platform/.*", seconds=0.05))
        began = asyncio.get_running_loop().time()
        assert (await call(http, server, "GET", "/idns")).status == 200
        assert asyncio.get_running_loop().time() - began >= 0.05

    async def test_a_site_can_be_silent_and_come_back(self, http, server):
        given = (await token(http, server)).headers["X-Subject-Token"]
        url, headers = f"{server.url}/one/platform/v1/idns", {"X-Auth-Token": given}
        await control(http, server, "PUT", "/sites/one/connection", {"state": "silent"})
        with pytest.raises(asyncio.TimeoutError):
            await http.get(url, headers=headers, timeout=SOON)
        await control(http, server, "PUT", "/sites/one/connection", {"state": "up"})
        assert (await http.get(url, headers=headers)).status == 200

    async def test_a_site_can_cut_every_connection(self, http, server):
        server.sites["one"].connect(Connection.RESET)
        with pytest.raises(aiohttp.ClientError):
            await token(http, server)


class TestControl:
    async def test_a_row_is_changed_behind_everybodys_back(self, http, server):
        body = {"match": {}, "set": {"nameservers": "192.0.2.53"}}
        assert await control(http, server, "PATCH", "/sites/one/rows/idns", body) == (200, {"changed": 1})
        shown = await (await call(http, server, "GET", "/idns")).json()
        assert shown["idnss"][0]["nameservers"] == "192.0.2.53"

    async def test_rows_are_added_and_deleted(self, http, server):
        row = {
            "label_key": "a",
            "label_value": "1",
            "host_uuid": server.sites["one"].system.host("controller-0")["uuid"],
        }
        status, body = await control(http, server, "POST", "/sites/one/rows/labels", {"row": row})
        assert status == 200
        assert (await control(http, server, "DELETE", "/sites/one/rows/labels", {"match": {"uuid": body["uuid"]}}))[
            1
        ] == {"deleted": 1}

    async def test_the_clock_is_moved_and_things_happen(self, http, server):
        dns = (await (await call(http, server, "GET", "/idns")).json())["idnss"][0]["uuid"]
        body = [{"op": "replace", "path": "/nameservers", "value": "10.1.1.1"}]
        body.append({"op": "replace", "path": "/action", "value": "apply"})
        await call(http, server, "PATCH", f"/idns/{dns}", json=body)
        _, before = await control(http, server, "GET", "/sites/one")
        assert before["nextDue"] is not None
        _, after = await control(http, server, "POST", "/sites/one/clock", {"settle": True})
        assert after["now"] > before["now"]
        assert (await control(http, server, "GET", "/sites/one"))[1]["nextDue"] is None

    async def test_what_happened_is_told(self, http, server):
        await call(http, server, "POST", "/addrpools", json={"nosuch": 1})
        _, told = await control(http, server, "GET", "/sites/one")
        counters = told["counters"]
        assert (counters["writes"], counters["refused"], counters["tokens"]) == (1, 1, 1)
        _, journal = await control(http, server, "GET", "/sites/one/journal")
        assert [(w["method"], w["path"], w["status"]) for w in journal["writes"]] == [("POST", "/v1/addrpools", 400)]

    async def test_what_it_does_not_know_is_an_error_with_a_reason(self, http, server):
        assert (await control(http, server, "GET", "/sites/nobody"))[0] == 404
        status, body = await control(http, server, "POST", "/sites/one/faults", {"trouble": "rain"})
        assert (status, "rain" in body["error"]) == (400, True)


def secret_of(entry):
    """The mode of the file that holds the entry's password, and the password."""
    path = Path(entry["credentials"]["password"]["secretRef"].removeprefix("file:"))
    return stat.S_IMODE(path.stat().st_mode), path.read_text()


async def test_simulate_writes_endpoints_that_work(tmp_path):
    fleet.write(tmp_path / "repo", 3)
    options = SimulateOptions(
        repo=tmp_path / "repo", endpoints_out=tmp_path / "endpoints.yaml", port=0, tls_dir=tmp_path / "tls"
    )
    async with simulated(options) as server:
        told = yaml.safe_load((tmp_path / "endpoints.yaml").read_text())
        name, entry = next(iter(told["endpoints"].items()))
        mode, password = secret_of(entry)
        assert mode == 0o600
        trusted = ssl.create_default_context(cafile=entry["caBundle"])
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as http:
            assert (await token(http, server, name, password)).status == 201
            assert (await http.get(told["control"] + "/sites")).status == 200


def test_a_list_costs_its_rows_and_addresses_most():
    rows = [{}] * 10
    cost = {name: seconds("GET", Response(200, {name: rows})) for name in ("addresses", "icpus", "idns")}
    assert cost["addresses"] > cost["idns"] > cost["icpus"]
    assert seconds("PATCH", Response(200, {})) > seconds("GET", Response(200, {}))


async def test_simulate_takes_up_an_inventory(tmp_path, built):
    inventory_file.write(built["simplex"], tmp_path / "inventory.json")
    async with simulated(SimulateOptions(inventory=tmp_path / "inventory.json", port=0)) as server:
        system = next(iter(server.sites.values())).system
        assert [host["hostname"] for host in system.hosts()] == ["controller-0"]
        assert inventory_file.dump(system)["/v1/idns"] == inventory_file.dump(built["simplex"])["/v1/idns"]


class TestServicesBesideThePlatform:
    """All of a system's services share its rows and its Keystone."""

    @staticmethod
    async def get(http, server, service, path):
        given = (await token(http, server)).headers["X-Subject-Token"]
        async with http.get(f"{server.authority('one')[service]}{path}", headers={"X-Auth-Token": given}) as answer:
            return answer.status, await answer.json(content_type=None)

    async def test_nothing_else_is_at_work_unless_somebody_ordered_it(self, http, server):
        strategy = "/api/orchestration/current-strategy/strategy"
        assert await self.get(http, server, "nfv", strategy) == (200, {"strategy": None})
        assert await self.get(http, server, "usm", "/v1/deploy") == (200, [])
        server.sites["one"].add_row("vim_strategy", {"name": "kube-upgrade", "state": "applying"})
        server.sites["one"].add_row("usm_deploy", {"from_release": "25.09.0", "to_release": "25.09.1", "state": "host"})
        told = {"strategy": {"name": "kube-upgrade", "state": "applying"}}
        assert await self.get(http, server, "nfv", strategy) == (200, told)
        (_, deployments) = await self.get(http, server, "usm", "/v1/deploy")
        assert [row["state"] for row in deployments] == ["host"]

    async def test_alarms_are_those_of_the_system(self, http, server):
        status, body = await self.get(http, server, "faultmanagement", "/v1/alarms")
        assert (status, [a["alarm_id"] for a in body["alarms"]]) == (200, ["200.001"])

    @pytest.mark.parametrize("service", ["faultmanagement", "nfv", "usm"])
    async def test_a_token_is_wanted_everywhere(self, http, server, service):
        async with http.get(f"{server.authority('one')[service]}/v1/alarms") as answer:
            assert answer.status == 401
