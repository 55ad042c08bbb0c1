"""Releases as a site's software management knows them: how they are written, which are there, which one runs.

starlingx/update software/release_data.py, software/utils.py; distributed-cloud facts, USM.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.model.resource import ResourceKey
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule
from reconciler.model.snapshot import Snapshot

COLLECTION, DEPLOY = "usm_releases", "usm_deploy"
START_FAILED = "start-failed"
UNTOUCHED = frozenset(("start", "start-done", START_FAILED))  # states of a deployment that has reached no host
UPLOADED = "uploaded-release"
RUNS = frozenset(("deployed", "committed"))  # a committed one runs too, and cannot be removed
AVAILABLE, UNAVAILABLE = "available", "unavailable"
LAST_IN_PATHS = (26, 3)
"""starlingx/ansible-playbooks ostree-metadata-sync.sh: what comes after 26.03 is made of components, and its APIs take
releases as a list in the body (starlingx/update 9e844c8, starlingx/nfv _sw_update_strategy.py)."""


def patch_level(version: str) -> str:
    """`24.09.0` of `24.09`: software management writes all three numbers (get_patch_level_version)."""
    return f"{version}.0" if re.fullmatch(r"\d+\.\d+", version) else version


PATCH_LEVEL = Rule(
    "patch-level",
    "A major release alone is its release without patches: 24.09 is 24.09.0.",
    lambda v: v and patch_level(v),
)


def parts(version: str) -> tuple[int, ...]:
    """For comparing; of what is no version, nothing."""
    return tuple(int(part) for part in re.findall(r"\d+", patch_level(version)))


def major(version: str) -> str:
    """`24.09` of `24.09.1`."""
    return ".".join(version.split(".")[:2])


def in_lists(release: str) -> bool:
    """Whether a system of this release takes releases as a list in the body."""
    return parts(release)[:2] > LAST_IN_PATHS


def rows_of(rows: Rows) -> Iterator[Row]:
    return rows.all(COLLECTION)


def running(rows: Rows) -> str | None:
    """The highest release that is deployed: what the site runs, by its own word.

    None while it is between two: hosts may have the one or the other, and which of both counts is not decided.
    """
    if any(row["state"] not in UNTOUCHED for row in rows.all(DEPLOY)):
        return None
    found = [str(row["sw_version"]) for row in rows_of(rows) if row["state"] in RUNS]
    return max(found, key=parts, default=None)


def key_of(version: str) -> ResourceKey:
    """By which a release on the site is known."""
    return ResourceKey(UPLOADED, patch_level(version))


def needed(version: str, snapshot: Snapshot) -> Iterator[str]:
    """The versions that a deployment brings along: what the release requires and does not run yet, itself last."""
    there = {r.spec.release_id: r.spec for key, r in snapshot.resources.items() if key.kind == UPLOADED}
    target = snapshot.resources.get(key_of(version))
    waiting, found = [target.spec] if target else [], dict[str, None]()
    while waiting:
        spec = waiting.pop()
        if spec.release not in found and spec.state not in RUNS:
            found[spec.release] = None
            waiting += [there[name] for name in spec.requires or () if name in there]
    return reversed(found)
