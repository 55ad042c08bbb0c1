"""An effect that takes its time: waited for, told when it comes, and told in the platform's words when it does not."""

from __future__ import annotations

import pytest

from reconciler.apply.step import call_once
from reconciler.model.errors import NotReady, Stopped
from reconciler.model.plan import Call, Until
from reconciler.model.words import Service
from tests.apply.fakes import FakeSite, work_on
from tests.worlds import snap, system

INSTALLED = Until(
    "/v1.0/subclouds/ottawa",
    "deploy-status",
    ("install-complete", "complete"),
    limit_s=3600,
    fails=("install-failed",),
    told_by="error-description",
)


def shows(*states, error=""):
    """A site whose subcloud is in one of these states after another."""
    left = list(states)

    class Central(FakeSite):
        async def get(self, path, service=Service.PLATFORM):
            assert (path, service) == ("/v1.0/subclouds/ottawa", Service.DCMANAGER)
            return {"deploy-status": left.pop(0) if len(left) > 1 else left[0], "error-description": error}

        async def send(self, method, path, body, service=Service.PLATFORM):
            self.sent.append(f"{service} {method} {path}")

    return Central(snap(state=system()))


async def installed(site):
    path = "/v1.0/phased-subcloud-deploy/ottawa/install"
    await call_once(Call("PATCH", path, until=INSTALLED, service=Service.DCMANAGER), work_on(site, site.shown), host="")


async def test_it_is_waited_for_at_the_service_that_was_asked_also_where_a_state_was_missed():
    site = shows("pre-install", "installing", "complete")
    await installed(site)
    assert site.sent == ["dcmanager PATCH /v1.0/phased-subcloud-deploy/ottawa/install"]


async def test_what_fails_ends_the_wait_at_once_with_what_the_platform_says_of_it():
    with pytest.raises(Stopped, match="sc-1: deploy-status is install-failed: no route to the board"):
        await installed(shows("installing", "install-failed", error="no route to the board"))


async def test_what_neither_comes_nor_fails_is_given_up_after_its_limit():
    with pytest.raises(NotReady, match="deploy-status is 'installing' after 3600 s, not install-complete or complete"):
        await installed(shows("installing"))
