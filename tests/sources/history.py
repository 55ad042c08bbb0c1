"""Real git repositories for the tests, written as a developer would: files, commits, branches, signatures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "Site Editor",
    "GIT_AUTHOR_EMAIL": "editor@example.com",
    "GIT_COMMITTER_NAME": "Site Editor",
    "GIT_COMMITTER_EMAIL": "editor@example.com",
    "GIT_AUTHOR_DATE": "2026-11-20T10:00:00+02:00",
    "GIT_COMMITTER_DATE": "2026-11-20T10:00:00+02:00",
    "GIT_CONFIG_NOSYSTEM": "1",
}


class History:
    """A developer's work tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main", ".")

    def git(self, *arguments: str, given: bytes | None = None) -> str:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **IDENTITY}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=environment, input=given, capture_output=True, check=False
        )
        assert done.returncode == 0, (arguments, done.stderr.decode())
        return done.stdout.decode().strip()

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Mapping[str, str | bytes | None], *options: str, subject: str = "Change sites") -> str:
        self.write(files)
        self.git("add", "--all", ".")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject, *options)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")


def site(name: str, *layers: str, text: str = "") -> dict[str, str | bytes | None]:
    """The files of one small site; its site.yaml names one layer a line, after `layers:`."""
    return {
        f"subclouds/{name}/site.yaml": "\n".join(["layers:", *layers, ""]),
        f"subclouds/{name}/deployment-config.yaml": f"# {name}\n{text}",
    }


def layers_of(content: bytes) -> tuple[str, ...]:
    """What the reader of site.yaml will say, for the small form that `site` writes."""
    lines = content.decode(errors="replace").splitlines()
    return tuple(line for line in lines[1:] if line) if lines[:1] == ["layers:"] else ()
