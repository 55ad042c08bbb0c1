"""From a reference to its value. A scheme is one file of this package, and one line here."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import SecretStr, StringConstraints

from reconciler.clients.secrets import env, file, sops, vault
from reconciler.clients.secrets.scheme import Asked, Scheme
from reconciler.model import reference as forms
from reconciler.model.errors import ConfigError

SecretReference = Annotated[str, StringConstraints(pattern=forms.ANY)]
SCHEMES: Mapping[str, Scheme] = {one.name: one for one in (env.SCHEME, file.SCHEME, sops.SCHEME, vault.SCHEME)}
# Who keeps secrets and does not answer holds these, and nobody else's threads.
_THREADS = ThreadPoolExecutor(8, "secret")
T = TypeVar("T")


def resolve(reference: str, folder: Path, environ: Mapping[str, str] | None = None) -> SecretStr:
    """The value behind a reference; relative files are beside `folder`. Raises ConfigError, never with a value.

    It may wait for a service, or decrypt a file: on an event loop, `off_the_loop` asks for it.
    """
    name, _, rest = reference.partition(":")
    if name not in SCHEMES:
        # what stands there may be the secret itself
        raise ConfigError(f"a secret is given as {forms.IN_WORDS}, not as what is there", str(folder))
    return SCHEMES[name].read(Asked(reference, rest, folder, os.environ if environ is None else environ))


def forget(reference: str, folder: Path, environ: Mapping[str, str] | None = None) -> None:
    """What it names did not open what it should: it may have been changed, so what is kept of it is read anew."""
    name, _, rest = reference.partition(":")
    if name in SCHEMES:
        SCHEMES[name].forget(Asked(reference, rest, folder, os.environ if environ is None else environ))


def waits(reference: str) -> bool:
    """Whether reading it may take a while."""
    scheme = SCHEMES.get(reference.partition(":")[0])
    return scheme is not None and scheme.waits


async def off_the_loop(reference: str, read: Callable[[], SecretStr]) -> SecretStr:
    """What `read` gives, for this reference; in a thread where that may wait."""
    return await in_thread(read) if waits(reference) else read()


async def in_thread(work: Callable[[], T]) -> T:
    """What reads secrets and may wait for them, in a thread that is for nothing else."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
