"""Stores on both databases: SQLite always, PostgreSQL where the distribution's package and its driver are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text

from reconciler.store import Store

OpenStore = Callable[..., Store]


class Clock:
    """Stands still until it is set."""

    def __init__(self, at: float = 1_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


def _server_programs() -> Path | None:
    """Where initdb and pg_ctl are; Debian keeps them out of PATH, by version."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """A server of our own that listens on a Unix socket only, in a folder that is removed with it."""
    programs = _server_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (package postgresql)")
    if find_spec("psycopg") is None:
        pytest.skip("psycopg, the driver for PostgreSQL, is not installed")
    folder = Path(tempfile.mkdtemp(prefix="stxr-pg-"))  # a socket's path is short: not below pytest's folders
    as_user: list[str] = []
    if os.getuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        # its files, not pipes: the server inherits them and would keep them open
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            command = [*as_user, str(programs / program), *arguments]
            subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "--no-sync", "-U", "stxr", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        run("pg_ctl", "-D", data, "-w", "-o", f"-k {folder} -c listen_addresses='' -c fsync=off", "start")
        yield URL.create("postgresql+psycopg", "stxr", database="postgres", query={"host": str(folder)})
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)
        Path(f"{folder}.log").unlink(missing_ok=True)


@pytest.fixture
def empty_database(postgresql: URL) -> str:
    """An empty database of the server."""
    engine = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as db:
            db.execute(text("drop database if exists one_test with (force)"))
            db.execute(text("create database one_test"))
    finally:
        engine.dispose()
    return postgresql.set(database="one_test").render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def url(request: pytest.FixtureRequest) -> str:
    """Where the store of this test is: in its state folder, or in an empty database of the server."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("empty_database"))


@pytest.fixture
def open_store(folder: Path, url: str, clock: Clock) -> Iterator[OpenStore]:
    """Opens the store of this test; whatever is still open at its end is closed."""
    opened: list[Store] = []

    def opening(command: str = "run") -> Store:
        opened.append(Store.open(folder, command, clock, url))
        return opened[-1]

    yield opening
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    return open_store()
