"""Who set a line last, as `git blame` says it; nobody for what no commit says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.sources import blame
from reconciler.sources.blame import Blames, lines
from reconciler.sources.mirror import Mirror
from tests.sources.history import History

PROFILE = "profiles/ran/host.yaml"


@pytest.fixture
def tip(history: History) -> str:
    """A profile of three lines, the second by another author."""
    history.commit({PROFILE: "mtu: 9000\nvid: 7\n\tname: \tx\n"}, subject="Add a name")
    return history.commit(
        {PROFILE: "mtu: 9000\nvid: 8\n\tname: \tx\n"},
        "--author=Zoë d'Arc <z@example.com>",
        "--date=2026-11-21T01:02:03-0330",
        subject="Move to vid 8",
    )


@pytest.fixture
def blames(history: History) -> Blames:
    return Blames(Mirror.in_place(history.folder).git)


def test_each_line_has_the_commit_that_set_it(tip, blames):
    mtu, vid, name = (blames.of(tip, PROFILE, line) for line in (1, 2, 3))
    assert [one.subject for one in (mtu, vid, name)] == ["Add two sites", "Move to vid 8", "Add a name"]
    assert (vid.commit, vid.author, vid.at.isoformat()) == (tip, "Zoë d'Arc", "2026-11-21T01:02:03-03:30")
    assert mtu.at == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_a_mirror_is_asked_as_a_folder_is_and_a_root_counts(tip, history, mirror):
    mirror.fetch(datetime.now(UTC))
    assert Blames(mirror.git, "profiles").of(tip, "ran/host.yaml", 2).subject == "Move to vid 8"
    older = f"{tip}~1"
    assert Blames(mirror.git).of(mirror.resolve(older), PROFILE, 2).subject == "Add a name"


@pytest.mark.parametrize(
    ("file", "line"), [(PROFILE, 9), (PROFILE, 0), ("profiles/none.yaml", 1), ("../../etc/passwd", 1), ("-C", 1)]
)
def test_what_is_not_there_was_set_by_nobody(tip, blames, file, line):
    assert blames.of(tip, file, line) is None


@pytest.mark.parametrize("commit", ["", "main", "f" * 40, "--output=x"])
def test_what_is_no_commit_says_nothing(tip, blames, commit):
    assert blames.of(commit, PROFILE, 1) is None
    assert blames.of(f"{tip}+edits", PROFILE, 1) is None


def test_a_file_is_read_once_however_many_lines_are_asked_and_only_the_last_few_are_kept(tip, blames, monkeypatch):
    read = []
    monkeypatch.setattr(Blames, "_read", lambda _self, commit, path: read.append(path) or {})
    monkeypatch.setattr(blame, "FILES", 2)
    for _ in range(3):
        blames.of(tip, "a", 1)
    for file in ("b", "a", "c", "a", "b"):
        blames.of(tip, file, 2)
    assert read == ["a", "b", "c", "b"]


def test_a_summary_that_is_absent_is_empty():
    said = "\n".join([f"{'a' * 40} 1 1 1", "author x", "author-time 0", "author-tz +0000", "\ttext"])
    [(line, facts)] = lines(said)
    assert (line, facts.author, facts.subject) == (1, "x", "")
