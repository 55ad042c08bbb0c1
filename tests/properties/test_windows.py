"""A host is locked once by a plan, or the plan says why not."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.plan import StageType
from tests.properties.direct import Box, in_service, judged, rendered
from tests.properties.documents import OTTAWA, PLANT, YARD, overlays, site_of
from tests.properties.profile import looking


@pytest.mark.parametrize("shape", [OTTAWA, YARD, PLANT], ids=str)
@given(data=st.data())
@looking(25)
def test_no_plan_locks_a_host_twice_unless_it_says_so(shape, data):
    have = Box(in_service(shape.site)).observed()
    base, want = rendered(site_of(shape.site, [])), rendered(site_of(shape.site, data.draw(overlays(shape))))
    todo = judged(want, have, base).plan
    windows = Counter(stage.host for stage in todo.stages if stage.type is StageType.WINDOW)
    assert {host for host, number in windows.items() if number > 1} == set(todo.locked_twice)
    assert all(todo.locked_twice.values())
    assert max(windows.values(), default=0) <= 2
