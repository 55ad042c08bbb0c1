"""`stxr plan --base --head`: what a pull request's check runs. Offline, without credentials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import typer

from reconciler.cli import results as shown
from reconciler.cli.options import Exit, PlanFormat
from reconciler.cli.plan_text import Detail, counts, plan_lines, summary
from reconciler.cli.session import Chosen
from reconciler.engine.judgement import differences
from reconciler.engine.preview import Preview, exact, grouped, preview
from reconciler.engine.repository import Repository, open_repository
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError, ConfigErrors, ReconcilerError
from reconciler.model.snapshot import Snapshot
from reconciler.model.wire import difference_json, plan_json
from reconciler.model.words import Disruption

NAMED = 12  # sites named in one line before it says "and N more"


def review(
    chosen: Chosen, base: str, head: str, sites: list[str] | None, inventory: Path | None, show: PlanFormat
) -> Exit:
    """Print what changes between two revisions. Exit: 0 nothing, 2 changes, 1 head has errors."""
    if not base:
        raise ConfigError("--head needs --base: the revision that the sites follow now")
    before = open_repository(chosen.repo, chosen.path, base, chosen.state, registry())
    after = open_repository(chosen.repo, chosen.path, head, chosen.state, registry())
    names = sites or sorted(n for n in before.names | after.names if before.tree.keys.get(n) != after.tree.keys.get(n))
    previews, errors = _previews(before, after, names, inventory)
    _SHOWS[show](previews, sorted(before.names - after.names), errors)
    for error in errors:
        typer.echo(f"error: {error}", err=True)
    return Exit.ERROR if errors else Exit.CHANGES if previews else Exit.DONE


def _previews(
    before: Repository, after: Repository, names: Iterable[str], inventory: Path | None
) -> tuple[list[Preview], list[str]]:
    previews: list[Preview] = []
    errors: dict[str, None] = {}
    for name in names:
        if name not in after.names:
            continue  # a site that is gone is un-managed: nothing happens to it
        try:
            found = _one(before, after, name, inventory)
        except ConfigErrors as several:
            errors |= dict.fromkeys(map(str, several))
        except ReconcilerError as error:
            errors[str(error)] = None
        else:
            previews += [found] if found.found.changes or found.plan.stages else []
    return previews, list(errors)


def _one(before: Repository, after: Repository, name: str, inventory: Path | None) -> Preview:
    wanted = after.desired(name)
    file = inventory / f"{name}.json" if inventory else None
    if file and file.is_file():
        return exact(wanted, orjson.loads(file.read_bytes()), registry())
    known = before.desired(name) if name in before.names else Snapshot(name, {})
    return preview(after.site(name), known, wanted, registry())


def _text(previews: list[Preview], gone: list[str], errors: list[str]) -> None:  # noqa: ARG001 - told apart
    for one, reached in grouped(previews):
        typer.echo(f"{len(reached)} sites, equal change: {_names(reached)}")
        for line in plan_lines(one.plan, one.found, Detail()):
            typer.echo(f"  {line}")
        typer.echo("")
    for site in gone:
        typer.echo(f"{site}: un-managed; nothing on the site changes")
    typer.echo(_headline(previews, gone))


def _json(previews: list[Preview], gone: list[str], errors: list[str]) -> None:
    shown.as_json(
        {
            "sites": [
                {
                    "site": p.site,
                    "exact": p.is_exact,
                    "fingerprint": p.fingerprint,
                    "differences": [difference_json(d) for d in differences(p.found, p.plan)],
                    "plan": plan_json(p.plan),
                }
                for p in previews
            ],
            "unmanaged": gone,
            "errors": errors,
        }
    )


def _markdown(previews: list[Preview], gone: list[str], errors: list[str]) -> None:
    for line in _markdown_lines(previews, gone, errors):
        typer.echo(line)


def _markdown_lines(previews: list[Preview], gone: list[str], errors: list[str]) -> Iterator[str]:
    yield f"**{_headline(previews, gone)}**"
    for error in errors:
        yield f"- :x: {error}"
    for one, reached in grouped(previews):
        yield ""
        yield f"### {counts(one.found.changes)}, on {len(reached)} {'site' if len(reached) == 1 else 'sites'}"
        yield f"{_names(reached)}. Each: {summary(one.plan, one.found)}."
        yield "<details><summary>changes and stages of one of them</summary>"
        yield ""
        yield "```diff"
        yield from plan_lines(one.plan, one.found, Detail())
        yield "```"
        yield "</details>"
    for site in gone:
        yield f"- `{site}` is un-managed; nothing on the site changes"


def _headline(previews: list[Preview], gone: list[str]) -> str:
    """The sentence that a manager reads."""
    locked = sum(len(p.plan.locked_hosts) for p in previews)
    worst = max((p.plan.disruption for p in previews), default=Disruption.NONE, key=lambda d: d.rank)
    parts = [f"{len(previews)} sites change", f"{locked} hosts are locked", f"worst disruption: {worst}"]
    parts += [f"{len(gone)} sites are un-managed"] if gone else []
    estimated = sum(not p.is_exact for p in previews)
    parts += [f"estimated for {estimated} without an inventory"] if estimated else []
    return ", ".join(parts)


def _names(sites: tuple[str, ...]) -> str:
    more = len(sites) - NAMED
    return ", ".join(sites[:NAMED]) + (f" and {more} more" if more > 0 else "")


_SHOWS: dict[PlanFormat, Any] = {PlanFormat.TEXT: _text, PlanFormat.JSON: _json, PlanFormat.MARKDOWN: _markdown}
