"""Results of many sites: printed in the order of their names, summed in one line, turned into an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import typer

from reconciler.cli.options import Exit
from reconciler.engine.fleet import SiteResult
from reconciler.model.words import Result


def in_order(results: Iterable[SiteResult]) -> list[SiteResult]:
    return sorted(results, key=lambda r: r.site)


def errors_of(results: Iterable[SiteResult]) -> list[tuple[str, str]]:
    """(site, why) for every site that could not be judged, or only in part."""
    found = []
    for result in results:
        if result.error:
            found.append((result.site, str(result.error)))
        elif result.judged and result.judged.observed.unread:
            unread = result.judged.observed.unread[0]
            found.append((result.site, f"{unread.collection} was not read: {unread.reason}"))
    return found


def tell_errors(results: Iterable[SiteResult]) -> None:
    for site, why in errors_of(results):
        typer.echo(f"error: {site}: {why.removeprefix(f'{site}: ')}", err=True)


def plan_exit(results: list[SiteResult], *, allow_unreachable: bool) -> Exit:
    """0 in sync, 2 changes, 1 a site is wrongly configured, 3 some sites could not be judged."""
    if any(_is_config(r) for r in results):
        return Exit.ERROR
    if errors_of(results) and not allow_unreachable:
        return Exit.UNJUDGED
    judged = [r.judged for r in results if r.judged]
    return Exit.CHANGES if any(not (j.found.is_empty and j.plan.is_empty) for j in judged) else Exit.DONE


def apply_exit(results: list[SiteResult], *, allow_unreachable: bool) -> Exit:
    """0 done, 1 a plan failed or was held, 3 some sites could not be reached."""
    outcomes = [r.outcome for r in results if r.outcome]
    lost = any(o.result is Result.UNREACHABLE for o in outcomes)
    if any(_is_config(r) for r in results):
        return Exit.ERROR
    if any(o.result not in {Result.DONE, Result.IN_SYNC, Result.UNREACHABLE} for o in outcomes):
        return Exit.ERROR
    if (lost or errors_of(results)) and not allow_unreachable:
        return Exit.UNJUDGED
    blocked = any(r.judged and not r.judged.found.is_empty for r in results)
    return Exit.ERROR if blocked else Exit.DONE


def _is_config(result: SiteResult) -> bool:
    return result.error is not None and result.error.visit == "stalled"


def as_json(content: Any) -> None:
    typer.echo(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
