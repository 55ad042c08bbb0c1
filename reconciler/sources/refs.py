"""Our own refs in the mirror, under refs/stxr/: they keep commits reachable that the remote may have thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from reconciler.sources.git import Git

BASE = "refs/stxr/base/"  # + site: the last commit whose plan for the site ended (design 4.2)
HEAD = "refs/stxr/head"  # the last head fetched
VERIFIED = "refs/stxr/verified"  # the last head whose signature was good


def base(site: str) -> str:
    """The ref of a site's base commit. A name that git would refuse in a ref is escaped (git-check-ref-format(1))."""
    return BASE + quote(site, safe="").replace(".", "%2E").replace("~", "%7E")


def read(git: Git, prefix: str) -> dict[str, str]:
    """Commit by ref, for one ref or for all below a prefix that ends with a slash."""
    lines = git.run("for-each-ref", "--format=%(objectname) %(refname)", "--", prefix.rstrip("/")).text.splitlines()
    pairs = (line.split(" ", 1) for line in lines)
    return {ref: commit for commit, ref in pairs}


def write(git: Git, commits: Mapping[str, str | None]) -> None:
    """Point refs at commits, all or none; None drops the ref. Raises GitError for a commit that the mirror lacks."""
    lines = (f"update {ref}\0{commit}\0\0" if commit else f"delete {ref}\0\0" for ref, commit in commits.items())
    git.run("update-ref", "--stdin", "-z", given="".join(lines).encode())


def site_of(ref: str) -> str:
    """The site whose base a ref is; the inverse of `base`."""
    return unquote(ref.removeprefix(BASE))
