"""`sops:PATH#KEY`: a value in a file that SOPS encrypted to an age identity of ours.

KEY is the way to it, its steps joined by dots: `bm.password`, `users.0.secret`, `tls.tls.crt`. The identities are in the
file that SOPS_AGE_KEY_FILE names, as for `sops` itself, or in STXR_SOPS_AGE_KEY. Both are read each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import SecretStr

from reconciler.clients.secrets.file import text_of
from reconciler.clients.secrets.scheme import Asked, Scheme
from reconciler.clients.secrets.sops_file import Opened, opened
from reconciler.clients.secrets.sops_tree import NotSopsError, Scalar, Tree
from reconciler.model.errors import ConfigError

KEY, KEY_FILE = "STXR_SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE"


def identities(environ: Mapping[str, str]) -> str:
    """Our age identities, a line each. Raises ConfigError."""
    if environ.get(KEY):
        return environ[KEY]
    if environ.get(KEY_FILE):
        return text_of(Path(environ[KEY_FILE]), KEY_FILE)
    raise ConfigError(f"a file of SOPS needs an age identity: name its file in {KEY_FILE}, or give it in {KEY}")


def value_in(content: bytes, asked: Asked) -> SecretStr:
    """What a reference names in the file that it names. Raises ConfigError, never with a value."""
    path, _, key = asked.name.partition("#")
    try:
        return SecretStr(_value(opened(content, path, identities(asked.environ)), key))
    except NotSopsError as error:
        wrong = str(error)
    raise ConfigError(f"{asked.text}: {wrong}")


def _value(file: Opened, key: str) -> str:
    found = [(at, leaf) for at, leaf in _reached(file.tree, tuple(key.split(".")))]
    if not found:
        raise NotSopsError(f"it has no key {key}")
    if len(found) > 1:
        raise NotSopsError(f"{key} is {len(found)} places in it, for keys hold dots: rename one of them")
    at, leaf = found[0]
    if not isinstance(leaf, Scalar):
        raise NotSopsError(f"{key} is not one value: name a key below it")
    if at not in file.sealed:
        raise NotSopsError(f"{key} stands there in clear text: encrypt it, and change it, for it is known now")
    if not leaf.text:
        raise NotSopsError(f"{key} is empty")
    return leaf.text.rstrip("\r\n")


def _reached(tree: Tree, steps: tuple[str, ...], at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Tree]]:
    """Every place that the steps lead to; a key may hold dots itself, as `tls.crt`."""
    if not steps:
        yield at, tree
    elif isinstance(tree, list):
        if steps[0].isdecimal() and int(steps[0]) < len(tree):
            yield from _reached(tree[int(steps[0])], steps[1:], (*at, str(int(steps[0]))))
    elif isinstance(tree, dict):
        for n in range(1, len(steps) + 1):
            if (name := ".".join(steps[:n])) in tree:
                yield from _reached(tree[name], steps[n:], (*at, name))


def _read(asked: Asked) -> SecretStr:
    path = asked.folder / asked.name.partition("#")[0]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{asked.text}: {path} cannot be read: {error.strerror}") from None
    return value_in(content, asked)


SCHEME = Scheme("sops", _read, waits=True)
