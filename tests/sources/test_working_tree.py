"""A folder on this machine, before anything is committed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.sources.errors import EmptyRootError, UnknownSiteError, UnreadableInputError
from reconciler.sources.inputs import Affected
from reconciler.sources.mirror import Mirror
from reconciler.sources.sites import GitSites
from reconciler.sources.working_tree import WorkingTree, blob_id
from tests.sources.history import History, layers_of, site


@pytest.fixture
def folder(history: History) -> WorkingTree:
    """The history's work tree, looked at once."""
    made = WorkingTree(history.folder, layers_of)
    made.look()
    return made


@pytest.mark.parametrize("content", [b"", b"x\n", b"\r\n", "ü".encode() * 5000, bytes(range(256))])
def test_a_blob_id_is_the_one_that_git_computes(history: History, content):
    assert blob_id(content) == history.git("hash-object", "--no-filters", "--stdin", given=content)


def test_a_clean_work_tree_equals_its_commit(folder: WorkingTree, mirror: Mirror, history: History):
    sites = GitSites(mirror, layers_of)
    sites.advance(history.head())
    assert folder.commit == history.head()
    assert folder.keys == sites.keys
    assert folder.site_files("sc-1") == sites.site_files("sc-1")


def test_an_edit_is_seen_before_it_is_committed(folder: WorkingTree, history: History):
    history.write(site("sc-1", text="mtu: 1500\n"))
    assert folder.look() == Affected(changed=frozenset({"sc-1"}))
    assert folder.commit == f"{history.head()}+edits"
    assert folder.site_files("sc-1").files["subclouds/sc-1/deployment-config.yaml"] == b"# sc-1\nmtu: 1500\n"
    history.commit({})
    assert (folder.look(), folder.commit) == (Affected(), history.head())


def test_an_edit_of_the_same_size_within_one_tick_is_seen(folder: WorkingTree, history: History):
    path = history.folder / "fleet.yaml"
    stamp = path.stat()
    path.write_text("name: south\n"[:11] + "\n")
    path.write_text("name: sorth\n")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert folder.look().changed == {"sc-1", "sc-2"}


def test_a_file_that_was_just_written_is_read_again(history: History):
    """It may be written once more within one tick of the clock that stamps files."""
    now = min(path.stat().st_ctime_ns for path in history.folder.rglob("*.yaml"))
    fresh = WorkingTree(history.folder, layers_of, clock_ns=lambda: now + 1_000_000_000)
    fresh.look()
    assert fresh._stamps == {}


def test_a_settled_file_is_not_read_again(history: History):
    now = max(path.stat().st_ctime_ns for path in history.folder.rglob("*.yaml"))
    settled = WorkingTree(history.folder, layers_of, clock_ns=lambda: now + 3_000_000_000)
    settled.look()
    known = dict(settled._stamps)
    settled.look()
    assert len(known) == 6
    assert all(settled._stamps[path][1] is entry for path, (_, entry) in known.items())


def test_a_new_site_is_seen_and_a_removed_one_vanishes(folder: WorkingTree, history: History):
    history.write({**site("sc-3"), **dict.fromkeys(site("sc-2"))})
    assert folder.look() == Affected(appeared=frozenset({"sc-3"}), vanished=frozenset({"sc-2"}))


def test_what_git_ignores_is_not_an_input(folder: WorkingTree, history: History):
    history.write(
        {".gitignore": "*.secret.yaml\n", "subclouds/sc-1/my.secret.yaml": "x", "subclouds/sc-1/new.yaml": "x"}
    )
    folder.look()
    assert "subclouds/sc-1/new.yaml" in folder.site_files("sc-1").files
    assert "subclouds/sc-1/my.secret.yaml" not in folder.site_files("sc-1").files


def test_edits_outside_of_the_inputs_leave_the_commit_as_it_is(folder: WorkingTree, history: History):
    history.write({"README.md": "draft"})
    assert (folder.look(), folder.commit) == (Affected(), history.head())


def test_a_root_below_the_top_of_the_work_tree(history: History):
    history.commit({f"ops/{path}": text for path, text in {"fleet.yaml": "n", **site("sc-7")}.items()})
    below = WorkingTree(history.folder / "ops", layers_of)
    assert below.look().appeared == {"sc-7"}
    assert below.commit == history.head()
    history.write({f"new/{path}": text for path, text in {"fleet.yaml": "n", **site("sc-8")}.items()})
    fresh = WorkingTree(history.folder / "new", layers_of)
    assert fresh.look().appeared == {"sc-8"}
    assert fresh.commit == f"{history.head()}+edits"


def test_a_folder_without_git(tmp_path: Path):
    for name, text in {"fleet.yaml": "n", ".cache/x.yaml": "x", **site("sc-1")}.items():
        (tmp_path / "plain" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "plain" / name).write_text(str(text))
    plain = WorkingTree(tmp_path / "plain", layers_of)
    assert plain.look().appeared == {"sc-1"}
    assert plain.commit == "uncommitted"
    assert len(plain.site_files("sc-1").files) == 3


def test_a_repository_without_a_commit(tmp_path: Path):
    young = History(tmp_path / "young")
    young.write({"fleet.yaml": "n", **site("sc-1")})
    folder = WorkingTree(young.folder, layers_of)
    assert (folder.look().appeared, folder.commit) == ({"sc-1"}, "uncommitted")


@pytest.mark.parametrize("kind", ["symbolic link", "submodule", "special file", "larger"])
def test_an_odd_input_is_refused_by_its_path(history: History, kind):
    path = history.folder / "subclouds" / "sc-1" / "odd.yaml"
    match kind:
        case "symbolic link":
            path.symlink_to("/etc/passwd")
        case "submodule":
            History(path).commit({"x": "x"})
        case "special file":
            os.mkfifo(path)
            history.git("update-index", "--add", "--cacheinfo", f"100644,{blob_id(b'')},subclouds/sc-1/odd.yaml")
        case "larger":
            path.write_text("x" * 1001)
    folder = WorkingTree(history.folder, layers_of, limit_bytes=1000)
    folder.look()
    with pytest.raises(UnreadableInputError, match=f"{path}: .*{kind}"):
        folder.site_files("sc-1")
    assert folder.site_files("sc-2").name == "sc-2"


def test_a_file_that_moved_since_the_look_is_not_taken_for_what_was_seen(folder: WorkingTree, history: History):
    path = history.folder / "subclouds" / "sc-1" / "site.yaml"
    path.write_text("layers:\n")
    with pytest.raises(UnreadableInputError, match=f"{path}: changed while it was read; look again"):
        folder.site_files("sc-1")
    path.unlink()
    with pytest.raises(UnreadableInputError, match=f"{path}: No such file or directory; look again"):
        folder.site_files("sc-1")
    folder.look()
    assert folder.site_files("sc-1").files.keys() == {"fleet.yaml", "subclouds/sc-1/deployment-config.yaml"}


def test_a_name_that_is_not_utf_8_is_refused(history: History):
    folder = WorkingTree(history.folder, layers_of)
    odd = os.fsencode(history.folder / "subclouds" / "sc-1") + b"/caf\xe9.yaml"
    os.close(os.open(odd, os.O_CREAT))
    folder.look()
    with pytest.raises(UnreadableInputError, match="whose name is not UTF-8"):
        folder.site_files("sc-1")


def test_a_folder_that_is_no_repository_of_sites_is_an_error(tmp_path: Path):
    with pytest.raises(EmptyRootError, match=r"nowhere: no such folder"):
        WorkingTree(tmp_path / "nowhere", layers_of).look()
    with pytest.raises(EmptyRootError, match=r"neither fleet.yaml nor subclouds/"):
        WorkingTree(tmp_path, layers_of).look()


def test_a_site_that_is_not_there_is_named_by_its_folder(folder: WorkingTree, history: History):
    with pytest.raises(UnknownSiteError, match=f"{history.folder}/subclouds/sc-9: no such folder"):
        folder.site_files("sc-9")


def test_programs_that_the_repository_names_do_not_run(folder: WorkingTree, history: History, tmp_path: Path):
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/owned\n")
    program.chmod(0o755)
    history.git("config", "core.fsmonitor", str(program))
    history.git("config", "filter.evil.clean", str(program))
    (history.folder / ".git" / "info").mkdir(exist_ok=True)
    (history.folder / ".git" / "info" / "attributes").write_text("*.yaml filter=evil\n")
    history.write(site("sc-1", text="x: 1\n"))
    folder.look()
    assert not (tmp_path / "owned").exists()
