"""Files of SOPS that the site-config repository has itself: named by their path from its root, and never out of it."""

import pytest
from pydantic import SecretStr

from reconciler.clients import reveal, revealer
from reconciler.clients.secrets import of_repository
from reconciler.model.errors import ConfigError
from tests.sops import Sealer

SEALER = Sealer.new()
FILES = {
    "subclouds/sc-1/secrets.enc.json": SEALER.sealed({"bmc": "wrought iron"}),
    ".secrets/bmc.enc.json": SEALER.sealed({"bmc": "pig iron"}),
    "plain.json": '{"bmc": "wrought iron"}',
}
OURS = {"STXR_SOPS_AGE_KEY": SEALER.key}


def content(path: str) -> bytes:
    if path not in FILES:
        raise ConfigError(f"no such file is committed: {path}")
    return FILES[path].encode()


@pytest.mark.parametrize(
    ("path", "value"), [("subclouds/sc-1/secrets.enc.json", "wrought iron"), (".secrets/bmc.enc.json", "pig iron")]
)
def test_a_value_of_a_file_of_the_repository(path, value):
    assert of_repository(f"sops:{path}#bmc", content, OURS) == SecretStr(value)


@pytest.mark.parametrize(
    "path", ["../other/x.json", "a/../../x.json", "./x.json", "a/./x.json", "..", "a//x.json", "a/"]
)
def test_a_path_that_leads_out_of_the_repository_is_refused(path):
    def nobody_asks(path: str) -> bytes:
        raise AssertionError(path)

    with pytest.raises(ConfigError, match="with a path from the root that does not lead out of it"):
        of_repository(f"sops:{path}#bmc", nobody_asks, OURS)


def test_a_file_that_is_not_encrypted_is_refused():
    with pytest.raises(ConfigError, match=r"^sops:plain.json#bmc: it was not encrypted with SOPS") as refused:
        of_repository("sops:plain.json#bmc", content, OURS)
    assert "wrought" not in str(refused.value)


def test_documents_may_name_them_where_the_repository_is_at_hand(monkeypatch):
    monkeypatch.setenv("STXR_SOPS_AGE_KEY", SEALER.key)
    monkeypatch.setenv("SITE_BMC", "cast iron")
    here = revealer(content)
    assert here("sops:.secrets/bmc.enc.json#bmc") == SecretStr("pig iron")
    assert here("env:SITE_BMC") == SecretStr("cast iron")
    with pytest.raises(ConfigError, match="no commit is at hand here"):
        reveal("sops:.secrets/bmc.enc.json#bmc")
