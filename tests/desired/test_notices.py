"""What a site's author is told, though nothing stops: once for each place."""

from __future__ import annotations

import pytest

from reconciler.desired import explain, load_site, render_values
from tests.desired.writing import AIO_SX, document, site_files

WHERE = "subclouds/ottawa/deployment-config.yaml"
SECRET = """\
---
apiVersion: v1
kind: Secret
metadata:
  name: system-endpoint
data:
  OS_PASSWORD: aHVudGVyMg==
stringData: {OS_AUTH_URL: hunter2}
"""


def notices(text, file="deployment-config.yaml"):
    return [(notice.where, notice.message) for notice in load_site(site_files({file: text})).warnings]


def test_a_plain_deployment_config_gives_none():
    assert notices("---\napiVersion: v1\nkind: Namespace\nmetadata: {name: deployment}\n---\n" + AIO_SX) == []


def test_secrets_are_dropped_unread_and_named_once():
    site = load_site(site_files({"deployment-config.yaml": SECRET + SECRET.replace("system-endpoint", "bmc")}))
    assert [(notice.where, notice.message) for notice in site.warnings] == [
        (
            f"{WHERE}:2",
            (
                "Secret system-endpoint, bmc: the values are dropped unread; give credentials by reference (secretRef), "
                "and take secrets out of Git"
            ),
        )
    ]
    assert "hunter2" not in repr(site)


def test_deployment_scope_is_accepted_and_mentioned_once():
    text = "".join(document("DataNetwork", n, "  type: flat") + "status: {deploymentScope: principal}\n" for n in "ab")
    assert notices(text) == [(f"{WHERE}:8", "status.deploymentScope is not needed here: the mode is site.yaml's")]


def test_unknown_keys_of_upstream_documents_are_unmanaged():
    text = document("DataNetwork", "a", "  type: flat\n  colour: red")
    assert notices(text) == [(f"{WHERE}:8", "DataNetwork a: colour is not known here: it is not managed")]


def test_unknown_kinds_are_unmanaged():
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\napiVersion: starlingx.windriver.com/v1\nkind: Hots\n"
    known = "System, Host, HostProfile, PlatformNetwork, AddressPool, DataNetwork, PtpInstance, PtpInterface"
    assert notices(text) == [
        (f"{WHERE}:1", "Deployment of apps/v1 is not managed"),
        (
            f"{WHERE}:5",
            f"Hots of starlingx.windriver.com/v1 is not managed; of starlingx.windriver.com it reads {known}",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("powerOn: yes", ('HostProfile p: powerOn: yes is read as the boolean true in YAML 1.1 and as text, "yes" in YAML 1.2: '
                         'write true, or "yes" for the text')),
        ("powerOn: off", ('HostProfile p: powerOn: off is read as the boolean false in YAML 1.1 and as text, "off" in YAML 1.2: '
                         'write false, or "off" for the text')),
    ],
)  # fmt: skip
def test_yes_in_a_boolean_is_taken_and_mentioned(text, message):
    text = document("HostProfile", "p", f"  {text}") + document("Host", "h", "  profile: p")
    assert notices(text) == [(f"{WHERE}:7", message)]


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("24.10", "the number 24.1: "),
        ("010", "the number 8 in YAML 1.1 and as the number 10 in YAML 1.2: "),
        ("11:22:33:44:55:06", 'the number 8846009706 in YAML 1.1 and as text, "11:22:33:44:55:06" in YAML 1.2: '),
        ("2026-11-21", 'the date 2026-11-21 in YAML 1.1 and as text, "2026-11-21" in YAML 1.2: '),
    ],
)
def test_scalars_in_doubt_under_keys_that_we_do_not_know_are_mentioned(value, seen):
    assert notices(f"colour: {value}\n", "install-values.yaml") == [
        (
            "subclouds/ottawa/install-values.yaml:1",
            f'install-values.yaml: colour: {value} is read as {seen}write "{value}" for the text',
        )
    ]


def test_a_secret_in_clear_is_mentioned_and_never_shown():
    text = (
        "bmc_password: 0123\ndocker_registries: {a: {password: hunter2, url: x}}\nadmin_password: {secretRef: env:A}\n"
    )
    site = load_site(site_files({"install-values.yaml": text}))
    shown = "\n".join([*explain(site), *render_values(site).values(), *(notice.message for notice in site.warnings)])
    assert "0123" not in shown
    assert "hunter2" not in shown
    assert [notice.message for notice in site.warnings if "clear" in notice.message] == [
        f"install-values.yaml: {key} stands in clear in Git: take it out, and give it by reference (secretRef)"
        for key in ("bmc_password", "password")
    ]


def test_yaml_that_is_not_read_is_mentioned():
    own = {"deployment-config.yml": AIO_SX, "old/deployment-config.yaml": AIO_SX, "notes.txt": "x", "site.yaml": "{}\n"}
    message = "not read: only subclouds/ottawa/*.yaml is, subclouds/ottawa/deployment-config.yaml for one"
    assert [(notice.where, notice.message) for notice in load_site(site_files(own)).warnings] == [
        ("subclouds/ottawa/deployment-config.yml", message),
        ("subclouds/ottawa/old/deployment-config.yaml", message),
    ]


def test_a_pool_that_no_document_describes_must_be_on_the_site():
    text = document("PlatformNetwork", "mgmt", "  type: mgmt\n  dynamic: true\n  associatedAddressPools: [management]")
    assert notices(text) == [
        (f"{WHERE}:9", 'PlatformNetwork mgmt: no AddressPool document "management": it must be on the site already')
    ]
