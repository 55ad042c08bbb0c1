"""A review for a terminal and for a log: the headline last, where the eye is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.review import Group, Review
from reconciler.review.cost_text import site_cost
from reconciler.review.difference_text import difference_lines
from reconciler.review.effects import effects
from reconciler.review.foreign import logged
from reconciler.review.headline import headline
from reconciler.review.words import plural

NAMED = 12  # sites named in one line before it says "and N more"


def lines(review: Review) -> Iterator[str]:
    """The review without mark-up, without control characters, and without commands to who runs it."""
    yield from map(logged, _lines(review))


def _lines(review: Review) -> Iterator[str]:
    for effect in effects(review):
        for group in (*effect.groups, *effect.exceptions):
            yield from _group(group)
            yield ""
    yield from _others(review)
    yield headline(review)


def _group(group: Group) -> Iterator[str]:
    example = group.example
    equal = f"{plural(len(group.sites), 'site')}, equal change" if len(group.sites) > 1 else "1 site"
    yield f"{equal}: {listed(group.sites)}"
    yield f"  each: {site_cost(group.cost)}; change {group.fingerprint}"
    yield from (f"  {line}" for line in difference_lines(example.differences))
    yield from (f"  ! {resource}: not planned, {why}" for resource, why in example.blocked.items())
    yield from (f"  ? {resource}: not judged" for resource in example.unjudged)
    if group.differing:
        yield f"  = {plural(len(group.differing), 'site')} with other values that differ already, which this leaves out"
    yield from (f"  {line}" for line in example.stages)
    yield from (f"  felt by {line}" for line in example.felt)


def _others(review: Review) -> Iterator[str]:
    for site in review.new:
        yield f"{site}: new; what it takes is planned once the site is installed and answers"
    for site in review.gone:
        yield f"{site}: un-managed; nothing on the site changes"
    for site in review.broken:
        yield f"{site}: the base says it wrongly and this mends it; what changes on the site, only the site can say"


def listed(sites: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = len(sites) - NAMED
    return ", ".join(sites[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
