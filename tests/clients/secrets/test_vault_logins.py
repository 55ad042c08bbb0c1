"""How we log in to Vault and stay in: a token of ours, a role, a service account; renewed, replaced, revoked."""

import math

import pytest

from reconciler.clients.secrets.vault_line import NotTold
from reconciler.clients.secrets.vault_server import FAILED_S, KEPT_S, VaultServer
from reconciler.clients.secrets.vault_settings import vault_settings
from tests.vaults import service_account_token, token_review

PATH = "secret/ran/login"
POLICY = 'path "secret/*" { capabilities = ["read"] }'


@pytest.fixture(autouse=True)
def kept(vault):
    vault.keep("ran/login", password="iron")


@pytest.fixture
def server(vault, now):
    return lambda **more: VaultServer(vault_settings(vault.environ(**more)), now)


def written(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def lookup(vault, token):
    return vault.root.auth.token.lookup(token)["data"]


def given(server) -> str:
    return server._keeper.token().get_secret_value()


@pytest.fixture
def role(vault, tmp_path):
    """An AppRole whose tokens last a minute, and two at most; where its ids stand."""
    if "approle/" not in vault.root.sys.list_auth_methods()["data"]:
        vault.root.sys.enable_auth_method("approle")
    vault.root.sys.create_or_update_acl_policy("ran", POLICY)
    vault.root.auth.approle.create_or_update_approle(
        "stxr", token_policies=["ran"], token_ttl="60s", token_max_ttl="120s"
    )
    role_id = vault.root.auth.approle.read_role_id("stxr")["data"]["role_id"]
    secret_id = vault.root.auth.approle.generate_secret_id("stxr")["data"]["secret_id"]
    return {
        "VAULT_ROLE_ID_FILE": written(tmp_path / "role-id", role_id),
        "VAULT_SECRET_ID_FILE": written(tmp_path / "secret-id", secret_id),
    }


def test_a_token_of_a_file_is_used_and_its_successor_once_it_is_written(vault, server, now, tmp_path):
    first, second = vault.token(POLICY), vault.token(POLICY)
    file = written(tmp_path / "token", first)
    asked = server(VAULT_TOKEN_FILE=file)
    assert asked.secret(PATH) == {"password": "iron"}
    vault.root.auth.token.revoke(first)
    written(tmp_path / "token", second)
    now.at += KEPT_S
    assert asked.secret(PATH) == {"password": "iron"}
    assert given(asked) == second


def test_a_token_that_may_be_renewed_is_renewed_before_it_ends(vault, server, now):
    token = vault.token(POLICY, ttl="3600s", explicit_max_ttl="36000s")
    asked = server(VAULT_TOKEN=token)
    asked.secret(PATH)
    began = lookup(vault, token)["expire_time"]
    now.at += 2300
    asked.secret(PATH)
    assert lookup(vault, token)["expire_time"] == began
    now.at += KEPT_S
    asked.secret(PATH)
    assert lookup(vault, token)["expire_time"] > began
    assert "last_renewal" in lookup(vault, token)


def test_a_root_token_never_ends(vault, server):
    asked = server(VAULT_TOKEN=vault.root.token)
    given(asked)
    assert asked._keeper._lease.renew_at == math.inf


def test_a_role_logs_in_and_its_token_is_renewed_while_it_may_be(vault, server, now, role):
    asked = server(**role)
    assert asked.secret(PATH) == {"password": "iron"}
    first = given(asked)
    now.at += 45
    assert given(asked) == first
    assert "last_renewal" in lookup(vault, first)


def test_a_role_logs_in_anew_once_its_token_has_ended(server, now, role):
    asked = server(**role)
    first = given(asked)
    now.at += 61
    assert given(asked) != first


def test_a_role_logs_in_anew_where_its_token_is_near_its_greatest_age(vault, server, now, role):
    vault.root.auth.approle.create_or_update_approle("stxr", token_ttl="60s", token_max_ttl="60s")
    vault.root.sys.tune_auth_method("approle", max_lease_ttl="60s")
    asked = server(**role)
    first = given(asked)
    asked._keeper._lease = type(asked._keeper._lease)(
        asked._keeper._lease.token, now.at, math.inf, given_s=600.0, is_renewable=True
    )
    assert given(asked) != first


def test_a_token_that_was_revoked_is_followed_by_another_login(vault, server, now, role):
    asked = server(**role)
    asked.secret(PATH)
    first = given(asked)
    vault.root.auth.token.revoke(first)
    now.at += KEPT_S
    assert asked.secret(PATH) == {"password": "iron"}
    assert given(asked) != first


def test_a_new_secret_id_is_taken_from_its_file(vault, server, now, role, tmp_path):
    asked = server(**role)
    right = (tmp_path / "secret-id").read_text()
    written(tmp_path / "secret-id", "00000000-of-nobody")
    with pytest.raises(
        NotTold, match="invalid role or secret ID: check the role id and secret id for auth/approle"
    ) as no:
        asked.secret(PATH)
    assert "00000000-of-nobody" not in str(no.value)
    assert no.value.passes
    written(tmp_path / "secret-id", right)
    now.at += FAILED_S
    assert asked.secret(PATH) == {"password": "iron"}


@pytest.fixture
def cluster(vault):
    """Kubernetes, whose reviewer knows one service account's token."""
    token = service_account_token("stxr", "ran")
    with token_review(token, "system:serviceaccount:ran:stxr") as url:
        vault.root.sys.enable_auth_method("kubernetes")
        vault.root.auth.kubernetes.configure(
            url,
            token_reviewer_jwt="jwt.of.reviewer",
            kubernetes_ca_cert=vault.ca_file.read_text(),
            disable_local_ca_jwt=True,
        )
        vault.root.auth.kubernetes.create_role("stxr", "stxr", "ran", policies=["ran"])
        vault.root.sys.create_or_update_acl_policy("ran", POLICY)
        yield token
        vault.root.sys.disable_auth_method("kubernetes")


def test_a_service_account_logs_in(cluster, server, tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{cluster}\n")
    file.chmod(0o644)  # as the kubelet writes it
    assert server(VAULT_K8S_ROLE="stxr", VAULT_K8S_TOKEN_FILE=str(file)).secret(PATH) == {"password": "iron"}


def test_a_service_account_that_has_no_role_is_told_what_to_check(cluster, server, tmp_path):
    file = tmp_path / "token"
    stranger = service_account_token("stranger", "ran")
    file.write_text(stranger)
    with pytest.raises(NotTold, match=r"check VAULT_K8S_ROLE \(stxr\)") as refused:
        server(VAULT_K8S_ROLE="stxr", VAULT_K8S_TOKEN_FILE=str(file)).secret(PATH)
    assert stranger not in str(refused.value)
