"""Equal changes have one name, whichever site they are on; others have others."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from reconciler.diff import compare
from reconciler.engine.fingerprint import fingerprint
from reconciler.model.change import Change, Comparison, FieldChange
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.words import Action
from tests.worlds import KINDS, Iface, Link, Net, host, snap, system

DUPLEX = system(host("controller-0"), host("controller-1"), mode="duplex")


def named(want, have):
    return fingerprint(compare(want, have, KINDS))


def test_a_change_has_one_name_on_every_site():
    want, have = snap(Net(name="a", mtu=9000), Iface(name="e")), snap(Net(name="a", mtu=1500))
    assert named(want, have) == named(replace(want, site="sc-2", revision="c2"), replace(have, site="sc-2"))


def test_what_a_site_has_beside_the_change_does_not_count():
    want, have = snap(Net(name="a", mtu=9000)), snap(Net(name="a", mtu=1500))
    assert named(want, have) == named(want, snap(Net(name="a", mtu=1500), Net(name="its own")))


def test_other_values_before_or_after_and_other_places_have_other_names():
    names = {
        named(snap(Net(name="a", mtu=9000)), snap(Net(name="a", mtu=1500))),
        named(snap(Net(name="a", mtu=9000)), snap(Net(name="a", mtu=1400))),
        named(snap(Net(name="a", mtu=9001)), snap(Net(name="a", mtu=1500))),
        named(snap(Net(name="b", mtu=9000)), snap(Net(name="b", mtu=1500))),
        named(snap(Net(name="a", mtu=9000)), snap()),
        named(snap(Net(name="a", mtu=9001)), snap()),
        named(snap(Iface(name="a")), snap()),
        named(snap(("controller-1", Iface(name="a"))), snap(state=DUPLEX)),
        named(snap(), snap()),
    }
    assert len(names) == 9


def test_a_member_too_many_counts():
    owned = frozenset({("link", "controller-0", "e")})
    want, have = snap(Iface(name="e"), owned=owned), snap(Iface(name="e"))
    more = snap(Iface(name="e"), Link(iface="e", net="n"))
    assert named(want, more) != named(want, have)


def of_sets(*members):
    field = FieldChange("members", None, frozenset(members))
    resource = Resource(ResourceKey("iface", "bond0"), Iface(name="bond0"))
    return fingerprint(Comparison((Change(resource.key, Action.UPDATE, resource, resource, (field,)),)))


def test_sets_count_by_their_members():
    assert of_sets("a", "b") == of_sets("b", "a") != of_sets("a", "c")


def test_the_name_is_the_same_in_every_process():
    """Hashes of text differ from process to process, and with them the order of sets."""
    code = "from tests.engine.test_fingerprint import of_sets; print(of_sets(*'abcdefgh'))"
    root = Path(__file__).parents[2]
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
