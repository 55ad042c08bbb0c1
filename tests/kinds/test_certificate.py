"""Certificates: known by what their secrets hold, installed by one call, and only authorities ever deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.engine.ending import ending
from reconciler.kinds import registry
from reconciler.model.change import Change
from reconciler.model.expiry import CertificatePolicy
from reconciler.model.kind import Context
from reconciler.model.plan import Call
from reconciler.model.resource import ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.secret import SecretRef, Upload, digest
from reconciler.model.snapshot import Unread
from reconciler.model.words import Action, Disruption
from reconciler.observe import interpret
from tests.authorities import BEGIN, DAY, authority, made
from tests.kinds.machines import (
    KINDS,
    context,
    desired,
    difference,
    differences,
    observed,
    planned,
    resource,
    rows,
    sent,
    site,
    why_not,
    written,
)
from tests.kinds.test_system_settings import ROW

KIND = registry()["certificate"]
ROOT, OTHER = authority(), authority("another ca")
LEAF = made("platform", ROOT)
TRUST = (
    "{system: {certificates: [{type: ssl_ca, secret: site-ca}]}, own: {secrets: {site-ca: {secretRef: env:SITE_CA}}}}"
)
SERVED = """
system: {certificates: [{type: %s, secret: served}]}
own: {system: {https: true}, secrets: {served: {secretRef: env:SERVED, keyRef: env:SERVED_KEY}}}
"""
OVER_HTTPS = {**ROW, "capabilities": {"https_enabled": True}}


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    """What the references refer to."""
    monkeypatch.setenv("SITE_CA", ROOT.pem)
    monkeypatch.setenv("SERVED", LEAF.pem)
    monkeypatch.setenv("SERVED_KEY", LEAF.key)
    return monkeypatch


def row(of=ROOT, kind="ssl_ca", **more):
    """A row of /v1/certificate."""
    return {
        "uuid": f"cert-{of.serial}",
        "certtype": kind,
        "issuer": None,
        "signature": f"{kind}_{of.serial}",
        "details": None,
        "start_date": "2025-01-01T00:00:00",
        "expiry_date": "2034-12-30T00:00:00",
        "subject": "CN=site ca,O=Example\\, Inc.",
        "hash_subject": "7",
        **more,
    }


def listed(*certificates, system=OVER_HTTPS):
    return rows(system=system, certificate=certificates)


def test_an_item_of_the_list_is_a_certificate_with_its_end():
    spec = resource("certificate", listed(row())).spec
    assert (spec.name, spec.type, spec.expires) == (f"ssl_ca_{ROOT.serial}", "ssl_ca", "2034-12-30T00:00:00")
    assert resource("certificate", listed(row(LEAF, "ssl"))).key.name == "ssl"


def test_an_authority_that_the_site_does_not_trust_is_one_upload():
    (call,) = written(TRUST, listed())
    body = Upload((SecretRef("env:SITE_CA"),), {"mode": "ssl_ca"}, digest(ROOT.pem))
    assert call == Call("POST", "/v1/certificate/certificate_install", body)


def test_one_that_it_trusts_is_no_difference():
    assert differences(TRUST, listed(row())) == {}


def test_an_authority_that_git_does_not_say_is_left_alone():
    assert differences(TRUST, listed(row(), row(OTHER))) == {}


def test_each_authority_of_a_bundle_is_looked_for_and_the_bundle_is_sent_once(secrets):
    secrets.setenv("SITE_CA", ROOT.pem + OTHER.pem)
    assert len(differences(TRUST, listed())) == 2
    assert len(differences(TRUST, listed(row(OTHER)))) == 1
    assert len(sent(TRUST, listed())) == 1


@pytest.mark.parametrize("kind", ["ssl", "docker_registry", "openldap", "openstack"])
def test_a_certificate_of_a_service_is_known_by_its_type(kind):
    change = difference(SERVED % kind, listed(row(OTHER, kind)))
    assert (str(change.key), change.action) == (f"certificate/{kind}", Action.UPDATE)
    assert [(f.name, f.observed, f.desired) for f in change.fields] == [
        ("signature", f"{kind}_{OTHER.serial}", f"{kind}_{LEAF.serial}")
    ]
    assert differences(SERVED % kind, listed(row(LEAF, kind))) == {}


def test_certificate_and_key_are_one_file_in_that_order():
    (call,) = written(SERVED % "ssl", listed())
    assert call.body.file == (SecretRef("env:SERVED"), SecretRef("env:SERVED_KEY"))
    assert call.body.digest == digest(LEAF.pem + LEAF.key)


def test_with_its_authorities_a_service_is_known_by_the_first_and_a_store_by_the_last(secrets):
    secrets.setenv("SERVED", LEAF.pem + ROOT.pem)
    assert differences(SERVED % "ssl", listed(row(LEAF, "ssl"))) == {}
    secrets.setenv("SITE_CA", OTHER.pem + ROOT.pem)
    assert differences(TRUST.replace("ssl_ca", "openstack_ca"), listed(row(ROOT, "openstack_ca"))) == {}


def test_a_private_key_does_not_go_over_a_line_that_everybody_reads():
    plain = {**ROW, "capabilities": {"https_enabled": False}}
    assert "does not speak HTTPS" in why_not(SERVED % "ssl", listed(system=plain))["certificate/ssl"]
    assert sent(TRUST, listed(system=plain)) != []


def test_a_certificate_that_was_valid_once_is_not_sent(secrets):
    secrets.setenv("SITE_CA", authority(days=2).pem)
    around = context(TRUST, listed())
    later = interpret("ottawa", listed(), KINDS, (BEGIN + 3 * DAY).timestamp())
    (name,) = (key for key in around.desired.resources if key.kind == "certificate")
    change = Change(name, Action.CREATE, around.desired.resources[name], None)
    assert KIND.why_not(change, around) == ""
    assert "it was valid until 2025-01-03T00:00:00" in KIND.why_not(change, Context(around.desired, later))


@pytest.mark.parametrize(
    ("text", "secret", "told"),
    [
        (TRUST, "", "env:SITE_CA: the environment variable SITE_CA is not set, or empty"),
        (TRUST, "no pem", "no certificate in PEM form is in it"),
        (TRUST, LEAF.pem, "ssl_ca takes no other"),
        (TRUST, ROOT.pem.replace("MII", "AAA"), "certificate 1 of it cannot be read"),
        ("{system: {certificates: [{type: ssl, secret: site-ca}]}, own: {secrets: {site-ca: {secretRef: env:SITE_CA}}}}",
         LEAF.pem, "ssl needs its private key with it: say keyRef beside secretRef"),
        (TRUST.replace("ssl_ca", "openstack"), ROOT.pem + ROOT.key, "openstack wants that of the service first"),
        (TRUST.replace("ssl_ca", "openldap"), LEAF.pem + OTHER.pem + LEAF.key, "each one is signed by the next"),
    ],
)  # fmt: skip
def test_a_secret_that_cannot_be_read_is_told_and_nothing_is_planned(secrets, text, secret, told):
    secrets.setenv("SITE_CA", secret)
    said = desired(text)
    ((key, why),) = said.sealed.items()
    assert key.kind == "certificate"
    assert told in why
    assert why.startswith("its secret cannot be read: ")
    assert planned(text, listed()).is_empty


def test_a_certificate_whose_secret_nobody_knows_the_place_of_is_not_managed():
    said = desired("{system: {certificates: [{type: ssl_ca, secret: site-ca}]}}")
    assert [key for key in (*said.resources, *said.sealed) if key.kind == "certificate"] == []


def deleting(found):
    have = observed(found)
    key = next(key for key in have.resources if key.kind == "certificate")
    return Change(key, Action.DELETE, None, have.resources[key]), Context(have, have)


def test_an_authority_is_deleted_by_its_id():
    change, around = deleting(listed(row()))
    assert KIND.why_not(change, around) == ""
    (call,) = KIND.write([change], around)
    assert (call.method, call.path, call.refs["uuid"].key) == ("DELETE", "/v1/certificate/{uuid}", change.key)


def test_nothing_but_an_authority_can_be_deleted():
    assert KIND.why_not(*deleting(listed(row(LEAF, "ssl")))).startswith(
        "the platform deletes ssl_ca certificates alone"
    )


def test_trusting_another_authority_restarts_services_and_locks_nothing():
    plan = planned(TRUST, listed())
    assert (plan.disruption, plan.locked_hosts) == (Disruption.SERVICE, ())


def test_what_git_says_can_be_said_again_and_what_a_site_shows_cannot():
    (said,) = KIND.declare(site(TRUST))
    around = observed(listed(row()))
    (place,) = KIND.express(said, around)
    assert place.path[1].keys == (("type", "ssl_ca"), ("secret", "site-ca"))
    assert list(KIND.express(around.resources[ResourceKey("certificate", f"ssl_ca_{ROOT.serial}")], around)) == []


# ---- until when


def test_each_row_says_until_when_by_its_type():
    shown = [
        row(),
        row(LEAF, "ssl", expiry_date=None),
        row(OTHER, "of-tomorrow", expiry_date="2027-01-02T03:04:05+00:00"),
    ]
    ends = [KIND.expiry(r) for r in KIND.read(rows(certificate=shown))]
    assert [(one.type, one.name) if one else None for one in ends] == [
        ("ssl_ca", f"ssl_ca_{ROOT.serial}"),
        None,
        ("other", f"of-tomorrow_{OTHER.serial}"),
    ]
    assert ends[2].at == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()


def test_a_date_of_a_form_that_nobody_knows_is_none():
    (shown,) = KIND.read(rows(certificate=[row(expiry_date="next week")]))
    assert KIND.expiry(shown) is None


def test_the_first_of_each_type_is_known_and_nothing_where_the_list_was_not_read():
    found = rows(certificate=[row(), row(OTHER), row(LEAF, "ssl")])
    policy = CertificatePolicy()
    assert [one.type for one in ending(observed(found), KINDS, policy)] == ["ssl", "ssl_ca"]
    unread = Rows({place: listed for place, listed in found.listed.items() if place[0] != "certificate"})
    assert ending(observed(unread), KINDS, policy) is None


def test_of_what_nobody_asked_for_nothing_is_missed_and_what_could_not_be_read_is():
    """The root certificate of Kubernetes is read where Git says something of it."""
    seen = observed(rows(certificate=[row(LEAF, "ssl")]))
    assert ending(seen, registry(), CertificatePolicy()) is not None
    unread = replace(seen, unread=(Unread("platform_certificates", "", "no answer"),))
    assert ending(unread, registry(), CertificatePolicy()) is None
