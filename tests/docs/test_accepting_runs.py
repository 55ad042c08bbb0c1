"""The commands of the page on accepting are run on the example, after somebody changed a site as it tells."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.cli.conftest import EXAMPLE
from tests.cli.serving import serving
from tests.docs.test_readme_runs import PATIENCE_S, ROOT, STXR, folder

PAGE = (ROOT / "docs/accepting.md").read_text()
BLOCKS = re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [block.split()[1:] for block in BLOCKS if block.startswith("stxr ")]
[SHOWN] = [block for block in BLOCKS if not block.startswith("stxr ")]
WHO = {f"GIT_{who}_{what}": "night@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

__all__ = ["folder"]


def run(words: list[str], folder: Path, endpoints: Path) -> subprocess.CompletedProcess[str]:
    where = ["--endpoints", str(endpoints), "--state", str(folder / "state")]
    environment = os.environ | WHO
    return subprocess.run(
        [*STXR, *words, *where],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_the_commands_of_the_page_show_what_it_shows(folder, tmp_path):
    endpoints, hosted = tmp_path / "endpoints.json", tmp_path / "hosted.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", folder, hosted], check=True)
    subprocess.run(["git", "-C", folder, "remote", "add", "origin", hosted], check=True)
    with serving(endpoints, repo=EXAMPLE, speed=2400) as server:
        ended = run(["apply", "ottawa-001", "--path", "sites", "--yes"], folder, endpoints)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        server.sites["ottawa-001"].change_rows("idns", {}, {"nameservers": "10.9.9.9"})
        ended = [run(words, folder, endpoints) for words in COMMANDS]
    assert [one.returncode for one in ended] == [2, 2, 0, 0], [one.stderr for one in ended]
    assert ended[0].stdout == SHOWN
    assert ended[1].stdout == SHOWN
    assert "committed to accept-dns: " in ended[2].stdout
    assert "\npushed stxr/accept-ottawa-001-" in ended[3].stdout
