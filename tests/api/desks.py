"""An API over a store, with a token for each role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.api import Access, Desk, Fleet, create_app
from reconciler.model.role import Role
from reconciler.model.verdict import Verdict
from reconciler.store import Store
from tests.api.calling import Answer, told

NOW = 1_042.5
FROM_THE_ENVIRONMENT = "a-token-that-nobody-guesses"


def bearing(token: str) -> bytes:
    return f"Bearer {token}".encode()


def shown(found: Mapping[str, Verdict]) -> Fleet:
    return Fleet(found.values, found.get, lambda: b"", lambda: "", lambda: NOW)


@dataclass
class Desks:
    """An API over a store, a token for each role, and how often it was told that something was said."""

    store: Store
    found: Mapping[str, Verdict]

    def __post_init__(self) -> None:
        self.heeded = 0
        self.tokens = {role: self.store.tokens.add(f"the-{role}", role, "root") for role in Role}
        self.begins = self.store.words.last()
        access = Access(FROM_THE_ENVIRONMENT, self.store.tokens.bearer)
        desk = Desk(self.store.words, self.store.rollouts, self.store.bounds, self.store.aborts, self._heed)
        self.app = create_app(shown(self.found), access, desk=desk)

    def _heed(self) -> None:
        self.heeded += 1

    def says(self, role: Role, request: str, content: Any = None) -> Answer:
        return told(self.app, request, bearing(self.tokens[role]), content)

    @property
    def audited(self) -> list[tuple[str, str, str, str]]:
        return [(w.by, w.action, w.subject, w.detail) for w in self.store.words.said(after=self.begins)]


class Opened:
    """A store that is opened when the first case needs it: cases are made before there is a folder."""

    store: Store
    token: str

    @property
    def words(self) -> Any:
        return _Later(lambda: self.store.words)

    @property
    def rollouts(self) -> Any:
        return _Later(lambda: self.store.rollouts)

    @property
    def bounds(self) -> Any:
        return _Later(lambda: self.store.bounds)

    @property
    def aborts(self) -> Any:
        return _Later(lambda: self.store.aborts)

    def app(self, found: Mapping[str, Verdict]) -> Any:
        access = Access("", _Later(lambda: self.store.tokens.bearer))
        return create_app(
            shown(found), access, desk=Desk(self.words, self.rollouts, self.bounds, self.aborts, lambda: None)
        )

    def open(self, store: Store) -> None:
        self.store, self.token = store, store.tokens.add("somebody", Role.OPERATOR, "root")

    @property
    def authorized(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class _Later:
    def __init__(self, found: Callable[[], Any]) -> None:
        self._found = found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found(), name)

    def __call__(self, *given: Any) -> Any:
        return self._found()(*given)
