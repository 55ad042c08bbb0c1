r"""An answer that is no success, as one of our errors. Pure.

sysinv puts JSON into JSON: `{"error_message": "{\"faultstring\": ...}"}`, sometimes plain text, and `title` alone for
405 (sysinv/api/middleware/parsable_error.py; recorded). Keystone says `{"error": {"message": ...}}`. A gateway or
keystonemiddleware answer in HTML or plain text, and an error inside sysinv's own error handling is a traceback.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

from pydantic import SecretStr

from reconciler.clients.json import decode
from reconciler.clients.message import Answer, Request
from reconciler.clients.secrets import masked
from reconciler.model.errors import (
    Busy,
    Failure,
    ReconcilerError,
    Refused,
    Unauthorized,
    Unreachable,
    asks_to_wait,
    complaints,
)

LONGEST = 500  # characters of a fault that are shown: some are whole SQL statements
DEEPEST = 6  # wrappers around the words; sysinv has two
GATEWAY = frozenset({502, 503, 504})  # haproxy, or keystonemiddleware that does not reach Keystone
NOT_NOW = frozenset({408, 429})


def not_its_own(answer: Answer) -> bool:
    """Whether somebody between us and the service answered: a gateway, or whoever redirects."""
    return answer.status in GATEWAY or 300 <= answer.status < 400


def error_of(answer: Answer, request: Request, site: str) -> ReconcilerError:
    """What an answer outside 2xx means. A gateway may have passed the request on."""
    fault = fault_text(answer.body, request.secrets)
    if answer.status in GATEWAY:
        return unreachable(request, site, Failure.UNAVAILABLE, f"{answer.status} {fault}".strip())
    if not_its_own(answer):
        return garbled(request, site, f"{answer.status}, a redirect to {answer.headers.get('Location', 'nowhere')}")
    kind = _kind(answer.status, fault)
    return kind(request.service, request.method, request.path, answer.status, fault, site, request.host)


def upload_error(value: Any, request: Request, site: str) -> Refused | None:
    """What an upload's answer complains of: its handlers say `error` under a 200 (sysinv certificate.py, license.py)."""
    fault = value.get("error") if isinstance(value, dict) else ""
    if not fault:
        return None
    words = masked(str(fault), request.secrets)[:LONGEST]
    return Refused(request.service, request.method, request.path, 200, words, site, request.host)


def unreachable(request: Request, site: str, failure: Failure, detail: str, *, sent: bool = True) -> Unreachable:
    """No usable answer to this request. What changes nothing has no effect to look for."""
    effect, words = sent and not request.repeatable, masked(detail, request.secrets)
    return Unreachable(request.service, request.method, request.path, failure, words, effect, site, request.host)


def garbled(request: Request, site: str, detail: str) -> Unreachable:
    """An answer that is not what this service says."""
    return unreachable(request, site, Failure.GARBLED, detail)


def _kind(status: int, fault: str) -> type[Refused | Busy | Unauthorized]:
    if status == 401:
        return Unauthorized
    return Busy if status in NOT_NOW or asks_to_wait(fault) else Refused


def fault_text(body: bytes, secrets: Iterable[SecretStr] = ()) -> str:
    """The words of a refusal, whatever they are wrapped in, without these secrets; "" if there are none."""
    text = body.decode("utf-8", "replace")
    words = masked(" ".join(masked(_words(text), secrets := tuple(secrets)).split()), secrets)
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"


def _words(text: str, depth: int = 0) -> str:
    try:
        value = decode(text.encode())
    except ValueError:
        return _plain(text)
    return _said(value, depth)


def _said(value: Any, depth: int) -> str:
    """`faultstring`, `message` or `title`, at the depth where it is."""
    if depth > DEEPEST:
        return ""
    if isinstance(value, str):
        return _words(value, depth + 1) if value.lstrip().startswith("{") else _plain(value)
    if not isinstance(value, dict):
        return ""
    for wrapper in ("error_message", "error"):
        if value.get(wrapper):
            return _said(value[wrapper], depth + 1)
    said = (value.get(name) for name in ("faultstring", "message", "description", "title"))
    return next((str(text) for text in said if text), "")


def _plain(text: str) -> str:
    """Text for people: the last line of a traceback, HTML without its marks."""
    if "Traceback (most recent call last)" in text:
        return text.strip().splitlines()[-1]
    if re.search(r"<\s*(html|body|h1|title)\b", text, re.IGNORECASE):
        body = re.sub(r"(?is)<(head|style|script)\b.*?</\1>", " ", text)
        return html.unescape(re.sub(r"<[^>]+>", " ", body))
    return complaints(text) if "[Fail]" in text else text
