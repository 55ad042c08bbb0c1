"""The oddities of sysinv's HTTP: faults in faults, statuses, lists that fail, pages."""

from __future__ import annotations

import json

from .conftest import AGENT, fault


def test_a_fault_is_a_json_text_in_a_json_object(simplex):
    response = simplex.send("GET", "/ihosts/nobody")
    assert response.status == 404
    assert json.loads(response.body["error_message"]) == {
        "faultcode": "Client",
        "faultstring": "Server nobody could not be found.",
        "debuginfo": None,
    }
    assert response.content_type is None


def test_an_unknown_path_has_a_faultstring_only(simplex):
    response = simplex.send("GET", "/nonsense")
    assert response.status == 404
    assert set(json.loads(response.body["error_message"])) == {"faultstring"}


def test_a_method_that_is_not_there_names_those_that_are(simplex):
    response = simplex.send("PUT", "/addrpools", {})
    assert (response.status, response.headers["Allow"]) == (405, "DELETE, GET, PATCH, POST")


def test_xml_crashes_the_writer_of_faults(simplex):
    response = simplex.send("GET", "/ihosts/nobody", headers={**AGENT, "Accept": "application/xml"})
    assert response.status == 500
    assert response.text.startswith("Traceback")


def test_a_host_patch_without_user_agent_crashes(simplex):
    body = [{"op": "replace", "path": "/location", "value": {"locn": "x"}}]
    response = simplex.send("PATCH", "/ihosts/controller-0", body, headers={})
    assert (response.status, fault(response)) == (500, "'NoneType' object has no attribute 'startswith'")


def test_global_lists_that_fail_or_lie(simplex):
    assert simplex.refusal("GET", "/iinterfaces") == (400, "Invalid ihost None")
    assert simplex.refusal("GET", "/labels")[0] == 500
    assert simplex.get("/partitions") == {"partitions": []}
    assert simplex.get("/ihosts/controller-0/partitions")["partitions"]


def test_a_patch_must_be_an_array(simplex):
    row = simplex.get("/idns")["idnss"][0]
    status, text = simplex.refusal("PATCH", f"/idns/{row['uuid']}", {"nameservers": "8.8.8.8"})
    assert status == 400
    assert "Value not a valid list" in text


def test_an_unknown_attribute_is_named(simplex):
    assert simplex.refusal("POST", "/addrpools", {"nosuch": 1}) == (
        400,
        "Unknown attribute for argument addrpool: nosuch",
    )


def test_a_patch_of_a_host_answers_without_its_management_address(simplex):
    assert simplex.patch("/ihosts/controller-0", location={"locn": "rack 1"})["mgmt_ip"] is None
    assert simplex.host("controller-0")["mgmt_ip"]


def test_pages_end_at_two_thousand_and_name_the_next(standard):
    host = standard.host("controller-0")
    model = standard.system.tables.rows("icpus")[0]
    present = len(standard.system.tables.rows("icpus"))
    for number in range(2112 - present):
        row = {name: value for name, value in model.items() if name not in {"uuid", "id"}}
        standard.system.insert("icpus", **{**row, "cpu": number, "ihost_uuid": host["uuid"]})
    first = standard.get("/icpus")
    assert len(first["icpus"]) == 2000
    path, query = first["next"].removeprefix("http://platform:6385/v1").split("?")
    second = standard.get(f"{path}?{query}")
    assert len(second["icpus"]) == 112
    assert "next" not in second
    uuids = {row["uuid"] for page in (first, second) for row in page["icpus"]}
    assert len(uuids) == 2112


def test_limit_and_marker(standard):
    hosts = standard.get("/ihosts")["ihosts"]
    page = standard.get(f"/ihosts?limit=1&marker={hosts[0]['uuid']}")
    assert [row["hostname"] for row in page["ihosts"]] == [hosts[1]["hostname"]]
    assert standard.refusal("GET", "/ihosts?limit=-1") == (400, "Limit must be positive")


def test_a_refused_write_leaves_no_trace(simplex):
    tables = {name: simplex.system.tables.rows(name) for name in simplex.system.tables.names()}
    waiting = simplex.system.timeline.mark()
    body = {"type": "mgmt", "name": "m2", "dynamic": True, "pool_uuid": simplex.network("oam")["pool_uuid"]}
    assert simplex.refusal("POST", "/networks", body)[0] == 409
    assert {name: simplex.system.tables.rows(name) for name in simplex.system.tables.names()} == tables
    assert simplex.system.timeline.mark() == waiting


def test_writes_are_remembered_in_order_with_their_status(simplex):
    simplex.patch("/ihosts/controller-0", location={"locn": "rack 1"})
    simplex.refusal("POST", "/addrpools", {"nosuch": 1})
    told = [(write.method, write.path, write.status) for write in simplex.system.journal.writes[-2:]]
    assert told == [("PATCH", "/v1/ihosts/controller-0", 200), ("POST", "/v1/addrpools", 400)]
