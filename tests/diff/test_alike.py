"""Why nothing is to be done: both texts, where Git says its own, and the rule."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import alike, compare
from reconciler.model.origin import Origin
from reconciler.model.rule import EMPTY, unordered
from tests.worlds import KINDS, Iface, key, lowercase, snap

GIT = Iface(name="bond0", mac="AA:BB:CC:00:11:22", members=("eth0", "eth1"), mtu=1500)
SITE = Iface(name="bond0", mac="aa:bb:cc:00:11:22", members=("eth1", "eth0"), mtu=1500)
BOND = key("iface", "bond0")


def told(git, site):
    return [(one.attribute, one.desired, one.observed, one.rule) for one in alike(git, site, KINDS)]


def wrote(snapshot, **written):
    resource = snapshot.resources[BOND]
    return replace(snapshot, resources={BOND: replace(resource, written=written)})


def test_what_is_written_otherwise_is_told_with_its_rule_and_nothing_else():
    assert told(snap(GIT), snap(SITE)) == [
        ("mac", GIT.mac, SITE.mac, lowercase),
        ("members", GIT.members, SITE.members, unordered),
    ]


def test_it_says_where_git_says_it():
    git, place = snap(GIT), Origin("subclouds/x/deployment-config.yaml", 7)
    git = replace(git, resources={BOND: replace(git.resources[BOND], origins={"mac": place})})
    assert [one.origin for one in alike(git, snap(SITE), KINDS)] == [place, None]


def test_what_differs_is_not_alike():
    assert told(snap(Iface(name="bond0", mac="aa:00")), snap(SITE)) == []


def test_what_git_does_not_say_and_what_the_site_does_not_have_is_not_alike():
    assert told(snap(Iface(name="bond0")), snap(SITE)) == []
    assert told(snap(GIT), snap()) == []


def test_a_value_that_was_put_in_another_spelling_before_is_told_as_it_was_written():
    same = Iface(name="bond0", mac="aa:bb:cc:00:11:22")
    git = wrote(snap(same), mac="AA:BB:CC:00:11:22")
    assert told(git, snap(SITE)) == [("mac", "AA:BB:CC:00:11:22", SITE.mac, lowercase)]


def test_an_empty_text_is_told_as_what_it_is():
    git = wrote(snap(Iface(name="bond0")), mac="")
    assert told(git, snap(SITE)) == [("mac", "", SITE.mac, EMPTY)]


def test_what_was_written_alike_needs_no_rule():
    git = wrote(snap(SITE), mac="left")
    assert told(git, wrote(snap(SITE), mac="left")) == []


faces = st.builds(
    Iface,
    name=st.just("bond0"),
    mac=st.sampled_from(["aa:00", "AA:00", "Aa:00", "bb:00"]),
    members=st.permutations(("eth0", "eth1")).map(tuple) | st.just(("eth0",)),
    mtu=st.sampled_from([1500, 9000]),
)


@given(faces, faces)
def test_whatever_is_written_otherwise_is_either_a_difference_or_told(git, site):
    other = {name for name in Iface.model_fields if getattr(git, name) != getattr(site, name)}
    differs = {f.name for change in compare(snap(git), snap(site), KINDS).changes for f in change.fields}
    same = {one.attribute for one in alike(snap(git), snap(site), KINDS)}
    assert (differs | same, differs & same) == (other, set())
