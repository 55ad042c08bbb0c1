"""What sites say, place by place, so that the same place of two sites can be told; and what one says beyond layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.adopt.order import natural
from reconciler.model.said import Element, Said, Step

Place: TypeAlias = tuple[str, str, tuple[Step, ...]]  # kind and name of the document, path inside its spec
Leaves: TypeAlias = Mapping[Place, Any]
REMOVE = "$remove"
MARK = "${"
# Lists whose elements are each site's own: their members differ, so the first of one site is the first of another.
BY_TURN = frozenset({"addresses", "routes"})


@dataclass(frozen=True, slots=True)
class Own:
    """What a site says beyond its layers. lost: what its layers say and it does not, and no document can take out."""

    said: dict[Place, Any]
    lost: frozenset[Place]


def exact(value: Any) -> str:
    """A value to compare by: 1, 1.0, true and "1" are four values, and a mapping has no order."""
    if isinstance(value, str | int):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {exact(value[key])}" for key in sorted(value, key=str)) + "}"
    return "[" + ", ".join(map(exact, value)) + "]" if isinstance(value, list) else repr(value)


def leaves_of(said: Iterable[Said]) -> dict[Place, Any]:
    """Every value at its place; a place that says nothing of itself has value None."""
    return {(one.document, one.name, one.path): one.value for one in said}


def is_private(place: Place, value: Any) -> bool:
    """Whether it would read as a substitution: such text is never shared."""
    is_text = isinstance(value, str | list) and MARK in str(value)
    return is_text or any(MARK in (step if isinstance(step, str) else str(step.keys)) for step in place[2])


def by_turn(leaves: Leaves) -> dict[Place, Any]:
    """Places as other sites may have them: such elements by their turn, lists of mappings taken apart."""
    turns = _turns(leaves)
    found: dict[Place, Any] = {}
    for place, value in leaves.items():
        kind, name, path = _replaced(place, turns)
        if _is_list_of_mappings(value):
            found |= {(kind, name, (*path, *inner)): leaf for inner, leaf in _apart(value)}
        else:
            found[kind, name, path] = value
    return found


def by_value(leaves: Leaves) -> dict[Place, Any]:
    """The inverse: elements told by what stands at their keys, lists of mappings whole."""
    steps = _steps(leaves)
    found: dict[Place, Any] = {}
    for place, value in leaves.items():
        length = _turn_in(place[2])
        if length is None:
            found[_replaced(place, steps)] = value
        else:
            kind, name, path = _replaced((*place[:2], place[2][:length]), steps)
            elements = found.setdefault((kind, name, path), {})
            _put(elements.setdefault(place[2][length], {}), place[2][length + 1 :], value)
            found[kind, name, path] = elements
    return {p: _list(v) if isinstance(v, dict) and v else v for p, v in found.items()}


def valued(leaves: Leaves) -> dict[Place, Place]:
    """Each place as `by_value` has it."""
    steps = _steps(leaves)
    return {place: _replaced((*place[:2], place[2][: _turn_in(place[2])]), steps) for place in leaves}


def own(wanted: Leaves, layered: Leaves) -> Own:
    """What has to be said over layers for a site to say what is wanted; elements that are too many are removed."""
    found = {p: v for p, v in wanted.items() if p not in layered or exact(layered[p]) != exact(v)}
    # an empty text keeps what lies below it, and so cannot say itself over something else
    lost = {p for p, v in found.items() if v == "" and p in layered}
    there = {(*p[:2], prefix) for p in wanted for prefix in _prefixes(p[2])}
    for place in (p for p in layered if p not in wanted):
        mark = _removal(place, there)
        if mark is None:
            lost.add(place)
        else:
            found[mark] = True
    return Own(found, frozenset(lost))


def _removal(place: Place, there: set[Place]) -> Place | None:
    """The mark at the outermost element around a place of which nothing is wanted."""
    for prefix in _prefixes(place[2]):
        if isinstance(prefix[-1], Element) and (*place[:2], prefix) not in there:
            return (*place[:2], (*prefix, REMOVE))
    return None


def _turns(leaves: Leaves) -> dict[Place, Element]:
    """Which turn each element of such lists has: by interface, then by what tells it."""
    lists: dict[Place, set[Element]] = {}
    for kind, name, path in leaves:
        for number, step in enumerate(path[1:], 1):
            if isinstance(step, Element) and path[number - 1] in BY_TURN:
                lists.setdefault((kind, name, path[:number]), set()).add(step)
    return {
        (kind, name, (*path, element)): Element(tuple((dotted, None) for dotted, _ in element.keys), turn)
        for (kind, name, path), elements in lists.items()
        for turn, element in enumerate(sorted(elements, key=lambda e: _rank(leaves, (kind, name, path), e)), 1)
    }


def _rank(leaves: Leaves, place: Place, element: Element) -> Any:
    interface = leaves.get((*place[:2], (*place[2], element, "interface")), "")
    return natural(interface), [natural(value) for _, value in element.keys]


def _steps(leaves: Leaves) -> dict[Place, Element]:
    return {
        (*place[:2], prefix): _with_values(place, prefix, leaves)
        for place in leaves
        for prefix in _prefixes(place[2])
        if isinstance(prefix[-1], Element) and any(value is None for _, value in prefix[-1].keys)
    }


def _is_list_of_mappings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(element, dict) and element for element in value)


def _apart(value: list[dict[str, Any]]) -> Iterator[tuple[tuple[Step, ...], Any]]:
    for turn, element in enumerate(value, 1):
        for path, leaf in _flat(element):
            yield (Element((), turn), *path), leaf


def _flat(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, member in value.items():
        inner = _flat(member) if isinstance(member, dict) and member else [((), member)]
        yield from (((key, *path), leaf) for path, leaf in inner)


def _put(mapping: dict[Any, Any], path: tuple[Step, ...], value: Any) -> None:
    for step in path[:-1]:
        mapping = mapping.setdefault(step, {})
    mapping[path[-1]] = value


def _list(elements: dict[Element, Any]) -> list[Any]:
    return [elements[turn] for turn in sorted(elements, key=lambda element: element.nth)]


def _turn_in(path: tuple[Step, ...]) -> int | None:
    """Where a path enters a list that was taken apart."""
    return next((n for n, step in enumerate(path) if isinstance(step, Element) and not step.keys), None)


def _with_values(place: Place, prefix: tuple[Step, ...], leaves: Leaves) -> Element:
    element = prefix[-1]
    keys = element.keys if isinstance(element, Element) else ()
    return Element(tuple((dotted, leaves.get((*place[:2], (*prefix, dotted)))) for dotted, _ in keys))


def _replaced(place: Place, steps: Mapping[Place, Element]) -> Place:
    kind, name, path = place
    if not steps or not any(isinstance(step, Element) for step in path):
        return place
    return kind, name, tuple(steps.get((kind, name, prefix), prefix[-1]) for prefix in _prefixes(path))


def _prefixes(path: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    return (path[:length] for length in range(1, len(path) + 1))
