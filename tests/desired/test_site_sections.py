"""`system`, `hosts` and `secrets` of site.yaml: layers, `${name}`, and refusals at file and line."""

from __future__ import annotations

import pytest
import yaml

from reconciler.desired import explain, load_site, render_values
from reconciler.model.errors import ConfigErrors
from reconciler.model.site import Site
from tests.desired.writing import AIO_SX, site_files

LAYERED = "layers: [common]\n"


def load(own: str, layer: str = "", values: str = "") -> Site:
    head = (LAYERED if layer else "") + values
    common = {"profiles/common/site.yaml": layer} if layer else {}
    return load_site(site_files({"site.yaml": head + own, "deployment-config.yaml": AIO_SX}, common))


def refusals(own: str, layer: str = "") -> list[str]:
    with pytest.raises(ConfigErrors) as refused:
        load(own, layer)
    return [str(error) for error in refused.value]


def test_a_site_that_says_nothing_has_no_sections():
    site = load("group: default\n")
    assert (site.own_system, dict(site.own_hosts)) == (None, {})


def test_what_is_said_of_the_system_knows_its_place():
    timezone = load("group: default\nsystem:\n  timezone: Europe/Berlin\n").own_system.get("timezone")
    assert (timezone.value, str(timezone.origin)) == ("Europe/Berlin", "subclouds/ottawa/site.yaml:3")


def test_the_site_wins_over_its_layer_key_by_key():
    site = load("system: {timezone: UTC}\n", layer="system: {timezone: Europe/Berlin}\nhosts: {controller-0: {}}\n")
    assert site.own_system.plain() == {"timezone": "UTC"}
    assert list(site.own_hosts) == ["controller-0"]
    assert 'site.yaml system: timezone = "UTC"' in "\n".join(explain(site))


def test_a_value_stands_where_its_name_was_written():
    site = load("system:\n  timezone: ${zone}\n", values="values: {zone: Asia/Tokyo}\n")
    assert site.own_system.plain() == {"timezone": "Asia/Tokyo"}


def test_a_key_that_we_do_not_know_is_refused_where_it_stands():
    (refusal,) = refusals("system:\n  timezon: UTC\n")
    assert refusal.startswith("subclouds/ottawa/site.yaml:2:12: site.yaml: system.timezon is not known; known are ")


def test_a_value_of_another_type_is_refused():
    (refusal,) = refusals("system:\n  timezone: 5\n")
    assert "subclouds/ottawa/site.yaml:2" in refusal
    assert "must be text" in refusal


def test_a_layer_says_nothing_of_how_a_site_is_treated():
    (refusal,) = refusals("", layer="mode: apply\nsystem: {timezone: UTC}\n")
    assert refusal.startswith("profiles/common/site.yaml:1:7: layer common: mode is not known; known are ")


def test_a_layer_may_speak_of_hosts_that_the_site_does_not_have():
    assert dict(load("", layer="hosts: {controller-1: {}}\n").own_hosts) == {}


def test_the_site_may_not():
    (refusal,) = refusals("hosts:\n  controller-9: {}\n")
    assert "site.yaml:2:17: site: hosts.controller-9: there is no Host document of this name" in refusal


def test_it_is_rendered_as_one_file():
    site = load("system: {timezone: UTC}\n", layer="hosts: {controller-0: {}}\n")
    assert yaml.safe_load(render_values(site)["site.yaml"]) == {
        "system": {"timezone": "UTC"},
        "hosts": {"controller-0": {}},
    }


SECRETS = "secrets:\n  site-ca: {secretRef: 'file:/run/secrets/site-ca.pem'}\n"


def certified(own: str, layer: str = "") -> Site:
    """A site whose System names a certificate and a licence."""
    text = AIO_SX.replace(
        "  location: Ottawa", "  certificates: [{type: ssl_ca, secret: site-ca}]\n  license: {secret: paper}"
    )
    common = {"profiles/common/site.yaml": layer}
    return load_site(site_files({"site.yaml": LAYERED + own, "deployment-config.yaml": text}, common))


def test_where_a_secret_is_comes_from_the_layer_unless_the_site_says_otherwise():
    own = "secrets: {site-ca: {secretRef: env:SITE_CA}}\n"
    assert {n: s.plain() for n, s in certified("", SECRETS).own_secrets.items()} == {
        "site-ca": {"secretRef": "file:/run/secrets/site-ca.pem"}
    }
    assert certified(own, SECRETS).own_secrets["site-ca"].text("secretRef") == "env:SITE_CA"


def test_a_secret_itself_is_no_place_of_one():
    (refusal,) = refusals("secrets: {site-ca: {secretRef: '-----BEGIN CERTIFICATE-----'}}\n")
    assert "must be env:NAME, file:/path, sops:path#key or vault:mount/path#key" in refusal


@pytest.mark.parametrize("path", ["../a.json#k", "a/../../b.json#k", "./a.json#k", "a.json", "a//b.json#k"])
def test_a_file_of_the_repository_is_named_from_its_root_and_not_out_of_it(path):
    (refusal,) = refusals(f"secrets: {{site-ca: {{secretRef: 'sops:{path}'}}}}\n")
    assert "must be env:NAME, file:/path, sops:path#key or vault:mount/path#key" in refusal


def test_a_document_that_names_a_secret_of_which_nobody_knows_where_it_is_gets_a_notice():
    found = {w.message: w.where for w in certified("", SECRETS).warnings}
    text = "license: not managed, for site.yaml does not say where its secret is: secrets.paper.secretRef"
    assert found[text].startswith("subclouds/ottawa/deployment-config.yaml:")
    assert not any("site-ca" in message for message in found)


def test_rendering_and_explaining_show_where_a_secret_is():
    site = certified(SECRETS)
    assert "site-ca:\n    secretRef: file:/run/secrets/site-ca.pem" in render_values(site)["site.yaml"]
    assert 'site.yaml secrets.site-ca: secretRef = "file:/run/secrets/site-ca.pem"' in "\n".join(explain(site))


# ---- applications


def of_snmp(text: str) -> str:
    return f"system: {{applications: {{snmp: {text}}}}}\n"


def with_values(text: str) -> str:
    return of_snmp(f"{{charts: {{snmp: {{kube-system: {{values: {text}}}}}}}}}")


def test_layers_say_values_of_a_chart_together():
    site = load(with_values("{trap: {port: 1162}}"), layer=with_values("{trap: {port: 162, version: v3}}"))
    values = site.own_system.at("applications", "snmp", "charts", "snmp", "kube-system", "values")
    assert values.plain() == {"trap": {"port": 1162, "version": "v3"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (of_snmp("{state: running}"), "must be one of applied, uploaded, removed"),
        (of_snmp("{version: 24.09}"), "24.09"),
        (of_snmp("{tarball: snmp.tgz}"), "must be a path or a URL of a .tgz or .tar.gz file"),
        (of_snmp("{colour: red}"), "is not known"),
    ],
)
def test_what_no_application_is_is_refused(text, message):
    assert any(message in refusal for refusal in refusals(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{admin_password: Zq7hunter}", "admin_password stands in clear in Git: give it by reference"),
        ("{users: [{auth_token: Zq7hunter}]}", "auth_token stands in clear in Git"),
        ("{admin_password: {secretRef: Zq7hunter}}", "admin_password: its secretRef must be env:NAME"),
        ("{admin_password: {secretRef: env:X, more: 1}}", "beside secretRef there is nothing else"),
        ("{colour: {secretRef: env:X}}", "colour: a secret is known by its name"),
    ],
)
def test_secrets_of_charts_are_given_by_reference_and_never_shown(text, message):
    (refusal,) = refusals(with_values(text))
    assert message in refusal
    assert "Zq7hunter" not in refusal


@pytest.mark.parametrize(
    "text",
    ["{admin_password: {secretRef: env:X}}", "{existingSecret: theirs, secretName: ours}", "{admin_password: ''}"],
)
def test_references_and_names_of_secrets_are_taken(text):
    assert load(with_values(text)).own_system is not None


BOARD = "hosts:\n  controller-0:\n    board:\n      "


def test_a_password_of_a_bios_is_refused_without_being_shown():
    (refusal,) = refusals(BOARD + "bios: {SetupPassword: hunter2}\n")
    assert "SetupPassword" in refusal
    assert "is a password, and none is set or compared here" in refusal
    assert "hunter2" not in refusal


def test_values_of_a_bios_keep_their_types():
    site = load(BOARD + 'bios: {SriovGlobalEnable: Enabled, Cores: 4, Quiet: true, Level: "4"}\n')
    said = site.own_hosts["controller-0"].at("board", "bios").plain()
    assert said == {"SriovGlobalEnable": "Enabled", "Cores": 4, "Quiet": True, "Level": "4"}


def test_a_version_that_yaml_reads_as_a_number_is_refused():
    (refusal,) = refusals(BOARD + "firmware: {BIOS: 2.20}\n")
    assert "subclouds/ottawa/site.yaml:4" in refusal


def test_the_site_says_one_attribute_otherwise_than_its_profile_and_keeps_the_rest():
    layer = "hosts: {controller-0: {board: {bios: {SriovGlobalEnable: Enabled, Cores: 4}}}}\n"
    site = load("hosts: {controller-0: {board: {bios: {Cores: 8}}}}\n", layer=layer)
    assert site.own_hosts["controller-0"].at("board", "bios").plain() == {"SriovGlobalEnable": "Enabled", "Cores": 8}
