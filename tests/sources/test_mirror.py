"""The mirror against real repositories: moved, rewritten, gone, slow, hostile."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import subprocess
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from reconciler.sources.errors import (
    MissingBranchError,
    RefusedRepositoryError,
    UnknownRevisionError,
    UnreachableRepositoryError,
)
from reconciler.sources.git import Answer, Git
from reconciler.sources.mirror import Limits, Mirror
from tests.sources.conftest import NOW, OpenMirror
from tests.sources.history import History, site


def children() -> set[int]:
    """The processes that this one has started and not reaped, and theirs; servers and Python's own are other tests'."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,comm="], capture_output=True, check=True).stdout.decode()
    parents = {int(pid): int(parent) for pid, parent, name in (line.split(None, 2) for line in listing.splitlines())
               if not name.startswith(("ps", "python", "bao", "postgres"))}  # fmt: skip
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def test_the_head_is_the_default_branch_of_the_remote(open_mirror: OpenMirror, history: History):
    history.git("branch", "--move", "main", "trunk")
    head = open_mirror(history.folder).fetch(NOW)
    assert (head.commit, head.branch, head.fetched_at) == (history.head(), "trunk", NOW)


def test_a_named_branch_is_tracked(open_mirror: OpenMirror, history: History):
    history.git("switch", "--quiet", "-c", "lab")
    tip = history.commit({"fleet.yaml": "name: lab\n"})
    history.git("switch", "--quiet", "main")
    assert open_mirror(history.folder, branch="lab").fetch(NOW).commit == tip


def test_a_start_without_a_network_goes_on_with_the_last_head(open_mirror: OpenMirror, history: History):
    first = open_mirror(history.folder)
    assert first.head() is None
    head = first.fetch(NOW)
    first.close()
    assert open_mirror(history.folder).head() == head


def test_a_note_cut_short_by_a_power_loss_is_mended_by_the_next_fetch(mirror: Mirror, open_mirror, history: History):
    next(mirror.git.directory.glob("*.json")).write_bytes(b'{"branch": "ma')
    again = open_mirror(history.folder)
    assert again.head() is None
    assert again.fetch(NOW) == again.head()


def test_a_merge_moves_the_head(mirror: Mirror, history: History):
    before = history.head()
    history.git("switch", "--quiet", "-c", "change")
    change = history.commit({"fleet.yaml": "name: south\n"})
    history.git("switch", "--quiet", "main")
    history.git("merge", "--quiet", "--no-ff", "-m", "Merge change", "change")
    head = mirror.fetch(NOW).commit
    assert head == history.head()
    assert mirror.is_ancestor(before, head)
    assert mirror.is_ancestor(change, head)
    assert not mirror.is_ancestor(head, change)


def test_a_base_survives_a_history_that_was_rewritten(mirror: Mirror, history: History):
    base = history.head()
    mirror.keep("sc-1", base)
    history.git("switch", "--quiet", "--orphan", "other")
    history.commit({"fleet.yaml": "name: other\n"})
    history.git("branch", "--force", "main", "other")
    head = mirror.fetch(NOW)
    mirror.git.run("gc", "--quiet", "--prune=now")
    assert head.commit == history.head() != base
    assert mirror.kept("sc-1") == base
    assert mirror.resolve(base) == base
    assert not mirror.is_ancestor(base, head.commit)


def test_a_deleted_branch_is_said_and_the_last_head_stays(mirror: Mirror, history: History):
    head = mirror.head()
    history.git("branch", "--move", "main", "trunk")
    with pytest.raises(MissingBranchError, match=r"no branch 'main' \(it has trunk\)"):
        mirror.fetch(NOW + timedelta(minutes=1))
    mirror.git.run("gc", "--quiet", "--prune=now")
    assert mirror.head() == head
    assert head is not None
    assert mirror.resolve(head.commit) == head.commit


def test_an_empty_remote_has_no_branch(open_mirror: OpenMirror, tmp_path: Path):
    empty = History(tmp_path / "empty")
    with pytest.raises(MissingBranchError, match="no default branch"):
        open_mirror(empty.folder).fetch(NOW)
    with pytest.raises(MissingBranchError, match="no branch at all"):
        open_mirror(empty.folder, branch="main").fetch(NOW)


def test_a_remote_that_is_gone_is_unreachable_and_the_last_head_stays(mirror: Mirror, history: History):
    head = mirror.head()
    shutil.rmtree(history.folder)
    with pytest.raises(UnreachableRepositoryError, match=f"{history.folder}: git fetch: .*last head stays"):
        mirror.fetch(NOW)
    assert mirror.head() == head


def test_credentials_are_in_no_error_no_log_no_file_and_no_argument(open_mirror: OpenMirror, tmp_path: Path, caplog):
    caplog.set_level(logging.DEBUG)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    mirror = open_mirror(f"https://robot:s3cret@127.0.0.1:{port}/fleet.git")
    with pytest.raises(UnreachableRepositoryError) as error:
        mirror.fetch(NOW)
    assert f"https://127.0.0.1:{port}/fleet.git" in str(error.value)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert "s3cret" not in f"{error.value!r} {error.value.__cause__} {mirror!r} {caplog.text} {kept!r}"
    assert "s3cret" not in str(mirror.git.environment())  # that of the deeds that ask no remote


def test_a_remote_that_never_answers_is_given_up_and_leaves_no_process(open_mirror: OpenMirror):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        mirror = open_mirror(f"https://127.0.0.1:{port}/x", branch="main", limits=Limits(fetch_timeout_s=0.5))
        with pytest.raises(UnreachableRepositoryError, match=r"git fetch gave no answer in 0\.5 s"):
            mirror.fetch(NOW)
    assert children() == set()


def test_a_refused_address_makes_no_mirror(open_mirror: OpenMirror, tmp_path: Path):
    with pytest.raises(RefusedRepositoryError):
        open_mirror(f"ext::touch {tmp_path}/owned")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["ext::touch owned", "file:///tmp", "http://127.0.0.1:1/x", "git://127.0.0.1/x"])
def test_git_itself_would_refuse_other_transports_too(open_mirror: OpenMirror, url):
    mirror = open_mirror("https://127.0.0.1:1/x")
    answer = mirror.git.run("fetch", url, codes=(128,))
    assert "not allowed" in answer.complaint
    assert not (mirror.git.directory / "owned").exists()


def test_hooks_of_the_mirror_never_run(mirror: Mirror, history: History, tmp_path: Path):
    hook = mirror.git.directory / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/owned\n")
    hook.chmod(0o755)
    history.commit({"fleet.yaml": "name: south\n"})
    mirror.fetch(NOW)
    assert not (tmp_path / "owned").exists()


def test_settings_around_the_process_do_not_reach_git(open_mirror, history: History, tmp_path: Path, monkeypatch):
    (tmp_path / ".gitconfig").write_text(f'[url "/nowhere/"]\n\tinsteadOf = {tmp_path}\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / ".gitconfig"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere"))
    mirror = open_mirror(history.folder)
    head = mirror.fetch(NOW)
    assert mirror.facts([head.commit])[0].subject == "Add two sites"
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "elsewhere"))
    assert mirror.fetch(NOW).commit == history.head()


def test_a_broken_object_is_not_let_in(open_mirror: OpenMirror, history: History):
    tree = history.git("rev-parse", "HEAD^{tree}")
    text = f"tree {tree}\nauthor nobody 1 +0000\ncommitter nobody 1 +0000\n\nbroken\n"
    broken = history.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", given=text.encode())
    history.git("update-ref", "refs/heads/main", broken)
    with pytest.raises(UnreachableRepositoryError, match="missingEmail"):
        open_mirror(history.folder).fetch(NOW)


def test_locks_of_a_killed_git_do_not_stop_the_next(mirror: Mirror, open_mirror: OpenMirror, history: History):
    for name in ("packed-refs.lock", "refs/heads/main.lock"):
        (mirror.git.directory / name).touch()
    mirror.close()
    tip = history.commit({"fleet.yaml": "name: south\n"})
    assert open_mirror(history.folder).fetch(NOW).commit == tip


def test_the_remote_cannot_set_our_refs(open_mirror: OpenMirror, history: History):
    history.git("update-ref", "refs/stxr/base/sc-1", "HEAD")
    history.git("update-ref", "refs/stxr/verified", "HEAD")
    mirror = open_mirror(history.folder)
    mirror.fetch(NOW)
    assert mirror.kept("sc-1") is None
    assert "refs/stxr/verified" not in mirror.git.run("for-each-ref").text


def test_bases_are_kept_one_by_one_or_all_at_once_and_forgotten(mirror: Mirror, history: History):
    first, second = history.head(), history.commit({"fleet.yaml": "name: south\n"})
    mirror.fetch(NOW)
    mirror.keep("sc-1", first)
    mirror.keep_all({"sc-2": first, "sc-3": second})
    mirror.keep("sc-1", second)
    assert mirror.kept_all() == {"sc-1": second, "sc-2": first, "sc-3": second}
    mirror.forget(["sc-1", "sc-9"])
    assert mirror.kept("sc-1") is None
    assert mirror.kept("sc-2") == first


def test_a_commit_that_many_sites_follow_is_looked_for_once(mirror: Mirror, history: History, monkeypatch):
    asked: list[str] = []
    run = Git.run

    def noted(git: Git, *command: str, **rest: Any) -> Answer:
        asked.append(command[0])
        return run(git, *command, **rest)

    monkeypatch.setattr(Git, "run", noted)
    for number in range(3):
        mirror.keep(f"sc-{number}", history.head())
    assert asked == ["rev-parse", "update-ref", "update-ref", "update-ref"]
    assert mirror.kept_all() == {f"sc-{number}": history.head() for number in range(3)}


@pytest.mark.parametrize("name", ["a.lock", "..", ".a", "a~1", "a b", "ü", "a%2Eb", "@{", "a^:?*[\\", "-a", "a.b."])
def test_any_site_name_can_have_a_base(mirror: Mirror, history: History, name):
    mirror.keep(name, history.head())
    assert mirror.kept_all() == {name: history.head()}


@pytest.mark.parametrize("revision", ["0" * 40, "main", "HEAD~0", "--all", ""])
def test_a_base_is_the_full_id_of_a_commit_that_is_here(mirror: Mirror, revision):
    with pytest.raises(UnknownRevisionError):
        mirror.keep("sc-1", revision)
    assert mirror.kept_all() == {}


def test_a_revision_is_resolved_as_git_says_it(mirror: Mirror, history: History):
    first = history.head()
    history.git("tag", "-a", "v1", "-m", "One")
    second = history.commit({"fleet.yaml": "name: south\n"})
    mirror.fetch(NOW)
    for revision, commit in {"main": second, "v1": first, "main~1": first, first[:9]: first}.items():
        assert mirror.resolve(revision) == commit


@pytest.mark.parametrize("revision", ["nowhere", "--git-dir", "-1", "0" * 40, "main:fleet.yaml", ""])
def test_a_revision_that_names_no_commit_is_an_error(mirror: Mirror, revision):
    with pytest.raises(UnknownRevisionError, match="no commit"):
        mirror.resolve(revision)


def test_a_commit_that_is_not_here_is_nobodys_ancestor(mirror: Mirror, history: History):
    assert not mirror.is_ancestor("0" * 40, history.head())
    with pytest.raises(UnknownRevisionError):
        mirror.is_ancestor("main", history.head())


def test_facts_of_commits_come_in_the_order_asked_for(mirror: Mirror, history: History):
    first = history.head()
    second = history.commit({"fleet.yaml": "name: süd\n"}, "--author", "Jürgen <j@example.com>", subject="Süd\n\nWhy")
    mirror.fetch(NOW)
    newest, oldest = mirror.facts([second, first])
    assert (newest.commit, newest.author, newest.subject) == (second, "Jürgen", "Süd")
    assert (oldest.subject, oldest.author) == ("Add two sites", "Site Editor")
    assert oldest.at == datetime(2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=2)))
    assert oldest.at.astimezone(UTC).hour == 8
    assert children() == set()


@pytest.mark.parametrize("commit", ["0" * 40, "main", ""])
def test_facts_of_a_commit_that_is_not_here_are_an_error(mirror: Mirror, commit):
    with pytest.raises(UnknownRevisionError, match=r"fetch first|resolve it first"):
        mirror.facts([commit])


def test_a_shallow_checkout_can_be_mirrored(open_mirror: OpenMirror, history: History, tmp_path: Path):
    tip = history.commit({"fleet.yaml": "name: south\n"})
    history.git("clone", "--quiet", "--depth=1", f"file://{history.folder}", str(tmp_path / "shallow"))
    assert open_mirror(tmp_path / "shallow").fetch(NOW).commit == tip


def test_closing_leaves_no_process_and_reading_on_starts_another(mirror: Mirror, history: History):
    blob = history.git("rev-parse", "HEAD:fleet.yaml")
    assert mirror.blobs.read([blob]) == {blob: b"name: north\n"}
    assert len(children()) == 1
    mirror.close()
    assert children() == set()
    with mirror:
        assert mirror.blobs.read([blob]) == {blob: b"name: north\n"}
    assert children() == set()


def test_many_threads_share_one_mirror(mirror: Mirror, history: History):
    ids = [history.git("rev-parse", f"HEAD:{path}") for path in ("fleet.yaml", "profiles/ran/host.yaml")]
    found: list[dict[str, bytes]] = []
    threads = [threading.Thread(target=lambda: found.append(mirror.blobs.read(ids))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [dict(zip(ids, (b"name: north\n", b"mtu: 9000\n"), strict=True))] * 8


def test_a_reader_that_was_killed_is_replaced(mirror: Mirror, history: History):
    blob = history.git("rev-parse", "HEAD:fleet.yaml")
    mirror.blobs.read([blob])
    (reader,) = children()
    os.kill(reader, signal.SIGKILL)
    os.waitid(os.P_PID, reader, os.WEXITED | os.WNOWAIT)
    assert mirror.blobs.read([blob]) == {blob: b"name: north\n"}


def test_a_local_repository_in_place_knows_every_name_that_its_own_git_knows(history: History):
    first = history.commit(site("sc-1"))
    history.git("update-ref", "refs/remotes/origin/main", first)
    second = history.commit({"subclouds/sc-1/site.yaml": "name: sc-1\n"})
    before = history.git("status", "--porcelain")
    with Mirror.in_place(history.folder) as mirror:
        named = [mirror.resolve(name) for name in ("origin/main", "HEAD~1", "HEAD", second[:12])]
    assert named == [first, first, second, second]
    assert history.git("status", "--porcelain") == before
