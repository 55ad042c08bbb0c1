"""What can happen on the way: every failure has its word, and says whether the request may have taken effect."""

import asyncio
import socket
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from reconciler.clients.http import USER_AGENT, Limits, open_session
from reconciler.clients.site import open_site
from reconciler.model.errors import Failure, Unreachable
from tests.clients.conftest import FakeClock, endpoint_at, reply

WRITE = ("PATCH", "/v1/ihosts/6b1d", [{"op": "replace", "path": "/action", "value": "lock"}])


def test_the_agent_is_not_taken_for_maintenance_or_vim():
    assert USER_AGENT.startswith("stx-reconciler/")


@asynccontextmanager
async def raw(talk):
    """A listener that behaves badly; `talk(reader, writer)` is what it does with each connection."""
    talks = set()

    async def connected(reader, writer):
        talks.add(asyncio.current_task())
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


@pytest.fixture
async def platform_at(site, endpoint, open_clients):
    """A client whose Keystone is well and whose platform is at the given URL."""

    async def opened(url, **options):
        at = endpoint.model_copy(update={"services": {"platform": url}})
        return (await open_clients(at, **options)).platform

    return opened


async def caught(awaitable):
    with pytest.raises(Unreachable) as error:
        await awaitable
    return error.value


def unused_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


async def test_nobody_listens(platform_at):
    platform = await platform_at(f"http://127.0.0.1:{unused_port()}")
    error = await caught(platform.send(*WRITE))
    assert (error.failure, error.sent) == (Failure.REFUSED, False)
    assert "sc-0412: platform gave no usable answer to PATCH /v1/ihosts/6b1d (refused)" in str(error)


async def test_no_such_name(platform_at):
    error = await caught((await platform_at("http://sc-0412.invalid:6385")).send(*WRITE))
    assert (error.failure, error.sent) == (Failure.DNS, False)


async def test_a_connection_that_is_reset_before_the_answer(platform_at):
    async def reset(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    async with raw(reset) as url:
        error = await caught((await platform_at(url)).send(*WRITE))
    assert (error.failure, error.sent) == (Failure.BROKEN, True)
    assert "it may have taken effect" in str(error)


async def test_an_answer_that_breaks_off(platform_at):
    async def half(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"uuid": "1c')
        await writer.drain()

    async with raw(half) as url:
        error = await caught((await platform_at(url)).send(*WRITE))
    assert (error.failure, error.sent) == (Failure.BROKEN, True)


async def test_what_does_not_speak_http(platform_at):
    async def ssh(_reader, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await writer.drain()

    async with raw(ssh) as url:
        error = await caught((await platform_at(url)).send(*WRITE))
    assert (error.failure, error.sent) == (Failure.BROKEN, True)


@pytest.mark.parametrize("body", [b'{"uuid": "1c', b"<html>Sign in to the network</html>", b"\xff\xfe"])
async def test_a_whole_answer_that_is_not_json(site, clients, body):
    site.answers(web.Response(body=body))
    error = await caught(clients.platform.send(*WRITE))
    assert (error.failure, error.sent) == (Failure.GARBLED, True)


async def test_a_service_that_never_answers(platform_at):
    async def silent(reader, writer):
        await reader.read()

    async with raw(silent) as url:
        platform = await platform_at(url, action_s=0.1, read_s=0.1)
        write, read = await caught(platform.send(*WRITE)), await caught(platform.get("/v1/isystems"))
    assert (write.failure, read.failure) == (Failure.TIMEOUT, Failure.TIMEOUT)
    assert (write.sent, read.sent) == (True, False)  # a read has no effect to look for


async def test_an_answer_that_trickles_is_bounded_too(platform_at):
    async def trickle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.01)

    async with raw(trickle) as url:
        error = await caught((await platform_at(url, read_s=0.2)).get("/v1/isystems"))
    assert error.failure is Failure.TIMEOUT


@asynccontextmanager
async def full_backlog():
    """An address where connecting hangs: a listener that accepts nobody, with its queue full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for each in waiting:
            each.close()


async def test_a_site_that_cannot_be_connected_to_was_sent_nothing(platform_at):
    async with full_backlog() as url:
        error = await caught((await platform_at(url, connect_s=0.1)).send(*WRITE))
    assert (error.failure, error.sent) == (Failure.TIMEOUT, False)
    assert "nobody could be connected to in time" in str(error)


async def test_a_dead_site_costs_one_time_out_however_much_waits(platform_at):
    asked = []
    async with full_backlog() as url:
        platform = await platform_at(url, connect_s=0.1, connections=2, observer=lambda *what: asked.append(what))
        calls = (platform.get(f"/v1/ihosts/{n}") for n in range(30))
        ends = await asyncio.gather(*calls, return_exceptions=True)
    assert {(type(e), e.failure, e.sent) for e in ends} == {(Unreachable, Failure.TIMEOUT, False)}
    assert [what[:3] for what in asked if what[0] == "platform"] == [("platform", "GET", "timeout")] * 2


async def test_a_slow_answer_costs_those_that_wait_nothing(site, open_clients):
    clients = await open_clients(connections=1, read_s=0.2)

    async def platform(request):
        if request.path == "/v1/addresses":
            await asyncio.sleep(2)  # the slowness is the subject
        return reply({})

    site.platform = platform
    calls = (clients.platform.get(path) for path in ("/v1/addresses", "/v1/idns", "/v1/intp"))
    slow, *others = await asyncio.gather(*calls, return_exceptions=True)
    assert (slow.failure, others) == (Failure.TIMEOUT, [{}, {}])


async def test_a_dead_site_takes_nothing_from_the_others(site, endpoint):
    """One session for both; the dead one's calls hang while the other's go on."""
    limits = Limits(connect_s=30, connections=2)
    async with full_backlog() as url, open_session() as session:
        dead = endpoint.model_copy(update={"name": "dead", "services": {"platform": url}})
        async with open_site(dead, _shared(session), FakeClock(), limits) as dark:
            async with open_site(endpoint, _shared(session), FakeClock(), limits) as light:
                hanging = [asyncio.create_task(dark.platform.get(f"/v1/x/{n}")) for n in range(20)]
                found = await asyncio.gather(*(light.platform.get(f"/v1/y/{n}") for n in range(20)))
                assert (len(found), any(t.done() for t in hanging)) == (20, False)
            for task in hanging:
                task.cancel()
            await asyncio.wait(hanging)


def _shared(session):
    @asynccontextmanager
    async def factory():
        yield session

    return factory


async def test_as_many_at_once_as_it_has_connections_and_no_more(site, open_clients):
    clients, together = await open_clients(connections=3), asyncio.Barrier(3)
    now = most = 0

    async def counted(_request):
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await together.wait()  # for ever, if they came one by one
        now -= 1
        return reply({})

    site.platform = counted
    await asyncio.gather(*(clients.platform.get(f"/v1/x/{n}") for n in range(30)))
    assert most == 3


# Again, and not again


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
async def test_a_write_is_never_sent_twice(platform_at, method):
    seen = []

    async def reset(reader, writer):
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.transport.abort()

    async with raw(reset) as url:
        await caught((await platform_at(url)).send(method, "/v1/routes/9f00"))
    assert len(seen) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_write_on_a_kept_connection_is_never_sent_twice(platform_at, method):
    """aiohttp would repeat these by itself."""
    seen = []

    async def once(reader, writer):
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.transport.abort()

    async with raw(once) as url:
        platform = await platform_at(url)
        await platform.get("/v1/routes")
        error = await caught(platform.send(method, "/v1/routes/9f00"))
    assert (error.sent, [line.split()[0].decode() for line in seen]) == (True, ["GET", method])


async def test_a_read_is_asked_again_after_what_fails_at_once(platform_at, clock):
    seen = []

    async def third_time(reader, writer):
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        if len(seen) < 3:
            writer.transport.abort()
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + b'{"a": 12}')
        await writer.drain()

    async with raw(third_time) as url:
        assert await (await platform_at(url)).get("/v1/isystems") == {"a": 12}
    assert clock.slept == [0.5, 1.0]


async def test_a_read_that_timed_out_has_had_its_time(platform_at, clock):
    async def silent(reader, writer):
        await reader.read()

    async with raw(silent) as url:
        await caught((await platform_at(url, read_s=0.05)).get("/v1/isystems"))
    assert clock.slept == []


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_in_place_of_the_service(site, clients, status):
    site.answers(web.Response(status=status, text="<html><body><h1>No server is available</h1></body></html>"))
    error = await caught(clients.platform.send(*WRITE))
    assert (error.failure, error.sent) == (Failure.UNAVAILABLE, True)
    assert f"{status} No server is available" in str(error)
    assert len(site.asked) == 1


async def test_a_redirect_is_not_followed_with_our_token(site, clients):
    site.answers(web.Response(status=302, headers={"Location": "http://elsewhere.example/login"}))
    error = await caught(clients.platform.get("/v1/isystems"))
    assert error.failure is Failure.GARBLED
    assert "302, a redirect to http://elsewhere.example/login" in str(error)
    assert len(site.asked) == 1


async def test_an_answer_without_end_is_not_kept(site, clients, monkeypatch):
    monkeypatch.setattr("reconciler.clients.http.LARGEST_ANSWER", 1000)
    site.answers(web.Response(body=b" " * 1001))
    error = await caught(clients.platform.get("/v1/isystems"))
    assert "more than 1000 bytes" in str(error)


async def test_every_request_is_told_to_the_observer(site, open_clients):
    told = []
    clients = await open_clients(observer=lambda *what: told.append(what))
    await clients.platform.get("/v1/isystems")
    site.answers(web.Response(status=409))
    with pytest.raises(Exception, match="409"):
        await clients.platform.send("POST", "/v1/routes", {})
    assert [what[:3] for what in told] == [
        ("keystone", "POST", "2xx"),
        ("platform", "GET", "2xx"),
        ("platform", "POST", "4xx"),
    ]
    assert all(0 <= what[3] < 5 for what in told)


async def test_cookies_are_not_kept(site, clients):
    site.answers(web.Response(text="{}", headers={"Set-Cookie": "session=1; Path=/"}), {})
    await clients.platform.get("/v1/isystems")
    await clients.platform.get("/v1/isystems")
    assert "Cookie" not in site.asked[1].headers


async def test_a_session_of_its_own_is_closed_at_the_end(site, endpoint):
    opened = []

    @asynccontextmanager
    async def factory():
        async with open_session() as session:
            opened.append(session)
            yield session

    async with open_site(endpoint, factory, FakeClock()) as clients:
        await clients.platform.get("/v1/isystems")
        assert not opened[0].closed
    assert opened[0].closed


async def test_an_entry_without_the_platform_is_a_fault_of_the_file(site):
    with pytest.raises(Exception, match=r"endpoints.sc-0412.services has no platform"):
        async with open_site(endpoint_at(site.url, services={"usm": site.url})):
            pass


async def test_the_session_trusts_no_environment(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with open_session() as session:
        assert isinstance(session, aiohttp.ClientSession)
        assert not session.trust_env
