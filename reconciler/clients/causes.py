"""What is below an error of requests: urllib3's and the operating system's, which tell what happened. Pure.

requests and urllib3 keep what they caught as `__context__`, as `reason` or among their arguments.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Sequence

from requests.exceptions import RequestException


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it came from."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if each is None or each in seen:
            continue
        seen.append(each)
        yield each
        own = [getattr(each, "reason", None), *each.args]
        waiting += [each.__cause__, each.__context__, *(one for one in own if isinstance(one, BaseException))]


def deepest(causes: Sequence[BaseException], otherwise: str) -> str:
    """The operating system's own words, or TLS's."""
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted: {cause.verify_message}"
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, RequestException):
            return re.sub(r"^\[.*?\] ", "", cause.strerror)
    return otherwise
