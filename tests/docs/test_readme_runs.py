"""The commands that the README shows are run, in its order, on its own example; so is the demo."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STXR = [sys.executable, "-c", "from reconciler.cli import main; main()"]
PATIENCE_S = 100


def shown(command: str) -> list[list[str]]:
    """The `stxr` lines of the README's block that begins with this command, as words."""
    blocks = re.findall(r"^```\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    [block] = [b for b in blocks if b.startswith(command)]
    return [line.split()[1:] for line in block.splitlines() if line.startswith("stxr ")]


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*STXR, *words], cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "sites", tmp_path / "sites")
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "The fleet"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def test_the_commands_of_the_readme_do_what_it_says(folder):
    commands = shown("stxr validate")
    expected = {"validate": 0, "render": 0, "plan": 2, "apply": 0, "status": 0}
    [simulate] = [c for c in commands if c[0] == "simulate"]
    faster = [*[w for w in simulate if w != "&"], "--port", "0", "--speed", "2400"]
    with subprocess.Popen([*STXR, *faster], cwd=folder, stdout=subprocess.PIPE, text=True) as simulator:
        try:
            assert "14 simulated sites" in simulator.stdout.readline()
            for words in (c for c in commands if c[0] != "simulate"):
                ended = run(words, folder)
                assert ended.returncode == expected[words[0]], f"{' '.join(words)}: {ended.stdout}{ended.stderr}"
        finally:
            simulator.terminate()
    assert "14 in_sync" in ended.stdout


def test_the_demo_ends_by_itself_in_time_and_leaves_no_process(tmp_path):
    began = time.monotonic()
    ended = run(["demo"], tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert time.monotonic() - began < 120
    assert "FAILED" not in ended.stdout
    assert "12 in_sync, 1 unreachable" in ended.stdout
    listed = subprocess.run(["pgrep", "-f", "stxr-demo-"], capture_output=True, text=True, check=False)
    assert listed.stdout == ""
