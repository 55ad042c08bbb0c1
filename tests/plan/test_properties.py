"""What holds of every plan, on random sites: sending it ends in sync, nothing is locked twice, nothing is lost."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.apply import send
from reconciler.diff import compare
from reconciler.model.kind import Context
from reconciler.model.plan import StageType
from reconciler.model.words import Result
from reconciler.plan import plan
from tests.apply.fakes import FakeSite, work_on
from tests.worlds import KINDS, Iface, Link, Net, Tag, snap

NAMES = st.sampled_from("abc")
NETS = st.lists(
    st.builds(Net, name=NAMES, mtu=st.sampled_from([1500, 9000]), type=st.sampled_from(["vlan", "flat"])),
    unique_by=lambda s: s.name,
)
IFACES = st.lists(st.builds(Iface, name=NAMES, mtu=st.sampled_from([1500, 9000])), unique_by=lambda s: s.name)
TAGS = st.lists(st.builds(Tag, name=NAMES, value=NAMES), unique_by=lambda s: s.name)


@st.composite
def sides(draw):
    """What Git says and what a site shows, in which every link refers to something that is there."""
    made = []
    for _ in range(2):
        nets, ifaces = draw(NETS), draw(IFACES)
        pairs = [(i.name, n.name) for i in ifaces for n in nets]
        links = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
        made.append(snap(*nets, *ifaces, *draw(TAGS), *(Link(iface=i, net=n) for i, n in links)))
    return made


def planned(want, have):
    return plan(compare(want, have, KINDS), Context(want, have), KINDS)


@given(sides())
@settings(max_examples=200, deadline=None)
def test_sending_a_plan_makes_the_next_plan_empty(both):
    want, have = both
    site = FakeSite(have)
    outcome = asyncio.run(send(planned(want, have), work_on(site, want)))
    assert outcome.result is Result.DONE
    assert planned(want, site.shown).is_empty


@given(sides())
@settings(max_examples=200, deadline=None)
def test_a_host_has_one_window_and_every_change_is_in_the_plan(both):
    want, have = both
    found, todo = compare(want, have, KINDS), planned(want, have)
    windows = [s.host for s in todo.stages if s.type is StageType.WINDOW]
    assert len(windows) == len(set(windows))
    assert {c.key for c in found.changes} <= {c.key for c in todo.changes}
    assert todo.blocked == ()


@given(sides())
@settings(max_examples=100, deadline=None)
def test_the_plan_is_a_function_of_its_inputs(both):
    want, have = both
    assert planned(want, have) == planned(want, have)
