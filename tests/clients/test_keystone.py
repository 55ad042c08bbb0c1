"""One token for everybody, in time, and a wrong password tried seldom."""

import asyncio
from datetime import timedelta

import pytest

from reconciler.clients.keystone import REJECTED_PAUSE_S, token_request
from reconciler.model.errors import ConfigError, Failure, Refused, Unauthorized, Unreachable
from tests.clients.conftest import PASSWORD, endpoint_at, following, reply

# The documented body: openstack/keystone, api-ref/source/v3/authenticate-v3.inc, "Password authentication with scoped
# authorization", project by name; what keystoneauth1 sends for the same credentials.
DOCUMENTED = {
    "auth": {
        "identity": {
            "methods": ["password"],
            "password": {"user": {"name": "admin", "domain": {"name": "Default"}, "password": PASSWORD}},
        },
        "scope": {"project": {"name": "admin", "domain": {"name": "Default"}}},
    }
}


def rejection(message="The request you have made requires authentication."):
    return reply({"error": {"code": 401, "message": message, "title": "Unauthorized"}}, 401)


async def test_the_request_has_keystones_documented_shape(site, clients):
    await clients.platform.get("/v1/isystems")
    assert site.token_requests == [DOCUMENTED]


@pytest.mark.parametrize("suffix", ["", "/", "/v3", "/v3/"])
async def test_the_auth_url_may_name_the_version(site, endpoint, open_clients, suffix):
    entry = {**endpoint.model_dump(by_alias=True), "authUrl": site.url + suffix, "name": endpoint.name}
    await (await open_clients(type(endpoint).model_validate(entry))).platform.get("/v1/isystems")
    assert len(site.token_requests) == 1


def test_another_project_and_domain_are_said(endpoint):
    credentials = endpoint.credentials.model_copy(
        update={"project_name": "services", "project_domain_name": "P", "user_domain_name": "U"}
    )
    body = token_request(credentials, None)["auth"]
    assert body["scope"] == {"project": {"name": "services", "domain": {"name": "P"}}}
    assert body["identity"]["password"]["user"]["domain"] == {"name": "U"}


async def test_many_calls_at_once_ask_for_one_token(site, clients):
    await asyncio.gather(*(clients.platform.get(f"/v1/ihosts/{n}") for n in range(50)))
    assert (len(site.asked), len(site.token_requests)) == (50, 1)


@pytest.mark.parametrize(("minutes", "requests"), [(47, 1), (49, 2)])
async def test_a_token_is_renewed_after_four_fifths_of_its_life(site, clients, clock, minutes, requests):
    await clients.platform.get("/v1/isystems")
    clock.time += minutes * 60
    await clients.platform.get("/v1/isystems")
    assert len(site.token_requests) == requests


@pytest.mark.parametrize("skew", [timedelta(days=-400), timedelta(days=400)])
async def test_a_sites_wrong_clock_does_not_shorten_or_lengthen_a_token(site, clients, clock, skew):
    site.skew = skew
    await clients.platform.get("/v1/isystems")
    await clients.platform.get("/v1/isystems")
    assert len(site.token_requests) == 1
    clock.time += 49 * 60
    await clients.platform.get("/v1/isystems")
    assert len(site.token_requests) == 2


async def test_those_who_wait_for_a_token_share_how_it_failed(site, clients):
    site.keystone = following(reply({"error": {"code": 500, "message": "database"}}, 500))
    ends = await asyncio.gather(*(clients.platform.get(f"/v1/x/{n}") for n in range(50)), return_exceptions=True)
    assert {type(e) for e in ends} == {Refused}
    assert len(site.token_requests) == 1


async def test_a_caller_that_gives_up_does_not_take_the_others_token(site, clients):
    asked, go = asyncio.Event(), asyncio.Event()

    async def keystone(_request):
        asked.set()
        await go.wait()
        return site.grant()

    site.keystone = keystone
    first, second = (asyncio.create_task(clients.platform.get("/v1/isystems")) for _ in range(2))
    await asked.wait()
    first.cancel()
    go.set()
    assert await second == {}
    assert first.cancelled()


async def test_a_wrong_password_is_not_tried_at_every_visit(site, clients, clock):
    site.keystone = following(rejection())
    with pytest.raises(Unauthorized, match="keystone does not accept us for POST /v3/auth/tokens"):
        await clients.platform.get("/v1/isystems")
    clock.time += REJECTED_PAUSE_S - 1
    with pytest.raises(Unauthorized, match="authentication; not tried again for 1 s with the same password"):
        await clients.platform.get("/v1/isystems")
    assert len(site.token_requests) == 1


async def test_a_wrong_password_is_tried_again_after_a_while(site, clients, clock):
    site.keystone = following(rejection())
    for _ in range(2):
        with pytest.raises(Unauthorized):
            await clients.platform.get("/v1/isystems")
        clock.time += REJECTED_PAUSE_S
    assert len(site.token_requests) == 2


async def test_a_new_password_is_tried_at_once(site, clients, monkeypatch):
    site.keystone = following(rejection())
    with pytest.raises(Unauthorized):
        await clients.platform.get("/v1/isystems")
    site.keystone = None
    monkeypatch.setenv("SC_0412", "another")
    await clients.platform.get("/v1/isystems")
    assert site.token_requests[-1]["auth"]["identity"]["password"]["user"]["password"] == "another"


async def test_a_failure_is_not_remembered_longer_than_it_lasts(site, clients):
    site.keystone = following(reply({"error": {"code": 500, "message": "database"}}, 500))
    with pytest.raises(Refused, match="keystone refused"):
        await clients.platform.get("/v1/isystems")
    site.keystone = None
    assert await asyncio.gather(*(clients.platform.get("/v1/isystems") for _ in range(2))) == [{}, {}]


async def test_a_keystone_that_is_coming_up_is_asked_again(site, clients, clock):
    site.keystone = following(reply({}, 503), reply({}, 503), site.grant())
    assert await clients.platform.get("/v1/isystems") == {}
    assert clock.slept == [0.5, 1.0]


async def test_a_write_waits_for_keystone_and_is_sent_once(site, clients):
    site.keystone = following(reply({}, 503))
    with pytest.raises(Unreachable) as caught:
        await clients.platform.send("PATCH", "/v1/ihosts/6b1d", [])
    error = caught.value
    assert (error.service, error.failure, error.sent) == ("keystone", Failure.UNAVAILABLE, False)
    assert site.asked == []


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (reply({"token": {}}, 201), "201 without X-Subject-Token"),
        (reply("no object", 201), "201 without X-Subject-Token"),
    ],
)
async def test_an_answer_without_a_token_is_not_keystones(site, clients, answer, complaint):
    site.keystone = following(answer)
    with pytest.raises(Unreachable, match=complaint) as caught:
        await clients.platform.get("/v1/isystems")
    assert caught.value.failure is Failure.GARBLED


@pytest.mark.parametrize("body", [{}, {"token": {}}, {"token": {"expires_at": "soon", "issued_at": "now"}}, [], "x"])
async def test_a_token_without_a_readable_life_is_not_used(site, clients, body):
    answer = reply(body, 201)
    answer.headers["X-Subject-Token"] = "t"
    site.keystone = following(answer)
    with pytest.raises(Unreachable, match="a token without a readable life"):
        await clients.platform.get("/v1/isystems")


async def test_a_missing_password_is_a_fault_of_the_configuration(site, open_clients, monkeypatch):
    monkeypatch.delenv("SC_0412", raising=False)
    clients = await open_clients(endpoint_at(site.url))
    with pytest.raises(ConfigError, match="the environment variable SC_0412 is not set"):
        await clients.platform.get("/v1/isystems")
    assert site.token_requests == []
