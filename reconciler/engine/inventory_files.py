"""Inventories in a folder, as `stxr inventory` writes them: SITE.json, with the time of the reading in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from reconciler.engine.proving import Inventory
from reconciler.model.errors import ConfigError

TAKEN_AT = "taken_at"  # beside the paths of the lists; Unix seconds


@dataclass(frozen=True, slots=True)
class InventoryFiles:
    """A folder of inventories."""

    folder: Path

    def of(self, site: str) -> Inventory | None:
        """The site's last inventory; None where there is none. One that cannot be read raises ConfigError when read."""
        file = self.folder / f"{site}.json"
        if not file.is_file():
            return None
        return Inventory(lambda: read_inventory(file), _taken_at(file))


def read_inventory(file: Path) -> dict[str, Any]:
    """What `stxr inventory` wrote of a site. Raises ConfigError for a file that is something else."""
    try:
        found = orjson.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"no inventory ({error}): write it anew with `stxr inventory`", str(file)) from None
    if not isinstance(found, dict):
        raise ConfigError("no inventory (not a mapping of lists): write it anew with `stxr inventory`", str(file))
    return found


def written(inventory: Mapping[str, Any], taken_at: float) -> bytes:
    """The content of such a file."""
    content = {**inventory, TAKEN_AT: taken_at}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def _taken_at(file: Path) -> float:
    """When it was read from the site; of a file that does not say so, when it was written."""
    try:
        said = read_inventory(file).get(TAKEN_AT)
    except ConfigError:
        said = None
    return float(said) if isinstance(said, int | float) else file.stat().st_mtime
