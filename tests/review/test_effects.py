"""An edit is told with the sites that it reaches alike, and apart from the few on which it does something else."""

from __future__ import annotations

from reconciler.review.effects import effects
from tests.review.reviews import difference, group, named, review


def test_groups_of_one_edit_stand_together_and_its_few_odd_sites_are_exceptions():
    wide, odd = group(named(30)), group(("odd",), difference(new="c"))
    other = group(named(40, "core"), difference("dns"))
    told = effects(review(wide, odd, other))
    assert [(e.groups, e.exceptions, e.sites) for e in told] == [((other,), (), 40), ((wide,), (odd,), 31)]


def test_groups_of_like_width_are_no_exceptions_of_each_other():
    groups = group(named(30)), group(named(4, "core"), difference(new="c"))
    assert effects(review(*groups))[0].groups == groups
