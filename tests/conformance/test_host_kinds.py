"""The host, system and storage kinds on recorded systems: each row is read, and Git saying it again changes nothing."""

from __future__ import annotations

import pytest

from reconciler.diff import compare
from reconciler.kinds import registry
from reconciler.model.rows import COLLECTIONS, Rows
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Scope
from reconciler.observe import interpret
from tests.conformance.recordings import SCENARIOS, recording

pytestmark = pytest.mark.conformance
KINDS = registry()
# kind -> the list with a row for each of its resources
COUNTED = {
    "ceph-monitor": "ceph_mon",
    "controller-filesystem": "controller_fs",
    "disk": "idisks",
    "host": "ihosts",
    "host-filesystem": "host_fs",
    "label": "labels",
    "memory": "imemorys",
    "osd": "istors",
    "partition": "partitions",
    "service-parameter": "service_parameter",
    "storage-backend": "storage_backend",
    "storage-tier": "storage_tiers",
}


def rows(inventory: dict) -> Rows:
    """The recorded collections that the kinds need."""
    hosts = inventory["/v1/ihosts"]["ihosts"]
    listed = {}
    for name in {"ihosts", "isystems"} | {c for kind in KINDS.values() for c in kind.collections}:
        collection = COLLECTIONS[name]
        if collection.of:
            continue  # asked for by the rows of another list: of charts nothing was recorded
        of = [(h["hostname"], h["uuid"]) for h in hosts] if collection.scope is Scope.HOST else [("", "")]
        for host, uuid in of:
            body = inventory.get(collection.place(host, uuid))
            if body is not None:
                listed[name, host] = tuple(body[collection.items])
    return Rows(listed)


@pytest.fixture(params=[(name, end) for name in SCENARIOS for end in ("initial", "final")], ids="-".join)
def found(request, shared) -> Rows:
    name, end = request.param
    return rows(getattr(recording(shared, name), end))


@pytest.mark.parametrize(("kind", "collection"), COUNTED.items())
def test_every_row_is_a_resource(found, kind, collection):
    read = [r.key for r in KINDS[kind].read(found)]
    assert len(read) == len(set(read)) == len(list(found.all(collection)))


def test_volumes_and_groups_that_go_are_not_there(found):
    for kind, collection, state in (("volume-group", "ilvgs", "vg_state"), ("physical-volume", "ipvs", "pv_state")):
        there = [row for row in found.all(collection) if row[state] != "removing"]
        assert len(list(KINDS[kind].read(found))) == len(there)


def test_processors_are_counted_whole(found):
    counts = [r.spec.count for r in KINDS["cpu-function"].read(found)]
    given = [row for row in found.all("icpus") if row["thread"] == 0 and row["allocated_function"] != "Application"]
    assert sum(counts) == len(given)


def test_what_is_there_said_again_is_no_difference(found):
    have = interpret("ottawa", found, KINDS, 0.0)
    said = {k: r for k, r in have.resources.items() if not KINDS[k.kind].is_inventory}
    assert compare(Snapshot("ottawa", said), have, KINDS).changes == ()
