"""How a remote lets us in: a token for https, a key for ssh. A token travels in git's environment, nowhere else.

They stand in a folder, STXR_GIT_CREDENTIALS, under the names that Flux gives them in a Secret (spec.secretRef of its
GitRepository): `username` and `password`, `identity` and `known_hosts`, `ca.crt`. Each is read when git is about to ask
a remote, so that a token that is renewed every hour is used without a restart.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.clients.secrets import resolve
from reconciler.sources.errors import RefusedRepositoryError
from reconciler.sources.location import Location

FOLDER = "STXR_GIT_CREDENTIALS"
USERNAME, PASSWORD = "STXR_GIT_USERNAME", "STXR_GIT_PASSWORD"  # of git's environment only

CONNECT_TIMEOUT_S = 20
# Asked by git only when the server wants credentials, and only for the host of the address (gitcredentials(7)).
ANSWER = (
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$STXR_GIT_USERNAME" "$STXR_GIT_PASSWORD"; }; f'
)


@dataclass(frozen=True, slots=True)
class Access:
    """What the operator gives us to read the repository. Empty: the repository is public, or ssh's own agent knows."""

    username: str = ""
    password: str = field(default="", repr=False)  # or token
    ssh_key: Path | None = None
    known_hosts: Path | None = None
    ssh_config: Path = Path("/dev/null")  # the user's own may run commands (ProxyCommand, Match exec)
    ca_file: Path | None = None


Asked = Callable[[], Access]


def access_of_environment() -> Asked:
    """What the operator's folder gives, read anew at each call; nothing where none is named.

    Raises RefusedRepositoryError for a folder that is not there; a call raises ConfigError for a file that cannot be
    read, or that everybody on the machine can.
    """
    named = os.environ.get(FOLDER, "")
    if not named:
        return Access
    if not Path(named).is_dir():
        raise RefusedRepositoryError(f"{FOLDER}={named}: no such folder; mount the credentials there, or unset it")
    return partial(access_of_folder, Path(named).resolve())


def access_of_folder(folder: Path) -> Access:
    """What stands in a folder now. Raises ConfigError."""

    def said(name: str) -> str:
        return resolve(f"file:{name}", folder).get_secret_value() if (folder / name).exists() else ""

    def file(name: str) -> Path | None:
        return folder / name if (folder / name).exists() else None

    return Access(
        username=said("username"),
        password=said("password"),
        ssh_key=file("identity"),
        known_hosts=file("known_hosts"),
        ca_file=file("ca.crt"),
    )


def access_settings(where: Location, access: Access) -> tuple[tuple[str, str], ...]:
    """The git settings for it; none of them holds a secret."""
    if where.protocol != "https":
        return ()
    parts = urlsplit(where.url)
    authority = (("http.sslCAInfo", str(access.ca_file)),) if access.ca_file else ()
    if not (access.password or where.password or where.username):
        return authority
    return (*authority, (f"credential.{parts.scheme}://{parts.netloc}.helper", ANSWER))


def access_variables(where: Location, access: Access) -> dict[str, str]:
    """The environment for it."""
    if where.protocol == "ssh":
        return {"GIT_SSH_COMMAND": _ssh(access), "GIT_SSH_VARIANT": "ssh"}
    username, password = (access.username, access.password) if access.password else (where.username, where.password)
    return {USERNAME: username or "git", PASSWORD: password} if username or password else {}


def _ssh(access: Access) -> str:
    options = [f"ConnectTimeout={CONNECT_TIMEOUT_S}", "ServerAliveInterval=15"]
    options += ["BatchMode=yes", "StrictHostKeyChecking=yes"]  # nobody is there to be asked
    if access.known_hosts:
        options += [f"UserKnownHostsFile={access.known_hosts}", "GlobalKnownHostsFile=/dev/null"]
    if access.ssh_key:
        options += ["IdentitiesOnly=yes"]
    identity = ["-i", str(access.ssh_key)] if access.ssh_key else []
    return shlex.join(
        ["ssh", "-F", str(access.ssh_config), *(word for option in options for word in ("-o", option)), *identity]
    )
