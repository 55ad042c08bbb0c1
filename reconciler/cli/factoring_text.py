"""What `stxr adopt` prints of profiles: which there are, which sites name them, and how many lines they save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from reconciler.cli.file_diff import diff
from reconciler.engine.accept import Rewrite
from reconciler.engine.factoring import Factoring
from reconciler.review.words import plural

SHOWN = 6  # sites that a line names


def factoring_lines(found: Factoring, rewrites: Iterable[Rewrite], *, dry_run: bool) -> Iterator[str]:
    """Each profile with its sites, and what it comes to; in a dry run the files too."""
    if not found.profiles:
        return
    for rewrite in rewrites if dry_run else ():
        yield from diff(rewrite)
    for profile in found.profiles:
        count = f"{plural(profile.lines, 'line')} of {plural(len(profile.sites), 'site')}"
        yield f"profiles/{profile.name}: {count}: {_named(profile.sites)}"
    yield f"{plural(found.after, 'line')} with profiles, {found.before} without"


def factoring_json(found: Factoring, rewrites: Iterable[Rewrite]) -> dict[str, Any]:
    """The profiles' part of `--format json`."""
    profiles = [{"name": p.name, "lines": p.lines, "sites": p.sites} for p in found.profiles]
    files = [{"path": r.file, "is_new": r.before is None, "diff": "\n".join(diff(r))} for r in rewrites]
    return {"profiles": profiles, "profile_files": files, "lines": {"before": found.before, "after": found.after}}


def _named(sites: Sequence[str]) -> str:
    more = f" and {len(sites) - SHOWN} more" if len(sites) > SHOWN else ""
    return ", ".join(sites[:SHOWN]) + more
