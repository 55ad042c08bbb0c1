"""From method and path to the handler: a small tree over path segments, literal before argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.simulator.family import Handler, Route

_ORDER = ("DELETE", "GET", "PATCH", "POST", "PUT")


@dataclass
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    argument: _Node | None = None
    handlers: dict[str, tuple[Route, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """What a path leads to: the methods that it knows, the arguments in it, and what Allow names."""

    handlers: Mapping[str, tuple[Route, tuple[str, ...]]]
    values: tuple[str, ...]
    methods: frozenset[str]

    @property
    def allowed(self) -> str:
        """Pecan names the methods of the whole controller: of the collection and of its items."""
        return ", ".join(method for method in _ORDER if method in self.methods)

    def arguments(self, method: str) -> dict[str, str]:
        return dict(zip(self.handlers[method][1], self.values, strict=True))

    def handler(self, method: str) -> Handler:
        return self.handlers[method][0].handler

    def writes(self, method: str) -> bool:
        return self.handlers[method][0].writes


class Router:
    """Routes by pattern; the first route of a method and pattern stands."""

    def __init__(self, routes: list[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def match(self, path: str) -> Match | None:
        return _find(self._root, [part for part in path.split("/") if part], ())

    def _add(self, route: Route) -> None:
        node, names = self._root, []
        for part in route.pattern.strip("/").split("/"):
            if part.startswith("{"):
                names.append(part.strip("{}"))
                node.argument = node.argument or _Node()
                node = node.argument
            else:
                node = node.literals.setdefault(part, _Node())
        node.handlers.setdefault(route.method, (route, tuple(names)))


def _find(node: _Node, parts: list[str], values: tuple[str, ...]) -> Match | None:
    if not parts:
        below = node.argument.handlers if node.argument else {}
        return Match(node.handlers, values, frozenset({*node.handlers, *below})) if node.handlers else None
    literal = node.literals.get(parts[0])
    found = _find(literal, parts[1:], values) if literal else None
    if found is None and node.argument is not None:
        return _find(node.argument, parts[1:], (*values, parts[0]))
    return found
