"""Why values that are written unlike count as the same: both texts, and the rule by which they are one. Pure.

Nothing of it runs when sites are compared: it is asked for, of one site.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.model.kind import Kinds, ResourceKind
from reconciler.model.origin import Origin
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rule import EMPTY, Rule
from reconciler.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Alike:
    """One attribute: `desired` as Git wrote it, `observed` as the API shows it. Secrets print as `***`."""

    key: ResourceKey
    attribute: str
    desired: Any
    observed: Any
    rule: Rule
    origin: Origin | None = None


def alike(desired: Snapshot, observed: Snapshot, kinds: Kinds) -> Iterator[Alike]:
    """Every attribute of which the texts differ and nothing is to be done. Desired is spelled as the site spells."""
    for key in sorted(desired.resources):
        have = observed.resources.get(key)
        if have is not None:
            yield from _of(desired.resources[key], have, kinds[key.kind])


def _of(want: Resource[Any], have: Resource[Any], kind: ResourceKind[Any]) -> Iterator[Alike]:
    for name in sorted({*want.spec.model_fields_set, *want.written}):
        said, shown = want.written_of(name), have.written_of(name)
        if said != shown and (rule := _rule(name, want, have, kind)):
            yield Alike(want.key, name, said, shown, rule, want.origin_of(name))


def _rule(name: str, want: Resource[Any], have: Resource[Any], kind: ResourceKind[Any]) -> Rule | None:
    """By which the attribute counts as the same; None where it differs, or nobody compares it."""
    fact = kind.attributes[name]
    if name not in want.spec.model_fields_set:
        return EMPTY if want.written[name] == "" else fact.spelled
    if fact.send_only or not kind.is_same(name, getattr(want.spec, name), getattr(have.spec, name)):
        return None
    return fact.canonical if kind.is_same(name, want.written_of(name), have.written_of(name)) else fact.spelled
