"""A plan as JSON and back, whole: of every site of the example as bootstrap leaves it, and what has no form."""

from __future__ import annotations

import orjson
import pytest
from pydantic import SecretStr

from reconciler.desired import load_site
from reconciler.diff import compare, spelled
from reconciler.engine.preview import rows_of
from reconciler.engine.render import snapshot
from reconciler.kinds import registry
from reconciler.model.kind import Context
from reconciler.model.plan import Call, Plan
from reconciler.model.resource import ResourceKey
from reconciler.model.secret import Document, SecretRef, Upload
from reconciler.model.site import SiteFiles
from reconciler.model.typed import packed, unpacked
from reconciler.model.words import Disruption
from reconciler.observe import interpret
from reconciler.plan import plan
from tests.adopt.living import SITES, inventory, system
from tests.kinds.cost_cases import CASES
from tests.kinds.costs import SYSTEMS, changes, planned

NAMES = sorted(path.name for path in (SITES / "subclouds").iterdir())


def day_one(name) -> Plan:
    """The plan of a site as bootstrap leaves it."""
    wanted = [SITES / "fleet.yaml", *sorted(SITES.glob("profiles/*/*")), *sorted(SITES.glob(f"subclouds/{name}/*"))]
    files = {path.relative_to(SITES).as_posix(): path.read_bytes() for path in wanted}
    have = interpret(name, rows_of(inventory(system(name))), registry(), 0.0)
    want = spelled(snapshot(load_site(SiteFiles(name, "", "", files)), registry()), have, registry())
    return plan(compare(want, have, registry()), Context(want, have), registry())


def through_json(value):
    return unpacked(orjson.loads(orjson.dumps(packed(value))), registry())


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_comes_back_whole(name):
    todo = day_one(name)
    assert todo.changes
    assert through_json(todo) == todo


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_plan_of_every_kind_comes_back_whole(case):
    """What a controller sends goes through a workflow, and there is kept: a body without a form would never be sent."""
    for what in changes(case):
        for state in SYSTEMS.values():
            todo = planned(case, what, state)
            assert through_json(todo) == todo, (what, state.mode)


@pytest.mark.parametrize(
    "value",
    [
        {"a": (1, 2.5, None, True), "b": frozenset({"x", "y"})},
        {("tuple", "key"): 1, "$": "a dollar"},
        Call("POST", "/v1/x", Upload(SecretRef("env:KEY"), {"mode": "ssl"}), creates=ResourceKey("a", "b")),
        Call("PATCH", "/v1/x", {"values": {"files": [Document({"auth": {"token": SecretRef("env:TOKEN")}})]}}),
        Disruption.LOCK,
    ],
)
def test_values_of_bodies_come_back_as_they_were(value):
    back = through_json(value)
    assert (back, type(back)) == (value, type(value))


def test_a_secret_has_no_form():
    with pytest.raises(TypeError, match="SecretStr has no form"):
        packed({"password": SecretStr("hunter2")})


def test_what_a_newer_program_wrote_is_refused():
    with pytest.raises(ValueError, match="Telepathy is not known"):
        unpacked({"$": "Telepathy"}, registry())
    with pytest.raises(ValueError, match="spec is not known"):
        unpacked({"$": "spec", "kind": "flux-capacitor", "said": {}}, registry())
