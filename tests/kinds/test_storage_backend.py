"""Storage backends: when the platform takes one, what follows it, what of it can change."""

from __future__ import annotations

import json

import pytest

from reconciler.model.plan import Until
from tests.kinds.machines import AIO, backend, differences, host, planned, rows, sent, stages, why_not, written
from tests.kinds.networks import system_row

DUPLEX = system_row("duplex")
CEPH = "system: {storage: {backends: [{name: ceph-store, type: ceph}]}}"
KEY = "storage-backend/ceph-store"
POST = "POST storage_ceph backend=ceph name=ceph-store confirmed=True"


def rook(**more: object) -> str:
    return f"system: {{storage: {{backends: [{ {'name': 'ceph-rook-store', 'type': 'ceph-rook'} | more }]}}}}"


def test_it_is_confirmed_and_waited_for():
    (call,) = written(CEPH, rows())
    assert call.body == {"backend": "ceph", "name": "ceph-store", "confirmed": True}
    states = ("configured", "configuring-on-unlock", "configuring-with-app")
    assert call.until == Until("/v1/storage_ceph/{uuid}", "state", states, 1800.0)


def test_a_simplex_system_takes_it_at_any_time():
    assert sent(CEPH, rows()) == sent(CEPH, rows(host(state="new", **AIO))) == [POST]


def test_a_controller_that_is_still_alone_and_locked_takes_it():
    assert sent(CEPH, rows(host(state="new", **AIO), system=DUPLEX)) == [POST]


def test_with_two_controllers_it_waits_until_both_are_in_service():
    said = (
        CEPH + "\nhosts: {controller-0: {administrativeState: unlocked}, controller-1: {administrativeState: unlocked}}"
    )
    found = rows(host(state="new", **AIO), host("controller-1", "new", 2, **AIO), system=DUPLEX)
    assert stages(said, found) == [
        ("controller-0", ["host controller-0"]),
        ("controller-1", ["host controller-1"]),
        ("online", ["storage-backend"]),
    ]
    assert sent(CEPH, rows(host(**AIO), host("controller-1", number=2), system=DUPLEX)) == [POST]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (rows(host(**AIO), system=DUPLEX), "waits for the second controller"),
        (rows(host(**AIO), host("controller-1", "locked", 2), system=DUPLEX), "waits for controller-1"),
        (rows(host(**AIO), host("controller-1", "new", 2), system=DUPLEX), "waits for controller-1"),
    ],
)
def test_what_it_waits_for(found, why):
    assert why in why_not(CEPH, found)[KEY]


def test_rook_is_taken_at_any_time_with_its_capabilities_as_text():
    found = rows(host(**AIO), host("controller-1", "locked", 2), system=DUPLEX)
    (call,) = written(rook(replicationFactor=2, deployment="open"), found)
    assert call.path == "/v1/storage_ceph_rook"
    assert call.body["capabilities"] == {"replication": "2", "deployment_model": "open"}
    assert planned(rook(), found).blocked == ()


def test_services_grow_and_the_platform_s_own_are_no_difference():
    said = rook(services=["filesystem"])
    found = rows(storage_backend=[backend("ceph-rook", services="block,filesystem")])
    assert differences(said, found) == {}
    (call,) = written(said, rows())
    assert call.body["services"] == "filesystem,block"
    (call,) = written(rook(services=["object"]), found)
    assert call.body == [{"op": "replace", "path": "/services", "value": "block,filesystem,object"}]


def test_capabilities_change_as_json_text():
    found = rows(storage_backend=[backend("ceph-rook", replication="2", deployment_model="controller")])
    (call,) = written(rook(replicationFactor=3, deployment="open"), found)
    assert json.loads(call.body[0]["value"]) == {"replication": "3", "deployment_model": "open"}
    assert differences(rook(replicationFactor=2, deployment="controller"), found) == {}


def test_the_replication_of_ceph_changes_on_one_controller_once_it_is_configured():
    said = CEPH.replace("type: ceph", "type: ceph, replicationFactor: 3")
    assert [c.method for c in written(said, rows(storage_backend=[backend(replication="1")]))] == ["PATCH"]
    waiting = rows(storage_backend=[backend(state="configuring", replication="1")])
    assert "to be configured" in why_not(said, waiting)[KEY]
    two = rows(host(**AIO), host("controller-1", number=2), system=DUPLEX, storage_backend=[backend(replication="2")])
    assert "is fixed" in why_not(said, two)[KEY]


def test_what_a_backend_is_cannot_change():
    said = CEPH.replace("type: ceph", "type: ceph, network: cluster-host")
    assert "cannot change" in why_not(said, rows(storage_backend=[backend()]))[KEY]
