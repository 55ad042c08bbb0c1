"""`sops:PATH#KEY` in a document, with a relative path: a file that the site-config repository has itself, encrypted.

It is read of the commit that is rendered, never of a work tree, so that a controller that follows a remote repository
needs no clone beside it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import SecretStr

from reconciler.clients.secrets.scheme import Asked
from reconciler.clients.secrets.sops import value_in
from reconciler.model import reference as forms
from reconciler.model.errors import ConfigError

SCHEME = "sops:"
_FORM = re.compile(forms.COMMITTED)


def is_committed(reference: str) -> bool:
    """Whether it names a file of the repository."""
    return reference.startswith(SCHEME) and not reference.startswith(f"{SCHEME}/")


def of_repository(
    reference: str, content: Callable[[str], bytes], environ: Mapping[str, str] | None = None
) -> SecretStr:
    """The value. content: of a path from the root. Raises ConfigError, never with a value, and what `content` raises."""
    if not _FORM.fullmatch(reference):
        raise ConfigError(f"{reference}: must be sops:PATH#KEY, with a path from the root that does not lead out of it")
    name = reference.removeprefix(SCHEME)
    asked = Asked(reference, name, Path(), os.environ if environ is None else environ)
    return value_in(content(name.partition("#")[0]), asked)
