"""Host filesystems grow, all of a host in one call; three of them can be added."""

from __future__ import annotations

import pytest

from reconciler.model.words import Needs
from tests.kinds.machines import (
    AIO,
    HOST,
    KINDS,
    backend,
    context,
    difference,
    differences,
    group,
    host,
    planned,
    rows,
    sent,
    why_not,
)
from tests.kinds.networks import calls

KIND = KINDS["host-filesystem"]
ROOK = "system: {storage: {backends: [{name: ceph-rook-store, type: ceph-rook}]}}\n"
CEPH = ROOK.replace("ceph-rook", "ceph")


def fs(name: str, gib: int) -> dict[str, object]:
    return {"uuid": f"fs-{name}", "name": name, "size": gib, "state": "Ready", "ihost_uuid": f"host-{HOST}"}


def text(**sizes: int) -> str:
    said = [{"name": name.replace("_", "-"), "size": size} for name, size in sizes.items()]
    return f"hosts: {{controller-0: {{storage: {{filesystems: {said}}}}}}}"


def test_only_what_grows_is_sent_and_all_of_it_at_once():
    found = rows(host_fs=[fs("docker", 30), fs("kubelet", 10), fs("backup", 25)])
    (call,) = calls(planned(text(docker=40, kubelet=10, backup=30), found))
    assert (call.method, call.path) == ("PUT", "/v1/ihosts/{host}/host_fs/update_many")
    assert call.body == [
        [{"op": "replace", "path": "/name", "value": n}, {"op": "replace", "path": "/size", "value": s}]
        for n, s in (("backup", "30"), ("docker", "40"))
    ]


def test_sizes_as_git_says_need_nothing():
    assert differences(text(docker=30), rows(host_fs=[fs("docker", 30), fs("scratch", 16)])) == {}


def test_some_can_be_added():
    assert sent(text(image_conversion=10), rows()) == ["POST host_fs name=image-conversion size=10"]
    around = context(text(instances=10), rows())
    assert KIND.needs_of(difference(text(instances=10), rows()), around) is Needs.LOCKED
    assert KIND.needs_of(difference(text(image_conversion=10), rows()), around) is Needs.ANY


def test_ceph_is_added_after_its_backend_with_rook():
    assert [c.split()[1] for c in sent(ROOK + text(ceph=10), rows())] == ["storage_ceph_rook", "host_fs"]


def test_with_bare_metal_ceph_the_platform_sizes_its_own():
    assert differences(CEPH + text(ceph=10), rows(storage_backend=[backend()])) == {}


@pytest.mark.parametrize(
    ("said", "found", "why"),
    [
        (text(docker=20), rows(host_fs=[fs("docker", 30)]), "only grows: it has 30 GiB"),
        (text(zz=20), rows(), "has no filesystem zz"),
        (text(instances=20), rows(ilvgs=[group()]), "nova-local is in its place"),
        (text(image_conversion=20), rows(host(personality="worker")), "a worker host takes no filesystem"),
        (text(image_conversion=20), rows(host(personality="storage")), "a storage host takes no filesystem"),
        (text(ceph=20), rows(), "only a backend ceph-rook has it"),
        (text(instances=20), rows(host(state="new", inv_state=None, **AIO)), "not installed yet"),
    ],
)
def test_why_it_cannot_be(said, found, why):
    assert [why in reason for reason in why_not(said, found).values()] == [True]
