"""A subcloud that Git names to be deleted: unmanaged and deleted while it is offline, and left alone if it came back."""

from __future__ import annotations

import pytest

from reconciler.kinds import registry
from reconciler.model.change import Change
from reconciler.model.kind import Context
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action
from reconciler.observe import interpret

KINDS = registry()
KIND = KINDS["subcloud-deletion"]
KEY = ResourceKey(KIND.name, "")
ROW = {
    "name": "ottawa-7",
    "description": "",
    "location": "",
    "deploy-status": "complete",
    "management-state": "managed",
    "availability-status": "offline",
}


def written(**said):
    """(method, path) of what is sent for it."""
    have = interpret("ottawa-7", Rows({("subclouds", ""): ({**ROW, **said},)}), KINDS, 0.0)
    want = Resource(KEY, KIND.spec())
    context = Context(Snapshot("ottawa-7", {KEY: want}), have)
    change = Change(KEY, Action.CREATE, want, None)
    return [(call.method, call.path) for call in KIND.write([change], context)], KIND.why_not(change, context)


@pytest.mark.parametrize(
    ("said", "methods"),
    [({}, ["PATCH", "DELETE"]), ({"management-state": "unmanaged"}, ["DELETE"])],
    ids=["managed", "unmanaged"],
)
def test_one_that_is_offline_is_unmanaged_and_deleted(said, methods):
    calls, why_not = written(**said)
    assert (calls, why_not) == ([(method, "/v1.0/subclouds/ottawa-7") for method in methods], "")


def test_one_that_came_back_since_it_was_approved_stays_managed():
    """dcmanager refuses the deletion then; without this it would have been unmanaged first, and left so."""
    calls, why_not = written(**{"availability-status": "online"})
    assert calls == [("DELETE", "/v1.0/subclouds/ottawa-7")]
    assert "dcmanager deletes only what is offline" in why_not
