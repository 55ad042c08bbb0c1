"""Where the files of fleet, layers and sites stand, as paths from the root of the site-config repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.desired.files import DEPLOYMENT
from reconciler.desired.findings import Findings
from reconciler.model.errors import ConfigError

SITES = "subclouds/"
LAYERS = "profiles/"


def sites_in(paths: Iterable[str]) -> tuple[str, ...]:
    """The names of the sites of a repository. Raises ConfigError when there is none: a wrong root un-manages a fleet."""
    below = (path.removeprefix(SITES).split("/") for path in paths if path.startswith(SITES))
    names = sorted({folder for folder, *inside in below if inside})
    if not names:
        message = f"no site: there is no folder {SITES}<name>; check the path of the root, or revert the commit"
        raise ConfigError(message, SITES)
    return tuple(names)


def yaml_files(files: Mapping[str, bytes], folder: str, findings: Findings) -> tuple[str, ...]:
    """The paths that are read of a folder, in order: `*.yaml` directly in it. Other YAML there gets a notice."""
    read: list[str] = []
    for path in sorted(path for path in files if path.startswith(folder)):
        name = path.removeprefix(folder)
        if name.endswith(".yaml") and "/" not in name:
            read.append(path)
        elif name.endswith((".yaml", ".yml")):
            findings.notice(f"not read: only {folder}*.yaml is, {folder}{DEPLOYMENT} for one", path)
    return tuple(read)
