"""Physical volumes: which partition Git means, and when one is made for it."""

from __future__ import annotations

import pytest

from reconciler.model.plan import Until
from reconciler.model.words import Needs
from tests.kinds.machines import (
    AIO,
    DISKS,
    KINDS,
    SDA,
    SDB,
    context,
    difference,
    differences,
    disk,
    group,
    host,
    observed,
    partition,
    planned,
    rows,
    sent,
    volume,
    why_not,
)
from tests.kinds.networks import calls, system_row

FOUR = {"type": "partition", "path": SDA, "size": 4}
MADE = f"POST partitions idisk_uuid=<{SDA}> size_mib=4096 type_guid=ba5eba11-0000-1111-2222-000000000001"


def text(*volumes: dict, name: str = "nova-local") -> str:
    groups = [{"name": name, "physicalVolumes": list(volumes)}]
    return f"hosts: {{controller-0: {{storage: {{volumeGroups: {groups}}}}}}}"


def listed(**more):
    return rows(**{"idisks": DISKS, "ilvgs": [group()], **more})


def test_a_partition_is_made_waited_for_and_given_to_the_group():
    assert sent(text(FOUR), listed()) == [
        MADE,
        f"POST ipvs ilvg_uuid=<nova-local> disk_or_part_uuid=<{SDA}:4GiB>",
    ]
    made, _ = calls(planned(text(FOUR), listed()))
    assert made.until == Until("/v1/partitions/{uuid}", "status", (0, 3), 600.0)


def test_a_free_partition_of_that_size_serves():
    free = partition(6, 4)
    assert sent(text(FOUR), listed(partitions=[partition(5, 4, used=True), free])) == [
        f"POST ipvs ilvg_uuid=<nova-local> disk_or_part_uuid=<{SDA}-part6>"
    ]


@pytest.mark.parametrize("status", [4, 5, 6, 10])
def test_a_partition_that_goes_or_failed_does_not_serve(status):
    assert sent(text(FOUR), listed(partitions=[partition(6, 4, status=status)]))[0] == MADE


def test_a_group_that_has_it_needs_nothing():
    found = listed(partitions=[partition(6, 4, used=True)], ipvs=[volume("part-6", state="adding")])
    assert differences(text(FOUR), found) == {}


def test_a_partition_of_another_group_is_another_one():
    found = listed(partitions=[partition(5, 4, used=True)], ipvs=[volume("part-5", "cgts-vg")])
    assert sent(text(FOUR), found)[0] == MADE


def test_two_of_one_size_are_two():
    found = listed(partitions=[partition(6, 4, used=True), partition(7, 4)], ipvs=[volume("part-6")])
    assert sent(text(FOUR, FOUR), found) == [f"POST ipvs ilvg_uuid=<nova-local> disk_or_part_uuid=<{SDA}-part7>"]
    new = sent(text(FOUR, FOUR), listed())
    assert [call.split()[1] for call in new] == ["partitions", "ipvs", "partitions", "ipvs"]
    assert new[3].endswith(f"<{SDA}:4GiB#2>")


def test_partitions_are_counted_in_the_order_of_their_numbers():
    parts = [partition(10, 4, used=True), partition(2, 4, used=True)]
    found = listed(
        partitions=parts, ipvs=[volume("part-10", path=f"{SDA}-part10"), volume("part-2", path=f"{SDA}-part2")]
    )
    seen = {k.name: r.ids["uuid"] for k, r in observed(found).resources.items() if k.kind == "physical-volume"}
    assert seen == {f"nova-local/{SDA}:4GiB": "pv-part-2", f"nova-local/{SDA}:4GiB#2": "pv-part-10"}


def test_a_whole_disk_is_given_as_it_is_however_it_is_called():
    whole = {"type": "disk", "path": "/dev/sdb"}
    assert sent(text(whole), listed()) == [f"POST ipvs ilvg_uuid=<nova-local> disk_or_part_uuid=<{SDB}>"]
    assert differences(text(whole), listed(ipvs=[volume("disk-/dev/sdb")])) == {}


def test_a_volume_that_is_being_removed_is_not_there():
    found = listed(ipvs=[volume("disk-/dev/sdb", state="removing")])
    assert sent(text({"type": "disk", "path": SDB}), found)


def test_the_group_comes_first():
    assert [c.split()[1] for c in sent(text(FOUR), listed(ilvgs=[]))] == ["ilvgs", "partitions", "ipvs"]


@pytest.mark.parametrize(
    ("name", "row", "needs"),
    [
        ("nova-local", host(**AIO), Needs.LOCKED),
        ("cgts-vg", host(**AIO), Needs.ANY),
        ("cgts-vg", host(personality="worker", subfunctions="worker"), Needs.LOCKED),
        ("csi-vg", host(**AIO), Needs.ANY),
    ],
)
def test_which_groups_grow_in_service(name, row, needs):
    found = rows(row, idisks=DISKS, ilvgs=[group(name)])
    change = difference(text(FOUR, name=name), found)
    assert KINDS["physical-volume"].needs_of(change, context(text(FOUR, name=name), found)) is needs


def test_a_partition_does_not_grow_and_git_is_told_what_to_say():
    found = listed(partitions=[partition(6, 4, used=True)], ipvs=[volume("part-6")])
    (reason,) = why_not(text(FOUR | {"size": 10}), found).values()
    assert "has a partition of 4 GiB on this disk, which cannot change" in reason
    assert [c.split()[1] for c in sent(text(FOUR, FOUR | {"size": 6}), found)] == ["partitions", "ipvs"]


def test_the_platform_s_group_has_the_installer_s_partition_besides():
    found = listed(
        partitions=[partition(5, 250, used=True)], ipvs=[volume("part-5", "cgts-vg")], ilvgs=[group("cgts-vg")]
    )
    assert sent(text(FOUR, name="cgts-vg"), found)


def test_why_it_cannot_be():
    def why(*volumes, **more):
        (reason,) = why_not(text(*volumes), listed(**more)).values()
        return reason

    assert "the host has no disk /dev/sdz" in why(FOUR | {"path": "/dev/sdz"})
    assert "has 100 MiB free, and 4096 are wanted" in why(FOUR, idisks=[disk(free=100)])
    assert sent(text(FOUR), listed(idisks=[disk(free=100)], partitions=[partition(6, 4)]))
    offline = rows(host(), host("compute-0", "new", 2, inv_state=None), system=system_row("duplex", "Standard"))
    said = text(FOUR).replace("controller-0", "compute-0")
    assert "not installed yet" in why_not(said, offline)["host/compute-0"]
