"""Filesystems of the controllers grow with every controller in service."""

from __future__ import annotations

import pytest

from reconciler.kinds import registry
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.snapshot import Snapshot
from tests.kinds.machines import AIO, HOST, differences, host, planned, rows, stages, why_not
from tests.kinds.networks import calls, system_row

DUPLEX = system_row("duplex")


def text(**sizes: int) -> str:
    said = [{"name": name.replace("_", "-"), "size": size} for name, size in sizes.items()]
    return f"system: {{storage: {{filesystems: {said}}}}}\n"


def listed(*hosts, **more):
    sizes = {"platform": 10, "database": 10, "etcd": 5}
    return rows(*hosts, controller_fs=[{"uuid": n, "name": n, "size": s} for n, s in sizes.items()], **more)


def test_only_what_grows_is_sent_and_all_of_it_at_once():
    (call,) = calls(planned(text(platform=12, database=20, etcd=5), listed()))
    assert (call.method, call.path) == ("PUT", "/v1/isystems/{system}/controller_fs/update_many")
    assert [[op["value"] for op in one] for one in call.body] == [["database", "20"], ["platform", "12"]]
    assert differences(text(etcd=5), listed()) == {}


def test_the_backup_grows_before_what_it_must_hold():
    backup = {"uuid": "fs", "name": "backup", "size": 25, "ihost_uuid": f"host-{HOST}"}
    said = text(platform=40) + "hosts: {controller-0: {storage: {filesystems: [{name: backup, size: 60}]}}}"
    assert stages(said, listed(host_fs=[backup])) == [
        ("online", ["host-filesystem controller-0", "controller-filesystem"])
    ]


def test_a_controller_that_is_unlocked_in_this_plan_is_waited_for():
    said = text(platform=40) + "hosts: {controller-0: {administrativeState: unlocked}}"
    assert stages(said, listed(host(state="new", **AIO))) == [
        (HOST, ["host controller-0"]),
        ("online", ["controller-filesystem"]),
    ]


@pytest.mark.parametrize(
    ("said", "found", "why"),
    [
        (text(platform=5), listed(), "only grows: it has 10 GiB"),
        (text(zz=5), listed(), "only ceph-float can be added"),
        (text(platform=20), listed(host(**AIO), host("controller-1", "locked", 2), system=DUPLEX), "controller-1"),
    ],
)
def test_why_it_cannot_be(said, found, why):
    assert [why in reason for reason in why_not(said, found).values()] == [True]


@pytest.mark.parametrize(
    ("name", "size", "is_usual"), [("etcd", 5, True), ("etcd", 6, False), ("ceph-float", 5, False)]
)
def test_what_a_new_system_has_is_not_worth_saying(name, size, is_usual):
    kind = registry()["controller-filesystem"]
    resource = Resource(ResourceKey(kind.name, name), kind.spec(name=name, size_gib=size))
    assert kind.is_usual(resource, Snapshot("ottawa", {})) is is_usual
