"""A fleet's documents factored: what sites share becomes profiles, what each site has of its own stays with it. Pure.

Sites that say the same places are one shape, parted further where that costs fewer lines; a shape is a profile. Places
at which its sites differ become `${name}`, given in each site.yaml, or are said by the few that differ. A site like no
other joins the profile that leaves it least to say. What all profiles say alike is the profile `common`. A value of one
site alone is in no profile. Equal fleets give equal bytes, in whatever order their sites come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.adopt import factor_names as names
from reconciler.adopt.factor_documents import escaped, layer_documents, own_documents, profiles_in
from reconciler.adopt.factor_forms import SITE, Form
from reconciler.adopt.factor_places import Leaves, Place
from reconciler.adopt.factor_plan import Fleet, Member, Shape, common, order, shapes
from reconciler.adopt.order import natural
from reconciler.adopt.tree import Document


@dataclass(frozen=True, slots=True)
class Profile:
    """A layer. sites: that name it, in order."""

    name: str
    documents: tuple[Document, ...]
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layered:
    """A site by its layers. values: for `${name}`. documents: what it says beside them."""

    site: str
    layers: tuple[str, ...]
    values: Mapping[str, Any]
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Factored:
    """sites: those that have layers; the others are best left whole."""

    profiles: tuple[Profile, ...] = ()
    sites: tuple[Layered, ...] = ()


def factored(fleet: Mapping[str, Leaves], taken: Collection[str] = ()) -> Factored:
    """Profiles for sites, each told by all that Git says of it. taken: names that no profile may have."""
    known = Fleet.of({site: fleet[site] for site in order(fleet)})
    found = shapes(known)
    shared = common(found)
    taken = set(taken)
    name = names.also_free(names.COMMON, taken)
    parts = [_Part(shape, taken, shared, name if shared else "") for shape in found]
    users = order({site: None for shape in found for site in shape.members})
    top = [Profile(name, layer_documents(shared, {0: SITE}), tuple(users))] if shared else []
    profiles = (*top, *(profile for part in parts for profile in part.profiles()))
    sites = sorted((one for part in parts for one in part.sites()), key=lambda one: natural(one.site))
    return Factored(profiles, tuple(sites))


class _Part:
    """One shape with its names."""

    def __init__(self, shape: Shape, taken: set[str], shared: Mapping[Place, Form], below: str) -> None:
        self.shape = shape
        self.shared = shared
        self.below = (below,) if below else ()
        self.values = names.value_names(shape.forms)
        self.name = names.profile_name(shape.forms, taken | {below})
        taken.add(self.name)
        self.rest = names.also_free(f"{self.name}-more", taken)
        taken.add(self.rest)

    def profiles(self) -> Iterator[Profile]:
        if self._core():
            yield Profile(self.name, layer_documents(self._core(), self.values), tuple(order(self.shape.members)))
        if self.shape.rest:
            sites = order({m.site: None for m in self.shape.members.values() if m.has_rest})
            documents = layer_documents(self._rest(), self.values, self._system(), has_hosts=False)
            yield Profile(self.rest, documents, tuple(sites))

    def sites(self) -> Iterator[Layered]:
        yield from map(self._site, self.shape.members.values())

    def _site(self, member: Member) -> Layered:
        own = (self.name,) if self._core() else ()  # all of it may be common to all
        more = (self.rest,) if self.shape.rest and member.has_rest else ()
        values = {name: member.given[number] for number, name in self.values.items() if number in member.given}
        documents = own_documents(member.own.said, self._said(member), profiles_in(self._core(), self.values))
        return Layered(member.site, (*self.below, *own, *more), values, escaped(documents) if values else documents)

    def _said(self, member: Member) -> Leaves:
        return self.shape.forms.said(member.given)

    def _core(self) -> dict[Place, Form]:
        """What its own profile says; that a document is there is said by whoever says something of it."""
        without = self.shape.rest | {place for place in self.shared if place[2]}
        kept = {place: form for place, form in self.shape.forms.of.items() if place not in without}
        said = {place[:2] for place in kept if place[2]}
        return {p: f for p, f in kept.items() if p[2] or p[:2] in said or p not in self.shared}

    def _rest(self) -> dict[Place, Form]:
        return {place: form for place, form in self.shape.forms.of.items() if place in self.shape.rest}

    def _system(self) -> Form | None:
        return self.shape.forms.of.get(("System", "", ()))
