"""Which profiles a fleet is to have and which of them each site names: greedily, a profile where it saves lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.adopt.factor_forms import Form, Forms, forms
from reconciler.adopt.factor_places import Leaves, Own, Place, by_turn, by_value, is_private, own, valued
from reconciler.adopt.factor_shapes import alike, rank
from reconciler.adopt.order import SITE, natural

HOST = "Host"
_DOCUMENT = 5  # lines of a document before it says anything


@dataclass(frozen=True, slots=True)
class Member:
    """A site and a profile. given: its values by the variables' numbers. own: what it says beside."""

    site: str
    given: Mapping[int, Any]
    own: Own
    has_rest: bool = True

    @property
    def lines(self) -> int:
        """What it says beside the profile, in lines, about."""
        return len(self.own.said) * 2 + _DOCUMENT * len({place[:2] for place in self.own.said})


@dataclass(slots=True)
class Shape:
    """One profile, or two: `rest` are places that not all its sites have. members: by name."""

    forms: Forms
    rest: frozenset[Place] = frozenset()
    members: dict[str, Member] = field(default_factory=dict)

    def member(self, site: str, leaves: Leaves, turned: Leaves, *, has_rest: bool = True) -> Member:
        """The site as one of this shape."""
        given = self.forms.given(site, turned)
        without = frozenset() if has_rest else self.rest
        said = {place: value for place, value in self.forms.said(given).items() if place not in without}
        found = own(leaves, by_value(said))
        unknown = self.forms.of.keys() - said.keys() - without
        used = {form.variable for place, form in self.forms.of.items() if place not in without}
        given = {number: value for number, value in given.items() if number in used}
        return Member(site, given, Own(found.said, found.lost | unknown), has_rest)


@dataclass(frozen=True, slots=True)
class Fleet:
    """What each site says. turned: its places as other sites may have them, without what is never shared."""

    leaves: Mapping[str, Leaves]
    turned: Mapping[str, Leaves]

    @classmethod
    def of(cls, leaves: Mapping[str, Leaves]) -> Fleet:
        shared = {site: {p: v for p, v in of.items() if not is_private(p, v)} for site, of in leaves.items()}
        return cls(leaves, {site: by_turn(of) for site, of in shared.items()})


def shapes(fleet: Fleet) -> list[Shape]:
    """The profiles, the one of most sites first. A site that is in none is written whole."""
    found: list[Shape] = []
    left: list[str] = []
    for sites in alike(fleet.turned):
        shape = _shape(fleet, sites)
        if len(sites) > 1 and _lines(shape) < _apart(fleet, sites, found):
            found.append(shape)
        else:
            left += sites
    left = [site for site in left if not _joined(fleet, site, found)]
    for shape in found:
        left = _with_rest(fleet, shape, left)
    return found


def common(found: Sequence[Shape]) -> dict[Place, Form]:
    """What all profiles say alike outside of hosts: one place to change it, though no line may be saved by it."""
    if len(found) < 2:
        return {}
    first = found[0]
    alike = {p: f for p, f in first.forms.of.items() if p[0] != HOST and f.variable in (None, 0)}
    same = {p: f for p, f in alike.items() if all(s.forms.of.get(p) == f and p not in s.rest for s in found)}
    lists = _lists_of(found)
    torn = {lists[p] for s in found for p in s.forms.of if p in lists and p not in same}
    there = {p[:2] for p in same if not p[2]}
    kept = {p: f for p, f in same.items() if (p[:2] in there or p[0] == SITE) and lists.get(p) not in torn}
    return kept if any(p[2] for p in kept) else {}


def _lists_of(found: Sequence[Shape]) -> dict[Place, Place]:
    """The list around each place inside a list that was taken apart: it is said by one profile, whole."""
    return {p: whole for s in found for p, whole in valued(dict.fromkeys(s.forms.of)).items() if p != whole}


def _shape(fleet: Fleet, sites: Sequence[str]) -> Shape:
    said_by_all = set.intersection(*(set(fleet.turned[site]) for site in sites))
    shape = Shape(forms(fleet.turned, sites, sorted(said_by_all, key=rank)))
    members = (shape.member(site, fleet.leaves[site], fleet.turned[site]) for site in sites)
    shape.members = {member.site: member for member in members}
    return shape


def _lines(shape: Shape) -> int:
    return len(shape.forms.of) + sum(len(member.given) + member.lines for member in shape.members.values())


def _apart(fleet: Fleet, sites: Sequence[str], found: Sequence[Shape]) -> int:
    """The lines of sites without a profile of theirs: with the best that is there, or whole."""
    first = sites[0]
    return len(sites) * min([len(fleet.turned[first]), *(member.lines for member, _ in _fitting(fleet, first, found))])


def _fitting(fleet: Fleet, site: str, found: Sequence[Shape]) -> Iterator[tuple[Member, Shape]]:
    for shape in found:
        member = shape.member(site, fleet.leaves[site], fleet.turned[site])
        if not member.own.lost:
            yield member, shape


def _joined(fleet: Fleet, site: str, found: Sequence[Shape]) -> bool:
    """Give a site to the profile that leaves it least to say."""
    least = min(_fitting(fleet, site, found), key=lambda one: one[0].lines, default=None)
    if least is None or least[0].lines >= len(fleet.turned[site]):
        return False
    member, shape = least
    shape.members[site] = member
    return True


def _with_rest(fleet: Fleet, shape: Shape, left: Sequence[str]) -> list[str]:
    """Part a profile in two for the sites that lack some of its places, where that saves lines; who is still left."""
    lacking = {site: lost for site in left if (lost := _lost(fleet, site, shape))}
    rest = frozenset().union(*lacking.values())
    parted = Shape(shape.forms, rest, shape.members)
    members = [parted.member(s, fleet.leaves[s], fleet.turned[s], has_rest=False) for s in lacking]
    members = [member for member in members if not member.own.lost]
    lines = len(shape.members) + sum(member.lines for member in members)
    if not members or lines >= sum(len(fleet.turned[member.site]) for member in members):
        return list(left)
    shape.rest = rest
    shape.members |= {member.site: member for member in members}
    return [site for site in left if site not in shape.members]


def _lost(fleet: Fleet, site: str, shape: Shape) -> frozenset[Place]:
    """What a site lacks of a profile, as the profile has it; nothing where it lacks a host or all but everything."""
    member = shape.member(site, fleet.leaves[site], fleet.turned[site])
    said = shape.forms.said(shape.forms.given(site, fleet.turned[site]))
    whole = {place for place, found in valued(said).items() if found in member.own.lost}
    lists = _lists_of([shape])
    torn = {lists[p] for p in whole if p in lists}
    lost = frozenset(whole | (member.own.lost & shape.forms.of.keys()) | {p for p, w in lists.items() if w in torn})
    is_host_gone = any(place[0] == HOST and not place[2] for place in lost)
    return frozenset() if is_host_gone or len(lost) * 2 > len(shape.forms.of) else lost


def order(sites: Mapping[str, Any]) -> list[str]:
    """Sites as people list them."""
    return sorted(sites, key=natural)
