"""The line of one visit to one controller: how long it may take, whom it trusts, how much it takes in.

sushy leaves three things open that a fleet cannot: a controller that sends a byte now and then holds its thread for
ever, an answer may be of any size, and a redirect takes the session's token along to whoever it names.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from sushy import exceptions
from sushy.connector import Connector

from reconciler.clients.redfish.boards import BoardLimits

LARGEST_ANSWER = 16 * 1024 * 1024
PIECE = 64 * 1024
# What goes wrong is said by us: sushy's own lines quote whatever a controller sent.
logging.getLogger("sushy").setLevel(logging.CRITICAL + 1)


class Late(requests.exceptions.Timeout):
    """The visit has had its time."""


class Line(Connector):  # type: ignore[misc] # sushy says no types
    """sushy's connector with an end. ca: a PEM file, or folder, of whom to trust; fingerprint: trusted instead.

    is_over: whether nobody waits for it any more.
    """

    def __init__(
        self, url: str, limits: BoardLimits, is_over: Callable[[], bool], *, ca: str = "", fingerprint: str = ""
    ) -> None:
        # one try each: the pause between two belongs to who visits, not to a thread that sleeps
        super().__init__(
            url, server_side_retries=1, default_request_timeout=limits.read_s, connect_timeout=limits.connect_s
        )
        self._ends, self._is_over = time.monotonic() + limits.visit_s, is_over
        self._ours = urlsplit(url)[:2]
        self._session = _SameOrigin()
        self._session.trust_env = False  # neither a proxy nor a .netrc of whoever runs us
        self._session.headers["Connection"] = "close"
        self._verify = False if fingerprint else (ca or _machines_cas())
        adapter = _Bounded(self._left_s, fingerprint)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def _left_s(self) -> float:
        return 0.0 if self._is_over() else self._ends - time.monotonic()

    def _op(self, method: str, path: str = "", *args: Any, **kwargs: Any) -> Any:
        """Every request of sushy's goes through here, and stays with the controller whatever its documents link to."""
        if urlsplit(path).netloc and urlsplit(path)[:2] != self._ours:
            raise exceptions.SushyError(f"one of its links leads to {urlsplit(path).netloc}, and is not followed")
        return super()._op(method, path, *args, **kwargs)

    def document(self, path: str) -> Any:
        """A document that sushy has no class for."""
        return self.get(path).json()


def _machines_cas() -> str | bool:
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or True


class _SameOrigin(requests.Session):
    """Follows a controller within itself only."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        ours, theirs = urlsplit(resp.url), urlsplit(target or "")
        return target if not theirs.netloc or ours[:2] == theirs[:2] else None


class _Bounded(HTTPAdapter):
    """Reads an answer to its end, while there is time and room."""

    def __init__(self, left_s: Callable[[], float], fingerprint: str) -> None:
        self._left_s = left_s
        self._pinned: dict[str, Any] = {"assert_fingerprint": fingerprint} if fingerprint else {}
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **kwargs, **self._pinned)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if self._left_s() <= 0:
            raise Late("no time was left for it")
        connect_s, read_s = kwargs["timeout"]
        kwargs["timeout"] = (min(connect_s, self._left_s()), min(read_s, self._left_s()))
        response = super().send(request, *args, **kwargs)
        try:
            response._content = self._whole(response.raw)  # noqa: SLF001 - where requests keeps it
        finally:
            response.raw.close()
            response.raw.release_conn()
        response._content_consumed = True  # noqa: SLF001
        return response

    def _whole(self, raw: Any) -> bytes:
        body = bytearray()
        try:
            while piece := raw.read1(PIECE, decode_content=True):
                body += piece
                if self._left_s() <= 0:
                    raise Late(f"{len(body)} bytes had come when its time was over")
                if len(body) > LARGEST_ANSWER:
                    raise requests.exceptions.ContentDecodingError(f"more than {LARGEST_ANSWER} bytes")
        except urllib3.exceptions.TimeoutError as error:
            raise requests.exceptions.ReadTimeout(error) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise requests.exceptions.ChunkedEncodingError(error) from error
        return bytes(body)
