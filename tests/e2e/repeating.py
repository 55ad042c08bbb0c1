"""Services that take nothing, and repeat all that they were sent: a web server and a mail server."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import SMTP, AuthResult

ECHO = "repeated:"


class Repeating:
    """A server of messages, and of pull requests. asked: what it was sent; bodies: the messages alone."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.bodies: list[bytes] = []

    async def repeat(self, request: web.Request) -> web.Response:
        body = await request.read()
        said = f"{ECHO} {request.method} {request.url} {dict(request.headers)} {body.decode()}"
        self.asked.append(said)
        self.bodies.append(body)
        return web.json_response({"message": said}, status=422)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/{path:.*}", self.repeat)
        async with TestServer(app) as server:
            yield str(server.make_url("")).rstrip("/")


class Postbox:
    """Lets nobody in, and repeats his password."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def let_in(self, _server, _session, _envelope, _mechanism, given) -> AuthResult:
        said = given.password.decode()
        self.given.append(said)
        coded = base64.b64encode(given.password).decode()
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 {ECHO} {said} {coded}")

    @asynccontextmanager
    async def served(self) -> AsyncIterator[int]:
        def answering() -> SMTP:
            return SMTP(self, authenticator=self.let_in, auth_require_tls=False)

        server = await asyncio.get_running_loop().create_server(answering, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await server.wait_closed()
