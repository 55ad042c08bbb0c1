"""/metrics: packed for who takes that, rendered once for all who ask at once, and hosts for one group."""

from __future__ import annotations

import asyncio
import gzip
import threading

import pytest

from reconciler.api import Access, Fleet, create_app
from reconciler.api.metrics import _Shared
from tests.api.calling import _exchanged, asked

TEXT = b"stxr_subclouds 3\n" * 200


def app(text=TEXT, hosts=lambda group: b"of " + group.encode() if group == "ran" else None):
    fleet = Fleet(list, lambda _site: None, lambda: text, lambda: "", lambda: 0.0, host_metrics=hosts)
    return create_app(fleet, Access("a-token-that-nobody-guesses"))


def scrape(accepts, text=TEXT):
    return _exchanged(app(text), "GET", "/metrics", {"accept-encoding": accepts.encode()})


@pytest.mark.parametrize("accepts", ["gzip", "deflate, gzip;q=1.0", "GZIP"])
def test_who_takes_it_packed_gets_it_packed(accepts):
    answer = scrape(accepts)
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(answer.body) == TEXT
    assert len(answer.body) < len(TEXT) / 10


@pytest.mark.parametrize("accepts", ["", "identity", "gzip;q=0", "gzip; q=0", "xgzip"])
def test_others_get_the_text(accepts):
    answer = scrape(accepts)
    assert ("content-encoding" in answer.headers, answer.body) == (False, TEXT)


def test_what_is_short_is_not_packed():
    assert scrape("gzip", b"stxr_leader 1\n").body == b"stxr_leader 1\n"


async def test_who_asks_while_it_is_made_shares_it_and_who_gives_up_takes_it_from_nobody():
    begun, goes_on, made = threading.Event(), threading.Event(), []

    def render():
        begun.set()
        goes_on.wait(10)
        made.append(1)
        return TEXT

    shared = _Shared(render)
    scrapes = [asyncio.create_task(shared.made()) for _ in range(3)]
    await asyncio.to_thread(begun.wait, 10)
    scrapes[0].cancel()
    goes_on.set()
    assert [(await one)[0] for one in scrapes[1:]] == [TEXT, TEXT]
    assert made == [1]
    await shared.made()
    assert made == [1, 1]


async def test_a_rendering_that_fails_is_tried_again():
    answers = iter([ValueError("no"), TEXT])

    def render():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shared = _Shared(render)
    with pytest.raises(ValueError, match="no"):
        await shared.made()
    assert (await shared.made())[0] == TEXT


def test_the_hosts_of_a_group_are_a_scrape_of_their_own():
    assert asked(app(), "/metrics/hosts?group=ran").body == b"of ran"
    missing = asked(app(), "/metrics/hosts?group=rail")
    assert (missing.status, missing.json["detail"].startswith("no site is in the group rail")) == (404, True)


@pytest.mark.parametrize("query", ["", "?group=", "?groups=ran"])
def test_nobody_gets_the_hosts_of_all_groups(query):
    assert asked(app(), f"/metrics/hosts{query}").status == 422
