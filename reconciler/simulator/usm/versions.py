"""Versions of releases: `24.09`, `24.09.1`; which of two is later, and what the major release of one is (software/utils.py)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.simulator.system import System

LAST_IN_PATHS = (26, 3)
"""starlingx/ansible-playbooks ostree-metadata-sync.sh: what comes after 26.03 is made of components."""


def parts(version: str) -> tuple[int, ...]:
    """For comparing; `24.09` is `24.09.0` (get_patch_level_version)."""
    found = tuple(int(part) for part in re.findall(r"\d+", version))
    return found if len(found) > 2 else (*found, 0)


def major(version: str) -> str:
    """`24.09` of `24.09.1`."""
    found = re.search(r"\d+\.\d+", version)
    return found.group(0) if found else ""


def in_bodies(system: System) -> bool:
    """Whether this system's USM and VIM take releases as a list in the body."""
    return parts(str(system.own["software_version"]))[:2] > LAST_IN_PATHS
