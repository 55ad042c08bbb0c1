"""What else is at work at a site, as its VIM and its software management say it."""

import pytest

from reconciler.model.busy import Deployment, Orchestration
from reconciler.model.errors import Unreachable


@pytest.fixture
async def others(site, endpoint, open_clients):
    services = dict.fromkeys(("platform", "nfv", "usm"), site.url)
    return await open_clients(endpoint.model_copy(update={"services": services}))


async def test_a_strategy_has_a_name_and_a_state(site, others):
    site.answers({"strategy": {"name": "sw-upgrade", "state": "applying"}})
    assert await others.vim.orchestration() == Orchestration("sw-upgrade", "applying")
    assert site.asked[0].path == "/api/orchestration/current-strategy/strategy"


async def test_there_may_be_no_strategy(site, others):
    site.answers({"strategy": None})
    assert await others.vim.orchestration() is None


async def test_a_deployment_goes_from_one_release_to_another(site, others):
    row = {"from_release": "25.09.0", "to_release": "25.09.1", "state": "host", "commit_id": None}
    site.answers([row])
    assert await others.usm.deployment() == Deployment("25.09.0", "25.09.1", "host")
    assert site.asked[0].path == "/v1/deploy"


async def test_there_may_be_no_deployment(site, others):
    site.answers([])
    assert await others.usm.deployment() is None


@pytest.mark.parametrize("answer", [{}, {"strategy": {"name": "x"}}, []])
async def test_an_answer_that_is_none_is_no_calm(site, others, answer):
    """What cannot be read must not pass for nothing being at work."""
    site.answers(answer)
    with pytest.raises(Unreachable, match="nfv"):
        await others.vim.orchestration()


async def test_a_deployment_that_cannot_be_read_is_no_calm(site, others):
    site.answers([{"to_release": "25.09.1"}])
    with pytest.raises(Unreachable, match="usm"):
        await others.usm.deployment()


@pytest.mark.parametrize(
    ("state", "is_ended"), [("building", False), ("ready-to-apply", False), ("applied", True), ("apply-failed", True)]
)
def test_a_strategy_is_at_work_until_it_ends(state, is_ended):
    assert Orchestration("sw-upgrade", state).is_ended is is_ended
