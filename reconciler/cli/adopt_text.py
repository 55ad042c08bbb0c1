"""What `stxr adopt` prints: new files by their size, changes as diffs, and what a person still has to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciler.cli.file_diff import diff
from reconciler.engine.adoption import Adopted
from reconciler.review.words import plural


def lines(one: Adopted, into: Path, *, dry_run: bool) -> Iterator[str]:
    """What becomes of a site's files: the diff of what was there, of new files only in a dry run."""
    if one.unread:
        return
    new = [rewrite for rewrite in one.rewrites if rewrite.before is None]
    for rewrite in one.rewrites:
        if dry_run or rewrite.before is not None:
            yield from diff(rewrite)
    done = "to write" if dry_run else "written"
    if new:
        count = sum(rewrite.after.count("\n") for rewrite in new)
        yield f"{one.site}: {plural(count, 'line')} {done} below {into / 'subclouds' / one.site}"
    if changed := len(one.rewrites) - len(new):
        yield f"{one.site}: {plural(changed, 'file')} {'to change' if dry_run else 'changed'}"
    if not one.rewrites and not one.refused:
        yield f"{one.site}: its files say it already"


def notes(one: Adopted) -> Iterator[str]:
    """What is not in the files, and why; for standard error."""
    if one.unread:
        yield f"error: {one.site}: {one.unread.removeprefix(f'{one.site}: ')}"
    yield from (f"error: {one.site}: {why}" for why in one.refused)
    yield from (f"left out: {one.site}: {why}" for why in one.left_out)
    yield from (f"not written: {one.site}: {why}" for why in one.untold)
    for change in one.found.changes:
        yield f"differs: {one.site}: {change.key}: {', '.join(sorted(change.names)) or change.action}"


def as_json(one: Adopted) -> dict[str, Any]:
    """One site's part of `--format json`."""
    return {
        "site": one.site,
        "error": one.unread,
        "files": [{"path": r.file, "is_new": r.before is None, "diff": "\n".join(diff(r))} for r in one.rewrites],
        "exact": one.is_exact and not one.unread,
        "left_out": one.left_out,
        "untold": one.untold,
        "refused": one.refused,
        "differences": [str(change.key) for change in one.found.changes],
        "unmanaged": [str(resource.key) for resource in one.found.unmanaged],
    }
