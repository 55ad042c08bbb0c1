"""What an adopted site must be: its files say it, in any order of rows, in full and in short; and its twin is the same."""

from __future__ import annotations

from typing import Any

from reconciler.desired import load_site
from reconciler.diff import compare, spelled
from reconciler.engine.adoption import Adopted, Wish, adopted
from reconciler.engine.adoption_reading import recorded
from reconciler.engine.render import snapshot
from reconciler.kinds import registry
from reconciler.model.kind import Context
from reconciler.model.plan import Plan
from reconciler.model.resource import Resource
from reconciler.model.site import SiteFiles
from reconciler.model.snapshot import Snapshot
from reconciler.plan import plan
from reconciler.simulator.loading import load
from reconciler.simulator.sysinv import sysinv
from reconciler.simulator.system import System
from tests.adopt.living import inventory

KINDS = registry()
Inventory = dict[str, Any]


def seen(found: Inventory, name: str = "ottawa") -> Snapshot:
    """The site that an inventory shows."""
    return recorded(name, found, KINDS)


def written(found: Inventory, name: str = "ottawa", **how: Any) -> Adopted:
    """Its files."""
    return adopted(seen(found, name), KINDS, Wish(**how))


def said(one: Adopted) -> Snapshot:
    """What the files say, read as the controller reads them."""
    files = {path: text.encode() for path, text in one.files.items()}
    return snapshot(load_site(SiteFiles(one.site, "", "", files)), KINDS)


def planned(one: Adopted, site: Snapshot) -> Plan:
    """What `stxr plan` would send to the site to follow the files."""
    want = spelled(said(one), site, KINDS)
    return plan(compare(want, site, KINDS), Context(want, site), KINDS, (), "")


def turned(found: Inventory) -> Inventory:
    """The same rows, listed the other way round."""
    lists = {path: body for path, body in found.items() if isinstance(body, dict)}
    return {path: {k: v[::-1] if isinstance(v, list) else v for k, v in body.items()} for path, body in lists.items()}


def twin(found: Inventory, name: str = "ottawa") -> System:
    """The system that the simulator makes of an inventory."""
    return load(System(name, sysinv()), found)


def assert_adopted(found: Inventory, name: str = "ottawa") -> None:
    """In full and in short: nothing left out, nothing to do; equal bytes whatever the order of rows."""
    site = seen(found, name)
    for is_short in (False, True):
        one = written(found, name, is_short=is_short)
        todo = planned(one, site)
        assert (one.left_out, one.found.changes, one.found.extra, todo.stages, todo.blocked) == ((), (), (), (), ())
        assert written(turned(found), name, is_short=is_short).files == one.files


def assert_twin(found: Inventory, name: str = "ottawa") -> None:
    """The simulator shows of an inventory what was in it; lists that the inventory lacks it has besides."""
    site, again = seen(found, name), seen(inventory(twin(found, name)), name)
    assert (again.system, again.complete >= site.complete) == (site.system, True)
    there = {key for key in again.resources if key in site.resources or site.is_complete(key.kind, key.host)}
    assert there == site.resources.keys()
    assert [key for key, one in site.resources.items() if not is_equal(one, again.resources[key])] == []


def is_equal(one: Resource[Any], other: Resource[Any]) -> bool:
    """As its kind compares: parameters of PTP come in no order."""
    kind, said = KINDS[one.key.kind], one.spec.model_fields_set
    same = all(kind.is_same(name, getattr(one.spec, name), getattr(other.spec, name)) for name in said)
    return same and said == other.spec.model_fields_set and one.ids == other.ids
