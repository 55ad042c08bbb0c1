"""What a forge says of a refusal, in one line. Pure.

GitHub: `message`, and `errors` with a message each (docs.github.com rest/using-the-rest-api/troubleshooting); GitLab:
`message` as a text, a list, or a mapping of fields to lists, or `error` (gitlabhq/gitlabhq doc/api/rest/troubleshooting.md);
Gitea: `message`. What stands before them answers in HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from pydantic import SecretStr

from reconciler.clients.faults import LONGEST, fault_text
from reconciler.clients.secrets import masked

NAMES = ("message", "error", "error_description", "errors")


def refusal(body: bytes, *secrets: SecretStr) -> str:
    """The words, without these secrets; "" if there are none."""
    try:
        value = orjson.loads(body)
    except ValueError:
        return fault_text(body, secrets)
    text = masked("; ".join(dict.fromkeys(_said(value))), secrets)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _said(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, list) and depth < 4:
        for one in value:
            yield from _said(one, depth + 1)
    elif isinstance(value, dict) and depth < 4:
        known = [name for name in NAMES if value.get(name)]
        for name, member in value.items():
            if name in known:
                yield from _said(member, depth + 1)
            elif not known and isinstance(member, list):  # a field, and what is wrong with it
                yield from (f"{name} {text}" for text in _said(member, depth + 1))
