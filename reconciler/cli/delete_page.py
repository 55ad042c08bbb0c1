"""The page of what is deleted kind by kind, made of the kinds themselves. Pure: the same kinds, the same text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from reconciler.cli.kind_pages import MADE, is_deleted, table
from reconciler.kinds import registry
from reconciler.model.kind import ResourceKind

FILE = "deletes.md"
HEAD = ("kind", "list owned", "deleted", "the platform takes with it", "what happens beside it")
WIDTH = 118


def delete_page() -> str:
    """What may be deleted and how, then what never is and why."""
    kinds = [kind for _, kind in sorted(registry().items()) if not kind.is_inventory]
    may = table(HEAD, map(_row, (kind for kind in kinds if kind.has_deletes)))
    text = "When and by whose word: [deleting.md](../deleting.md). Never deleted, under any policy:"
    return "\n\n".join((MADE, "# What is deleted", may, text, _never([k for k in kinds if not k.has_deletes]))) + "\n"


def _row(kind: ResourceKind[Any]) -> tuple[str, ...]:
    deletion = kind.deletion
    return _link(kind), kind.ownership, is_deleted(kind), ", ".join(deletion.takes), deletion.effect


def _never(kinds: Sequence[ResourceKind[Any]]) -> str:
    """Each reason once, with the kinds that have it."""
    reasons = {kind.deletion.never: [k for k in kinds if k.deletion.never == kind.deletion.never] for kind in kinds}
    lines = (f"- {', '.join(map(_link, having))}: {reason}." for reason, having in reasons.items())
    return "\n".join(textwrap.fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False) for line in lines)


def _link(kind: ResourceKind[Any]) -> str:
    return f"[{kind.name}]({kind.name}.md)"
