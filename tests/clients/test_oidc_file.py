"""The file that says whose tokens open the API: what it may say, and what is refused with its place."""

from __future__ import annotations

import pytest

from reconciler.clients import load_oidc
from reconciler.clients.oidc_file import Algorithm
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.role import Role

SHORT = """
issuer: https://id.example.org/realms/ran
audience: stx-reconciler
roles: {operator: [noc], viewer: "*"}
"""


@pytest.fixture
def file(tmp_path):
    def written(text):
        (tmp_path / "oidc.yaml").write_text(text)
        return tmp_path / "oidc.yaml"

    return written


def test_issuer_audience_and_roles_are_enough(file):
    found = load_oidc(file(SHORT))
    assert (found.issuer, found.audience) == ("https://id.example.org/realms/ran", ("stx-reconciler",))
    assert found.roles == {Role.OPERATOR: ("noc",), Role.VIEWER: ("*",)}
    assert (found.name_claim, found.roles_claim, found.skew_s) == ("sub", "groups", 60.0)


def test_a_ca_is_looked_for_beside_the_file(file, tmp_path):
    assert load_oidc(file(SHORT + "caBundle: ca/id.pem\n")).ca_bundle == tmp_path / "ca/id.pem"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHORT.replace("https", "http"), "oidc.yaml.issuer: must be https://"),
        (SHORT.replace("https://", "https://me:secret@"), "oidc.yaml.issuer: must be a URL such as"),
        (SHORT.replace("operator", "root"), "oidc.yaml.roles.root"),
        (SHORT + "algorithms: [none]\n", "oidc.yaml.algorithms.0"),
        (SHORT + "algorithms: []\n", "oidc.yaml.algorithms"),
        (SHORT + "skewS: 3600\n", "oidc.yaml.skewS"),
        (SHORT + "clientSecret: hush\n", "oidc.yaml.clientSecret"),
        (SHORT.replace("audience: stx-reconciler", "audience: []"), "oidc.yaml.audience"),
        ("issuer: https://id.example.org\n", "oidc.yaml.audience: is missing"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(file, text, said):
    with pytest.raises(ConfigErrors) as refused:
        load_oidc(file(text))
    assert said in str(refused.value)
    assert "hush" not in str(refused.value)
    assert "secret@" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"), [("- a\n", "must hold issuer, audience and roles"), ("issuer: [", "oidc.yaml:2:1")]
)
def test_what_is_no_such_file_is_told(file, text, said):
    with pytest.raises(ConfigError, match=said):
        load_oidc(file(text))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="the OIDC file cannot be read: No such file"):
        load_oidc(tmp_path / "gone.yaml")


def test_without_the_libraries_it_says_what_to_install(file, monkeypatch):
    monkeypatch.setattr("reconciler.clients.oidc_file.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"tokens need PyJWT and cryptography: pip install 'stx-reconciler\[oidc\]'"):
        load_oidc(file(SHORT))


def test_no_signature_by_a_shared_secret_can_be_allowed():
    assert {name[:2] for name in Algorithm} == {"RS", "PS", "ES", "Ed"}
