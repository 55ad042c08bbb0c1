"""The way to one forge: one request at a time, as its limits allow, with the token of the moment.

Where it said "not now", or does not know the token any more, nothing is sent before that may have changed.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

import aiohttp
import orjson
from pydantic import BaseModel, SecretStr, ValidationError
from yarl import URL

from reconciler.clients import tls
from reconciler.clients.clock import Clock
from reconciler.clients.forges.errors import (
    ForgeBusyError,
    ForgeDarkError,
    ForgeError,
    ForgeRefusedError,
    TokenRefusedError,
    TooLongError,
)
from reconciler.clients.forges.limits import closed_until, used_up_until
from reconciler.clients.forges.pages import next_page
from reconciler.clients.forges.settings import ForgeFile
from reconciler.clients.forges.words import refusal
from reconciler.clients.http import USER_AGENT
from reconciler.clients.message import Answer
from reconciler.clients.patience import QUICK, Patience
from reconciler.clients.secrets import masked
from reconciler.clients.transport import failure_of, in_words
from reconciler.model.errors import Failure

LARGEST_ANSWER = 16 * 1024 * 1024
MOST_PAGES = 100
REMEMBERED = 128  # answers by their ETag ...
REMEMBERED_BYTES = 256 * 1024  # ... of at most so many bytes
GAP_S = 1.0  # between two writes (github/docs best-practices-for-using-the-rest-api.md)
S = TypeVar("S", bound=BaseModel)
SERVERS_FAULT = frozenset({500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Waits:
    """How long an answer is waited for, and how a read is asked again."""

    answer_s: float = 30.0
    connect_s: float = 10.0
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. path: below the API's address, its variable parts quoted already."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Line:
    """Requests to one forge, one after another. Belongs to one event loop. headers: what its API wants to be told."""

    def __init__(
        self,
        settings: ForgeFile,
        session: aiohttp.ClientSession,
        clock: Clock,
        waits: Waits | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.settings, self._session, self._clock = settings, session, clock
        self._waits, self._headers = waits or Waits(), headers or {}
        self._turn = asyncio.Lock()
        self._closed_until = 0.0
        self._refusals = 0  # limits met in a row
        self._refused = ""  # digest of the token that opened nothing, and what was said of it
        self._why_refused = ""
        self._token = SecretStr("")  # what was sent last, to be masked where it comes back
        self._wrote_at = float("-inf")
        self._seen: OrderedDict[str, Answer] = OrderedDict()

    async def one(self, form: type[S], path: str, **query: str) -> S:
        """What stands at a path. Raises ForgeError."""
        ask = Ask("GET", path, query=query)
        return self._shaped(ask, form, self._value(ask, await self._read(ask, self._url(ask), is_whole=True)))

    async def all(self, form: type[S], path: str, **query: str) -> list[S]:
        """A list to its end. Raises ForgeError, also for a list that has none."""
        ask, rows = Ask("GET", path, query=query), list[S]()
        url: URL | None = self._url(ask)
        for _ in range(MOST_PAGES):
            if url is None:
                return rows
            answer = await self._read(ask, url)
            rows += [self._shaped(ask, form, row) for row in self._rows(ask, answer)]
            url = self._next(ask, url, answer)
        raise self._dark(ask, Failure.GARBLED, f"more than {MOST_PAGES} pages")

    async def write(self, form: type[S], method: str, path: str, body: Mapping[str, Any]) -> S:
        """Send once; what came of it. Raises ForgeError; ForgeDarkError where it may have taken effect."""
        ask = Ask(method, path, body)
        async with self._turn:
            await self._space()
            answer = await self._asked(ask, self._url(ask))
        return self._shaped(ask, form, self._value(ask, self._well(ask, answer)))

    # ---- one exchange

    async def _read(self, ask: Ask, url: URL, *, is_whole: bool = False) -> Answer:
        """is_whole: it is no page of a list, which may be as it was while another page has come after it."""
        for pause in self._waits.patience.pauses():
            try:
                return await self._read_once(ask, url, is_whole)
            except ForgeDarkError as error:
                if error.failure not in QUICK:
                    raise
            await self._clock.sleep(pause)
        return await self._read_once(ask, url, is_whole)

    async def _read_once(self, ask: Ask, url: URL, is_whole: bool) -> Answer:
        async with self._turn:
            known = self._seen.get(str(url))
            answer = await self._asked(ask, url, {"If-None-Match": known.headers["ETag"]} if known else {})
        if answer.status == 304 and known:
            return known
        answer = self._well(ask, answer)
        if is_whole and "ETag" in answer.headers and len(answer.body) <= REMEMBERED_BYTES:
            self._remember(str(url), answer)
        return answer

    def _remember(self, url: str, answer: Answer) -> None:
        self._seen[url] = answer
        self._seen.move_to_end(url)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def _space(self) -> None:
        """Writes are not sent one upon another."""
        if (wait_s := self._wrote_at + GAP_S - self._clock.now()) > 0:
            await self._clock.sleep(wait_s)
        self._wrote_at = self._clock.now()

    async def _asked(self, ask: Ask, url: URL, more: Mapping[str, str] | None = None) -> Answer:
        token = self._token = await self.settings.secret_now()
        self._may_ask(ask, token)
        answer = await self._exchanged(ask, url, token, more or {})
        self._note(ask, answer, token)
        return answer

    def _may_ask(self, ask: Ask, token: SecretStr) -> None:
        if self._refused == _digest(token):
            raise TokenRefusedError(self.settings.shown, str(ask), self._why_refused)
        if self._clock.now() < self._closed_until:
            raise self._busy(ask)

    def _note(self, ask: Ask, answer: Answer, token: SecretStr) -> None:
        """What the answer says of the token, and of when to ask again. Raises TokenRefusedError, ForgeBusyError."""
        now = self._clock.now()
        if answer.status == 401:
            self._refused = _digest(token)
            self._why_refused = refusal(answer.body, token) or "401"
            self.settings.forget_secret()
            raise TokenRefusedError(self.settings.shown, str(ask), self._why_refused)
        if (until := closed_until(answer, now, self._refusals)) is not None:
            self._refusals, self._closed_until = self._refusals + 1, until
            raise self._busy(ask)
        self._refusals, self._closed_until = 0, used_up_until(answer, now) or 0.0

    async def _exchanged(self, ask: Ask, url: URL, token: SecretStr, more: Mapping[str, str]) -> Answer:
        body = None if ask.body is None else orjson.dumps(ask.body)
        try:
            return await self._sent(ask, url, body, {**self._said(token), **more})
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            detail = in_words(error, self._waits.answer_s)
            raise self._dark(ask, failure_of(error), detail) from None  # its own words may hold headers

    async def _sent(self, ask: Ask, url: URL, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        timeout = aiohttp.ClientTimeout(total=self._waits.answer_s, connect=self._waits.connect_s)
        verify = tls.context(self.settings.ca_bundle)
        async with self._session.request(
            ask.method, url, data=body, headers=headers, ssl=verify, timeout=timeout, allow_redirects=False
        ) as response:
            read = bytearray()
            async for chunk in response.content.iter_any():
                read += chunk
                if len(read) > LARGEST_ANSWER:
                    raise self._dark(ask, Failure.GARBLED, f"more than {LARGEST_ANSWER} bytes")
            return Answer(response.status, bytes(read), response.headers)

    def _said(self, token: SecretStr) -> dict[str, str]:
        return {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "Authorization": f"Bearer {token.get_secret_value()}",
            **self._headers,
        }

    # ---- what an answer means

    def _well(self, ask: Ask, answer: Answer) -> Answer:
        if 200 <= answer.status < 300:
            return answer
        said = refusal(answer.body, self._token) or "no reason given"
        if answer.status in SERVERS_FAULT:
            raise self._dark(ask, Failure.UNAVAILABLE, f"{answer.status} {said}")
        if 300 <= answer.status < 400:
            place = URL(answer.headers.get("Location", "")).with_query(None)
            raise self._refused_error(
                ask, answer.status, f"it is at {masked(str(place), (self._token,))} now: say so in the forge file"
            )
        raise self._refused_error(ask, answer.status, said)

    def _refused_error(self, ask: Ask, status: int, said: str) -> ForgeError:
        kind = TooLongError if status == 413 or _is_too_long(said) else ForgeRefusedError
        return kind(self.settings.shown, str(ask), said, status)

    def _value(self, ask: Ask, answer: Answer) -> Any:
        try:
            return orjson.loads(answer.body)
        except ValueError:
            raise self._dark(ask, Failure.GARBLED, "an answer that is no JSON") from None

    def _rows(self, ask: Ask, answer: Answer) -> Sequence[Any]:
        rows = self._value(ask, answer)
        if not isinstance(rows, list):
            raise self._dark(ask, Failure.GARBLED, "an answer that is no list")
        return rows

    def _shaped(self, ask: Ask, form: type[S], value: Any) -> S:
        try:
            return form.model_validate(value)
        except ValidationError as error:
            [first, *_] = error.errors(include_url=False, include_input=False, include_context=False)
            where = ".".join(map(str, first["loc"]))
            raise self._dark(ask, Failure.GARBLED, f"an answer of another form: {where}: {first['msg']}") from None

    def _next(self, ask: Ask, url: URL, answer: Answer) -> URL | None:
        try:
            return next_page(url, answer)
        except ValueError as error:
            raise self._dark(ask, Failure.GARBLED, str(error)) from None

    def _busy(self, ask: Ask) -> ForgeBusyError:
        wait_s = max(0.0, self._closed_until - self._clock.now())
        said = f"its limit of requests is used up; it is asked again in {wait_s:.0f} s"
        return ForgeBusyError(self.settings.shown, str(ask), said, self._closed_until)

    def _dark(self, ask: Ask, failure: Failure, detail: str) -> ForgeDarkError:
        return ForgeDarkError(self.settings.shown, str(ask), f"no usable answer ({failure}): {detail}", failure)

    def _url(self, ask: Ask) -> URL:
        url = URL(f"{self.settings.api}/{ask.path}", encoded=True)
        return url.update_query(ask.query) if ask.query else url


def _digest(token: SecretStr) -> str:
    return sha256(token.get_secret_value().encode()).hexdigest()


def _is_too_long(said: str) -> bool:
    """GitHub: `Body is too long (maximum is 65536 characters)`; GitLab: `Note is too long (maximum is 1000000 ...)`."""
    return "too long" in said.lower()
