"""Files that we change in a developer's work tree, and commits beside what the developer has not finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.sources.errors import SourceError
from reconciler.sources.writing import Change, commit, write
from tests.sources.history import IDENTITY, History

FILE = "subclouds/ottawa/site.yaml"
MESSAGE = "Accept one value of ottawa\n\ndns:servers: 1 → 2\n"


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    made = History(tmp_path / "fleet")
    made.commit({f"sites/{FILE}": "a: 1\r\n", "sites/other.yaml": "b: 1\n"})
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    return made


def change(before: bytes | None = b"a: 1\r\n", after: bytes = b"a: 2\r\n", path: str = FILE) -> Change:
    return Change(path, before, after)


def test_files_are_written_with_their_line_ends_and_new_folders(history):
    root = history.folder / "sites"
    write(root, [change(), change(None, b"c: 1\n", "profiles/new/x.yaml")])
    assert (root / FILE).read_bytes() == b"a: 2\r\n"
    assert (root / "profiles/new/x.yaml").read_bytes() == b"c: 1\n"


def test_a_file_that_moved_meanwhile_stops_all_of_them(history):
    root = history.folder / "sites"
    with pytest.raises(SourceError, match=r"x.yaml: changed while it was being edited"):
        write(root, [change(), change(b"old", b"c", "x.yaml")])
    assert (root / FILE).read_bytes() == b"a: 1\r\n"


def test_a_commit_takes_its_files_and_nothing_that_is_staged_or_edited(history):
    history.write({"sites/other.yaml": "b: 2\n", "sites/staged.yaml": "d: 1\n"})
    history.git("add", "sites/staged.yaml")
    made = commit(history.folder / "sites", [change()], MESSAGE)
    assert (made.id, made.branch) == (history.head(), "main")
    assert history.git("show", "--format=%an%n%B", "--name-only", "HEAD").split("\n") == [
        "Site Editor", "Accept one value of ottawa", "", "dns:servers: 1 → 2", "", "", f"sites/{FILE}",
    ]  # fmt: skip
    assert history.git("status", "--porcelain").split("\n") == ["M sites/other.yaml", "A  sites/staged.yaml"]


def test_a_commit_to_a_new_branch_leaves_the_work_tree_alone(history):
    head = history.head()
    made = commit(history.folder / "sites", [change(), change(None, b"e: 1\n", "new.yaml")], MESSAGE, "accept/ottawa")
    assert (history.head(), history.git("status", "--porcelain")) == (head, "")
    assert history.git("rev-parse", "accept/ottawa", "accept/ottawa^").split() == [made.id, head]
    assert history.git("show", f"{made.id}:sites/new.yaml") == "e: 1"
    with pytest.raises(SourceError, match="the branch accept/ottawa exists already"):
        commit(history.folder / "sites", [change()], MESSAGE, "accept/ottawa")


def test_a_file_with_edits_of_its_own_is_not_committed(history):
    history.write({f"sites/{FILE}": "a: 7\n"})
    with pytest.raises(SourceError, match=r"site.yaml: has edits that are not committed"):
        commit(history.folder / "sites", [change(b"a: 7\n")], MESSAGE)


def test_a_folder_outside_of_git_has_nothing_to_commit_to(tmp_path):
    with pytest.raises(SourceError, match="no commit to add to"):
        commit(tmp_path, [change(None)], MESSAGE)


def test_a_branch_that_git_could_not_name_is_refused(history):
    with pytest.raises(SourceError, match="is no name for a branch"):
        commit(history.folder / "sites", [change()], MESSAGE, "no..way")
