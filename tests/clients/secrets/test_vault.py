"""Secrets of Vault, read from a real OpenBao: what is there, what is not, who may, and what is said where it fails."""

import ssl
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest
from pydantic import SecretStr

from reconciler.clients.secrets import forget, resolve
from reconciler.clients.secrets import vault as vault_scheme
from reconciler.model.errors import ConfigError, SecretUnread
from tests.vaults import free_port


@pytest.fixture
def ours(vault):
    """The environment of a controller that may read `secret/`."""
    return vault.environ(VAULT_TOKEN=vault.token())


def value(reference, environ, folder):
    return resolve(f"vault:{reference}", folder, environ).get_secret_value()


def why(reference, environ, folder, kind=ConfigError):
    """What is said where it is not read; and nothing of our token is."""
    with pytest.raises(kind) as caught:
        value(reference, environ, folder)
    assert type(caught.value) is kind
    told = "".join(traceback.format_exception(caught.value))
    assert environ.get("VAULT_TOKEN", "no token") not in told
    assert str(caught.value).startswith(f"vault:{reference}: ")
    return str(caught.value)


def test_a_value_of_version_2(vault, ours, tmp_path):
    vault.keep("ran/sc-0412", password="wrought iron\n", pin=4711)
    assert value("secret/ran/sc-0412#password", ours, tmp_path) == "wrought iron"
    assert value("secret/ran/sc-0412#pin", ours, tmp_path) == "4711"


def test_a_value_of_version_1_in_a_mount_of_two_steps(vault, tmp_path):
    vault.root.sys.enable_secrets_engine("kv", path="team/old", options={"version": "1"})
    vault.root.secrets.kv.v1.create_or_update_secret("sc-1", {"password": "iron"}, mount_point="team/old")
    environ = vault.environ(VAULT_TOKEN=vault.token('path "team/old/*" { capabilities = ["read"] }'))
    assert value("team/old/sc-1#password", environ, tmp_path) == "iron"


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        ("pasword", "the secret has no key pasword; it has empty, flag, nested, password"),
        ("flag", "flag is no text there, but bool: write it as one"),
        ("nested", "nested is no text there, but dict"),
        ("empty", "empty is empty"),
    ],
)
def test_a_key_that_holds_no_text_is_named(vault, ours, tmp_path, key, complaint):
    vault.keep("ran/keys", password="wrought iron", flag=True, nested={"a": 1}, empty="")
    said = why(f"secret/ran/keys#{key}", ours, tmp_path)
    assert complaint in said
    assert "wrought iron" not in said


def test_where_nothing_is_that_is_said(vault, ours, tmp_path):
    assert "there is nothing at secret/ran/nobody" in why("secret/ran/nobody#password", ours, tmp_path)


def test_a_secret_that_was_deleted_is_not_read(vault, ours, tmp_path):
    vault.keep("ran/gone", password="iron")
    vault.root.secrets.kv.v2.delete_latest_version_of_secret("ran/gone")
    assert "or its last version was deleted" in why("secret/ran/gone#password", ours, tmp_path)


def test_a_policy_that_lacks_the_path_is_written_out(vault, tmp_path):
    vault.keep("ran/closed", password="iron")
    environ = vault.environ(VAULT_TOKEN=vault.token('path "secret/data/other/*" { capabilities = ["read"] }'))
    said = why("secret/ran/closed#password", environ, tmp_path)
    assert "we may not read it" in said
    assert 'path "secret/data/ran/closed" { capabilities = ["read"] }' in said


def test_a_mount_that_is_not_there_is_told_as_vault_tells_it(ours, tmp_path):
    assert "there is no such mount, or no policy of ours lets us see it" in why("kv/ran/x#password", ours, tmp_path)


@pytest.mark.parametrize("reference", ["cubbyhole/a#b", "auth/token/lookup-self#id", "sys/mounts#x"])
def test_what_is_no_kv_engine_is_not_read(vault, reference, tmp_path):
    environ = vault.environ(VAULT_TOKEN=vault.token('path "+/*" { capabilities = ["read", "sudo"] }'))
    assert "secrets are read from kv only" in why(reference, environ, tmp_path)


@pytest.mark.parametrize("path", ["secret/../auth/token/lookup-self", "secret/./x", "../x", "secret//x", "secret"])
def test_a_path_that_leads_out_of_its_mount_is_refused(ours, path, tmp_path):
    assert "must be vault:MOUNT/PATH#KEY" in why(f"{path}#id", ours, tmp_path)


@pytest.mark.parametrize("path", ["%2e%2e/auth/token/lookup-self", "a?version=1", "a%23b"])
def test_a_path_is_taken_to_the_letter(ours, path, tmp_path):
    assert f"there is nothing at secret/{path}" in why(f"secret/{path}#id", ours, tmp_path)


def test_a_token_that_nobody_knows_is_refused_and_not_repeated(vault, tmp_path):
    environ = vault.environ(VAULT_TOKEN="s.unknownunknownunknown")
    assert "our token is not known there any more: give us another" in why("secret/ran/x#password", environ, tmp_path)


def test_a_sealed_server_says_so_and_is_asked_again_later(vault, ours, tmp_path):
    with vault.sealed():
        assert "is sealed: unseal it" in why("secret/ran/sealed#password", ours, tmp_path, SecretUnread)


def test_a_server_that_nobody_reaches_is_named(tmp_path):
    address = f"http://127.0.0.1:{free_port()}"
    environ = {"VAULT_ADDR": address, "VAULT_TOKEN": "wrought-iron-token"}
    said = why("secret/ran/x#password", environ, tmp_path, SecretUnread)
    assert f"{address} cannot be reached: Connection refused" in said


def test_a_certificate_that_is_not_ours_is_not_accepted(vault, ours, tmp_path):
    (tmp_path / "other.pem").write_text("\n".join(ssl.DER_cert_to_PEM_cert(b"x").splitlines()))
    said = why("secret/ran/x#password", {**ours, "VAULT_CACERT": str(tmp_path / "other.pem")}, tmp_path)
    assert "holds no certificate in PEM form" in said
    without = {name: text for name, text in ours.items() if name != "VAULT_CACERT"}
    assert "its certificate is not accepted" in why("secret/ran/x#password", without, tmp_path, SecretUnread)


def test_a_bundle_that_is_not_there_is_named(ours, tmp_path):
    missing = tmp_path / "nowhere.pem"
    said = why("secret/ran/x#password", {**ours, "VAULT_CACERT": str(missing)}, tmp_path)
    assert f"caBundle {missing}" in said


class Odd(BaseHTTPRequestHandler):
    """What answers on a server's port, and is none."""

    asked: ClassVar[list[str]] = []

    def do_GET(self):
        self.asked.append(self.path)
        if self.path.startswith("/v1/auth"):
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/elsewhere")
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Nobody reads it."""


def test_a_token_does_not_follow_a_redirect(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), Odd) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        environ = {"VAULT_ADDR": f"http://127.0.0.1:{server.server_address[1]}", "VAULT_TOKEN": "wrought-iron-token"}
        said = why("secret/ran/x#password", environ, tmp_path, SecretUnread)
        server.shutdown()
    assert "sends us on to" in said
    assert Odd.asked == ["/v1/auth/token/lookup-self"]


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({}, "set VAULT_ADDR"),
        (
            {"VAULT_ADDR": "http://vault.example.org:8200", "VAULT_TOKEN": "s.of-the-test"},
            "VAULT_ADDR must be https://HOST:PORT",
        ),
        ({"VAULT_ADDR": "https://vault:8200"}, "nobody said who we are to Vault: set one of VAULT_TOKEN_FILE"),
        (
            {"VAULT_ADDR": "https://v:1", "VAULT_TOKEN": "s.of-the-test", "VAULT_K8S_ROLE": "r"},
            "several say who we are to Vault",
        ),
        (
            {"VAULT_ADDR": "https://v:1", "VAULT_TOKEN_FILE": "/nowhere/token"},
            "VAULT_TOKEN_FILE: /nowhere/token cannot",
        ),
        (
            {"VAULT_ADDR": "https://v:1", "VAULT_K8S_ROLE": "r", "VAULT_K8S_TOKEN_FILE": "/nowhere"},
            "VAULT_K8S_ROLE: /no",
        ),
        ({"VAULT_ADDR": "https://v:1", "VAULT_ROLE_ID": ""}, "VAULT_ROLE_ID is empty"),
    ],
)
def test_what_the_environment_does_not_say_is_named(environ, complaint, tmp_path):
    assert complaint in why("secret/ran/x#password", environ, tmp_path)


def test_without_its_library_the_extra_is_named(ours, tmp_path, monkeypatch):
    monkeypatch.setattr(vault_scheme, "find_spec", lambda _name: None)
    assert "pip install 'stx-reconciler[vault]'" in why("secret/ran/x#password", ours, tmp_path)


def test_a_namespace_is_asked_in(vault, tmp_path):
    vault.root.adapter.post("/v1/sys/namespaces/ran")
    inside = type(vault.root)(vault.url, vault.root.token, verify=str(vault.ca_file), namespace="ran")
    inside.sys.enable_secrets_engine("kv", path="kv", options={"version": "2"})
    inside.secrets.kv.v2.create_or_update_secret("sc-1", {"password": "inside"}, mount_point="kv")
    environ = vault.environ(VAULT_TOKEN=vault.root.token, BAO_NAMESPACE="ran")
    assert value("kv/sc-1#password", environ, tmp_path) == "inside"


def test_what_was_changed_is_read_anew_once_it_did_not_open_what_it_should(vault, ours, tmp_path):
    vault.keep("ran/rotated", password="old")
    assert value("secret/ran/rotated#password", ours, tmp_path) == "old"
    vault.keep("ran/rotated", password="new")
    assert value("secret/ran/rotated#password", ours, tmp_path) == "old"
    forget("vault:secret/ran/rotated#password", tmp_path, ours)
    assert resolve("vault:secret/ran/rotated#password", tmp_path, ours) == SecretStr("new")
