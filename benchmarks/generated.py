"""A generated site-config repository of the usual mix, as a git work tree that is committed to."""

from __future__ import annotations

import subprocess
from pathlib import Path

from reconciler.simulator import fleet


def written(root: Path, count: int) -> tuple[str, ...]:
    """Write and commit a fleet of so many sites; their names."""
    names = fleet.write(root, count)
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, "The fleet")
    return names


def commit(root: Path, subject: str) -> str:
    """Commit everything that was edited; the commit's id."""
    git(root, "add", "--all")
    git(root, "-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "-q", "-m", subject)
    return git(root, "rev-parse", "HEAD").strip()


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout
