"""Whatever Git and a site's central cloud, software and controllers say: nothing grave goes without a yes to its very plan."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.permission import Asked, permitted
from reconciler.model.kind import Context
from reconciler.model.multipart import Multipart
from reconciler.model.plan import Call
from reconciler.model.rows import COLLECTIONS
from reconciler.model.site import Settings
from reconciler.model.words import Action, ApplyPolicy, Disruption, HealPolicy, Mode, Service
from tests.properties.beside import (
    BOARD,
    DEPLOYS,
    KUBERNETES,
    NAME,
    POLICY,
    RELEASES,
    ROW,
    ROWS,
    SOFTWARE,
    STRATEGIES,
    of_software,
    of_subcloud,
    shown,
    wanted,
)
from tests.properties.direct import KINDS, judged
from tests.properties.profile import looking

SUBCLOUDS = frozenset({"subclouds"})
OF_SOFTWARE = frozenset({"usm_releases", "usm_deploy", "vim_strategy", "kube_versions"})
BOARDS = frozenset(name for name, one in COLLECTIONS.items() if one.service is Service.REDFISH)
GRAVE = ("/install", "/bootstrap", "/enroll", "/redeploy", "/restore")
POLICIES = st.builds(
    lambda apply, heal: Settings(mode=Mode.APPLY, apply=apply, heal=heal),
    st.sampled_from(ApplyPolicy),
    st.sampled_from(HealPolicy),
)
SOFTWARE_LISTS = st.builds(of_software, RELEASES, DEPLOYS, STRATEGIES, KUBERNETES)


def calls(plan) -> list[Call]:
    steps = [step for stage in plan.stages for step in stage.steps]
    return [call for step in steps for call in step.calls] + [call for stage in plan.stages for call in stage.last]


def is_grave(call: Call) -> bool:
    """What makes a machine or a site anew, moves its network, or takes its row away."""
    moves = isinstance(call.body, Multipart) and "management_subnet" in call.body.parts
    deletes = call.method == "DELETE" and call.service is Service.DCMANAGER
    return call.method != "GET" and (call.path.endswith(GRAVE) or moves or deletes)


@given(policy=POLICY, row=ROWS, settings=POLICIES, approved=st.sampled_from(["", "*"]))
@looking(300)
def test_no_site_is_made_moved_or_deleted_by_any_policy_alone(policy, row, settings, approved):
    """Nor is anything that only leads to it: no row is added for a site that nobody said yes to."""
    want, have = wanted(SUBCLOUDS, subcloud=policy), shown(of_subcloud(row), is_there=False)
    both = judged(want, have)
    allowed = permitted(both.found, both.plan, Context(both.want, have), KINDS, Asked(settings, approved))
    assert [call.path for call in calls(allowed.plan) if is_grave(call)] == []
    assert row is not None or calls(allowed.plan) == []


@given(policy=POLICY, row=ROWS)
@looking(200)
def test_a_subcloud_is_deleted_only_where_git_says_its_own_name_and_it_is_not_online(policy, row):
    both = judged(wanted(SUBCLOUDS, subcloud=policy), shown(of_subcloud(row), is_there=False))
    assert [change for change in both.plan.changes if change.action is Action.DELETE] == []
    deletes = [call.path for call in calls(both.plan) if call.method == "DELETE"]
    is_due = policy.get("delete") == NAME and row and row["availability-status"] == "offline"
    assert deletes == (["/v1.0/subclouds/ottawa-001"] if is_due else [])


@given(policy=POLICY)
@looking(50)
def test_nothing_is_planned_from_a_list_of_dcmanager_that_was_not_read(policy):
    both = judged(wanted(SUBCLOUDS, subcloud=policy), shown({}))
    assert (both.plan.stages, [c for c in both.found.changes if c.key.kind.startswith("subcloud")]) == ((), [])


@given(policy=POLICY, row=ROW, other=ROW)
@looking(200)
def test_what_dcmanager_tells_beside_it_leaves_a_plan_as_it_was(policy, row, other):
    """Its words of an error, its release and its region come and go."""
    want, beside = wanted(SUBCLOUDS, subcloud=policy), {"error-description": other["description"], "region-name": "4f"}
    one, two = (judged(want, shown(of_subcloud(r), is_there=False)).plan for r in (row, {**row, **beside}))
    assert one.id == two.id


@given(said=SOFTWARE, lists=SOFTWARE_LISTS, missing=st.sets(st.sampled_from(sorted(OF_SOFTWARE)), min_size=1))
@looking(200)
def test_no_strategy_is_made_from_lists_that_were_not_all_read(said, lists, missing):
    have = shown({name: rows for name, rows in lists.items() if name not in missing})
    both = judged(wanted(OF_SOFTWARE, **said), have)
    unread = {name for name, kind in KINDS.items() if missing & set(kind.collections)}
    assert [c.key for c in both.plan.changes if c.key.kind in unread] == []


@given(said=SOFTWARE, lists=SOFTWARE_LISTS, seed=st.integers(0, 2**32))
@looking(150)
def test_the_order_of_releases_and_versions_does_not_matter(said, lists, seed):
    order, want = random.Random(seed), wanted(OF_SOFTWARE, **said)
    dealt = {name: order.sample(rows, len(rows)) for name, rows in lists.items()}
    one, two = (judged(want, shown(each)).plan for each in (lists, dealt))
    assert one.id == two.id


@given(said=SOFTWARE, lists=SOFTWARE_LISTS)
@looking(300)
def test_no_site_goes_back_to_an_earlier_release_where_git_does_not_say_so(said, lists):
    both = judged(wanted(OF_SOFTWARE, **said), shown(lists))
    for change in both.plan.changes:
        if change.key.kind == "software-release" and change.have.release:
            is_back = numbers(change.want.release) < numbers(change.have.release)
            assert not is_back or said["software"].get("rollback")


@given(said=SOFTWARE, lists=SOFTWARE_LISTS)
@looking(300)
def test_software_that_is_there_leaves_nothing_to_do(said, lists):
    """As the site shows it once its VIM has gone through it."""
    want = wanted(OF_SOFTWARE, **said)
    versions = {row["version"]: "available" for row in lists["kube_versions"]}
    releases = {row["sw_version"]: "available" for row in lists["usm_releases"]}
    if "kubernetes" in said:
        versions |= {f"v{said['kubernetes']['version'].removeprefix('v')}": "active"}
    if "software" in said:
        releases = {v: s for v, s in releases.items() if numbers(v) < numbers(said["software"]["release"])}
        releases |= {said["software"]["release"]: "deployed"}
    both = judged(want, shown(of_software(releases, None, None, versions)))
    assert (both.plan.is_empty, both.found.changes) == (True, ())


def numbers(version):
    return tuple(map(int, version.split(".")))


def boards(bios, order, secure):
    host = {"hostname": "controller-0"}
    return {
        "board_bios": [{**host, "name": name, "value": value, "waiting": None} for name, value in bios.items()],
        "board_boot_order": [{**host, "order": order, "options": {"Boot0": "Disk", "Boot1": "Network"}}],
        "board_secure_boot": [{**host, "now": secure, "waiting": None}],
        "board_firmware": [],
    }


CONTROLLERS = st.builds(
    boards,
    st.fixed_dictionaries(
        {"ProcCStates": st.sampled_from(["On", "Off"]), "SriovGlobal": st.sampled_from(["On", "Off"])}
    ),
    st.permutations(["Boot0", "Boot1"]).map(tuple),
    st.booleans(),
)


@given(said=BOARD, lists=CONTROLLERS, settings=POLICIES)
@looking(200)
def test_what_a_controller_is_told_costs_a_lock_and_drift_alone_takes_none(said, lists, settings):
    want, have = wanted(BOARDS, hosts={"controller-0": {"board": said}}), shown(lists)
    both = judged(want, have, want)  # Git said so before: the host has moved
    told = [call for call in calls(both.plan) if call.service is Service.REDFISH]
    assert not told or both.plan.disruption is Disruption.REBOOT
    settings = settings.model_copy(update={"heal": HealPolicy.NONDISRUPTIVE})
    allowed = permitted(both.found, both.plan, Context(both.want, have), KINDS, Asked(settings))
    assert calls(allowed.plan) == []


@given(said=BOARD, lists=CONTROLLERS)
@looking(200)
def test_a_controller_that_has_what_it_was_told_leaves_nothing_to_do(said, lists):
    want = wanted(BOARDS, hosts={"controller-0": {"board": said}})
    bios = {row["name"]: row["value"] for row in lists["board_bios"]} | said.get("bios", {})
    order = ("Boot0", "Boot1") if "bootOrder" in said else lists["board_boot_order"][0]["order"]
    secure = said.get("secureBoot", lists["board_secure_boot"][0]["now"])
    both = judged(want, shown(boards(bios, order, secure)))
    assert (both.plan.is_empty, both.found.changes) == (True, ())


@pytest.mark.parametrize("lists", [{}, {"board_bios": []}])
def test_nothing_is_planned_for_a_controller_that_did_not_answer(lists):
    said = {"bios": {"ProcCStates": "On"}, "secureBoot": True, "bootOrder": ["Disk"]}
    both = judged(wanted(BOARDS, hosts={"controller-0": {"board": said}}), shown(lists))
    assert both.plan.stages == ()


def test_there_is_something_to_hold():
    """The properties above are not empty."""
    policy = {"state": "managed", "sysadmin": {"secretRef": "file:/s"}, "board": {"secretRef": "file:/b"}}
    both = judged(wanted(SUBCLOUDS, subcloud=policy), shown(of_subcloud(None), is_there=False))
    assert [call.path.rpartition("/")[2] for call in calls(both.plan) if is_grave(call)] == ["install", "bootstrap"]
    assert both.plan.disruption is Disruption.REINSTALL
