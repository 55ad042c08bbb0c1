"""The commands of the page on adopting are run, in its order, in an empty folder beside the example."""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs.test_readme_runs import ROOT, STXR, run
from tests.sources.history import IDENTITY

PAGE = (ROOT / "docs/adopting.md").read_text()
TO_WRITE = 2


def commands() -> list[list[str]]:
    """The lines of its blocks, as words."""
    blocks = re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return [re.findall(r'"[^"]*"|\S+', line) for block in blocks for line in block.splitlines()]


@pytest.fixture
def simulate(tmp_path):
    """Starts `stxr simulate` on a free port, and ends it with the test."""
    with ExitStack() as stack:

        def simulate(words: list[str]) -> None:
            command = [*STXR, *words, "--port", "0", "--speed", "2400"]
            process = stack.enter_context(subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True))
            stack.callback(process.stdout.close)
            stack.callback(process.terminate)
            assert "simulated sites" in process.stdout.readline()

        yield simulate


def test_the_commands_of_the_page_end_as_it_says(tmp_path, simulate, monkeypatch):
    shutil.copytree(ROOT / "sites", tmp_path / "sites")
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    ended = {}
    for program, *words in commands():
        line = " ".join(words)
        if program == "git":
            subprocess.run(["git", *(word.strip('"') for word in words)], cwd=tmp_path, check=True)
        elif words[-1] == "&":
            simulate(words[:-1])
        else:
            done = run(words, tmp_path)
            ended[line] = done.returncode
            assert done.returncode in {0, TO_WRITE}, f"{line}: {done.stdout}{done.stderr}"
    assert [line for line, code in ended.items() if code == TO_WRITE] == [
        "adopt yard-east --endpoints endpoints.yaml --into fleet --dry-run"
    ]
    assert len(list(Path(tmp_path / "fleet/subclouds").iterdir())) == len(list((ROOT / "sites/subclouds").iterdir()))
