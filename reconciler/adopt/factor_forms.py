"""What a profile says at a place of its sites: a value that they share, or a text with the site's own value in it.

Values are given by sites under a name. One name serves every place that follows from it: the location of a system and
of its hosts, the addresses of one subnet. What few sites say otherwise they say themselves, over the profile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from reconciler.adopt.factor_places import Leaves, Place, exact

SITE = "site"  # the name of the site's own name
_HEADER = 4  # lines of a document before it says anything
Vector = tuple[Any, ...]  # one value a site, in the order of the sites


@dataclass(frozen=True, slots=True)
class Form:
    """A value, or with `variable` (a number) the text around what a site gives; text around it is mostly empty."""

    value: Any = None
    variable: int | None = None
    before: str = ""
    after: str = ""

    @property
    def is_lone(self) -> bool:
        """The site's value and nothing else, whatever its type."""
        return self.variable is not None and not self.before and not self.after

    def of(self, given: Mapping[int, Any]) -> Any:
        """What a site with these values says."""
        if self.variable is None:
            return self.value
        return given[self.variable] if self.is_lone else f"{self.before}{given[self.variable]}{self.after}"

    def within(self, value: Any) -> Any:
        """What would have to be given for this value; None where nothing would do."""
        if self.is_lone:
            return value
        if not isinstance(value, str) or len(value) <= len(self.before) + len(self.after):
            return None
        fits = value.startswith(self.before) and value.endswith(self.after)
        return value[len(self.before) : len(value) - len(self.after)] if fits else None


@dataclass(slots=True)
class Forms:
    """The forms of a profile. variables: by number, what each of its sites gives, number 0 the sites' names."""

    sites: tuple[str, ...]
    of: dict[Place, Form] = field(default_factory=dict)
    variables: list[Vector] = field(default_factory=list)

    def given(self, site: str, leaves: Leaves) -> dict[int, Any]:
        """What a site gives under each variable, as far as it says it somewhere."""
        found: dict[int, Counter[str]] = {}
        values: dict[str, Any] = {}
        for place, form in self.of.items():
            value = form.within(leaves[place]) if form.variable and place in leaves else None
            if form.variable and value is not None:
                found.setdefault(form.variable, Counter())[exact(value)] += 1
                values[exact(value)] = value
        return {0: site} | {number: values[counter.most_common(1)[0][0]] for number, counter in found.items()}

    def said(self, given: Mapping[int, Any]) -> dict[Place, Any]:
        """What the profile says for a site that gives this; without what needs something else."""
        return {p: form.of(given) for p, form in self.of.items() if form.variable is None or form.variable in given}


def forms(fleet: Mapping[str, Leaves], sites: Sequence[str], places: Sequence[Place]) -> Forms:
    """The forms of places that all these sites have, in this order; equal input, equal forms."""
    found = Forms(tuple(sites), variables=[tuple(sites)])
    varying: dict[Place, Vector] = {}
    for place in places:
        vector = tuple(fleet[site][place] for site in sites)
        shared = _shared(place, vector)
        if shared is not None:
            found.of[place] = shared
        else:
            varying[place] = vector
    for place in sorted(
        varying, key=lambda place: sum(map(len, map(str, varying[place])))
    ):  # what is short is in others
        vector = varying[place]
        found.of[place] = _known(place, vector, found) or _new(vector, varying, found)
    found.of = {place: found.of[place] for place in places}
    return found


def cost(place: Place) -> int:
    """The lines, about, of one value that a site says over its profile."""
    return _HEADER + len(place[2])


def _shared(place: Place, vector: Vector) -> Form | None:
    """The value that all say, or nearly all: the others' own lines are fewer than a line of each site."""
    values = {exact(value): value for value in reversed(vector)}
    if len(values) == 1:
        return Form(vector[0])
    if "" in vector:  # an empty text cannot be said over another
        return None
    most, count = Counter(map(exact, vector)).most_common(1)[0]
    return Form(values[most]) if _is_worth(place, vector, count) else None


def _is_worth(place: Place, vector: Vector, count: int) -> bool:
    return (len(vector) - count) * cost(place) < len(vector)


def _known(place: Place, vector: Vector, found: Forms) -> Form | None:
    """The form by a variable that is there, where it says nearly all."""
    if "" in vector:
        return None
    for number, variable in enumerate(found.variables):
        around = Counter(pair for pair in map(_around, vector, variable) if pair is not None)
        for (before, after), count in around.most_common(1):
            if _is_worth(place, vector, count):
                return Form(None, number, before, after)
    return None


def _new(vector: Vector, varying: Mapping[Place, Vector], found: Forms) -> Form:
    """A variable more: what stands before the last part of an address, where other places have that too; or all."""
    heads = tuple(map(_head, vector))
    if all(heads):
        others = sum(_has_heads(p, v, heads) for p, v in varying.items() if p not in found.of)
        tails = {value[len(head) :] for value, head in zip(vector, heads, strict=True)}
        if others > 1 and len(tails) == 1:
            found.variables.append(heads)
            return Form(None, len(found.variables) - 1, "", tails.pop())
    found.variables.append(vector)
    return Form(None, len(found.variables) - 1)


def _has_heads(place: Place, vector: Vector, heads: Vector) -> bool:
    return _is_worth(place, vector, sum(_head(value) == head for value, head in zip(vector, heads, strict=True)))


def _head(value: Any) -> str:
    """`10.20.1` of `10.20.1.4`, `fd00:1:` of `fd00:1::4`; "" where it is no address."""
    if not isinstance(value, str) or not _is_address(value):
        return ""
    return value[: max(value.rfind("."), value.rfind(":"))]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _around(value: Any, given: Any) -> tuple[str, str] | None:
    """The text around what is given; None where the value does not hold it as a word of its own."""
    if exact(value) == exact(given):
        return "", ""
    if not isinstance(value, str) or not isinstance(given, str) or len(given) < 2 or value.count(given) != 1:
        return None
    before, _, after = value.partition(given)
    is_word = not (before[-1:].isalnum() or before.endswith("$") or after[:1].isalnum())
    return (before, after) if is_word else None
