"""dcmanager is asked to end a phase until it has heard it, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.aborting import Aborting
from reconciler.model.aborting import Abort
from reconciler.model.central import Subcloud
from reconciler.model.errors import Failure, Held, Refused, Unreachable

INSTALLING = Subcloud("ottawa", "r", 1, "unmanaged", "offline", "installing", "26.03")
PATH = "/v1.0/phased-subcloud-deploy/ottawa/abort"
LOST = Unreachable("dcmanager", "PATCH", PATH, Failure.REFUSED, "nobody is there", False)
BROKEN = Refused("dcmanager", "PATCH", PATH, 500, "Unable to abort subcloud deployment")
OVER = Refused("dcmanager", "PATCH", PATH, 400, "can only be aborted while installing")


class Centre:
    """Answers with these errors first."""

    def __init__(self, *errors):
        self.errors, self.heard = list(errors), 0

    async def send(self, method, path, body):
        assert (method, path, body) == ("PATCH", PATH, None)
        if self.errors:
            raise self.errors.pop(0)
        self.heard += 1


class Aborts:
    def __init__(self):
        self.word = Abort("ottawa", "jo", "wrong rack")

    def of(self, _site):
        return self.word

    def asked(self, _site, status):
        self.word = replace(self.word, status=status)

    def forget(self, _site):
        self.word = None


@pytest.mark.parametrize("error", [LOST, BROKEN], ids=["nobody-there", "broken"])
async def test_what_dcmanager_did_not_hear_is_asked_for_again_by_the_next_look(error):
    centre = Centre(error)
    aborting = Aborting("ottawa", centre, Aborts())
    with pytest.raises(type(error)):  # whoever waits goes on waiting
        await aborting.heed(INSTALLING)
    await aborting.heed(INSTALLING)
    await aborting.heed(INSTALLING)
    assert centre.heard == 1


async def test_a_phase_that_ended_before_it_was_heard_is_no_error():
    aborts = Aborts()
    aborting = Aborting("ottawa", Centre(OVER), aborts)
    await aborting.heed(INSTALLING)
    with pytest.raises(Held, match="deploy-status is install-complete: aborted by jo: wrong rack"):
        await aborting.heed(replace(INSTALLING, deploy_status="install-complete"))


async def test_a_word_that_is_over_ends_nothing():
    aborts = Aborts()
    aborts.forget("ottawa")
    centre = Centre()
    await Aborting("ottawa", centre, aborts).heed(INSTALLING)
    Aborting("ottawa", centre, aborts).refuse()
    assert centre.heard == 0
