"""Who set a line last: `git blame` of a whole file at a commit, kept, since its lines are asked one after another.

A profile that 5,000 sites share is read once. Nothing is read before somebody asks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from threading import Lock

from reconciler.sources.commits import CommitFacts
from reconciler.sources.errors import GitError
from reconciler.sources.git import FULL_ID, Git

FILES = 256  # blames that are kept; an answer names few files, and a push makes those of older commits useless
Lines = Mapping[int, CommitFacts]


class Blames:
    """The blames of one repository. Blocking: call it from a thread; one file is read at a time."""

    def __init__(self, git: Git, root: str = "") -> None:
        self._git, self._root = git, root.strip("/")
        self._known: OrderedDict[tuple[str, str], Lines] = OrderedDict()
        self._turn = Lock()

    def of(self, commit: str, file: str, line: int) -> CommitFacts | None:
        """The commit that set a line of a file, as the file stands at a commit.

        None for what no commit says: an uncommitted edit, a file or a line that is not there, a commit that is gone.
        """
        if not FULL_ID.fullmatch(commit):
            return None
        with self._turn:
            return self._lines(commit, f"{self._root}/{file}".lstrip("/")).get(line)

    def _lines(self, commit: str, path: str) -> Lines:
        key = (commit, path)
        if key not in self._known:
            self._known[key] = self._read(commit, path)
            if len(self._known) > FILES:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]

    def _read(self, commit: str, path: str) -> Lines:
        try:
            return dict(lines(self._git.run("blame", "--porcelain", commit, "--", path).text))
        except GitError:
            return {}


def lines(porcelain: str) -> Iterator[tuple[int, CommitFacts]]:
    """Line numbers with their commits, of git's own form (git-blame(1), The Porcelain Format).

    The facts of a commit stand with the first of its lines only; each line's text follows a tab, and ends it.
    """
    facts: dict[str, dict[str, str]] = {}
    commit, line = "", 0
    for text in porcelain.split("\n"):
        word, _, rest = text.partition(" ")
        if text.startswith("\t"):
            yield line, _facts(commit, facts[commit])
            commit = ""
        elif not commit:
            commit, line = word, int(rest.split()[1])
            facts.setdefault(commit, {})
        else:
            facts[commit][word] = rest


def _facts(commit: str, said: Mapping[str, str]) -> CommitFacts:
    zone = said["author-tz"]
    offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
    at = datetime.fromtimestamp(int(said["author-time"]), timezone(offset))
    return CommitFacts(commit, said["author"], at, said.get("summary", ""))
