"""What was read of Vault is kept for a while, read once for many, and a server that is dead is not asked by each of them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from reconciler.clients.secrets import vault_line, vault_server
from reconciler.clients.secrets.vault_line import NotTold
from reconciler.clients.secrets.vault_server import FAILED_S, KEPT_S, VaultServer
from reconciler.clients.secrets.vault_settings import vault_settings


@pytest.fixture
def server(vault, now):
    return VaultServer(vault_settings(vault.environ(VAULT_TOKEN=vault.token())), now)


@pytest.fixture
def asked(monkeypatch):
    """Every read of a KV engine; `hold` keeps them from their end."""
    reads, real = [], vault_server._kv

    def counted(client, mount, below):
        reads.append(below)
        return real(client, mount, below)

    monkeypatch.setattr(vault_server, "_kv", counted)
    return reads


def test_a_secret_that_was_changed_is_used_after_a_few_minutes(vault, server, now):
    vault.keep("ran/minutes", password="old")
    server.secret("secret/ran/minutes")
    vault.keep("ran/minutes", password="new")
    now.at += KEPT_S - 1
    assert server.secret("secret/ran/minutes") == {"password": "old"}
    now.at += 1
    assert server.secret("secret/ran/minutes") == {"password": "new"}


def test_version_1_says_itself_how_long_a_secret_may_be_kept(vault, now):
    vault.root.sys.enable_secrets_engine("kv", path="brief", options={"version": "1"})
    vault.root.secrets.kv.v1.create_or_update_secret("a", {"password": "old", "ttl": "30s"}, mount_point="brief")
    server = VaultServer(vault_settings(vault.environ(VAULT_TOKEN=vault.root.token)), now)
    server.secret("brief/a")
    vault.root.secrets.kv.v1.create_or_update_secret("a", {"password": "new", "ttl": "30s"}, mount_point="brief")
    now.at += 30
    assert server.secret("brief/a")["password"] == "new"


def test_what_is_forgotten_is_read_anew(vault, server):
    vault.keep("ran/forgotten", password="old")
    server.secret("secret/ran/forgotten")
    vault.keep("ran/forgotten", password="new")
    server.forget("secret/ran/forgotten")
    assert server.secret("secret/ran/forgotten") == {"password": "new"}


def test_what_was_not_there_is_asked_for_again_soon(vault, server, now):
    with pytest.raises(NotTold):
        server.secret("secret/ran/late")
    vault.keep("ran/late", password="iron")
    now.at += FAILED_S
    assert server.secret("secret/ran/late") == {"password": "iron"}


def test_a_mount_that_became_one_of_version_2_is_read_as_that(vault, now):
    vault.root.sys.enable_secrets_engine("kv", path="turned", options={"version": "1"})
    server = VaultServer(vault_settings(vault.environ(VAULT_TOKEN=vault.root.token)), now)
    vault.root.secrets.kv.v1.create_or_update_secret("a", {"password": "old"}, mount_point="turned")
    assert server.secret("turned/a")["password"] == "old"
    vault.root.sys.disable_secrets_engine("turned")
    vault.root.sys.enable_secrets_engine("kv", path="turned", options={"version": "2"})
    vault.root.secrets.kv.v2.create_or_update_secret("a", {"password": "new"}, mount_point="turned")
    now.at += KEPT_S
    with pytest.raises(NotTold):
        server.secret("turned/a")
    now.at += FAILED_S
    assert server.secret("turned/a") == {"password": "new"}


def test_no_more_are_kept_than_there_is_room_for(vault, server, asked, monkeypatch):
    monkeypatch.setattr(vault_server, "MOST", 2)
    for name in ("a", "b", "c"):
        vault.keep(f"room/{name}", password=name)
        server.secret(f"secret/room/{name}")
    server.secret("secret/room/c")
    server.secret("secret/room/a")
    assert asked == ["room/a", "room/b", "room/c", "room/a"]


def test_many_who_ask_at_once_read_a_secret_once(vault, server, asked, monkeypatch):
    vault.keep("ran/once", password="iron")
    begun, go, real = Event(), Event(), vault_server.VaultServer._mount

    def slow(self, path):
        begun.set()
        assert go.wait(30)
        return real(self, path)

    monkeypatch.setattr(vault_server.VaultServer, "_mount", slow)
    with ThreadPoolExecutor(16) as threads:
        waiting = [threads.submit(server.secret, "secret/ran/once") for _ in range(100)]
        assert begun.wait(30)
        go.set()
        assert all(each.result() == {"password": "iron"} for each in waiting)
    assert asked == ["ran/once"]


def test_many_who_come_first_log_in_once(vault, now, tmp_path):
    for n in range(8):
        vault.keep(f"first/{n}", password=str(n))
    token = vault.token(num_uses=1 + 1 + 2 * 8)  # looked up once, where the mount is at most by each, and the secrets
    server = VaultServer(vault_settings(vault.environ(VAULT_TOKEN=token)), now)
    together = Barrier(8)

    def read(n):
        together.wait(30)
        return server.secret(f"secret/first/{n}")["password"]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(read, range(8))) == [str(n) for n in range(8)]


def test_a_dead_server_is_asked_once_for_all_and_again_after_a_while(vault, server, now, monkeypatch):
    vault.keep("ran/dead", password="iron")
    requests, real = [], vault_line.VaultLine.ask

    def counted(self, *args):
        requests.append(args)
        return real(self, *args)

    monkeypatch.setattr(vault_line.VaultLine, "ask", counted)
    with vault.sealed():
        for n in range(50):
            with pytest.raises(NotTold, match="is sealed"):
                server.secret(f"secret/dead/{n}")
        assert len(requests) == 1
    with pytest.raises(NotTold, match="is sealed"):
        server.secret("secret/ran/dead")
    now.at += FAILED_S
    assert server.secret("secret/ran/dead") == {"password": "iron"}


def test_what_is_known_is_told_while_the_server_is_sealed(vault, server):
    vault.keep("ran/known", password="iron")
    server.secret("secret/ran/known")
    with vault.sealed(), pytest.raises(NotTold):
        server.secret("secret/ran/unknown")
    assert server.secret("secret/ran/known") == {"password": "iron"}


def test_a_fault_of_ours_is_told_to_all_who_wait_and_the_next_asks_anew(server, monkeypatch):
    monkeypatch.setattr(vault_server.VaultServer, "_mount", lambda *_: 1 / 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            server.secret("secret/ran/x")
