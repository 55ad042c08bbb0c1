"""Certificates are verified against the site's own CA, and name the address that is called."""

import os
import ssl
from contextlib import asynccontextmanager

import pytest
import trustme
from aiohttp.test_utils import TestServer

from reconciler.clients import tls
from reconciler.model.errors import ConfigError, Failure, Unreachable
from tests.clients.conftest import endpoint_at


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def stranger():
    return trustme.CA()


@pytest.fixture
def bundle(tmp_path):
    """A CA as a PEM file beside the endpoints file."""

    def written(ca):
        ca.cert_pem.write_to_path(tmp_path / "ca.pem")
        return tmp_path / "ca.pem"

    return written


@pytest.fixture
def https(site):
    """The site behind TLS, with a certificate for this name."""

    @asynccontextmanager
    async def serving(ca, name="127.0.0.1"):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        ca.issue_cert(name).configure_cert(context)
        server = TestServer(site.app(), scheme="https")
        await server.start_server(ssl=context)
        try:
            yield f"https://127.0.0.1:{server.port}"
        finally:
            await server.close()

    return serving


@pytest.fixture
def call(open_clients, bundle, monkeypatch):
    """One read from the site at this URL, trusting this CA."""
    monkeypatch.setenv("SC_0412", "iron")

    async def called(url, trusted=None):
        ca = {"folder": bundle(trusted).parent, "ca_bundle": "ca.pem"} if trusted else {}
        return await (await open_clients(endpoint_at(url, **ca))).platform.get("/v1/isystems")

    return called


async def test_the_sites_own_ca_is_trusted(https, call, authority):
    async with https(authority) as url:
        assert await call(url, authority) == {}


async def test_another_ca_is_not(https, call, authority, stranger):
    async with https(authority) as url:
        with pytest.raises(Unreachable) as caught:
            await call(url, stranger)
    error = caught.value
    assert (error.failure, error.sent) == (Failure.TLS, False)
    assert "its certificate is not accepted: unable to get local issuer certificate" in str(error)
    assert "Check caBundle in the endpoints file" in str(error)


async def test_no_password_is_sent_where_the_certificate_is_not_accepted(site, https, call, authority, stranger):
    async with https(authority) as url:
        with pytest.raises(Unreachable):
            await call(url, stranger)
    assert site.token_requests == []


async def test_without_a_bundle_the_machines_cas_decide(https, call, authority):
    async with https(authority) as url:
        with pytest.raises(Unreachable) as caught:
            await call(url)
    assert caught.value.failure is Failure.TLS


async def test_a_certificate_for_another_name_is_not_accepted(https, call, authority):
    async with https(authority, "sc-0413.example") as url:
        with pytest.raises(Unreachable, match=r"certificate is not accepted: .*127.0.0.1") as caught:
            await call(url, authority)
    assert caught.value.failure is Failure.TLS


async def test_plain_http_behind_an_https_url_is_a_failure_of_tls(site, call, authority):
    with pytest.raises(Unreachable) as caught:
        await call(site.url.replace("http:", "https:"), authority)
    assert (caught.value.failure, caught.value.sent) == (Failure.TLS, False)


async def test_a_tls_failure_is_not_tried_again(https, call, clock, authority, stranger):
    async with https(authority) as url:
        with pytest.raises(Unreachable):
            await call(url, stranger)
    assert clock.slept == []


def test_verification_cannot_be_turned_off(authority, bundle):
    for context in (tls.context(None), tls.context(bundle(authority))):
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_context_is_made_once_for_a_bundle(authority, bundle):
    path = bundle(authority)
    assert tls.context(path) is tls.context(path)


def test_a_replaced_bundle_is_read_again(authority, bundle):
    path = bundle(authority)
    before = tls.context(path)
    os.utime(path, (1, 1))
    assert tls.context(path) is not before


def test_a_missing_bundle_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"caBundle .*none.pem: cannot be read: No such file or directory"):
        tls.context(tmp_path / "none.pem")


def test_a_bundle_without_a_certificate_is_named(tmp_path):
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(ConfigError, match=r"caBundle .*ca.pem: holds no certificate in PEM form"):
        tls.context(tmp_path / "ca.pem")
