"""Equal work has an equal id: whatever the order of what is read, whatever the commit, whoever gave the uuids."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.direct import judged, rendered
from tests.properties.documents import OTTAWA, files_of, loaded, overlays, site_of
from tests.properties.editing import edits
from tests.properties.looks import base, dealt, shown
from tests.properties.profile import looking

WRITTEN = overlays(OTTAWA, has_ceph=True)
ORDERS = st.integers(0, 2**32).map(random.Random)


@given(written=WRITTEN, order=ORDERS)
@looking(50)
def test_the_order_and_the_names_of_what_is_read_do_not_matter(written, order):
    want = rendered(site_of(OTTAWA.site, written))
    asked = judged(want, shown(), base()).plan
    again = judged(dealt(want, order), dealt(shown(), order), dealt(base(), order)).plan
    assert (again.id, [s.type for s in again.stages]) == (asked.id, [s.type for s in asked.stages])


@given(written=WRITTEN, order=ORDERS)
@looking(50)
def test_the_commit_and_the_time_do_not_matter(written, order):
    site = site_of(OTTAWA.site, written)
    have = replace(shown(), taken_at=float(order.randrange(10**9)))
    one, other = (judged(rendered(site, commit), looked, base()) for commit, looked in (("c1", shown()), ("c2", have)))
    assert one.plan.id == other.plan.id


@given(edit=edits(OTTAWA, WRITTEN))
@looking(50)
def test_a_commit_that_leaves_the_rendering_equal_keeps_the_plan(edit):
    """Comments, blank lines, the order of keys and of documents, a document or a value moved into a layer."""
    written, files = edit
    before = rendered(loaded(OTTAWA.site, files_of(OTTAWA.site, written)), "c1")
    after = rendered(loaded(OTTAWA.site, files), "c2")
    assert {k: r.spec for k, r in after.resources.items()} == {k: r.spec for k, r in before.resources.items()}
    assert after.owned == before.owned
    assert judged(after, shown(), base()).plan.id == judged(before, shown(), base()).plan.id


@given(written=WRITTEN, other=WRITTEN)
@looking(40)
def test_other_work_has_another_id(written, other):
    one, two = (judged(rendered(site_of(OTTAWA.site, w)), shown(), base()).plan for w in (written, other))
    same = [_told(c) for c in one.changes] == [_told(c) for c in two.changes]
    assert (one.id == two.id) is same


def _told(change):
    """What a reviewer sees of a change."""
    return change.key, change.action, change.desired and change.desired.spec, change.names
