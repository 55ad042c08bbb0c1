"""Objects, whole lists and writes of one site's platform API."""

import asyncio

import orjson
import pytest
from aiohttp import web
from pydantic import SecretStr

from reconciler.model.errors import Busy, Failure, Refused, Unauthorized, Unreachable
from tests.clients.conftest import fault, reply


async def test_an_object_comes_without_its_links(site, clients):
    site.answers({"uuid": "1c2d", "name": "dns", "links": [{"href": "http://platform:6385/v1/idns/1c2d"}]})
    assert await clients.platform.get("/v1/idns/1c2d") == {"uuid": "1c2d", "name": "dns"}


async def test_accept_and_user_agent_are_always_sent(site, clients):
    await clients.platform.get("/v1/isystems")
    await clients.platform.send("PATCH", "/v1/ihosts/6b1d", [])
    for request in site.asked:
        assert request.headers["Accept"] == "application/json"
        assert request.headers["User-Agent"].startswith("stx-reconciler/")


async def test_a_write_sends_json(site, clients):
    site.answers({"uuid": "1c2d"})
    patch = [{"op": "replace", "path": "/location", "value": {"locn": "rack 2"}}]
    assert await clients.platform.send("PATCH", "/v1/ihosts/6b1d", patch) == {"uuid": "1c2d"}
    assert site.asked[0].headers["Content-Type"] == "application/json"
    assert orjson.loads(site.bodies[0]) == patch


async def test_a_write_may_have_no_answer_body(site, clients):
    site.answers(web.Response(status=204))
    assert await clients.platform.send("DELETE", "/v1/routes/9f00") is None
    assert "Content-Type" not in site.asked[0].headers


async def test_a_secret_in_a_body_reaches_the_service(site, clients):
    await clients.platform.send("POST", "/v1/x", {"bm_password": SecretStr("iron")})
    assert orjson.loads(site.bodies[0]) == {"bm_password": "iron"}


async def test_the_url_may_end_in_the_version_as_the_catalogue_has_it(site, endpoint, open_clients):
    at = endpoint.model_copy(update={"services": {"platform": f"{site.url}/v1"}})
    await (await open_clients(at)).platform.get("/v1/isystems")
    assert site.asked[0].path == "/v1/isystems"


# Lists


async def test_rows_of_every_page_are_one_list(site, clients):
    def page(number, following=None):
        more = {"next": f"http://platform:6385/v1/icpus?sort_key=id&limit=1&marker=m{following}"} if following else {}
        return {"icpus": [{"cpu": number, "links": []}], **more}

    site.answers(page(0, following=1), page(1, following=2), page(2))
    assert await clients.platform.list("/v1/icpus", "icpus") == ({"cpu": 0}, {"cpu": 1}, {"cpu": 2})
    assert [r.query.get("marker") for r in site.asked] == [None, "m1", "m2"]


async def test_the_next_page_is_asked_of_the_same_list_whatever_the_link_says(site, clients):
    # sysinv's link for a host's own list leads to the global one, which is empty or refused
    site.answers(
        {"partitions": [{"uuid": "a"}], "next": "http://elsewhere:1/v1/partitions?limit=1&marker=a"}, {"partitions": []}
    )
    assert await clients.platform.list("/v1/ihosts/6b1d/partitions", "partitions") == ({"uuid": "a"},)
    assert [r.path for r in site.asked] == ["/v1/ihosts/6b1d/partitions"] * 2


async def test_a_filter_is_kept_on_every_page(site, clients):
    site.answers({"parameters": [], "next": "http://p/v1/service_parameter?limit=1&marker=a"}, {"parameters": []})
    await clients.platform.list("/v1/service_parameter?q.field=service&q.value=http&q.field=name&limit=9", "parameters")
    assert site.asked[1].query_string == "q.field=service&q.value=http&q.field=name&limit=1&marker=a"


async def test_pages_that_lead_to_one_another_are_refused(site, clients):
    site.answers(
        {"icpus": [], "next": "http://p/v1/icpus?marker=a"},
        {"icpus": [], "next": "http://p/v1/icpus?marker=b"},
        {"icpus": [], "next": "http://p/v1/icpus?marker=a"},
    )
    with pytest.raises(Unreachable, match="pages do not end after 3") as caught:
        await clients.platform.list("/v1/icpus", "icpus")
    assert caught.value.failure is Failure.GARBLED


async def test_a_next_page_without_a_marker_is_the_first_again(site, clients):
    site.answers({"icpus": [], "next": "http://p/v1/icpus"})
    with pytest.raises(Unreachable, match="pages do not end after 1"):
        await clients.platform.list("/v1/icpus", "icpus")


async def test_pages_without_end_are_refused(site, clients, monkeypatch):
    monkeypatch.setattr("reconciler.clients.platform.MOST_PAGES", 4)
    numbers = iter(range(1000))

    async def platform(_request):
        return reply({"icpus": [], "next": f"http://p/v1/icpus?marker={next(numbers)}"})

    site.platform = platform
    with pytest.raises(Unreachable, match="pages do not end after 4"):
        await clients.platform.list("/v1/icpus", "icpus")


@pytest.mark.parametrize("body", [{"idns": []}, {"idnss": None}, {"idnss": ["text"]}, [], "text", None])
async def test_what_is_no_list_is_never_an_empty_one(site, clients, body):
    site.answers(reply(body))
    with pytest.raises(Unreachable, match="no list of idnss in it"):
        await clients.platform.list("/v1/idns", "idnss")


async def test_a_list_that_breaks_off_on_its_second_page_is_no_list(site, clients):
    site.answers({"icpus": [{"cpu": 0}], "next": "http://p/v1/icpus?marker=a"}, fault("No marker a", 404))
    with pytest.raises(Refused, match="No marker a"):
        await clients.platform.list("/v1/icpus", "icpus")


# Refusals


async def test_a_refusal_carries_the_platforms_own_words(site, clients):
    site.answers(fault("Host must be locked before updating installation parameters."))
    with pytest.raises(Refused) as caught:
        await clients.platform.send("PATCH", "/v1/ihosts/6b1d", [], host="controller-0")
    error = caught.value
    assert (error.status, error.fault) == (400, "Host must be locked before updating installation parameters.")
    assert str(error).startswith("sc-0412 controller-0: platform refused PATCH /v1/ihosts/6b1d (400): Host must be")


async def test_a_not_now_is_busy(site, clients):
    site.answers(fault("Can not unlock worker-1 kernel configuration in progress."))
    with pytest.raises(Busy):
        await clients.platform.send("PATCH", "/v1/ihosts/6b1d", [])


async def test_a_refused_read_is_not_repeated(site, clients):
    site.answers(fault("'Connection' object has no attribute 'label_get_list'", 500, "Server"))
    with pytest.raises(Refused):
        await clients.platform.list("/v1/labels", "labels")
    assert len(site.asked) == 1


# Tokens


async def test_a_rejected_token_is_replaced_once(site, clients):
    await clients.platform.get("/v1/isystems")
    site.valid.clear()
    await clients.platform.send("POST", "/v1/datanetworks", {"name": "physnet0"})
    assert [r.headers["X-Auth-Token"] for r in site.asked] == ["token-1", "token-1", "token-2"]
    assert [orjson.loads(b) for b in site.bodies[1:]] == [{"name": "physnet0"}] * 2


async def test_a_service_that_rejects_a_fresh_token_too_is_not_asked_again(site, clients):
    site.keystone = _worthless(site)
    with pytest.raises(
        Unauthorized, match=r"platform does not accept us for GET .v1.isystems .401.: Authentication req"
    ):
        await clients.platform.get("/v1/isystems")
    assert (len(site.asked), len(site.token_requests)) == (2, 2)


def _worthless(site):
    async def keystone(_request):
        answer = site.grant()
        site.valid.clear()
        return answer

    return keystone


async def test_fifty_rejections_at_once_are_one_new_token(site, open_clients):
    clients = await open_clients(connections=50)
    await clients.platform.get("/v1/isystems")
    site.valid.clear()
    await asyncio.gather(*(clients.platform.get(f"/v1/ihosts/{n}") for n in range(50)))
    assert len(site.token_requests) == 2


# Writes and time


async def test_a_write_on_a_host_may_take_longer(site, open_clients):
    clients = await open_clients(write_s=0.05, action_s=5.0)
    site.platform = _slowly(0.2)
    await clients.platform.send("PATCH", "/v1/ihosts/6b1d", [])
    await clients.platform.send("DELETE", "/v1/ihosts/6b1d")
    await clients.platform.send("POST", "/v1/ihosts", {})
    with pytest.raises(Unreachable, match=r"no answer within 0.05 s; it may have taken effect"):
        await clients.platform.send("PATCH", "/v1/ihosts/6b1d/kernel", [])


async def test_a_call_may_bring_its_own_time_out(site, clients):
    site.platform = _slowly(0.5)
    with pytest.raises(Unreachable, match=r"within 0.05 s"):
        await clients.platform.send("PATCH", "/v1/ihosts/6b1d", [], timeout_s=0.05)


def _slowly(seconds):
    async def platform(_request):
        await asyncio.sleep(seconds)  # the slowness is the subject
        return reply({})

    return platform


async def test_a_path_begins_at_the_root(clients):
    with pytest.raises(ValueError, match="begins with /"):
        await clients.platform.get("v1/ihosts")
