"""Partitions are only read: Git says what is to be in a volume group."""

from __future__ import annotations

from tests.kinds.machines import DISKS, KINDS, SDA, partition, resource, rows


def test_a_partition_is_known_by_its_device_and_says_who_may_use_it():
    spec = resource("partition", rows(idisks=DISKS, partitions=[partition(5, 250, used=True)])).spec
    assert (spec.path, spec.disk, spec.size_gib) == (f"{SDA}-part5", SDA, 250)
    assert (spec.status, spec.is_used) == (1, True)


def test_some_mib_less_than_were_asked_for_are_the_same_size():
    row = partition(6, 4) | {"size_mib": 4094}
    assert resource("partition", rows(idisks=DISKS, partitions=[row])).spec.size_gib == 4


def test_nothing_is_said_of_it():
    assert KINDS["partition"].is_inventory
