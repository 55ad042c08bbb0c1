"""A few lines changed on a branch of a bare remote: one commit, nothing else; asked twice, it is there once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from reconciler.sources.access import Access
from reconciler.sources.errors import RefusedPushError, SourceError
from reconciler.sources.mirror import Mirror
from reconciler.sources.pushing import Edit, push
from reconciler.sources.writing import Change
from tests.sources.history import History

FILE = "subclouds/ottawa/deployment-config.yaml"
LINES = [f"# line {n}: kept as it is\nkey{n}: 'value {n}'  # why" for n in range(150)]
TEXT = "\n".join(LINES) + "\n"
ACCEPTED = TEXT.replace("'value 70'", "'value seen'")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def remote(tmp_path):
    """A bare repository, as a forge has it, and a developer's clone that pushes to it."""
    clone = History(tmp_path / "clone")
    clone.commit({f"sites/{FILE}": TEXT, "sites/other.yaml": "b: 1\n"})
    clone.git("clone", "--quiet", "--bare", str(clone.folder), str(tmp_path / "remote.git"))
    clone.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    return clone


@pytest.fixture
def mirror(tmp_path, remote):
    with Mirror.open(tmp_path / "remote.git", tmp_path / "state") as opened:
        opened.fetch(NOW)
        yield opened


def edit(mirror, branch="stxr/accept-ottawa", after=ACCEPTED, before=TEXT, **said):
    change = Change(FILE, before.encode(), after.encode())
    said = {"message": "Accept key70 of ottawa\n", "root": "sites", **said}
    return Edit(branch, mirror.head().commit, (change,), **said)


def at_remote(remote, *arguments):
    return remote.git("-C", str(remote.folder.parent / "remote.git"), *arguments)


def test_the_branch_has_one_line_changed_of_three_hundred_and_nothing_else(remote, mirror):
    made = push(mirror, edit(mirror))
    assert made.is_new
    assert at_remote(remote, "diff", "--numstat", "main", made.branch) == f"1\t1\tsites/{FILE}"
    assert at_remote(remote, "show", f"{made.branch}:sites/{FILE}") + "\n" == ACCEPTED
    assert at_remote(remote, "log", "-1", "--format=%an: %s", made.branch) == "stx-reconciler: Accept key70 of ottawa"
    assert at_remote(remote, "rev-parse", f"{made.branch}^") == at_remote(remote, "rev-parse", "main")


def test_asked_again_it_finds_the_branch_also_when_the_base_has_moved(remote, mirror):
    first = push(mirror, edit(mirror))
    assert push(mirror, edit(mirror)) == type(first)(first.branch, first.commit, is_new=False)
    moved = TEXT.replace("'value 3'", "'value three'")
    remote.commit({f"sites/{FILE}": moved})
    remote.git("push", "--quiet", "origin", "main")
    mirror.fetch(NOW)
    again = push(mirror, edit(mirror, before=moved, after=moved.replace("'value 70'", "'value seen'")))
    assert (again.commit, again.is_new) == (first.commit, False)


def test_of_many_who_ask_at_once_one_makes_it(remote, mirror):
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda n: push(mirror, edit(mirror, message=f"Asked by {n}\n")), range(4)))
    assert len({one.commit for one in made}) == 1
    assert at_remote(remote, "rev-list", "--count", "main..stxr/accept-ottawa") == "1"


def test_what_others_have_on_a_branch_of_that_name_is_left_alone(remote, mirror):
    remote.git("checkout", "--quiet", "-b", "fix")
    theirs = remote.commit({"sites/other.yaml": "b: 2\n"})
    remote.git("push", "--quiet", "origin", "fix")
    with pytest.raises(SourceError, match="the branch fix exists already and holds something else"):
        push(mirror, edit(mirror, branch="fix"))
    assert at_remote(remote, "rev-parse", "fix") == theirs


def test_a_branch_that_was_merged_and_left_there_is_used_again(remote, mirror):
    first = push(mirror, edit(mirror))
    remote.git("fetch", "--quiet", "origin")
    remote.git("merge", "--quiet", "--ff-only", f"origin/{first.branch}")
    back = TEXT.replace("'value 9'", "'value nine'")
    remote.commit({f"sites/{FILE}": back})
    remote.git("push", "--quiet", "origin", "main")
    mirror.fetch(NOW)
    again = push(mirror, edit(mirror, before=back, after=back.replace("'value 70'", "'value seen'")))
    assert (again.branch, again.is_new) == (first.branch, True)
    assert at_remote(remote, "rev-parse", f"{again.branch}^") == mirror.head().commit


def test_a_remote_that_takes_no_branch_is_named_without_what_lets_us_in(tmp_path, remote, mirror):
    hook = tmp_path / "remote.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
    hook.chmod(0o755)
    mirror.access = lambda: Access(username="bot", password="hush-hush")
    with pytest.raises(RefusedPushError, match=r"stxr/accept-ottawa was not pushed") as refused:
        push(mirror, edit(mirror))
    assert "hush-hush" not in str(refused.value)
    assert at_remote(remote, "branch", "--list", "stxr/*") == ""


def test_a_file_that_is_not_what_was_read_stops_it(mirror):
    with pytest.raises(SourceError, match=r"has edits that are not committed"):
        push(mirror, edit(mirror, before="other\n"))


def test_a_name_that_git_could_not_give_is_refused(mirror):
    with pytest.raises(SourceError, match="is no name for a branch"):
        push(mirror, edit(mirror, branch="no..way"))
