"""Who is at an address that dcmanager says has to prove itself before it is sent a password. Real TLS, on loopback.

As on StarlingX a site's certificate is made by an authority of the site's own, which the distributed cloud's root made
(starlingx/ansible-playbooks setup-subcloud-adminep-certs), and names its address.
"""

import ssl
from contextlib import asynccontextmanager

import pytest
import trustme
from aiohttp.test_utils import TestServer

from reconciler.clients.derived import load_derived
from reconciler.clients.endpoints import Credentials, Endpoint, Password
from reconciler.clients.http import open_session
from reconciler.clients.site import late_site, service_opener
from reconciler.model.central import Addresses, Subcloud
from reconciler.model.errors import ConfigError, Failure, Unreachable
from reconciler.model.words import Reach
from tests.clients.conftest import QUICKLY

ADDRESS = "127.0.0.1"
OTTAWA = Subcloud("ottawa-2", "4f", 1, "managed", "online", "complete", "26.03", addresses=Addresses(start=ADDRESS))
WHO = Credentials(username="admin", password=Password(secret_ref="env:CENTRE"))
CENTRE = Endpoint(name="systemController", auth_url="https://centre", credentials=WHO)


@pytest.fixture(scope="module")
def root():
    return trustme.CA()


@pytest.fixture
def https(site):
    """The site behind TLS at the address, with a certificate of this authority for this name."""

    @asynccontextmanager
    async def serving(authority, name=ADDRESS):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(context)
        server = TestServer(site.app(), scheme="https")
        await server.start_server(ssl=context)
        try:
            yield server.port
        finally:
            await server.close()

    return serving


class Found:
    """A site that was found at one endpoint."""

    def __init__(self, endpoint):
        self.site, self.services, self._endpoint = endpoint.name, endpoint.services, endpoint

    async def endpoint(self):
        return self._endpoint

    def doubt(self):
        """It stays there."""


@pytest.fixture
async def read(tmp_path, clock, root, monkeypatch):
    """One read of the derived site whose services are at this port, with the root as the operator's bundle."""
    monkeypatch.setenv("CENTRE", "iron")
    root.cert_pem.write_to_path(tmp_path / "root.pem")
    file = tmp_path / "endpoints.yaml"
    async with open_session() as session:

        async def one(port, bundle="root.pem"):
            at = f'"https://{{address}}:{port}"'
            file.write_text(
                f"derived: {{admin: {{caBundle: {bundle}, authUrl: {at}, services: {{platform: {at}}}}}}}", "utf-8"
            )
            endpoint = load_derived(file).endpoint(Reach.ADMIN, OTTAWA, OTTAWA.addresses.start, CENTRE)
            clients = late_site(Found(endpoint), service_opener(session, clock, QUICKLY))
            return await clients.platform.get("/v1/isystems")

        yield one


async def test_a_site_of_this_cloud_is_believed_by_the_root_alone(https, read, root, site):
    async with https(root.create_child_ca()) as port:
        assert await read(port) == {}
    assert len(site.token_requests) == 1


async def test_anybody_else_at_the_address_is_told_nothing(https, read, site):
    async with https(trustme.CA()) as port:
        with pytest.raises(Unreachable) as caught:
            await read(port)
    error = caught.value
    assert (error.failure, error.sent, site.token_requests) == (Failure.TLS, False, [])
    assert str(error).startswith("ottawa-2: ")
    assert "its certificate is not accepted" in str(error)
    assert "Check caBundle in the endpoints file" in str(error)


async def test_a_server_of_this_cloud_at_an_address_that_its_certificate_does_not_name_is_not_believed(
    https, read, root, site
):
    async with https(root, "ottawa-3.example.com") as port:
        with pytest.raises(Unreachable, match=rf"not accepted: .*{ADDRESS}"):
            await read(port)
    assert site.token_requests == []


async def test_a_bundle_that_is_not_there_is_named_and_nothing_is_sent(https, read, root, site):
    async with https(root) as port:
        with pytest.raises(ConfigError, match=r"caBundle .*gone.pem: cannot be read"):
            await read(port, "gone.pem")
    assert site.token_requests == []
