"""`stxr` as a person runs it, in this process: what it prints and how it ends."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.cli.main import run
from tests.sources.history import History

EXAMPLE = Path(__file__).parents[2] / "sites"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def stxr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Ended]:
    """Runs `stxr` with these words in an empty folder."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("STXR_REPO", "STXR_PATH", "STXR_ENDPOINTS", "STXR_STATE", "STXR_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def stxr(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["stxr", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            run()
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return stxr


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails."""

    def refuse(*_: object) -> None:
        raise AssertionError("a command that works offline was about to connect")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def root(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Writes the files of a site-config repository, outside of git."""

    def written(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / "root" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        (tmp_path / "root").mkdir(exist_ok=True)
        return tmp_path / "root"

    return written


@pytest.fixture
def example(tmp_path: Path) -> History:
    """A git repository with the example sites in its folder `sites`, committed."""
    made = History(tmp_path / "fleet")
    shutil.copytree(EXAMPLE, made.folder / "sites")
    made.commit({}, subject="Add the example sites")
    return made
