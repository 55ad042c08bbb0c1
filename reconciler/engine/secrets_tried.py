"""Every secret that Git names, read once: whether it is there, never what it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

from reconciler.clients import Reveal
from reconciler.desired import SecretNamed
from reconciler.model.errors import ConfigError
from reconciler.model.reference import IN_DOCUMENTS, IN_DOCUMENTS_IN_WORDS

AT_ONCE = 8  # whoever keeps them is asked by so many
FORM = re.compile(IN_DOCUMENTS)


def tried(named: Collection[SecretNamed], reveal: Reveal) -> Mapping[SecretNamed, ConfigError]:
    """What is wrong with each that cannot be read, at its place. Equal references are read once, several at a time."""
    references = sorted({one.reference for one in named})
    with ThreadPoolExecutor(AT_ONCE) as threads:
        wrong = dict(zip(references, threads.map(lambda each: _wrong(each, reveal), references), strict=True))
    return {one: ConfigError(wrong[one.reference], one.origin) for one in named if wrong[one.reference]}


def _wrong(reference: str, reveal: Reveal) -> str:
    """Nothing of what stands there is said unless it is a reference: it may be the secret itself."""
    if not FORM.fullmatch(reference):
        return f"must be {IN_DOCUMENTS_IN_WORDS}, not what is there"
    try:
        reveal(reference)
    except ConfigError as error:
        return str(error)
    return ""
