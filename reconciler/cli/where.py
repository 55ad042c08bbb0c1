"""The store that a command is about: a command that is run in another folder must not answer for an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.engine.known import Known
from reconciler.model.errors import ConfigError
from reconciler.store import Store, has_store, known_of, speaking


def must_be_there(state: Path, database: str) -> None:
    """Raises ConfigError where there is no store that anybody could have written to."""
    if not has_store(state, database):
        raise ConfigError(
            f"there is no store in {state.resolve()}: `stxr run` and `stxr apply` make one; run this where the "
            "controller's state folder is, or give --state or --database (STXR_STATE, STXR_DATABASE)"
        )


def known(state: Path, database: str) -> Known:
    """The names that the store knows."""
    return Known.of(*known_of(state, database))


@contextmanager
def heard(state: Path, command: str, database: str) -> Iterator[Store]:
    """A store to say a word in, which must be there. Raises ConfigError as `must_be_there` does."""
    must_be_there(state, database)
    with speaking(state, command, database) as store:
        yield store
