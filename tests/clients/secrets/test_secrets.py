"""Secrets come by reference and are shown to nobody: not in errors, not in a repr, not in a log."""

import logging
import traceback

import pytest
from aiohttp import web
from pydantic import SecretStr

from reconciler.clients.keystone import TokenBroker
from reconciler.clients.secrets import masked, resolve
from reconciler.model.errors import ConfigError, ReconcilerError
from tests.clients.conftest import PASSWORD, endpoint_at, fault, following, reply


@pytest.fixture
def secret_file(tmp_path):
    def written(content, mode=0o600):
        path = tmp_path / "password"
        path.write_bytes(content)
        path.chmod(mode)
        return path

    return written


def test_from_the_environment(tmp_path):
    assert resolve("env:SC_1", tmp_path, {"SC_1": "iron"}) == SecretStr("iron")


@pytest.mark.parametrize("environ", [{}, {"SC_1": ""}])
def test_an_unset_variable_is_named(tmp_path, environ):
    with pytest.raises(ConfigError, match="env:SC_1: the environment variable SC_1 is not set, or empty"):
        resolve("env:SC_1", tmp_path, environ)


@pytest.mark.parametrize("content", [b"iron", b"iron\n", b"iron\r\n"])
def test_from_a_file_without_its_line_end(secret_file, tmp_path, content):
    secret_file(content)
    assert resolve("file:password", tmp_path) == SecretStr("iron")


def test_spaces_belong_to_a_password(secret_file, tmp_path):
    secret_file(b" ir on \n")
    assert resolve("file:password", tmp_path) == SecretStr(" ir on ")


def test_an_absolute_path_is_taken_as_it_is(secret_file, tmp_path):
    path = secret_file(b"iron")
    assert resolve(f"file:{path}", tmp_path / "elsewhere") == SecretStr("iron")


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o666])
def test_a_file_that_everybody_may_read_or_write_is_refused(secret_file, tmp_path, mode):
    path = secret_file(b"iron", mode)
    with pytest.raises(ConfigError, match=f"everybody on this machine may read or write {path}. chmod o= {path}"):
        resolve("file:password", tmp_path)


@pytest.mark.parametrize(
    ("content", "complaint"), [(b"", "is empty"), (b"\n", "is empty"), (b"\xff\xfe", "cannot be read: it is not UTF-8")]
)
def test_a_file_without_a_password_is_refused(secret_file, tmp_path, content, complaint):
    secret_file(content)
    with pytest.raises(ConfigError, match=complaint):
        resolve("file:password", tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"file:nothing: .*nothing cannot be read: No such file or directory"):
        resolve("file:nothing", tmp_path)


def test_another_scheme_is_refused(tmp_path):
    with pytest.raises(
        ConfigError, match=r"given as env:NAME, file:PATH, sops:.* or vault:.*, not as what is there"
    ) as no:
        resolve("keyring:iron", tmp_path)
    assert "iron" not in str(no.value)


def test_masking_leaves_no_value_and_no_empty_hole():
    assert masked("user admin password iron", [SecretStr("iron"), SecretStr("")]) == "user admin password ***"


# A service that echoes everything it is sent, in every way that it may fail.


async def _hang_up(request):
    request.transport.abort()
    return web.Response()


def _echo(status):
    async def service(request):
        return fault(f"bad request: {(await request.read()).decode()} {dict(request.headers)}", status)

    return service


async def _not_json(request):
    return web.Response(body=str(request.headers).encode() + await request.read())


WAYS = [_echo(400), _echo(401), _echo(403), _echo(409), _echo(500), _echo(503), _not_json, _hang_up]
BODY = {"bm_password": SecretStr("wrought-iron")}


def said_by(error: BaseException) -> str:
    """Everything that an error could bring into a log."""
    chain = []
    while error is not None:
        chain += [str(error), repr(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    return "\n".join(chain)


@pytest.mark.parametrize("way", WAYS, ids=[f"answer-{n}" for n in range(len(WAYS))])
@pytest.mark.parametrize("where", ["keystone", "platform"])
async def test_no_secret_is_in_any_error_or_log(site, clients, caplog, way, where):
    caplog.set_level(logging.DEBUG)
    setattr(site, where, way)
    with pytest.raises(ReconcilerError) as caught:
        await clients.platform.send("POST", "/v1/ihosts", BODY)
    said = said_by(caught.value) + "".join(traceback.format_exception(caught.value)) + caplog.text
    for secret in (PASSWORD, "wrought-iron", "token-1"):
        assert secret not in said


async def test_no_secret_is_in_any_repr(site, clients, endpoint, monkeypatch):
    await clients.platform.send("POST", "/v1/ihosts", BODY)
    broker: TokenBroker = clients.platform._broker
    token = await broker.token()
    request = clients.platform._request("GET", "/v1/x", 1.0, "")
    for thing in (endpoint, endpoint.password(), token, request, clients, vars(broker), vars(clients.platform)):
        assert PASSWORD not in repr(thing)
        assert "token-1" not in repr(thing)


async def test_a_password_is_masked_where_keystone_repeats_it(site, clients):
    site.keystone = following(reply({"error": {"code": 400, "message": f"'{PASSWORD}' is too short"}}, 400))
    with pytest.raises(ReconcilerError, match=r"'\*\*\*' is too short"):
        await clients.platform.get("/v1/isystems")


async def test_a_rotated_password_is_used_without_a_restart(site, open_clients, clock, secret_file, tmp_path):
    path = secret_file(b"old")
    entry = endpoint_at(site.url, folder=tmp_path)
    credentials = entry.credentials.model_copy(
        update={"password": entry.credentials.password.model_copy(update={"secret_ref": "file:password"})}
    )
    clients = await open_clients(entry.model_copy(update={"credentials": credentials}))
    await clients.platform.get("/v1/isystems")
    path.write_text("new")
    clock.time += 3600
    await clients.platform.get("/v1/isystems")
    used = [r["auth"]["identity"]["password"]["user"]["password"] for r in site.token_requests]
    assert used == ["old", "new"]


def test_a_line_of_a_file_is_masked_too_and_a_common_word_is_not():
    key = SecretStr("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nno\n-----END PRIVATE KEY-----")
    assert masked("bad line MIGHAgEAMBMGByqGSM49: no key", [key]) == "bad line ***: no key"
