"""An inventory in a file: everything that a system shows, by path, so that it can be taken up again elsewhere.

The same form as recordings of real systems have; ``loading`` takes it up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reconciler.model.errors import ConfigError
from reconciler.simulator.durations import REAL, Durations
from reconciler.simulator.exchange import Request
from reconciler.simulator.loading import load
from reconciler.simulator.sysinv import sysinv
from reconciler.simulator.system import System

READER = {"User-Agent": "inventory", "Accept": "application/json"}
ONLY_PER_HOST = ("iinterfaces", "partitions", "labels")
SINGLE = ("/v1/health", "/v1/kube_cmd_versions")


def dump(system: System) -> dict[str, Any]:
    """Every collection of the system, and of its hosts those that have no list of their own; pages to their end."""
    return {path: body for path in _paths(system) if (body := _whole(system, path)) is not None}


def write(system: System, path: Path) -> None:
    """Dump into a file."""
    path.write_text(json.dumps(dump(system), indent=1), encoding="utf-8")


def read(path: Path, *, name: str = "", durations: Durations = REAL) -> System:
    """The system of a file, named as it names itself unless a name is given. Raises ConfigError."""
    try:
        inventory = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot be read as an inventory: {error}", str(path)) from None
    own = _rows(inventory, "/v1/isystems", "isystems")
    if not own or not _rows(inventory, "/v1/ihosts", "ihosts"):
        raise ConfigError("is no inventory: it needs /v1/isystems and /v1/ihosts with their rows", str(path))
    system = System(name or str(own[0].get("name") or path.stem), sysinv(), durations=durations)
    return load(system, inventory)


def _rows(inventory: Any, path: str, key: str) -> list[Any]:
    body = inventory.get(path) if isinstance(inventory, Mapping) else None
    return list(body.get(key) or []) if isinstance(body, Mapping) else []


def _paths(system: System) -> Iterator[str]:
    for path in system.api.collections:
        if path not in ONLY_PER_HOST:
            yield f"/v1/{path}"
    yield from SINGLE
    for host in system.hosts():
        for path in (*ONLY_PER_HOST, "kernel"):
            yield f"/v1/ihosts/{host['uuid']}/{path}"


def _whole(system: System, path: str) -> Any:
    """The body; of a list all its pages as one. None where the real service fails too."""
    collection = system.api.collections.get(path.rpartition("/")[2])
    body = _get(system, path, {})
    while body is not None and collection and "next" in body:
        page = _get(system, path, {"marker": body[collection.list_key][-1]["uuid"]})
        body = {**page, collection.list_key: body[collection.list_key] + page[collection.list_key]}
    return body


def _get(system: System, path: str, query: dict[str, str]) -> Any:
    response = system.handle(Request("GET", path, query, READER))
    return response.body if response.status == 200 else None
