"""What is said, value by value, to documents: nested mappings and lists, in the order in which authors write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.adopt.order import in_writing_order, natural
from reconciler.model.said import Element, Said, Step

Branch: TypeAlias = "dict[Step, Any]"  # of branches and values; a list of keyed elements has Elements for keys
WHOLE = frozenset({"physicalVolumes"})  # lists whose elements a merge does not tell apart (see desired/rules.py)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a deployment-config, as plain values in the order of writing."""

    kind: str
    name: str
    spec: Mapping[str, Any]


def branches(said: Iterable[Said]) -> dict[tuple[str, str], Branch]:
    """(kind, name) of each document -> the tree of what is said in it. A place that is said twice is said equally."""
    found: dict[tuple[str, str], Branch] = {}
    for one in said:
        _put(found.setdefault((one.document, one.name), {}), one)
    return found


def _put(branch: Branch, said: Said) -> None:
    below = said.path if said.value is None else said.path[:-1]
    for step in below:
        branch = branch.setdefault(step, {})
    if said.value is not None and said.path:
        branch[said.path[-1]] = said.value


def plain(branch: Any) -> Any:
    """A branch as mappings, lists and scalars, in the order of writing."""
    if isinstance(branch, tuple):
        return [plain(value) for value in branch]
    if not isinstance(branch, dict):
        return branch
    if any(isinstance(step, Element) for step in branch):
        return [plain(_whole(*pair)) for pair in sorted(branch.items(), key=_element_rank)]
    return {key: plain(branch[key]) for key in in_writing_order(branch)}


def leaves(branch: Branch, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """(path, value) of everything that a merge can tell apart; a place that says nothing of itself has value None."""
    for step, value in branch.items():
        if isinstance(value, dict) and value and step not in WHOLE and not _has_turns(value):
            yield from leaves(value, (*path, step))
        else:
            yield (*path, step), None if value == {} else value


def grown(said: Mapping[tuple[Step, ...], Any]) -> Branch:
    """The inverse of `leaves`."""
    root: Branch = {}
    for path, value in said.items():
        branch = root
        for step in path if value is None else path[:-1]:
            branch = branch.setdefault(step, {})
        if value is not None:
            branch[path[-1]] = value
    return root


def _has_turns(branch: Branch) -> bool:
    """A list without a key, taken apart: its elements are told by their turn alone."""
    return any(isinstance(step, Element) and not step.keys for step in branch)


def _whole(element: Element, branch: Branch) -> Branch:
    """An element with the members that tell it."""
    whole: Branch = {key: dict(value) if isinstance(value, dict) else value for key, value in branch.items()}
    for dotted, value in element.keys:
        *above, last = dotted.split(".")
        place = whole
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value
    return whole


def _element_rank(pair: tuple[Any, Any]) -> Any:
    """By its name where it has one, else by what tells it."""
    element, branch = pair
    if not element.keys:
        return natural(""), [], element.nth
    name = branch.get("name") if isinstance(branch, dict) else None
    told = [natural(value) for _, value in element.keys]
    return (natural(name) if isinstance(name, str) else told[0], told, element.nth)
