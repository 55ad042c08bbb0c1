from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.sources.mirror import Mirror
from tests.engine.sites import FILES
from tests.sources.history import History

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A repository of two sites that share a profile."""
    made = History(tmp_path / "fleet")
    made.commit(FILES, subject="Add two sites")
    return made


@pytest.fixture
def mirrored(tmp_path: Path, history: History) -> Iterator[Callable[[], Mirror]]:
    """The mirror of the history, fetched anew at each call."""
    with Mirror.open(history.folder, tmp_path / "state") as mirror:

        def fetched() -> Mirror:
            mirror.fetch(NOW)
            return mirror

        yield fetched
