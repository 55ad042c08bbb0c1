"""What the PTP kinds share: parameters as pairs, how they change, and the call that puts them into effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.plan import Call
from reconciler.model.rule import Rule

Sections = Mapping[str, tuple[str, ...]]
GLOBAL = "global"
# nothing that is stored takes effect before it (recorded); no effect while clocks are NTP's, or on locked hosts
APPLY = Call("POST", "/v1/ptp_instances/apply", {}, once="ptp-apply")


def sections(value: Any) -> Any:
    """Parameters by section; a flat list, of older releases and documents, is section `global`."""
    if isinstance(value, list | tuple):
        return {GLOBAL: tuple(value)} if value else {}
    return {section: tuple(pairs or ()) for section, pairs in (value or {}).items()}


def as_pairs(value: Sections | None) -> frozenset[tuple[str, str]]:
    """Parameters as a set of (section, `key=value`): order does not count, nor does an empty section."""
    return frozenset((section, pair) for section, pairs in (value or {}).items() for pair in pairs)


PAIRS = Rule(
    "parameter-sets", "Parameters are a set per section: neither order nor an empty section means anything.", as_pairs
)


def patch(have: Sections | None, want: Sections | None) -> list[dict[str, str]]:
    """Removals before additions, in one PATCH: a key that is added twice would be there twice (recorded)."""
    had, wanted = as_pairs(have), as_pairs(want)
    return [*_ops("remove", had - wanted), *_ops("add", wanted - had)]


def _ops(op: str, pairs: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    for section, pair in sorted(pairs):
        where = {} if section == GLOBAL else {"section": section}  # unknown to releases without sections
        yield {"op": op, "path": "/ptp_parameters/-", **where, "value": pair}
