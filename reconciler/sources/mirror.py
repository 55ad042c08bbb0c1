"""A bare mirror of the site-config repository in the state folder: fetched, never checked out; no ref of its own is pushed.

One process owns the state folder, so lock files found at opening are those of a git that was killed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from reconciler.sources import refs
from reconciler.sources.access import Asked, access_of_environment, access_settings, access_variables
from reconciler.sources.blobs import BLOB_LIMIT_BYTES, Blobs
from reconciler.sources.commits import CommitFacts, facts
from reconciler.sources.errors import (
    GitError,
    MissingBranchError,
    RefusedPushError,
    UnknownRevisionError,
    UnreachableRepositoryError,
)
from reconciler.sources.git import FULL_ID, Git
from reconciler.sources.location import Location, location

FETCH_TIMEOUT_S = 300.0
TIDY_TIMEOUT_S = 900.0
REFSPECS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")  # never refs/stxr: those are ours
FETCH = ("--quiet", "--update-shallow", "--no-auto-maintenance", "--no-write-fetch-head", "--no-recurse-submodules",
         "--no-tags")  # fmt: skip
JUDGED = 10_000  # pairs remembered; a fleet has few distinct bases
LOCKS = ("*.lock", "refs/**/*.lock", "objects/info/**/*.lock", "objects/pack/*.lock")


@dataclass(frozen=True, slots=True)
class Head:
    """The tip of the tracked branch when it was last fetched."""

    commit: str
    branch: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a fetch may take and how large a file may be."""

    fetch_timeout_s: float = FETCH_TIMEOUT_S
    blob_bytes: int = BLOB_LIMIT_BYTES


@dataclass(slots=True)
class Mirror:
    """The mirror. Blocking: call it from a thread. Close it; it may own a `git cat-file`."""

    git: Git
    location: Location
    branch: str
    limits: Limits
    blobs: Blobs
    access: Asked
    _judged: dict[tuple[str, str], bool] = field(default_factory=dict)
    _there: set[str] = field(default_factory=set)  # ids of commits that are kept

    @classmethod
    def open(
        cls,
        repository: str | Path,
        state: Path,
        *,
        branch: str = "",
        access: Asked | None = None,
        limits: Limits | None = None,
    ) -> Self:
        """The mirror of a repository in a state folder, made if absent; fetches nothing.

        An empty branch means the one that the remote calls its default. access: what lets us in, asked for before each
        fetch; what STXR_GIT_CREDENTIALS names without. Raises RefusedRepositoryError for an address that is neither a
        local folder nor https nor ssh.
        """
        where = location(repository)
        git = _prepared(where, state)
        bounds = limits or Limits()
        return cls(git, where, branch, bounds, Blobs(git, bounds.blob_bytes), access or access_of_environment())

    @classmethod
    def in_place(cls, folder: Path) -> Self:
        """A local repository, read where it is: every commit that it has, by any name that it knows; nothing is written.

        For looks at two revisions, where a mirror would know only branches that were fetched.
        """
        where = location(folder)
        git = Git(folder.resolve(), Path.home(), str(where), settings=(("safe.directory", "*"),))
        return cls(git, where, "", Limits(), Blobs(git, Limits().blob_bytes), access_of_environment())

    def fetch(self, now: datetime) -> Head:
        """Bring the mirror up to date and say where the branch stands; `now` is noted as the time of it.

        Raises UnreachableRepositoryError or MissingBranchError; the mirror, our refs and `head()` are then as before.
        """
        branch = self.branch or self._default_branch()
        self._remote("fetch", "--prune", *FETCH, "--", self.location.url, *REFSPECS)
        head = Head(self._tip(branch), branch, now)
        has_moved = refs.read(self.git, refs.HEAD).get(refs.HEAD) != head.commit
        self._note(head)
        if has_moved:
            self._tidy()
        return head

    def bring(self, refspec: str, timeout_s: float) -> None:
        """Fetch what is no branch, and is not followed, under a ref of ours. Raises UnreachableRepositoryError."""
        self._remote("fetch", *FETCH, "--", self.location.url, refspec, timeout_s=timeout_s)

    def tip(self, branch: str) -> str:
        """Where a branch of the remote stands now, its commits brought here; "" where it has none of that name.

        Raises UnreachableRepositoryError.
        """
        ref = f"refs/heads/{branch}"
        listed = self._remote("ls-remote", "--heads", "--", self.location.url, ref).decode()
        commit = next((line.split("\t")[0] for line in listed.splitlines() if line.endswith(f"\t{ref}")), "")
        if commit:
            self._remote("fetch", *FETCH, "--", self.location.url, ref)  # under no name: nobody follows it
        return commit

    def push(self, commit: str, branch: str) -> None:
        """Have a branch of the remote stand at a commit, as what lets us in may; never over others' commits.

        Raises RefusedPushError.
        """
        try:
            self._asked("push", "--quiet", "--porcelain", "--", self.location.url, f"{commit}:refs/heads/{branch}")
        except GitError as error:
            raise RefusedPushError(
                f"{error}; the branch {branch} was not pushed: the credentials in STXR_GIT_CREDENTIALS must let us write"
            ) from error

    def head(self) -> Head | None:
        """The last head fetched, from the state folder: what a start without a network goes on with."""
        note = self._noted()
        commit = refs.read(self.git, refs.HEAD).get(refs.HEAD)
        if note is None or commit is None:
            return None
        return Head(commit, note["branch"], datetime.fromisoformat(note["fetched_at"]))

    def resolve(self, revision: str) -> str:
        """The full id of the commit that a branch, tag, id or `main~3` names. Raises UnknownRevisionError."""
        answer = self.git.run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", codes=(0, 1, 128)
        )
        commit = answer.text.splitlines()[-1] if answer.text else ""
        if answer.code or not FULL_ID.fullmatch(commit):
            raise UnknownRevisionError(f"{self.location}: no commit {revision!r}; fetch first, or check the name")
        return commit

    def keep(self, site: str, commit: str) -> None:
        """Note a commit as the site's base and keep it reachable, whatever the remote does to its history."""
        self.keep_all({site: commit})

    def keep_all(self, commits: Mapping[str, str]) -> None:
        """Note the bases of many sites in one transaction. Full commit ids only. Raises UnknownRevisionError."""
        for commit in set(commits.values()) - self._there:  # thousands of sites may follow one commit
            if not FULL_ID.fullmatch(commit) or self.resolve(commit) != commit:
                raise UnknownRevisionError(f"{self.location}: {commit!r} is not the full id of a commit")
        refs.write(self.git, {refs.base(site): commit for site, commit in commits.items()})
        self._there.update(commits.values())  # a ref of ours keeps them from now on

    def forget(self, sites: Iterable[str]) -> None:
        """Drop the bases of sites; those without one are left alone."""
        refs.write(self.git, {refs.base(site): None for site in sites if self.kept(site)})

    def kept(self, site: str) -> str | None:
        """The site's base commit, or None where it never had one (then nothing is deleted: design 4.2)."""
        ref = refs.base(site)
        return refs.read(self.git, ref).get(ref)

    def kept_all(self) -> dict[str, str]:
        """Base commit by site."""
        return {refs.site_of(ref): commit for ref, commit in refs.read(self.git, refs.BASE).items()}

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """One commit is in the history of the other (or is it). False for a commit that the mirror does not have."""
        pair = (ancestor, descendant)
        if not all(FULL_ID.fullmatch(commit) for commit in pair):
            raise UnknownRevisionError(
                f"{self.location}: {ancestor!r} or {descendant!r} is not the full id of a commit"
            )
        if pair not in self._judged:
            answer = self.git.run("merge-base", "--is-ancestor", *pair, codes=(0, 1, 128))
            if answer.code == 128:
                return False  # not remembered: a fetch may bring the commit
            if len(self._judged) >= JUDGED:
                self._judged.clear()
            self._judged[pair] = answer.code == 0
        return self._judged[pair]

    def facts(self, commits: Iterable[str]) -> tuple[CommitFacts, ...]:
        """Author, time and subject of full commit ids, in that order. Raises UnknownRevisionError."""
        return facts(self.git, commits)

    def close(self) -> None:
        """End the child process, if there is one."""
        self.blobs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _tip(self, branch: str) -> str:
        heads = refs.read(self.git, "refs/heads/")
        commit = heads.get(f"refs/heads/{branch}")
        if commit is None:
            others = ", ".join(sorted(ref.removeprefix("refs/heads/") for ref in heads)[:10]) or "no branch at all"
            raise MissingBranchError(
                f"{self.location}: no branch {branch!r} (it has {others}); restore it or set another"
            )
        return commit

    def _default_branch(self) -> str:
        if note := self._noted():
            return note["branch"]
        answer = self._remote("ls-remote", "--symref", "--", self.location.url, "HEAD")
        named = re.match(rb"ref: refs/heads/([^\t]+)\tHEAD", answer)
        if named is None:
            raise MissingBranchError(f"{self.location}: names no default branch; set the branch")
        return named[1].decode()

    def _remote(self, *arguments: str, timeout_s: float = math.inf) -> bytes:
        try:
            return self._asked(*arguments, timeout_s=timeout_s)
        except GitError as error:
            raise UnreachableRepositoryError(f"{error}; the last head stays") from error

    def _asked(self, *arguments: str, timeout_s: float = math.inf) -> bytes:
        access = self.access()
        git = replace(
            self.git,
            protocol=self.location.protocol,
            settings=access_settings(self.location, access),
            variables={**self.git.variables, **access_variables(self.location, access)},
        )
        return git.run(*arguments, timeout_s=min(timeout_s, self.limits.fetch_timeout_s)).out

    def _note(self, head: Head) -> None:
        refs.write(self.git, {refs.HEAD: head.commit})
        written = self._note_file.with_suffix(".new")
        written.write_bytes(orjson.dumps({"branch": head.branch, "fetched_at": head.fetched_at.isoformat()}))
        written.replace(self._note_file)

    def _noted(self) -> dict[str, str] | None:
        try:
            note: dict[str, str] = orjson.loads(self._note_file.read_bytes())
        except (
            FileNotFoundError,
            orjson.JSONDecodeError,
        ):  # absent, or cut short by a power loss: the next fetch mends it
            return None
        return note

    @property
    def _note_file(self) -> Path:
        return self.git.directory / "stxr-head.json"

    def _tidy(self) -> None:
        # Its failing costs disk, never a head; git says why in gc.log and tries again.
        self.git.run("gc", "--auto", "--quiet", codes=tuple(range(256)), timeout_s=TIDY_TIMEOUT_S)


def _prepared(where: Location, state: Path) -> Git:
    """The repository on disk; this git knows no transport, and no credential."""
    directory, home = state / "mirror.git", state / "git-home"
    for folder in (directory, home):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A local remote may belong to another user; git heeds this in a configuration file only (git-config(1)).
    quoted = orjson.dumps(where.url).decode()
    (home / ".gitconfig").write_text(f"[safe]\n\tdirectory = {quoted}\n" if where.is_local else "")
    _without_stale_locks(directory)
    git = Git(directory, home, str(where), variables={"GIT_DIR": str(directory)})
    git.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
    return git


def _without_stale_locks(directory: Path) -> None:
    for pattern in LOCKS:
        for lock in directory.glob(pattern):
            lock.unlink()
