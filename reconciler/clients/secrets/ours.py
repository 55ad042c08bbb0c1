"""What opens this program's own doors: the keys to its API, its store, Vault and files of SOPS. Documents may not name it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from reconciler.clients.secrets.sops import KEY_FILE
from reconciler.clients.secrets.vault_settings import own_files

VARIABLES = ("STXR_", "VAULT_", "BAO_")
CREDENTIALS = "STXR_GIT_CREDENTIALS"  # a folder of files


def is_ours(reference: str, environ: Mapping[str, str] | None = None) -> str:
    """Why a document may not name it; "" where it may."""
    scheme, _, name = reference.partition(":")
    if scheme == "env" and name.startswith(VARIABLES):
        return f"variables that begin with {', '.join(VARIABLES)} are this program's own: name another"
    if scheme not in {"file", "sops"}:
        return ""
    path = Path(name.partition("#")[0]).resolve()
    own = _files(os.environ if environ is None else environ)
    is_own = any(path.is_relative_to(one.resolve()) for one in own)
    return "this file lets the program itself in: name another" if is_own else ""


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    yield from (Path(environ[name]) for name in (KEY_FILE, CREDENTIALS) if environ.get(name))
    yield from own_files(environ)
