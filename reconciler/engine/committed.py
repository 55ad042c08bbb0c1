"""References of documents read where the repository is at hand: it may have encrypted files that they name."""

from __future__ import annotations

from reconciler.clients import Reveal, revealer
from reconciler.engine.repository import Repository
from reconciler.model.errors import ConfigError
from reconciler.sources.errors import SourceError


def revealing(repository: Repository) -> Reveal:
    """What reads a reference: a relative path is of the state that the repository has when it is asked."""

    def content(path: str) -> bytes:
        try:
            return repository.content(path)
        except SourceError as error:
            wrong = ConfigError(str(error))
        raise wrong

    return revealer(content)
