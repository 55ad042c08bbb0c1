"""Many sites ask for their secrets at once: each is read once, and the event loop goes on meanwhile."""

import asyncio
from threading import Event, current_thread

import pytest
from pydantic import SecretStr

from reconciler.clients import bodies
from reconciler.clients.endpoints import Credentials, Endpoint, Password
from reconciler.clients.secrets import in_thread, vault_server
from reconciler.engine.notifiers.slack import Slack
from reconciler.engine.unsealed import read_ahead
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError, Unauthorized
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.secret import SecretRef
from reconciler.model.snapshot import Snapshot
from tests.clients.conftest import endpoint_at, reply
from tests.model.notices import notice

SITES = 200
KINDS = registry()


@pytest.fixture
def environment(vault, monkeypatch):
    """That of the process: a controller's."""
    for name, value in vault.environ(VAULT_TOKEN=vault.token()).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def reads(monkeypatch):
    """What was read of Vault, by which thread; held until `go`."""
    found, real = [], vault_server._kv
    found_go = Event()

    def held(client, mount, below):
        found.append((below, current_thread().name))
        assert found_go.wait(60)
        return real(client, mount, below)

    monkeypatch.setattr(vault_server, "_kv", held)
    return found, found_go


def entry(reference: str, url: str = "https://192.0.2.1:5000") -> Endpoint:
    return endpoint_at(url, credentials=Credentials(username="admin", password=Password(secret_ref=reference)))


async def goes_on(task: asyncio.Task[object]) -> None:
    """Others are served while it waits."""
    for _ in range(1000):
        await asyncio.sleep(0)
    assert not task.done()


async def test_sites_that_share_a_secret_read_it_once_and_nobody_waits_on_the_loop(vault, environment, reads):
    found, go = reads
    vault.keep("many/shared", password="iron")
    everybody = asyncio.gather(*(entry("vault:secret/many/shared#password").password_now() for _ in range(SITES)))
    await goes_on(everybody)
    go.set()
    assert await everybody == [SecretStr("iron")] * SITES
    assert [path for path, _ in found] == ["many/shared"]
    assert found[0][1].startswith("secret")


async def test_sites_with_a_secret_each_read_each_once(vault, environment, reads):
    found, go = reads
    for n in range(20):
        vault.keep(f"many/{n}", password=f"iron-{n}")
    asked = [entry(f"vault:secret/many/{n % 20}#password").password_now() for n in range(SITES)]
    everybody = asyncio.gather(*asked)
    await goes_on(everybody)
    go.set()
    assert await everybody == [SecretStr(f"iron-{n % 20}") for n in range(SITES)]
    assert sorted(path for path, _ in found) == sorted(f"many/{n}" for n in range(20))


async def test_who_waits_for_a_secret_keeps_no_thread_of_others(vault, environment, reads):
    _, go = reads
    vault.keep("many/held", password="iron")
    everybody = asyncio.gather(*(entry("vault:secret/many/held#password").password_now() for _ in range(SITES)))
    await goes_on(everybody)
    async with asyncio.timeout(30):
        assert await asyncio.to_thread(lambda: 1) == 1
    go.set()
    await everybody


async def test_a_body_is_made_without_holding_the_loop(vault, environment, reads):
    _, go = reads
    vault.keep("many/body", password="iron")
    body = {"bm_password": SecretRef("vault:secret/many/body#password")}
    made = asyncio.ensure_future(bodies.encoded_now(body))
    await goes_on(made)
    go.set()
    assert (await made)[0] == b'{"bm_password":"iron"}'


async def test_a_look_asks_for_its_secrets_before_it_compares(vault, environment, reads):
    found, go = reads
    vault.keep("many/paper", password="a licence")
    commit = said_with("vault:secret/many/paper#password")
    ahead = asyncio.ensure_future(read_ahead([commit, commit], KINDS, bodies.reveal))
    await goes_on(ahead)
    go.set()
    reveal = await ahead
    assert reveal("vault:secret/many/paper#password") == SecretStr("a licence")
    assert len(found) == 1


def said_with(reference: str) -> Snapshot:
    """What a commit says whose licence is there."""
    licence = KINDS["licence"]
    resource = Resource(ResourceKey("licence", ""), licence.spec(secret="paper", reference=reference))
    return Snapshot("ottawa", {resource.key: resource})


async def test_a_fault_in_a_thread_is_told_to_who_waits():
    with pytest.raises(ConfigError, match="env:NOBODY_SET_THIS"):
        await in_thread(lambda: bodies.reveal("env:NOBODY_SET_THIS"))


async def test_a_password_that_keystone_does_not_take_is_read_anew(vault, environment, site, open_clients, clock):
    vault.keep("many/rotated", password="old")
    clients = await open_clients(entry("vault:secret/many/rotated#password", site.url))
    await clients.platform.get("/v1/isystems")
    vault.keep("many/rotated", password="new")
    site.keystone = refusing(site, "old")
    clock.time += 3600
    await clients.platform.get("/v1/isystems")
    assert [used(each) for each in site.token_requests] == ["old", "old", "new"]


async def test_a_password_that_was_not_changed_is_tried_once(vault, environment, site, open_clients):
    vault.keep("many/wrong", password="old")
    clients = await open_clients(entry("vault:secret/many/wrong#password", site.url))
    site.keystone = refusing(site, "old")
    with pytest.raises(Unauthorized):
        await clients.platform.get("/v1/isystems")
    assert len(site.token_requests) == 1


async def test_a_wrong_password_is_told_though_its_keeper_is_away_by_then(vault, environment, site, open_clients):
    vault.keep("many/away", password="old")
    clients = await open_clients(entry("vault:secret/many/away#password", site.url))
    site.keystone = refusing(site, "old")
    await entry("vault:secret/many/away#password").password_now()
    with vault.sealed(), pytest.raises(Unauthorized):
        await clients.platform.get("/v1/isystems")


def refusing(site, password):
    async def keystone(_request):
        if used(site.token_requests[-1]) == password:
            return reply({"error": {"code": 401, "message": "no", "title": "Unauthorized"}}, 401)
        return site.grant()

    return keystone


def used(request) -> str:
    return request["auth"]["identity"]["password"]["user"]["password"]


def test_a_notifier_asks_anew_for_what_a_server_refused(vault, environment, tmp_path):
    vault.keep("many/hook", url="https://192.0.2.1/old")
    notifier = Slack.model_validate(
        {"name": "slack", "type": "slack", "url": {"secretRef": "vault:secret/many/hook#url"}}
    )
    assert notifier.waits
    assert notifier.letter([notice()], tmp_path, 0.0).url == "https://192.0.2.1/old"
    vault.keep("many/hook", url="https://192.0.2.1/new")
    assert notifier.letter([notice()], tmp_path, 0.0).url == "https://192.0.2.1/old"
    notifier.forget(tmp_path)
    assert notifier.letter([notice()], tmp_path, 0.0).url == "https://192.0.2.1/new"
