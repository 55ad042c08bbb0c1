"""`stxr plan --base --head`: what a pull request's check runs. Offline, without credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import typer

from reconciler.cli import results as shown
from reconciler.cli.options import Exit, PlanFormat
from reconciler.cli.plan_text import Detail, counts, plan_lines, plural, summary
from reconciler.cli.selection import selected
from reconciler.cli.session import Chosen
from reconciler.engine.judgement import differences
from reconciler.engine.preview import Edit, Preview, exact, grouped, preview
from reconciler.engine.repository import Repository, open_present
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError, ConfigErrors, ReconcilerError
from reconciler.model.snapshot import Snapshot
from reconciler.model.wire import difference_json, plan_json
from reconciler.model.words import Disruption

NAMED = 12  # sites named in one line before it says "and N more"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a change reaches.

    new: sites without a folder before. gone: sites without one now.
    broken: sites that the base says wrongly, so that nobody can say what changes.
    """

    previews: tuple[Preview, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    broken: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def exit(self) -> Exit:
        if self.errors:
            return Exit.ERROR
        return Exit.CHANGES if self.previews or self.new or self.gone or self.broken else Exit.DONE


def review(
    chosen: Chosen, base: str, head: str, sites: list[str] | None, inventory: Path | None, show: PlanFormat
) -> Exit:
    """Print what changes between two revisions. Exit: 0 nothing, 2 changes, 1 head has errors."""
    if not base:
        raise ConfigError("--head needs --base: the revision that the sites follow now")
    with _opened(chosen, base) as before, _opened(chosen, head) as after:
        found = _reviewed(before, after, _names(before, after, sites), inventory)
    _SHOWS[show](found)
    for error in found.errors:
        typer.echo(f"error: {error}", err=True)
    return found.exit


def _opened(chosen: Chosen, revision: str) -> Repository:
    return open_present(chosen.repo, chosen.path, revision, chosen.state, registry())


def _names(before: Repository, after: Repository, sites: list[str] | None) -> tuple[str, ...]:
    """The named sites, or those whose files differ."""
    known = before.names | after.names
    if sites:
        return selected(sites, known, everything=False)
    return tuple(sorted(n for n in known if before.tree.keys.get(n) != after.tree.keys.get(n)))


def _reviewed(before: Repository, after: Repository, names: Iterable[str], inventory: Path | None) -> Reviewed:
    previews: list[Preview] = []
    unknown: list[str] = []
    errors: dict[str, None] = {}
    for name in (n for n in names if n in after.names):
        try:
            found = _one(before, after, name, inventory)
        except ConfigErrors as several:
            errors |= dict.fromkeys(map(str, several))
        except ReconcilerError as error:
            errors[str(error)] = None
        else:
            unknown += [] if found else [name]
            previews += [found] if found and _says_something(found) else []
    gone = tuple(name for name in names if name not in after.names)
    new = tuple(name for name in unknown if name not in before.names)
    broken = tuple(name for name in unknown if name in before.names)
    return Reviewed(tuple(previews), new, gone, broken, tuple(errors))


def _says_something(one: Preview) -> bool:
    found = one.found
    return bool(found.changes or found.extra or one.plan.stages or (one.is_exact and found.unjudged))


def _one(before: Repository, after: Repository, name: str, inventory: Path | None) -> Preview | None:
    """The site's part of the change; None where the base says nothing of it, or says it wrongly.

    Raises what the head says wrongly.
    """
    wanted, said = after.desired(name), _said(before, name)
    file = inventory / f"{name}.json" if inventory else None
    if file and file.is_file():
        return exact(wanted, read_inventory(file), registry(), Edit(said, after.settings(name)))
    return preview(after.site(name), said, wanted, registry()) if said else None


def _said(before: Repository, name: str) -> Snapshot | None:
    """What the base says of a site; None where it says nothing, or says it wrongly."""
    try:
        return before.desired(name) if name in before.names else None
    except ConfigErrors:
        return None


def read_inventory(file: Path) -> dict[str, Any]:
    """What `stxr inventory` wrote of a site. Raises ConfigError for a file that is something else."""
    try:
        found = orjson.loads(file.read_bytes())
    except ValueError as error:
        raise ConfigError(f"no inventory ({error}): write it anew with `stxr inventory`", str(file)) from None
    if not isinstance(found, dict):
        raise ConfigError("no inventory (not a mapping of lists): write it anew with `stxr inventory`", str(file))
    return found


def _text(found: Reviewed) -> None:
    for one, reached in grouped(found.previews):
        equal = f"{plural(len(reached), 'site')}, equal change" if len(reached) > 1 else "1 site"
        typer.echo(f"{equal}: {_listed(reached)}")
        for line in plan_lines(one.plan, one.found, Detail()):
            typer.echo(f"  {line}".rstrip())
        typer.echo("")
    for line in _others(found):
        typer.echo(line)
    typer.echo(_headline(found))


def _json(found: Reviewed) -> None:
    content = {
        "sites": [_site(one) for one in found.previews],
        "new": found.new,
        "unmanaged": found.gone,
        "broken": found.broken,
        "errors": found.errors,
    }
    shown.as_json(content)


def _site(one: Preview) -> dict[str, Any]:
    return {
        "site": one.site,
        "exact": one.is_exact,
        "fingerprint": one.fingerprint,
        "differences": [difference_json(d) for d in differences(one.found, one.plan)],
        "plan": plan_json(one.plan),
    }


def _markdown(found: Reviewed) -> None:
    for line in _markdown_lines(found):
        typer.echo(line)


def _markdown_lines(found: Reviewed) -> Iterator[str]:
    yield f"**{_headline(found)}**"
    for error in found.errors:
        yield f"- :x: {error}"
    for one, reached in grouped(found.previews):
        yield ""
        yield f"### {counts(one.found.changes) or 'members too many'}, on {plural(len(reached), 'site')}"
        yield f"{_listed(reached)}. Each: {summary(one.plan, one.found)}."
        yield "<details><summary>changes and stages of one of them</summary>"
        yield ""
        yield "```diff"
        yield from plan_lines(one.plan, one.found, Detail())
        yield "```"
        yield "</details>"
    yield from (f"- {line}" for line in _others(found))


def _others(found: Reviewed) -> Iterator[str]:
    for site in found.new:
        yield f"{site}: new; what it takes is planned once the site is installed and answers"
    for site in found.gone:
        yield f"{site}: un-managed; nothing on the site changes"
    for site in found.broken:
        yield f"{site}: the base says it wrongly and this mends it; what changes on the site, only the site can say"


def _headline(found: Reviewed) -> str:
    """The sentence that a manager reads."""
    previews = found.previews
    locked = sum(len(p.plan.locked_hosts) for p in previews)
    worst = max((p.plan.disruption for p in previews), default=Disruption.NONE, key=lambda d: d.rank)
    parts = [f"{plural(len(previews), 'site')} to change", f"{plural(locked, 'host')} to lock"]
    parts += [f"worst disruption: {worst}"]
    parts += [f"{plural(len(found.new), 'new site')}"] if found.new else []
    parts += [f"{plural(len(found.gone), 'site')} un-managed"] if found.gone else []
    parts += [f"{plural(len(found.broken), 'site')} mended"] if found.broken else []
    estimated = sum(not p.is_exact for p in previews)
    parts += [f"estimated for {estimated} without an inventory"] if estimated else []
    return ", ".join(parts)


def _listed(sites: tuple[str, ...]) -> str:
    more = len(sites) - NAMED
    return ", ".join(sites[:NAMED]) + (f" and {more} more" if more > 0 else "")


_SHOWS: dict[PlanFormat, Callable[[Reviewed], None]] = {
    PlanFormat.TEXT: _text,
    PlanFormat.JSON: _json,
    PlanFormat.MARKDOWN: _markdown,
}
