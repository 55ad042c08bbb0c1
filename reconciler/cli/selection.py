"""Which sites a command is about."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.errors import ConfigError
from reconciler.model.near import near


def selected(names: Iterable[str] | None, known: frozenset[str], *, everything: bool) -> tuple[str, ...]:
    """The named sites, or all. Raises ConfigError for a name that is no site, for naming none, and where there is none."""
    asked = tuple(dict.fromkeys(names or ()))
    if not known:
        raise ConfigError("the repository has no site: there is no folder subclouds/NAME; check --repo and --path")
    if not asked and not everything:
        raise ConfigError("name the sites, or give --all")
    if unknown := [n for n in asked if n not in known]:
        raise ConfigError(f"no site {', '.join(unknown)} in the repository; {near(unknown[0], known)}")
    return asked or tuple(sorted(known))
