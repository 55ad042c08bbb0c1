"""What the searches for canaries share: files of secrets, which references were read, and the database that is looked through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from reconciler.clients import bodies
from reconciler.clients.secrets.resolving import SCHEMES
from reconciler.clients.secrets.scheme import Asked, Scheme
from tests.canaries import Canary, below, in_database, in_files, logs_all

DATABASE = Canary("database")


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


@pytest.fixture
def read(monkeypatch) -> set[str]:
    """The references that were read: a canary that nobody looked at proves nothing."""
    said: set[str] = set()

    def noting(scheme: Scheme) -> Scheme:
        def noted(asked: Asked):
            said.add(asked.text)
            return scheme.read(asked)

        return replace(scheme, read=noted)

    for name, scheme in SCHEMES.items():
        monkeypatch.setitem(SCHEMES, name, noting(scheme))
    real = bodies.of_repository
    monkeypatch.setattr(bodies, "of_repository", lambda named, content: said.add(named) or real(named, content))
    return said


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request) -> str:
    """Where the store is: "" in the state folder, or on a real server that writes each statement down with its parameters.

    The server lets everybody in; the password in its URL is a canary all the same.
    """
    if request.param == "sqlite":
        return ""
    url = request.getfixturevalue("empty_database")
    logs_all(url)
    return make_url(url).set(password="-".join(DATABASE.ends)).render_as_string(hide_password=False)


def kept(state: Path, database: str) -> dict[str, bytes]:
    """Everything that a controller keeps: its state folder, and its database with what the server wrote down."""
    return below(state) | dict(in_files(state)) | (dict(in_database(database)) if database else {})
