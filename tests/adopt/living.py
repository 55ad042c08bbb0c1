"""Simulated systems of the example's sites, and what `stxr inventory` would find on them, without a socket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reconciler
from reconciler.model.rows import COLLECTIONS
from reconciler.model.words import Scope, Service
from reconciler.simulator import build_repo
from reconciler.simulator.exchange import Request
from reconciler.simulator.system import System

SITES = Path(reconciler.__file__).parents[1] / "sites"


def system(name: str) -> System:
    """A site of the example as bootstrap leaves it."""
    return build_repo.build(SITES, name)


def inventory(found: System) -> dict[str, Any]:
    """Every list that kinds may read."""
    hosts = [host["uuid"] for host in _get(found, "/v1/ihosts")["ihosts"]]
    paths = [
        path
        for collection in COLLECTIONS.values()
        if not collection.of and collection.service is Service.PLATFORM  # charts of which nobody said anything
        for path in (
            [collection.path]
            if collection.scope is Scope.SYSTEM
            else [collection.path.format(host=uuid) for uuid in hosts]
        )
    ]
    return {path: _get(found, path) for path in paths}


def _get(found: System, path: str) -> Any:
    response = found.handle(Request("GET", path, {}, {"User-Agent": "tests", "Accept": "application/json"}, b""))
    assert response.status == 200, (path, response.body)
    return response.body
