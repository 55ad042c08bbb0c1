"""A simulated controller by itself: requests in, responses out, time by hand."""

from __future__ import annotations

import base64
import json

import pytest

from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.redfish import Bmc, Probe, handle

BASIC = {"Authorization": f"Basic {base64.b64encode(b'root:simulated').decode()}"}
SYSTEM = "/redfish/v1/Systems/1"
RESET = f"{SYSTEM}/Actions/ComputerSystem.Reset"


@pytest.fixture
def bmc() -> Bmc:
    return Bmc("h", ports={"NIC.1": "02:00:00:00:00:0a"})


def ask(bmc: Bmc, method: str, path: str, body: object = None, *, now: float = 0.0, headers=BASIC) -> Response:
    content = json.dumps(body).encode() if body is not None else b""
    return handle(bmc, Request(method, path, headers=headers, content=content, base="http://rack/h"), now)


def test_the_service_root_is_public_and_nothing_else(bmc):
    assert ask(bmc, "GET", "/redfish/v1/", headers={}).status == 200
    assert ask(bmc, "GET", SYSTEM, headers={}).status == 401


def test_links_begin_where_the_controller_stands(bmc):
    root = ask(bmc, "GET", "/redfish/v1").body
    assert root["Systems"] == {"@odata.id": "/h/redfish/v1/Systems"}


def test_a_session_is_worth_its_token_until_it_is_deleted(bmc):
    given = ask(bmc, "POST", "/redfish/v1/SessionService/Sessions", {"UserName": "root", "Password": "simulated"})
    token = {"x-auth-token": given.headers["X-Auth-Token"]}
    assert ask(bmc, "GET", SYSTEM, headers=token).status == 200
    session = given.headers["Location"].removeprefix("/h")
    assert ask(bmc, "DELETE", session, headers=token).status == 204
    assert ask(bmc, "GET", SYSTEM, headers=token).status == 401


def test_every_link_leads_to_a_document(bmc):
    bmc.update("http://192.0.2.9/none.exe")
    waiting, seen = ["/redfish/v1"], set()
    while waiting:
        path = waiting.pop()
        answer = ask(bmc, "GET", path)
        assert answer.status == 200, path
        seen.add(path)
        waiting += [found for found in links(answer.body) if found not in seen]
    assert f"{SYSTEM}/Bios/Settings" in seen
    assert f"{SYSTEM}/EthernetInterfaces/NIC.1" in seen


def links(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["@odata.id"].removeprefix("/h")] if "@odata.id" in value else []
        return own + [link for each in value.values() for link in links(each)]
    return [link for each in value for link in links(each)] if isinstance(value, list) else []


def test_a_shutdown_takes_longer_than_to_be_cut_off(bmc):
    ask(bmc, "POST", RESET, {"ResetType": "GracefulShutdown"})
    assert ask(bmc, "GET", SYSTEM, now=10).body["PowerState"] == "PoweringOff"
    assert ask(bmc, "GET", SYSTEM, now=40).body["PowerState"] == "Off"


def test_who_listens_is_told_of_power(bmc):
    told = []
    bmc.switched = told.append
    ask(bmc, "POST", RESET, {"ResetType": "ForceOff"})
    ask(bmc, "POST", RESET, {"ResetType": "On"}, now=10)
    ask(bmc, "GET", SYSTEM, now=20)
    assert told == [False, True]


def test_an_order_to_be_as_it_is_changes_nothing(bmc):
    assert ask(bmc, "POST", RESET, {"ResetType": "On"}).status == 204
    assert ask(bmc, "GET", SYSTEM, now=60).body["PowerState"] == "On"
    assert bmc.boots == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "word"),
    [
        ("POST", RESET, {"ResetType": "Explode"}, "PropertyValueNotInList"),
        ("POST", RESET, {}, "ActionParameterMissing"),
        ("PATCH", SYSTEM, {"Boot": {"BootSourceOverrideTarget": "Tape"}}, "PropertyValueNotInList"),
        ("PATCH", f"{SYSTEM}/Bios/Settings", {"Attributes": {"Nonsense": 1}}, "PropertyUnknown"),
        ("PATCH", f"{SYSTEM}/SecureBoot", {"SecureBootEnable": "yes"}, "PropertyValueNotInList"),
    ],
)
def test_what_it_does_not_know_is_refused_and_changes_nothing(bmc, method, path, body, word):
    before = ask(bmc, "GET", SYSTEM).body
    answer = ask(bmc, method, path, body)
    assert answer.status == 400
    assert answer.body["error"]["code"].endswith(word)
    assert ask(bmc, "GET", SYSTEM).body == before


def test_newer_controllers_have_sensors_and_no_thermal(bmc):
    bmc.newer_sensors, bmc.probes = True, [Probe("Fan1", "Fans", 0.0, "Critical")]
    assert ask(bmc, "GET", "/redfish/v1/Chassis/1/Thermal").status == 404
    sensor = ask(bmc, "GET", "/redfish/v1/Chassis/1/Sensors/0").body
    assert (sensor["Reading"], sensor["Status"]["Health"]) == (0.0, "Critical")
