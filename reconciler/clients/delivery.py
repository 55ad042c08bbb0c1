"""A message handed to the server that takes it. Slow and dead servers cost their own time only."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from pydantic import SecretStr

from reconciler.clients.http import USER_AGENT
from reconciler.clients.secrets import masked
from reconciler.model.errors import ReconcilerError
from reconciler.model.letter import Letter, Mail, Post

TIMEOUT_S = 20.0
TOO_MANY = 429
SHOWN = 200  # characters of an answer that says why
READ = 64 << 10  # bytes of it: what is cut off is not recognised
SHORTEST = 6  # characters of an address or a header that are worth hiding


@dataclass(eq=False)
class NotTakenError(ReconcilerError):
    """A message was not taken. is_final: asked again, it is refused again. after_s: when the server wants it again."""

    why: str
    is_final: bool = False
    after_s: float | None = None

    def __str__(self) -> str:
        return self.why


@asynccontextmanager
async def open_postbag() -> AsyncIterator[aiohttp.ClientSession]:
    """The session of the process for messages: sites have another, which counts on what only they do."""
    headers = {"User-Agent": USER_AGENT}
    async with aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


async def deliver(letter: Letter, session: aiohttp.ClientSession) -> None:
    """Hand it over once. Raises NotTakenError, whose words hold neither address nor secret."""
    if isinstance(letter, Post):
        await _post(letter, session)
    else:
        await asyncio.to_thread(_mail, letter)


async def _post(letter: Post, session: aiohttp.ClientSession) -> None:
    try:
        async with session.post(
            letter.url,
            data=letter.body,
            headers=letter.headers,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            allow_redirects=False,  # a message is for who was named
        ) as answer:
            if answer.status >= 300:
                raise _refusal(answer, await answer.content.read(READ), _secrets(letter))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise NotTakenError(type(error).__name__) from None  # its own words hold the address


def _secrets(letter: Post) -> tuple[SecretStr, ...]:
    """What must not come back: the address, what of it tells more than the host, and the headers, by their words."""
    parts = urlsplit(letter.url)
    steps = (*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query)), parts.password or "")
    words = (word for value in letter.headers.values() for word in value.split())
    telling = (word for word in (*steps, *words) if len(word) >= SHORTEST)
    return tuple(map(SecretStr, (letter.url, f"{parts.path}?{parts.query}", *telling)))


def _refusal(answer: aiohttp.ClientResponse, said: bytes, secrets: tuple[SecretStr, ...]) -> NotTakenError:
    is_final = answer.status < 500 and answer.status not in (408, TOO_MANY)
    wants = answer.headers.get("Retry-After", "")
    text = masked(" ".join(masked(said.decode(errors="replace"), secrets).split()), secrets)[:SHOWN]
    return NotTakenError(f"{answer.status} {text}".strip(), is_final, float(wants) if wants.isdigit() else None)


def _mail(letter: Mail) -> None:
    try:
        _hand_over(letter)
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        text = masked(said, (SecretStr(letter.password),))[:SHOWN]
        raise NotTakenError(f"{error.smtp_code} {text}", is_final=error.smtp_code >= 500) from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise NotTakenError(f"no recipient was taken ({codes[0]})", is_final=min(codes) >= 500) from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotTakenError(type(error).__name__) from None


def _hand_over(letter: Mail) -> None:
    context = ssl.create_default_context()
    if letter.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(letter.host, letter.port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(letter.host, letter.port, timeout=TIMEOUT_S)
    with server:
        if letter.security == "starttls":
            server.starttls(context=context)
        if letter.username:
            server.login(letter.username, letter.password)
        server.send_message(_message(letter))


def _message(letter: Mail) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = letter.sender, ", ".join(letter.recipients)
    message["Subject"], message["Date"] = letter.subject, formatdate()
    message["Message-ID"] = make_msgid(domain=letter.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    message.set_content(letter.text)
    return message
