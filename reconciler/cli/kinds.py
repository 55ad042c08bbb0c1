"""`stxr kinds`: what is managed, attribute by attribute, straight from the kinds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from reconciler.cli.attribute_pages import FILE, page
from reconciler.cli.command_page import FILE as COMMANDS
from reconciler.cli.command_page import command_page
from reconciler.cli.delete_page import FILE as DELETES
from reconciler.cli.delete_page import delete_page
from reconciler.cli.kind_pages import facts, pages
from reconciler.cli.metric_uses import uses
from reconciler.cli.options import Format, Show
from reconciler.cli.rule_page import RULES, rule_page
from reconciler.cli.settings_page import FILE as SETTINGS
from reconciler.cli.settings_page import settings_page
from reconciler.cli.value_page import FILE as VALUES
from reconciler.cli.value_page import value_page
from reconciler.kinds import registry
from reconciler.model.kind import ResourceKind
from reconciler.telemetry.page import FILE as METRICS
from reconciler.telemetry.page import metrics_page

Docs = Annotated[Path | None, typer.Option("--docs", help="Write the reference pages into this folder.", metavar="DIR")]


def kinds(show: Show = Format.TEXT, docs: Docs = None) -> None:
    """List the resource kinds: where Git says them, who owns their lists, what a change needs."""
    if docs:
        write_pages(docs)
        return
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


def write_pages(folder: Path) -> None:
    """Write attributes.md and reference/ anew; a page that no kind has is removed."""
    from reconciler.cli.main import app  # noqa: PLC0415 - which names this command

    texts = {**pages(), DELETES: delete_page(), RULES: rule_page(), VALUES: value_page(), METRICS: metrics_page(uses())}
    texts |= {COMMANDS: command_page(app), SETTINGS: settings_page()}
    reference = folder / "reference"
    reference.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(page())
    for file, text in texts.items():
        (reference / file).write_text(text)
    for stray in reference.glob("*.md"):
        if stray.name not in texts:
            stray.unlink()


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
        "attributes": [{"name": n, "facts": facts(kind, n)} for n in kind.attributes],
    }
