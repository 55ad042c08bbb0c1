"""A place that is said of a site, found in its merged documents and in plain ones: keys by name, elements by members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from reconciler.adopt.order import SITE
from reconciler.model.errors import ConfigError
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.said import Element, Said, Step
from reconciler.model.site import Site

REMOVE = "$remove"
Steps: TypeAlias = tuple[Step, ...]
Trail: TypeAlias = tuple[Node, ...]


def trail(site: Site, said: Said, hint: Origin | None) -> Trail:
    """The nodes on the way to a place, the document's first, as far as Git says them.

    hint: where Git says what is looked for. An element that is not found by its members is the one that stands there:
    Git may spell a device otherwise than the site.
    """
    node = _document(site, said)
    found = [node] if node is not None else []
    for step in said.path if node is not None else ():
        inner = found[-1].get(step) if isinstance(step, str) else _element(found[-1], step, hint)
        if inner is None:
            break
        found.append(inner)
    return tuple(found)


def as_written(path: Steps, nodes: Trail) -> Steps:
    """The path with the members of its elements as Git spells them, as far as Git has them."""
    inner = nodes[1 : len(path) + 1]
    known = tuple(_spelled(step, node) for step, node in zip(path, inner, strict=False))
    return known + path[len(known) :]


def put(value: Any, steps: Steps, new: Any) -> Any:
    """A plain value with `new` at a place inside, mappings and elements on the way made; None makes the place alone."""
    if not steps:
        return plain(new) if new is not None else (value if value is not None else {})
    if isinstance(steps[0], str):
        mapping = _as(dict, value, steps[0])
        return {**mapping, steps[0]: put(mapping.get(steps[0]), steps[1:], new)}
    elements = list(_as(list, value, "an element"))
    index = index_of(elements, steps[0])
    if index is None:
        elements.append(members_of(steps[0]))
        index = len(elements) - 1
    elements[index] = put(elements[index], steps[1:], new)
    return elements


def without(value: Any, steps: Steps) -> Any:
    """A plain value without what is at a place inside; as it is where nothing is there."""
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        mapping = _as(dict, value, step)
        if step not in mapping:
            return mapping
        inner = {step: without(mapping[step], rest)} if rest else {}
        return {key: inner.get(key, member) for key, member in mapping.items() if key != step or rest}
    elements = list(_as(list, value, "an element"))
    index = index_of(elements, step)
    if index is not None:
        elements[index : index + 1] = [without(elements[index], rest)] if rest else []
    return elements


def index_of(elements: list[Any], wanted: Element) -> int | None:
    """Which element of a plain list it is."""
    fitting = [i for i, e in enumerate(elements) if all(_is_text(_inside(e, path), v) for path, v in wanted.keys)]
    return fitting[wanted.nth - 1] if len(fitting) >= wanted.nth else None


def members_of(element: Element) -> dict[str, Any]:
    """The members that tell an element, nested as they are written."""
    made: dict[str, Any] = {}
    for dotted, value in element.keys:
        *above, last = dotted.split(".")
        inner = made
        for key in above:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return made


def plain(value: Any) -> Any:
    """Tuples as lists, all the way down."""
    if isinstance(value, Mapping):
        return {key: plain(member) for key, member in value.items()}
    return [plain(element) for element in value] if isinstance(value, tuple | list) else value


def _document(site: Site, said: Said) -> Node | None:
    if said.document == "Host":
        return site.hosts.get(said.name)
    if said.document == SITE:
        return _own(site, said.path[:1])
    return site.system if said.document == "System" else site.of(said.document).get(said.name)


def _own(site: Site, section: Steps) -> Node | None:
    """What stands around a section of site.yaml, where it is said."""
    for name, members in (("hosts", site.own_hosts), ("secrets", site.own_secrets)):
        if section == (name,) and members:
            origin = next(iter(members.values())).origin
            return Node({name: Node(members, origin)}, origin)
    said = site.own_system if section == ("system",) else None
    return Node({"system": said}, said.origin) if said else None


def _element(node: Node, wanted: Element, hint: Origin | None) -> Node | None:
    elements = list(node.items())
    index = index_of([e.plain() for e in elements], wanted)
    if index is not None:
        return elements[index]
    there = (e for e in elements if hint is not None and _stands_at(e, hint))
    return next(there, None)


def _stands_at(element: Node, hint: Origin) -> bool:
    return element.origin == hint or any(member.origin == hint for _, member in element.members())


def _spelled(step: Step, node: Node) -> Step:
    if isinstance(step, str):
        return step
    told = ((dotted, value, node.at(*dotted.split("."))) for dotted, value in step.keys)
    return Element(tuple((d, _scalar(n, value)) for d, value, n in told), step.nth)


def _scalar(node: Node | None, usual: Any) -> Any:
    return usual if node is None or isinstance(node.value, Mapping | tuple) else node.value


def _inside(value: Any, dotted: str) -> Any:
    for key in dotted.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _is_text(found: Any, wanted: Any) -> bool:
    return found is not None and str(found) == str(wanted)


def _as(form: type[Any], value: Any, step: object) -> Any:
    if value is None:
        return form()
    if not isinstance(value, form):
        raise ConfigError(f"{step} cannot be put where {value!r} is written: edit it by hand")
    return value


def lists_above(path: Steps) -> Iterator[int]:
    """The lengths of the prefixes of a path that are lists of elements, the innermost first."""
    yield from (index for index in range(len(path) - 1, -1, -1) if isinstance(path[index], Element))
