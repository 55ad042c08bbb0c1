"""`stxr plan --why-equal`: what is written otherwise and counts as the same, with the rule that says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any

from reconciler.cli.plan_text import value_text
from reconciler.cli.selection import selected
from reconciler.cli.session import Chosen, looked_at
from reconciler.diff import Alike, alike
from reconciler.engine.inventory_files import read_inventory
from reconciler.engine.preview import alike_in
from reconciler.engine.reconcile import Judged
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError

INDENT = 72  # column of file:line, as in a plan


def explained(judged: Judged, key: str = "") -> tuple[Alike, ...]:
    """What of a site is alike; of the resources that `key` names (`controller-0/bond/*`), or of all."""
    return _named(alike(judged.desired, judged.observed, registry()), key)


def of_inventories(
    chosen: Chosen, sites: list[str] | None, folder: Path, key: str = ""
) -> Mapping[str, tuple[Alike, ...]]:
    """Site -> what is alike in its recorded inventory, of the named sites or of all that have one. Offline.

    Raises ConfigErrors for what Git says wrongly, and ConfigError for a site without an inventory.
    """
    found = {}
    with looked_at(chosen) as repository:
        for name in selected(sites, repository.names, everything=not sites):
            file = folder / f"{name}.json"
            if file.is_file():
                found[name] = _named(alike_in(repository.desired(name), read_inventory(file), registry()), key)
            elif sites:
                raise ConfigError("no inventory of the site: write it with `stxr inventory`", str(file))
    return found


def _named(found: Iterable[Alike], key: str) -> tuple[Alike, ...]:
    return tuple(one for one in found if not key or fnmatchcase(str(one.key), key))


def why_lines(found: Iterable[Alike]) -> Iterator[str]:
    """For people: by resource, each attribute with both texts, and below it the rule."""
    is_first = True
    for key, group in groupby(found, lambda one: one.key):
        if is_first:
            yield "Written otherwise, and the same:"
        is_first = False
        yield f"  = {key}"
        for one in group:
            texts = f"      {one.attribute}: Git {_text(one.desired)}, site {_text(one.observed)}"
            yield f"{texts.ljust(INDENT)}  # {one.origin}" if one.origin else texts
            yield f"        {one.rule.name}: {one.rule.why}"
    if is_first:
        yield "Nothing is written otherwise and counts as the same."


def _text(value: Any) -> str:
    """As a plan prints it; but nothing is `null`, for `none` is a word of documents."""
    return "null" if value is None else value_text(value)


def why_json(one: Alike) -> dict[str, Any]:
    """One of them, of `plan --format json`."""
    return {
        "resource": str(one.key),
        "attribute": one.attribute,
        "desired": _plain(one.desired),
        "observed": _plain(one.observed),
        "origin": str(one.origin or ""),
        "rule": one.rule.name,
        "why": one.rule.why,
    }


def _plain(value: Any) -> Any:
    """As JSON has it; anything that is no value of a document, such as a secret, by its text."""
    if isinstance(value, dict):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return value if isinstance(value, str | int | float | bool | None) else str(value)
