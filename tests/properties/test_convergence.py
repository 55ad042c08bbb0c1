"""A plan that was sent leaves nothing to do, whatever Git said before and says now."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.errors import asks_to_wait
from reconciler.model.words import Result
from tests.properties.direct import Box, in_service, rendered
from tests.properties.documents import OTTAWA, PLANT, YARD, overlays, site_of
from tests.properties.profile import looking


@given(data=st.data())
@looking(20, shrinks=False)
def test_planning_after_applying_finds_nothing_on_one_server(data):
    converges(OTTAWA, data)


@given(data=st.data())
@looking(6, shrinks=False)
def test_planning_after_applying_finds_nothing_on_two_servers(data):
    converges(YARD, data)


@given(data=st.data())
@looking(4, shrinks=False)
def test_planning_after_applying_finds_nothing_on_a_standard_system(data):
    converges(PLANT, data)


def converges(shape, data):
    """What was created, changed and deleted in one plan each, with nothing refused and no window left open."""
    box = Box(in_service(shape.site))
    has_ceph = shape.is_alone and data.draw(st.booleans())
    before, after = (rendered(site_of(shape.site, data.draw(overlays(shape, has_ceph=has_ceph)))) for _ in range(2))
    for want, base in ((before, rendered(site_of(shape.site, []))), (after, before)):
        todo = box.judged(want, base)
        assert todo.plan.blocked == ()
        outcome = box.applied(todo)
        assert (outcome.result, outcome.message) == (Result.DONE, "")
        assert [fault for fault in box.wire.refused if not asks_to_wait(fault)] == []
        again = box.judged(want, base)
        assert (again.plan.changes, again.found.changes, again.found.extra) == ((), (), ())
        assert again.plan.is_empty
        assert box.journal.windows == []
