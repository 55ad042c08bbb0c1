from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.sources.mirror import Mirror
from tests.sources.history import History, site

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)

OpenMirror = Callable[..., Mirror]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Two sites, one of which uses a profile."""
    made = History(tmp_path / "fleet")
    files = {"fleet.yaml": "name: north\n", "profiles/ran/host.yaml": "mtu: 9000\n"}
    made.commit({**files, **site("sc-1", "ran"), **site("sc-2")}, subject="Add two sites")
    return made


@pytest.fixture
def open_mirror(tmp_path: Path) -> Iterator[OpenMirror]:
    """Mirrors in the test's state folder, closed at its end."""
    opened: list[Mirror] = []

    def opening(repository: str | Path, **options: object) -> Mirror:
        opened.append(Mirror.open(repository, tmp_path / "state", **options))
        return opened[-1]

    yield opening
    for mirror in opened:
        mirror.close()


@pytest.fixture
def mirror(open_mirror: OpenMirror, history: History) -> Mirror:
    """A mirror of the history, fetched."""
    made = open_mirror(history.folder)
    made.fetch(NOW)
    return made
