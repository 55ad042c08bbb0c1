"""The commits of pull requests in the mirror: fetched under refs of our own, merged in memory, never followed.

Nothing of them is checked out, and no hook, filter, driver or attribute of theirs runs (`sources.git`). Needs git 2.38,
for `git merge-tree --write-tree`.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.sources import refs
from reconciler.sources.errors import SourceError
from reconciler.sources.git import FULL_ID, Git, stop
from reconciler.sources.mirror import Mirror
from reconciler.sources.tree import treeish

PULLS = "refs/stxr/pull/"
MERGED = "refs/stxr/merged/"
FETCH_TIMEOUT_S = 60.0
MERGE_TIMEOUT_S = 30.0
LONGEST_PATH = 512  # bytes, in the middle: for how much is read at all
# the same trees are one commit, whoever merges them, and whenever
NOBODY = {
    f"GIT_{who}_{what}": said
    for who in ("AUTHOR", "COMMITTER")
    for what, said in (("NAME", "stx-reconciler"), ("EMAIL", "stx-reconciler@invalid"), ("DATE", "@0 +0000"))
}


class ConflictError(SourceError):
    """A pull request cannot be merged as it is: it and its base changed the same lines."""


class TooMuchError(SourceError):
    """A pull request changes more than is looked at."""


def fetched(mirror: Mirror, remote_ref: str, number: int) -> str:
    """The newest commit of a pull request, by the forge's ref of it, kept by one of ours.

    Raises UnreachableRepositoryError, also for a ref that is not there, and SourceError for what is no commit.
    """
    ours = f"{PULLS}{number}"
    mirror.bring(f"+{remote_ref}:{ours}", FETCH_TIMEOUT_S)
    commit = refs.read(mirror.git, ours).get(ours, "")
    return mirror.resolve(commit)


def merged(mirror: Mirror, base: str, head: str, number: int) -> str:
    """A commit with what merging the head into the base gives; one of the two where that is all.

    Full commit ids. Raises ConflictError with the files that conflict, and GitError.
    """
    if mirror.is_ancestor(base, head):
        return head
    if mirror.is_ancestor(head, base):
        return base
    commit = _commit(mirror.git, _tree(mirror, base, head), base, head)
    refs.write(mirror.git, {f"{MERGED}{number}": commit})
    return commit


def paths(mirror: Mirror, base: str, head: str, root: str, most: int) -> frozenset[str]:
    """The files below the root that differ, named from it.

    Raises TooMuchError where they are more than may be; they are read no further than that.
    """
    words = ("diff-tree", "-r", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
    process = mirror.git.start(*words, treeish(base, root), treeish(head, root), "--")
    try:
        assert process.stdout is not None
        read = process.stdout.read((most + 1) * LONGEST_PATH)
    finally:
        stop(process)
    if read.count(b"\0") > most or len(read) == (most + 1) * LONGEST_PATH:
        raise TooMuchError(f"{head[:12]} changes more than {most:,} files below {root or '/'}: split it")
    return frozenset(filter(None, read.decode(errors="backslashreplace").split("\0")))


def forget(mirror: Mirror, number: int) -> None:
    """Let go of a pull request's commits. May be called again."""
    known = (f"{PULLS}{number}", f"{MERGED}{number}")
    refs.write(mirror.git, {ref: None for ref in known if refs.read(mirror.git, ref)})


def _tree(mirror: Mirror, base: str, head: str) -> str:
    words = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base, head)
    answer = mirror.git.run(*words, codes=(0, 1), timeout_s=MERGE_TIMEOUT_S)
    tree, *files = answer.out.decode(errors="backslashreplace").rstrip("\0").split("\0")
    if answer.code or not FULL_ID.fullmatch(tree):
        named = ", ".join(sorted(set(filter(None, files)))[:5]) or answer.complaint or "no common history"
        raise ConflictError(f"{head[:12]} does not merge into {base[:12]}: conflicts in {named}; rebase it")
    return tree


def _commit(git: Git, tree: str, *parents: str) -> str:
    named = replace(git, variables={**git.variables, **NOBODY})
    words = (word for parent in parents for word in ("-p", parent))
    return named.run("commit-tree", tree, *words, given=b"What merging it would give\n").text
