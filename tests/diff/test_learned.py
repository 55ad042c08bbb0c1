"""Compared as the peer learned to: what is written otherwise is no difference, and a real difference is still seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.cli.rule_page import followed
from reconciler.diff import alike
from reconciler.kinds import registry
from reconciler.model.change import Change
from reconciler.model.rule import as_is
from reconciler.model.words import Action
from tests.diff.learned import LESSONS, Lesson
from tests.kinds import machines, networks

by_name = pytest.mark.parametrize("lesson", LESSONS, ids=[f"{one.name} ({one.taught})" for one in LESSONS])


def found(lesson: Lesson, git: str, site) -> list[str]:
    """What has to change, as `host/controller-0 boot_device`."""
    around = lesson.world.context(git, site)
    changes = lesson.world.compare(around.desired, around.observed, lesson.world.KINDS).changes
    return [word for change in changes for word in words(change)]


def words(change: Change) -> Iterator[str]:
    if change.action is Action.CREATE:
        yield f"{change.key} create"
    yield from (f"{change.key} {field.name}" for field in change.fields)


@by_name
def test_git_says_it_otherwise_and_nothing_is_to_be_done(lesson):
    assert found(lesson, lesson.git, lesson.site) == []


@by_name
def test_and_a_real_difference_is_still_seen(lesson):
    assert lesson.differs in found(lesson, lesson.other or lesson.git, lesson.moved or lesson.site)


@pytest.mark.parametrize("lesson", [one for one in LESSONS if one.rule], ids=lambda one: one.name)
def test_the_rule_is_told_by_which_it_is_the_same(lesson):
    around = lesson.world.context(lesson.git, lesson.site)
    told = list(alike(around.desired, around.observed, lesson.world.KINDS))
    assert lesson.rule in {one.rule.name for one in told}
    assert all(one.rule is not as_is and one.desired != one.observed for one in told)


def test_every_rule_that_a_kind_follows_has_its_lesson():
    """`carrier` has a test of its own below: an interface's other name is a rename, which is a difference.

    Those of software, and of what the central cloud has, are tested beside their kinds' other facts: no document of the peer
    says them.
    """
    of_centre_and_software = {"kubernetes-letter", "lasts-long-enough", "on-its-way", "on-those-devices", "patch-level"}
    apart = {"carrier"} | of_centre_and_software
    taught = {one.rule for one in LESSONS} | {one.whole for one in LESSONS} | apart
    assert {rule.name for rule in followed()} - taught == set()


def test_what_every_rule_is_called_is_one_rule():
    """A name that stood for two rules would explain neither."""
    names = [rule.name for rule in followed()]
    assert sorted(names) == sorted(set(names))


def test_a_port_that_is_called_otherwise_since_is_told_and_not_guessed():
    """fa4c501b: an N3000's ports were renamed, and the peer followed by the uuids of its first snapshot. There is none."""
    git = "hosts: {controller-0: {interfaces: {ethernet: [{name: fpga0, class: none, port: {name: enp0s8}, uuid: if-fpga0}]}}}"
    renamed = networks.rows(iinterfaces=[networks.interface("fpga0")], ports=[networks.port("enp0s30", of="fpga0")])
    made = networks.planned(git, renamed)
    assert networks.sent(made) == []
    assert [b.reason for b in made.blocked] == ["the host has no port enp0s8: correct port.name, or add the hardware"]


def test_an_interface_below_is_known_by_its_port_and_a_rename_is_the_only_difference():
    """1.7: `lower` from uses[0]. The VLAN stays where it is while the interface below gets its name."""
    git = """
    hosts:
      controller-0:
        interfaces:
          ethernet: [{name: first, class: none, port: {name: enp0s8}}]
          vlan: [{name: vlan10, class: data, vid: 10, lower: first}]
    """
    vlan = networks.interface("vlan10", "vlan", "data", vlan_id=10, uses=["left"])
    site = networks.rows(iinterfaces=[networks.interface("left"), vlan], ports=[networks.port("enp0s8", of="left")])
    assert list(networks.differences(git, site)) == ["ethernet/enp0s8"]
    around = networks.context(git, site)
    told = {f"{one.key} {one.attribute}": one for one in alike(around.desired, around.observed, networks.KINDS)}
    carrier = told["controller-0/vlan/vlan10 over"]
    assert (carrier.desired, carrier.observed, carrier.rule.name) == ("first", "left", "carrier")


def test_the_later_of_two_names_of_one_disk_stands():
    """422e9ca3: after the look-up there is one entry, and not a second OSD to be made."""
    path = machines.SDB
    osds = [{"path": path, "function": "journal"}, {"path": "/dev/sdb", "function": "osd"}]
    around = machines.context(
        f"hosts: {{controller-0: {{storage: {{osds: {osds}}}}}}}", machines.rows(idisks=machines.DISKS)
    )
    [osd] = [r for r in around.desired.resources.values() if r.key.kind == "osd"]
    assert (osd.spec.path, osd.spec.function) == (path, "osd")


def test_the_value_of_a_hidden_parameter_is_not_told():
    git = "system: {serviceParameters: [{service: identity, section: ldap, paramname: password, paramvalue: hunter2}]}"
    row = {"uuid": "p", "service": "identity", "section": "ldap", "name": "password", "value": "****"}
    around = machines.context(git, machines.rows(service_parameter=[row]))
    [one] = alike(around.desired, around.observed, machines.KINDS)
    assert (one.desired, one.observed, one.rule.name) == ("***", "****", "hidden")


@pytest.mark.parametrize(
    ("kind", "attribute", "git", "site", "other"),
    [
        ("kubernetes-version", "version", "1.29.2", "v1.29.2", "v1.30.6"),
        ("software-release", "release", "24.09", "24.09.0", "24.09.1"),
    ],
)
def test_a_version_is_the_same_however_it_is_spelled_and_another_is_not(kind, attribute, git, site, other):
    facts = registry()[kind].attributes[attribute]
    rule = facts.spelled or facts.canonical
    assert rule(git) == rule(site) != rule(other)
