"""Secrets by reference in bodies: shown to the service, to nobody else."""

from __future__ import annotations

import orjson
import pytest

from reconciler.clients.bodies import encoded, reveal
from reconciler.model.errors import ConfigError, Refused
from reconciler.model.secret import Document, SecretRef, Upload, digest
from reconciler.model.wire import plain


@pytest.fixture
def pem(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    path.chmod(0o600)
    return SecretRef(f"file:{path}")


def test_a_reference_becomes_its_secret_wherever_it_stands(monkeypatch):
    monkeypatch.setenv("BMC", "iron")
    content, secrets, form = encoded([{"op": "replace", "path": "/bm_password", "value": SecretRef("env:BMC")}])
    assert orjson.loads(content)[0]["value"] == "iron"
    assert [s.get_secret_value() for s in secrets] == ["iron"]
    assert form == "application/json"


def test_a_document_in_a_body_is_a_text_with_its_secrets_in_it(monkeypatch):
    monkeypatch.setenv("TOKEN", 'a "b"')
    document = Document({"trap": {"auth_token": SecretRef("env:TOKEN"), "port": 162}})
    content, secrets, _ = encoded({"values": {"files": [document, Document({"port": 1})]}})
    with_secret, without = orjson.loads(content)["values"]["files"]
    assert orjson.loads(with_secret) == {"trap": {"auth_token": 'a "b"', "port": 162}}
    assert without == '{"port":1}'
    assert [s.get_secret_value() for s in secrets] == ['a "b"']
    assert plain(document) == {"trap": {"auth_token": "<secret env:TOKEN>", "port": 162}}


def test_a_plan_shows_where_a_secret_is_and_not_what_it_is(pem):
    assert plain({"a": [SecretRef("env:BMC")]}) == {"a": ["<secret env:BMC>"]}
    assert plain(Upload(pem, {"mode": "ssl_ca"})) == {"mode": "ssl_ca", "file": f"<secret {pem.reference}>"}


def test_a_secret_that_is_not_there_is_said_before_anything_is_sent(monkeypatch):
    monkeypatch.delenv("BMC", raising=False)
    with pytest.raises(ConfigError, match="BMC is not set"):
        encoded(SecretRef("env:BMC"))


def test_what_opens_the_controller_is_not_for_documents(monkeypatch):
    monkeypatch.setenv("STXR_API_TOKEN", "sesame")
    with pytest.raises(ConfigError, match="this program's own: name another") as refused:
        encoded(Upload(SecretRef("env:STXR_API_TOKEN")))
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize("name", ["VAULT_TOKEN", "BAO_TOKEN", "VAULT_SECRET_ID"])
def test_what_opens_vault_is_not_for_documents(monkeypatch, name):
    monkeypatch.setenv(name, "sesame")
    with pytest.raises(ConfigError, match="this program's own: name another"):
        reveal(f"env:{name}")


@pytest.mark.parametrize(
    "variable", ["VAULT_TOKEN_FILE", "BAO_SECRET_ID_FILE", "VAULT_K8S_TOKEN_FILE", "SOPS_AGE_KEY_FILE"]
)
def test_files_that_let_the_controller_in_are_not_for_documents(monkeypatch, tmp_path, variable):
    key = tmp_path / "key"
    key.write_text("sesame")
    key.chmod(0o600)
    (tmp_path / "link").symlink_to(key)
    monkeypatch.setenv(variable, str(key))
    for name in (key, tmp_path / "link", tmp_path / "below" / ".." / "key"):
        with pytest.raises(ConfigError, match="this file lets the program itself in"):
            reveal(f"file:{name}")


def test_the_folder_of_git_s_credentials_is_not_for_documents(monkeypatch, tmp_path):
    (tmp_path / "password").write_text("sesame")
    monkeypatch.setenv("STXR_GIT_CREDENTIALS", str(tmp_path))
    with pytest.raises(ConfigError, match="this file lets the program itself in"):
        reveal(f"file:{tmp_path}/password")


def test_a_service_account_s_token_is_not_for_documents():
    with pytest.raises(ConfigError, match="this file lets the program itself in"):
        reveal("file:/var/run/secrets/kubernetes.io/serviceaccount/token")


async def test_an_upload_is_a_form_with_its_file(site, clients, pem):
    site.answers({"success": "", "error": "", "certificates": []})
    await clients.platform.send("POST", "/v1/certificate/certificate_install", Upload(pem, {"mode": "ssl_ca"}))
    assert site.asked[0].headers["Content-Type"].startswith("multipart/form-data; boundary=")
    body = site.bodies[0].decode()
    assert 'name="mode"\r\n\r\nssl_ca\r\n' in body
    assert 'name="file"; filename="upload"' in body
    assert "MIIB\n-----END CERTIFICATE-----\n\r\n" in body


async def test_what_an_upload_complains_of_under_a_200_is_a_refusal_without_the_secret(site, clients, pem):
    site.answers({"success": "", "error": "no good: -----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"})
    with pytest.raises(Refused, match="no good") as refused:
        await clients.platform.send("POST", "/v1/certificate/certificate_install", Upload(pem))
    assert "MIIB" not in str(refused.value)


def test_several_secrets_are_one_file_in_their_order(monkeypatch, pem):
    monkeypatch.setenv("KEY", "-----BEGIN PRIVATE KEY-----\r\nMIGH\r\n-----END PRIVATE KEY-----")
    content, secrets, _ = encoded(Upload((pem, SecretRef("env:KEY"))))
    assert b"-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n" in content
    assert len(secrets) == 2


def test_another_secret_than_the_plan_was_made_with_is_not_sent(monkeypatch):
    monkeypatch.setenv("PAPER", "of then")
    planned = Upload(SecretRef("env:PAPER"), digest=digest("of then\n"))
    assert b"of then\n" in encoded(planned)[0]
    monkeypatch.setenv("PAPER", "of now")
    with pytest.raises(ConfigError, match="env:PAPER: it is another secret than the plan was made with") as refused:
        encoded(planned)
    assert "of now" not in str(refused.value)


def test_a_digest_tells_texts_apart_whatever_their_lines_end_with():
    assert digest("a\r\nb\r\n") == digest("a\nb") != digest("a\nb\nc")
    assert digest(digest("a")) == digest("a")
