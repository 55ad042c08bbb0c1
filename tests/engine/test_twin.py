"""A twin shows what its site showed, is reached by our own clients, and learns no secret."""

from __future__ import annotations

import pytest

from reconciler.engine.preview import rows_of
from reconciler.engine.remote import SiteRemote
from reconciler.engine.twin import twin_of, without_secrets
from reconciler.engine.virtual_time import run
from reconciler.model.errors import ConfigError, Refused
from reconciler.model.plan import replacing
from reconciler.model.proof import HostToll, Refusal
from reconciler.model.secret import Document, SecretRef, Upload
from reconciler.observe import interpret
from tests.adopt.proving import is_equal
from tests.engine.twins import KINDS, OTTAWA, PLANT, YARD, inventory


@pytest.mark.parametrize("name", [OTTAWA, YARD, PLANT])
def test_a_twin_shows_all_that_its_site_showed(name):
    async def shown():
        twin = twin_of(name, inventory(name))
        return await SiteRemote(name, twin, KINDS, twin.clock).observe()

    site, twin = interpret(name, rows_of(inventory(name)), KINDS, 0.0), run(shown())
    of_platform = {k: r for k, r in site.resources.items() if (k.kind, k.host) in twin.complete}
    assert [k for k, r in of_platform.items() if not is_equal(r, twin.resources[k])] == []
    assert {k for k in twin.resources if (k.kind, k.host) in twin.complete} == of_platform.keys()
    assert twin.system == site.system
    assert len(site.resources) > 50


def uuid_of(name, host="controller-0"):
    return next(h["uuid"] for h in inventory(name)["/v1/ihosts"]["ihosts"] if h["hostname"] == host)


def test_what_happens_to_its_hosts_is_counted():
    path = f"/v1/ihosts/{uuid_of(OTTAWA)}"

    async def locked_and_unlocked():
        twin = twin_of(OTTAWA, inventory(OTTAWA))
        for action in ("lock", "unlock"):
            await twin.send("PATCH", path, replacing({"action": action}))
            await twin.clock.sleep(3600.0)
        return twin.tolls, twin.calls, twin.clock.elapsed

    tolls, calls, passed = run(locked_and_unlocked())
    assert tolls == (HostToll("controller-0", locks=1, reboots=1, swacts=0),)
    assert (calls, passed) == (2, 7200.0)


def test_what_it_refuses_is_kept_in_the_words_of_the_platform():
    async def refused():
        twin = twin_of(OTTAWA, inventory(OTTAWA))
        with pytest.raises(Refused):
            await twin.send("POST", "/v1/datanetworks", {"name": "midhaul", "network_type": "vlan", "mtu": 60})
        return twin.refusals

    assert run(refused()) == [
        Refusal("POST", "/v1/datanetworks", 400, "MTU must be between 576 and 9216 bytes."),
    ]


def test_a_secret_is_never_read_for_a_twin(monkeypatch):
    monkeypatch.setenv("OTTAWA_BMC", "the real one")
    body = replacing({"bm_type": "redfish", "bm_password": SecretRef("env:OTTAWA_BMC")})

    async def sent():
        twin = twin_of(OTTAWA, inventory(OTTAWA))
        await twin.send("PATCH", f"/v1/ihosts/{uuid_of(OTTAWA)}", replacing({"location": {"locn": "Hull"}}))
        with pytest.raises(Refused):
            await twin.send("PATCH", f"/v1/ihosts/{uuid_of(OTTAWA)}", body)
        return [write.body for write in twin.system.journal.writes]

    told = run(sent())
    assert "Hull" in told[0]
    assert "bm_password" in told[1]
    assert "the real one" not in "".join(told)


def test_a_file_with_a_secret_is_not_uploaded_to_a_twin():
    with pytest.raises(ConfigError, match="no secret is given to a twin"):
        without_secrets(Upload(SecretRef("file:/etc/stxr/tls.pem")))


def test_a_body_without_secrets_stays_as_it_is():
    body = {"name": "a", "list": [1, {"b": None}], "flag": True}
    assert without_secrets(body) == body


def test_what_was_said_of_charts_is_there_and_more_may_be_said():
    shown = {
        **inventory(OTTAWA),
        "/v1/helm_charts?app_name=cert-manager": {"charts": [{"name": "cm", "enabled": [False], "namespaces": ["a"]}]},
        "/v1/helm_charts/cert-manager?name=cm&namespace=a": {
            "name": "cm",
            "namespace": "a",
            "attributes": "enabled: false\n",
            "user_overrides": '{"replicas": 2}',
        },
    }

    async def told():
        twin = twin_of(OTTAWA, shown)
        remote = SiteRemote(OTTAWA, twin, KINDS, twin.clock)
        before = await remote.observe()
        said = {
            "flags": {},
            "attributes": {},
            "values": {"files": [Document({"admin_token": SecretRef("env:NOT_THERE")})]},
        }
        await twin.send("PATCH", "/v1/helm_charts/cert-manager?name=cm&namespace=a", without_secrets(said))
        return before, await remote.observe()

    before, after = (
        next(r.spec for k, r in seen.resources.items() if k.kind == "helm-override") for seen in run(told())
    )
    assert (before.is_enabled, before.values) == (False, {"replicas": 2})
    assert list(after.values) == ["admin_token"]
