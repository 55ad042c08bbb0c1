"""One owner API of a site (sysinv, and FM alike): objects, whole lists, and writes that are sent once.

Facts: starlingx/config sysinv/api; what was seen on a running server is in the tests' words.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

from reconciler.clients.bodies import Reveal, encoded_now, reveal
from reconciler.clients.faults import error_of, garbled, upload_error
from reconciler.clients.http import Limits
from reconciler.clients.json import decode, without_links
from reconciler.clients.keystone import Token
from reconciler.clients.message import Answer, Request
from reconciler.model.errors import Unreachable
from reconciler.model.secret import Upload
from reconciler.model.words import Service

Row = Mapping[str, Any]
Query = tuple[tuple[str, str], ...]
MOST_PAGES = 500  # of 2000 rows: sysinv's api_limit_max


class Way(Protocol):
    """How requests get to a site, and answers back; `http.Line` is one."""

    site: str
    limits: Limits

    async def exchange(self, request: Request) -> Answer:
        """The service's own answer, of whatever status. Raises Unreachable or ConfigError."""
        ...


class Tokens(Protocol):
    """Who gives tokens of a site; `keystone.TokenBroker` is one."""

    async def token(self) -> Token:
        """A token that will not end soon. Raises ReconcilerError."""
        ...

    async def renewed(self, rejected: Token) -> Token:
        """A token other than one that a service has rejected. Raises as `token`."""
        ...


class OwnerApi(Protocol):
    """One service of a site, wherever it is; `PlatformClient` is one, and says what these do and raise."""

    @property
    def site(self) -> str:
        """Whose service it is."""
        ...

    async def get(self, path: str, *, host: str = "") -> Any: ...

    async def list(self, path: str, items: str, *, host: str = "") -> tuple[Row, ...]: ...

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout_s: float | None = None,
        host: str = "",
        ends: bool = False,
    ) -> Any: ...


class PlatformClient:
    """One service of a site. Paths begin with /v1; every call has a time-out and a slot of the site's line.

    All methods raise Refused, Busy, Unauthorized or Unreachable, or ConfigError where the endpoints file is at fault.
    `host` is the name that an error shall carry.
    """

    def __init__(
        self,
        url: str,
        line: Way,
        broker: Tokens,
        service: Service | str = Service.PLATFORM,
        *,
        reveal: Reveal = reveal,
    ) -> None:
        # The catalogue's URL ends in /v1 (stx-puppet, sysinv api), and so does every path begin: either form is taken.
        self._url = url.removesuffix("/v1")
        self._line = line
        self._broker = broker
        self._service = str(service)
        self._reveal = reveal

    @property
    def site(self) -> str:
        """Whose service it is."""
        return self._line.site

    async def get(self, path: str, *, host: str = "") -> Any:
        """One object, without its `links`."""
        request = self._request("GET", path, self._line.limits.read_s, host)
        return without_links(self._value(await self._authorized(request), request))

    async def list(self, path: str, items: str, *, host: str = "") -> tuple[Row, ...]:
        """Every row of a collection, over all its pages. Never part of a list: what is not complete is an error.

        items: the key that holds them; "" where the answer is the list.
        """
        rows: list[Row] = []
        async for page, request in self._pages(path, host):
            rows += self._rows(page, items, request)
        return tuple(rows)

    async def _pages(self, path: str, host: str) -> AsyncIterator[tuple[Any, Request]]:
        seen: list[Query] = []
        query: Query | None = ()
        while query is not None:
            request = self._request("GET", _with(path, query), self._line.limits.read_s, host)
            if query in seen or len(seen) >= MOST_PAGES:
                raise garbled(request, self._line.site, f"its pages do not end after {len(seen)}")
            seen.append(query)
            page = without_links(self._value(await self._authorized(request), request))
            yield page, request
            query = _next_query(page)

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout_s: float | None = None,
        host: str = "",
        ends: bool = False,
    ) -> Any:
        """The answer to a write, or None where there is none. Sent once: a missing answer is Unreachable with `sent`.

        Secrets in the body, and those that it refers to, are shown to the service alone. An upload that the service
        did not want is Refused, although it answers 200. Raises ConfigError where a secret cannot be read.
        ends: the connection ends with the answer.
        """
        request = self._request(method, path, timeout_s or self._longest_s(path), host)
        if body is not None:
            content, secrets, form = await encoded_now(body, self._reveal)
            request = replace(request, body=content, secrets=secrets, headers={"Content-Type": form})
        if ends:
            request = replace(request, headers={**request.headers, "Connection": "close"})
        answer = await self._authorized(request)
        value = without_links(self._value(answer, request)) if answer.body else None
        if isinstance(body, Upload) and (error := upload_error(value, request, self._line.site)):
            raise error
        return value

    def _request(self, method: str, path: str, timeout_s: float, host: str) -> Request:
        if not path.startswith("/"):
            raise ValueError(f"a path begins with /: {path}")
        return Request(self._service, method, f"{self._url}{path}", path, timeout_s, method == "GET", host)

    async def _authorized(self, request: Request) -> Answer:
        """A successful answer. A 401 is answered once with a fresh token: a token may be revoked at any time."""
        token = await self._broker.token()
        answer = await self._line.exchange(_with_token(request, token))
        if answer.status == 401:
            token = await self._broker.renewed(token)
            answer = await self._line.exchange(_with_token(request, token))
        if not 200 <= answer.status < 300:
            raise error_of(answer, _with_token(request, token), self._line.site)
        return answer

    def _value(self, answer: Answer, request: Request) -> Any:
        with suppress(ValueError):
            return decode(answer.body)
        # Raised out here: the ValueError holds the body, which may repeat a secret, and would hang on to this.
        raise garbled(request, self._line.site, f"{answer.status} with what is not JSON")

    def _rows(self, page: Any, items: str, request: Request) -> Iterator[Row]:
        rows = page if not items else page.get(items) if isinstance(page, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._no_list(items, page, request)
        yield from rows

    def _no_list(self, items: str, page: Any, request: Request) -> Unreachable:
        found = ", ".join(page) if isinstance(page, dict) else type(page).__name__
        return garbled(request, self._line.site, f"no list of {items} in it, but {found}")

    def _longest_s(self, path: str) -> float:
        """How long a write may take: one on a host asks VIM, maintenance and SM inside the request."""
        limits = self._line.limits
        return limits.action_s if _ON_A_HOST.fullmatch(path) else limits.write_s


_ON_A_HOST = re.compile(r"/v1/ihosts(/[^/?]+)?(\?.*)?")


def _with_token(request: Request, token: Token) -> Request:
    headers = {**request.headers, "X-Auth-Token": token.value.get_secret_value()}
    return replace(request, headers=headers, secrets=(*request.secrets, token.value))


def _with(path: str, query: Query) -> str:
    """A path with more parameters, which win over its own of the same name."""
    parts = urlsplit(path)
    own = (pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in dict(query))
    return f"{parts.path}?{urlencode([*own, *query])}" if query else path


def _next_query(page: Mapping[str, Any]) -> Query | None:
    """The parameters of the next page; None after the last.

    Only they are used. The link's host is the one that sysinv sees, not the one that we reach; and its path is that of
    the global list even for a host's own (collection.py get_next: hardly a caller gives its url), where /v1/partitions
    answers with an empty list and /v1/iinterfaces with a refusal.
    """
    link = page.get("next") if isinstance(page, Mapping) else None
    return tuple(parse_qsl(urlsplit(link).query, keep_blank_values=True)) if isinstance(link, str) and link else None
