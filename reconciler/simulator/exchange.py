"""What goes over the wire, as values: a request, a response, and the fault that ends a request early.

How sysinv writes errors: a JSON object whose only key, ``error_message``, holds a JSON *text* with faultcode,
faultstring and debuginfo (starlingx/config ``api/middleware/parsable_error.py``; 404 and 405 of the router itself
are shaped differently).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, with its path below the service's root (``/v1/idns``) and its query taken apart."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    base: str = "http://platform:6385"

    def header(self, name: str) -> str | None:
        """The header's value whatever the case of its name, or None where it was not sent."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Response:
    """Status, JSON body (or text), headers. A body of None with status 204 is an empty body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None

    def content(self) -> bytes:
        """The bytes that are sent."""
        if self.text is not None:
            return self.text.encode()
        return b"" if self.status == 204 else json.dumps(self.body).encode()

    @property
    def content_type(self) -> str | None:
        """Sysinv sends none with its faults and none with an empty body."""
        if "Content-Type" in self.headers:
            return self.headers["Content-Type"]
        if self.text is not None:
            return "text/plain"
        return None if "error_message" in (self.body or ()) or self.status == 204 else JSON_TYPE


class Fault(Exception):  # noqa: N818  StarlingX's word
    """A refusal, as sysinv gives it: status and English text. Whatever the handler changed before it is undone.

    ``kept`` is for the refusals after which the real server keeps what was written (a host action that VIM or
    mtce refused leaves ihost_action set: sysinv-api.md 8).
    """

    def __init__(self, status: int, text: str, *, code: str | None = None, kept: bool = False) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.code = code or ("Server" if status >= 500 else "Client")
        self.kept = kept

    def response(self) -> Response:
        inner = {"faultcode": self.code, "faultstring": self.text, "debuginfo": None}
        return Response(self.status, {"error_message": json.dumps(inner)})


def refuse(text: str, status: int = 400) -> Fault:
    """The fault to raise; most refusals are 400 (``ClientSideError``)."""
    return Fault(status, text)


def no_such_path() -> Response:
    """The router's own 404 has only a faultstring (sysinv-api.md 1)."""
    text = "The server returned a 404. The resource could not be found."
    return Response(404, {"error_message": json.dumps({"faultstring": text})})


def no_such_method(allowed: str) -> Response:
    inner = {"code": 405, "title": "Method Not Allowed", "description": ""}
    return Response(405, {"error_message": json.dumps(inner)}, {"Allow": allowed})
