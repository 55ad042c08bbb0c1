"""Volume groups: made once, revived while they go, and of cgts-vg only the pool changes."""

from __future__ import annotations

import json

import pytest

from reconciler.model.words import Needs
from tests.kinds.machines import (
    AIO,
    DISKS,
    HOST,
    KINDS,
    SDB,
    context,
    difference,
    differences,
    group,
    host,
    planned,
    resource,
    rows,
    sent,
    why_not,
    written,
)

KIND = KINDS["volume-group"]


def text(name: str = "nova-local", **more: object) -> str:
    return f"hosts: {{controller-0: {{storage: {{volumeGroups: [{ {'name': name} | more }]}}}}}}"


def with_volume(**more: object) -> str:
    return text(physicalVolumes=[{"type": "disk", "path": SDB}], **more)


def test_a_group_is_made_under_lock_where_workloads_run():
    made = sent(with_volume(), rows(idisks=DISKS))
    assert [call.split()[:2] for call in made] == [["POST", "ilvgs"], ["POST", "ipvs"]]
    assert KIND.needs_of(difference(text(), rows()), context(text(), rows())) is Needs.LOCKED
    csi = text("data", lvmFunction="lvm-csi", lvmType="thin")
    assert KIND.needs_of(difference(csi, rows()), context(csi, rows())) is Needs.ANY


def test_a_group_that_is_there_needs_nothing_and_one_that_goes_is_made_again():
    assert differences(text(), rows(ilvgs=[group(state="adding")])) == {}
    again = sent(with_volume(), rows(ilvgs=[group(state="removing")], idisks=DISKS))
    assert again[0] == "POST ilvgs lvm_vg_name=nova-local"


def test_a_group_without_a_volume_would_keep_its_host_from_unlocking_and_is_not_made():
    nowhere = text(physicalVolumes=[{"type": "disk", "path": "/dev/nowhere"}])
    for said in (text(), nowhere):
        made = planned(said, rows(idisks=DISKS))
        reasons = {b.key.kind: b.reason for b in made.blocked}
        assert "would not unlock with a nova-local that has no volume" in reasons["volume-group"]
        assert made.locked_hosts == ()


def test_what_else_wants_the_window_is_done_without_such_a_group():
    made = planned(text().replace("storage:", "hwSettle: '30', storage:"), rows())
    assert [s.kind for stage in made.stages for s in stage.steps] == ["host"]


def test_a_function_is_a_map_when_it_is_given_first_and_text_after():
    (call,) = written(text("data", lvmFunction="lvm-csi", lvmType="thin"), rows())
    assert call.body["capabilities"] == {"lvm_function": "lvm-csi", "lvm_type": "thin"}
    pool = text("cgts-vg", lvmFunction="lvm-csi", lvmPoolSize=50)
    (call,) = written(pool, rows(ilvgs=[group("cgts-vg")]))
    assert json.loads(call.body[0]["value"]) == {"lvm_function": "lvm-csi", "lvm_pool_size": 50}


def test_a_function_is_taken_away_by_its_name():
    found = rows(ilvgs=[group("cgts-vg", lvm_function="lvm-csi", lvm_type="thin", lvm_pool_size=50)])
    assert resource("volume-group", found).spec.pool_gib == 50
    (call,) = written(text("cgts-vg", lvmFunction="none"), found)
    assert json.loads(call.body[0]["value"]) == {"lvm_function": "none"}


def test_no_function_is_what_a_group_without_one_has():
    assert differences(text(lvmFunction="none"), rows(ilvgs=[group()])) == {}


@pytest.mark.parametrize(
    ("said", "found", "why"),
    [
        (text(), rows(host()), "no worker function"),
        (
            text(),
            rows(host_fs=[{"uuid": "fs", "name": "instances", "size": 20, "ihost_uuid": f"host-{HOST}"}]),
            "the filesystem instances is in its place",
        ),
        (text(), rows(host(state="new", inv_state=None, **AIO)), "not installed yet"),
        (text("data", lvmType="thick"), rows(ilvgs=[group("data", lvm_type="thin")]), "making it anew"),
        (
            text("cgts-vg", lvmPoolSize=10),
            rows(ilvgs=[group("cgts-vg", lvm_function="lvm-csi", lvm_pool_size="50")]),
            "a pool only grows: it has 50 GiB",
        ),
        (
            text("cgts-vg", lvmType="thick"),
            rows(ilvgs=[group("cgts-vg", lvm_function="lvm-csi", lvm_type="thin")]),
            "type of a pool cannot change",
        ),
    ],
)
def test_why_it_cannot_be(said, found, why):
    assert [why in reason for reason in why_not(said, found).values()] == [True]


@pytest.mark.parametrize("state", ["Deleting (on unlock)", "Deleting", None])
def test_a_group_waits_for_the_unlock_by_which_the_filesystem_in_its_place_goes(state):
    leaving = {"uuid": "fs", "name": "instances", "size": 20, "ihost_uuid": f"host-{HOST}", "state": state}
    found = rows(host(**AIO), host_fs=[leaving] if state else [])
    around = context(text(), found)
    assert list(KIND.waits_for(difference(text(), found), around)) == ([HOST] if state else [])
