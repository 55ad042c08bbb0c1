"""A git process and all that it starts: its world, its end, its words."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import pytest

from reconciler.sources.errors import GitError
from reconciler.sources.git import Git, stop
from tests.sources.test_mirror import children


def git(folder: Path, **aliases: str) -> Git:
    """Git whose own commands are shell scripts, which is all that these tests need of it."""
    settings = tuple((f"alias.{name}", f"!{script}") for name, script in aliases.items())
    return Git(folder, folder, "https://git.example.com/fleet", settings=settings)


def ends(pid: int, within_s: float = 10.0) -> bool:
    """The process has ended, or does so while we wait: a signal sent is not yet a death."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([process], [], [], within_s)
    os.close(process)
    return bool(ended)


def test_a_time_out_ends_what_git_started_too(tmp_path: Path):
    slow = git(tmp_path, slow="sleep 600 & echo $! > pid; wait")
    with pytest.raises(GitError, match=r"https://git.example.com/fleet: git slow gave no answer in 1 s"):
        slow.run("slow", timeout_s=1.0)
    assert ends(int((tmp_path / "pid").read_text()))
    assert children() == set()


def test_who_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reconciler.sources.git.GRACE_S", 0.1)
    deaf = git(tmp_path, deaf="trap '' TERM; echo $$ > pid; while true; do sleep 0.05; done")
    with pytest.raises(GitError, match="gave no answer"):
        deaf.run("deaf", timeout_s=1.0)
    assert ends(int((tmp_path / "pid").read_text()))


def test_stopping_what_has_ended_is_harmless(tmp_path: Path):
    process = git(tmp_path, done="true").start("done")
    process.wait()
    stop(process)
    stop(process)
    assert process.stdin is not None
    assert process.stdin.closed


def test_an_error_holds_gits_own_words_on_one_line_without_credentials(tmp_path: Path):
    failing = git(tmp_path, fail="echo \"fatal: no 'https://robot:s3cret@h/x'\n  at all\" >&2; exit 3")
    with pytest.raises(GitError) as error:
        failing.run("fail")
    assert str(error.value) == "https://git.example.com/fleet: git fail: fatal: no 'https://***@h/x'; at all"


def test_an_error_without_words_gives_the_code(tmp_path: Path):
    with pytest.raises(GitError, match="git fail: ended with 7"):
        git(tmp_path, fail="exit 7").run("fail")


def test_a_folder_that_is_gone_is_said(tmp_path: Path):
    with pytest.raises(GitError, match=r"nowhere is missing; install git"):
        git(tmp_path / "nowhere").run("version")


def test_git_sees_nothing_of_our_environment_but_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OS_PASSWORD", "s3cret")
    monkeypatch.setenv("GIT_SSH_COMMAND", "touch /tmp/owned")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    seen = git(tmp_path, see="env").run("see").text.splitlines()
    assert "HTTPS_PROXY=http://proxy.example.com:3128" in seen
    assert f"HOME={tmp_path}" in seen
    assert not [line for line in seen if line.startswith(("OS_PASSWORD", "GIT_SSH_COMMAND"))]


def test_git_leads_a_group_of_its_own(tmp_path: Path):
    process = git(tmp_path, wait="sleep 600").start("wait")
    assert os.getpgid(process.pid) == process.pid != os.getpgid(0)
    stop(process)
    assert process.returncode == -signal.SIGTERM
