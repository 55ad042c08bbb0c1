"""Messages handed to real servers on loopback: one of HTTP, one of mail."""

from __future__ import annotations

import asyncio
from email import message_from_bytes

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import SMTP

from reconciler.clients.delivery import NotTakenError, deliver, open_postbag
from reconciler.model.letter import Mail, Post


@pytest.fixture
async def session():
    async with open_postbag() as opened:
        yield opened


async def answered(session, answer):
    """What becomes of a message that is answered so."""
    got = []

    async def take(request):
        got.append((await request.read(), request.headers["X-Who"]))
        return answer

    app = web.Application()
    app.router.add_post("/s3cret", take)
    async with TestServer(app) as server:
        await deliver(Post(str(server.make_url("/s3cret")), b"said", {"X-Who": "stxr"}), session)
    return got


async def test_a_message_is_taken(session):
    assert await answered(session, web.Response(status=202)) == [(b"said", "stxr")]


@pytest.mark.parametrize(
    ("answer", "is_final", "after_s"),
    [
        (web.Response(status=404, text="no_such_hook"), True, None),
        (web.Response(status=302, headers={"Location": "http://192.0.2.1/"}), True, None),
        (web.Response(status=429, headers={"Retry-After": "30"}, text="slow down"), False, 30.0),
        (web.Response(status=503, text="down"), False, None),
    ],
)
async def test_what_is_not_taken_says_whether_to_try_again_and_when(session, answer, is_final, after_s):
    with pytest.raises(NotTakenError) as refused:
        await answered(session, answer)
    assert (refused.value.is_final, refused.value.after_s) == (is_final, after_s)
    assert "s3cret" not in str(refused.value)


async def test_a_server_that_is_not_there_is_tried_again_and_its_address_not_told(session):
    with pytest.raises(NotTakenError) as refused:
        await deliver(Post("http://127.0.0.1:1/s3cret", b""), session)
    assert (refused.value.is_final, "s3cret" in str(refused.value)) == (False, False)


class Postbox:
    """Takes mail for everybody but one."""

    def __init__(self) -> None:
        self.taken = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - its name is aiosmtpd's
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.taken.append(message_from_bytes(envelope.content))
        return "250 taken"


@pytest.fixture
async def postbox():
    box = Postbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
    await server.wait_closed()


def mail(port, recipient="noc@example.com", **said):
    facts = {"subject": "3 sites drifted", "text": "dns … 10.9.9.9\n", "security": "none"} | said
    return Mail("127.0.0.1", port, "stxr@example.com", (recipient,), **facts)


async def test_a_mail_is_taken(session, postbox):
    await deliver(mail(postbox.port), session)
    (message,) = postbox.taken
    assert (message["To"], message["Subject"]) == ("noc@example.com", "3 sites drifted")
    assert message["Auto-Submitted"] == "auto-generated"
    assert "10.9.9.9" in message.get_payload(decode=True).decode()


async def test_a_recipient_that_there_is_not_is_not_tried_again(session, postbox):
    with pytest.raises(NotTakenError, match="no recipient was taken") as refused:
        await deliver(mail(postbox.port, "nobody@example.com"), session)
    assert refused.value.is_final


async def test_a_line_that_cannot_be_closed_gets_no_password(session, postbox):
    with pytest.raises(NotTakenError, match="SMTPNotSupportedError"):
        await deliver(mail(postbox.port, security="starttls", username="stxr", password="pass"), session)
    assert postbox.taken == []


async def test_a_server_of_messages_that_repeats_what_it_was_sent_tells_neither_address_nor_key(session):
    async def echo(request):
        return web.Response(status=400, text=f"{request.headers['Authorization']} {request.path_qs} {request.url}")

    app = web.Application()
    app.router.add_post("/hooks/s3cretpath", echo)
    async with TestServer(app) as server:
        url = str(server.make_url("/hooks/s3cretpath?key=s3cretquery"))
        with pytest.raises(NotTakenError) as refused:
            await deliver(Post(url, b"", {"Authorization": "Bearer s3crettoken"}), session)
    assert "400" in str(refused.value)
    assert "s3cret" not in str(refused.value)
