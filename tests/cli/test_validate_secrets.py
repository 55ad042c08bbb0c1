"""`stxr validate --secrets`: each reference is tried once, and what is wrong is told at its line, never the value."""

from __future__ import annotations

import json

import pytest

from tests.canaries import Canary, found
from tests.desired.writing import AIO_SX
from tests.sops import Sealer
from tests.vaults import bao

FLEET = "apiVersion: stxr.io/v1\nkind: Fleet\nname: canada\n"
SITE = "subclouds/ottawa/site.yaml"
SEALED = "subclouds/ottawa/secrets.enc.json"
LAYER = "profiles/ran/site.yaml"
INSTALL = "subclouds/ottawa/install-values.yaml"
GOOD = {"fleet.yaml": FLEET, SITE: "layers: [ran]\n", "subclouds/ottawa/deployment-config.yaml": AIO_SX,
        "profiles/ran/site.yaml": "{}\n"}  # fmt: skip
BMC = "secrets:\n  bmc: {{username: root, secretRef: '{}'}}\n"
CANARY = Canary("secret")


@pytest.fixture
def sealer(monkeypatch):
    made = Sealer.new()
    monkeypatch.setenv("STXR_SOPS_AGE_KEY", made.key)
    return made


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    with bao(tmp_path_factory.mktemp("bao")) as server:
        yield server


@pytest.fixture
def tried(stxr, root, monkeypatch):
    """What is said of these files; SITE_BMC is set."""
    monkeypatch.setenv("SITE_BMC", CANARY.value)

    def tried(files, *more):
        ended = stxr("validate", "--secrets", "--repo", root({**GOOD, **files}), *more)
        assert found({"": CANARY}, {"": (ended.out + ended.err).encode()}) == []
        return ended

    return tried


def test_secrets_that_are_there_are_counted(tried, sealer, tmp_path):
    (tmp_path / "ca.pem").write_text(CANARY.value)
    (tmp_path / "ca.pem").chmod(0o600)
    own = "layers: [ran]\nsecrets:\n  bmc: {username: root, secretRef: 'env:SITE_BMC'}\n"
    own += f"  gui: {{secretRef: 'file:{tmp_path}/ca.pem', keyRef: 'sops:{SEALED}#key'}}\n"
    ended = tried({SITE: own, SEALED: sealer.sealed({"key": CANARY.value})})
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "1 site, 12 resources, 3 secrets: all valid\n"


WRONG = {
    "env:NOBODY": f"{SITE}:3:36: env:NOBODY: the environment variable NOBODY is not set",
    "file:/nowhere/bmc": f"{SITE}:3:36: file:/nowhere/bmc: /nowhere/bmc cannot be read: No such file or directory",
    f"sops:{SEALED}#nothing": f"{SITE}:3:36: sops:{SEALED}#nothing: it has no key nothing",
    "sops:subclouds/ottawa/no.json#bmc": "subclouds/ottawa/no.json: no such file is committed",
    "env:STXR_API_TOKEN": "variables that begin with STXR_, VAULT_, BAO_ are this program's own",
    "vault:secret/ran/x#bmc": f"{SITE}:3:36: vault:secret/ran/x#bmc: nobody said where Vault is: set VAULT_ADDR",
}


@pytest.mark.parametrize("reference", WRONG)
def test_a_secret_that_cannot_be_read_is_an_error_at_its_line(tried, sealer, reference):
    own = "layers: [ran]\n" + BMC.format(reference)
    ended = tried({SITE: own, SEALED: sealer.sealed({"bmc": CANARY.value})})
    assert ended.code == 1
    assert WRONG[reference] in ended.err
    assert "1 invalid" in ended.out


def test_an_age_key_that_does_not_fit_is_told_with_both_sides(tried, sealer):
    ended = tried(
        {SITE: "layers: [ran]\n" + BMC.format(f"sops:{SEALED}#bmc"), SEALED: Sealer.new().sealed({"bmc": "x"})}
    )
    assert "run `sops updatekeys`" in ended.err


def test_a_secret_of_vault_is_read_of_the_server(tried, vault, monkeypatch):
    vault.keep("ran/ottawa", bmc=CANARY.value)
    for name, value in vault.environ(VAULT_TOKEN=vault.token()).items():
        monkeypatch.setenv(name, value)
    there = tried({SITE: "layers: [ran]\n" + BMC.format("vault:secret/ran/ottawa#bmc")})
    assert (there.code, there.err) == (0, "")
    lost = tried({SITE: "layers: [ran]\n" + BMC.format("vault:secret/ran/ottawa#bcm")})
    assert "vault:secret/ran/ottawa#bcm: the secret has no key bcm; it has bmc" in lost.err


def test_what_a_layer_says_is_tried_unless_the_site_says_otherwise(tried):
    layer = {LAYER: BMC.format("env:NOBODY")}
    assert f"{LAYER}:2:36: env:NOBODY" in tried(layer).err
    assert tried({**layer, SITE: "layers: [ran]\n" + BMC.format("env:SITE_BMC")}).code == 0


def test_value_files_and_the_central_cloud_are_tried(tried):
    central = (
        "systemController:\n  authUrl: https://192.0.2.1:5000/v3\n"
        "  credentials: {username: stxr, password: {secretRef: 'env:NO_CENTRAL'}}\n"
    )
    install = "bmc_address: 192.0.2.30\nbmc_password: {secretRef: 'env:NO_BMC'}\n"
    said = tried({"fleet.yaml": FLEET + central, INSTALL: install}).err
    assert f"{INSTALL}:2:27: env:NO_BMC" in said
    assert "fleet.yaml:6:55: env:NO_CENTRAL" in said


def test_a_reference_of_the_defaults_is_tried_for_each_site_under_its_name(tried, tmp_path):
    defaults = f"defaults:\n  subcloud:\n    sysadmin: {{secretRef: 'file:{tmp_path}/{{site}}'}}\n"
    said = tried({"fleet.yaml": FLEET + defaults}).err
    assert f"fleet.yaml:6:27: file:{tmp_path}/ottawa: " in said


def test_what_is_no_reference_is_refused_and_not_repeated(tried):
    install = f"bmc_address: 192.0.2.30\nbmc_password: {{secretRef: '{CANARY.value}'}}\n"
    ended = tried({INSTALL: install})
    assert f"{INSTALL}:2:27: install-values.yaml: secretRef must be env:NAME" in ended.err


def test_json_counts_secrets_and_lists_what_is_wrong(tried):
    own = "layers: [ran]\n" + BMC.format("env:SITE_BMC") + "  paper: {secretRef: env:NOBODY}\n"
    ended = tried({SITE: own}, "--format", "json")
    [said] = json.loads(ended.out)["sites"]
    assert (ended.code, said["secrets"], len(said["errors"])) == (1, 2, 1)
    assert said["errors"][0].startswith(f"{SITE}:4:22: env:NOBODY")


def test_without_it_nothing_is_read(stxr, root):
    ended = stxr("validate", "--repo", root({**GOOD, SITE: "layers: [ran]\n" + BMC.format("env:NOBODY")}))
    assert (ended.code, ended.err) == (0, "")


def test_what_many_sites_name_is_told_once(tried):
    ended = tried({LAYER: BMC.format("file:/nowhere/bmc"), "subclouds/hull/site.yaml": "layers: [ran]\n"}, "--all")
    assert ended.err.count("/nowhere/bmc cannot be read") == 1
    assert "2 secrets: 2 invalid" in ended.out
