"""Where a repository is, as the operator wrote it: a local path, https or ssh, and nothing else.

A password or token in the address is taken out of it here, so that it is in no argument list, no file, no text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from reconciler.sources.errors import RefusedRepositoryError

USERINFO = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^\s'\"]*@")
TRANSPORT_HELPER = re.compile(r"^[A-Za-z0-9+.-]*::")  # `ext::sh -c ...` runs what it says (gitremote-helpers)
SCP_LIKE = re.compile(r"^(?P<host>[^/:\[]+|[^/:]*\[[^\]/]+\]):(?P<path>.*)$")  # git-clone(1): no slash before the colon


@dataclass(frozen=True, slots=True)
class Location:
    """An address that git may be given. `url` holds no secret; `protocol` is the only one that git may use for it."""

    url: str
    protocol: str  # https, ssh, file
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_local(self) -> bool:
        """A path on this machine."""
        return self.protocol == "file"

    def __str__(self) -> str:
        return masked(self.url)


def masked(text: str) -> str:
    """The text with everything between `scheme://` and `@` taken out. Over-masks rather than leaks."""
    return USERINFO.sub(r"\g<scheme>***@", text)


def location(repository: str | Path) -> Location:
    """The location that an operator's words mean. Raises RefusedRepositoryError for every other transport."""
    text = str(repository)
    if text.startswith("-") or not text.isprintable() or not text:
        raise RefusedRepositoryError(f"repository {masked(text)!r}: not an address; give a path, https:// or ssh://")
    if isinstance(repository, Path):
        return _local(repository)
    if TRANSPORT_HELPER.match(text):
        raise _refused(text, "transport helpers run commands")
    if "://" in text:
        return _from_url(text)
    if scp := SCP_LIKE.match(text):
        return _ssh(text, scp["host"].rpartition("@")[2])
    return _local(Path(text))


def _from_url(text: str) -> Location:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(text, "not a URL (escape special characters of a password as %xx)") from error
    match parts.scheme.lower():
        case "https":
            return _https(parts, text)
        case "ssh":
            return _ssh(_without_password(parts), host)
        case "file":
            return _local(Path(unquote(parts.path)))
    raise _refused(text, f"protocol {parts.scheme!r}")


def _https(parts: SplitResult, text: str) -> Location:
    if not parts.hostname:
        raise _refused(text, "no host")
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return Location(url, "https", unquote(parts.username or ""), unquote(parts.password or ""))


def _ssh(url: str, host: str) -> Location:
    if not host or host.startswith("-"):  # `ssh://-oProxyCommand=...` (CVE-2017-1000117)
        raise _refused(url, "no host")
    return Location(url, "ssh")


def _without_password(parts: SplitResult) -> str:
    user = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=user + parts.netloc.rpartition("@")[2]).geturl()


def _local(path: Path) -> Location:
    if not path.is_dir():
        raise RefusedRepositoryError(f"repository {masked(str(path))}: no such folder; give a path, https:// or ssh://")
    return Location(str(path.resolve()), "file")


def _refused(text: str, why: str) -> RefusedRepositoryError:
    return RefusedRepositoryError(f"repository {masked(text)}: refused, {why}; give a path, https:// or ssh://")
