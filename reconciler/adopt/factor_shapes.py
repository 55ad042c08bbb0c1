"""Sites that are alike, found: same places first, then parted where each part's own profile costs fewer lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from reconciler.adopt.factor_forms import cost
from reconciler.adopt.factor_places import Leaves, Place, exact
from reconciler.adopt.order import natural

MOST_PARTS = 8  # values of one place that part a group
Sites = tuple[str, ...]


def alike(fleet: Mapping[str, Leaves]) -> list[Sites]:
    """Groups of sites that say the same places, the largest first; a site that is like no other is one of its own.

    A place that one site alone says is its own, and makes it no other shape.
    """
    sayers = Counter(place for leaves in fleet.values() for place in leaves)
    groups: dict[frozenset[Place], list[str]] = {}
    for site in sorted(fleet, key=natural):
        groups.setdefault(frozenset(place for place in fleet[site] if sayers[place] > 1), []).append(site)
    parts = [part for places, group in groups.items() for part in _Group(fleet, places, tuple(group)).parts()]
    return sorted(parts, key=lambda sites: (-len(sites), natural(sites[0])))


class _Group:
    """Sites with these places in common, and the texts of those whose values differ."""

    def __init__(self, fleet: Mapping[str, Leaves], places: Collection[Place], sites: Sites) -> None:
        self.sites = sites
        self.size = len(places)
        vectors = {place: {site: exact(fleet[site][place]) for site in sites} for place in sorted(places, key=rank)}
        self.varying = {place: texts for place, texts in vectors.items() if len(set(texts.values())) > 1}

    def parts(self) -> list[Sites]:
        return self._parted(self.sites)

    def _parted(self, sites: Sites) -> list[Sites]:
        usual = self._cost(sites)
        found = [(sum(map(self._cost, parts)), parts) for parts in self._partings(sites)]
        least = min(found, key=lambda one: one[0], default=(usual, []))
        if least[0] >= usual:
            return [sites]
        return [part for sub in least[1] for part in self._parted(sub)]

    def _partings(self, sites: Sites) -> Iterator[list[Sites]]:
        """By the values of each place that has few; a site that is alone with its value stays with the most."""
        for texts in self.varying.values():
            counts = Counter(texts[site] for site in sites)
            common = [text for text, count in counts.most_common() if count > 1]
            if 1 < len(common) <= MOST_PARTS:
                parts: dict[str, list[str]] = {text: [] for text in common}
                for site in sites:
                    parts[texts[site] if texts[site] in parts else common[0]].append(site)
                yield [tuple(part) for part in parts.values()]

    def _cost(self, sites: Sequence[str]) -> int:
        """The lines, about, of a profile for these sites and of what each says beside it."""
        lines, seen = self.size, set()
        for place, texts in self.varying.items():
            vector = tuple(texts[site] for site in sites)
            [(_, most)] = Counter(vector).most_common(1)
            if most < len(sites):
                given = 0 if vector in seen else len(sites)
                lines += min((len(sites) - most) * cost(place), given)
                seen.add(vector)
        return lines


def rank(place: Place) -> tuple[object, ...]:
    """An order of places: by document, then by path."""
    kind, name, path = place
    return kind, natural(name), [natural(step) for step in path]
