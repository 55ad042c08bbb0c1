"""The rules of fleet.yaml, layers and site.yaml by which differences do not count, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from reconciler.model.ignore import Rule
from reconciler.model.node import Node

MEMBER = "ignore"


def rules(fleet: Node | None, group: str, layers: Iterable[Node], site: Node | None) -> tuple[Rule, ...]:
    """All of them, those of the defaults first. What is wrong in one was reported where its file was checked."""
    places = (fleet and fleet.at("defaults"), fleet and fleet.at("groups", group), *layers, site)
    return tuple(rule for place in places if place for rule in _said(place))


def _said(place: Node) -> Iterator[Rule]:
    for node in place.listed(MEMBER):
        try:
            yield Rule.model_validate({**node.plain(), "where": str(node.origin)})
        except (TypeError, ValidationError):
            continue
