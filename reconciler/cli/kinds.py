"""`stxr kinds`: what is managed, attribute by attribute, straight from the kinds."""

from __future__ import annotations

from typing import Any

import orjson
import typer

from reconciler.cli.options import Format, Show
from reconciler.kinds import registry
from reconciler.model.kind import ResourceKind


def kinds(show: Show = Format.TEXT) -> None:
    """List the resource kinds: where Git says them, who owns their lists, what a change needs."""
    described = [described_kind(k) for _, k in sorted(registry().items())]
    if show is Format.JSON:
        typer.echo(orjson.dumps({"kinds": described}, option=orjson.OPT_INDENT_2).decode())
        return
    for kind in described:
        place = ", ".join(kind["documents"]) or "read only"
        typer.echo(f"{kind['kind']}  ({kind['area']}, {kind['scope']}; {place}; list owned {kind['ownership']})")
        for attribute in kind["attributes"]:
            facts = ", ".join(attribute["facts"])
            typer.echo(f"    {attribute['name']}" + (f"  [{facts}]" if facts else ""))


def described_kind(kind: ResourceKind[Any]) -> dict[str, Any]:
    """A kind as plain data: what the reference page and `stxr kinds` show."""
    return {
        "kind": kind.name,
        "area": kind.area,
        "scope": kind.scope,
        "documents": list(kind.documents),
        "ownership": kind.ownership,
        "needs": "depends on the change" if callable(kind.needs) else kind.needs,
        "disruption": "depends on the change" if callable(kind.disruption) else kind.disruption,
        "attributes": [{"name": n, "facts": _facts(kind, n)} for n in kind.attributes],
    }


def _facts(kind: ResourceKind[Any], name: str) -> list[str]:
    fact = kind.attributes[name]
    said = {
        "key": fact.key,
        "replaces": fact.replaces,
        "secret": fact.secret,
        f"names a {fact.refers_to}": bool(fact.refers_to),
        "sent, not compared": fact.send_only,
        "by lock and unlock": fact.lock_state,
    }
    return [word for word, holds in said.items() if holds]
