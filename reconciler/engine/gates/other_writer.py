"""Somebody else writes at the site: VIM's orchestration, a deployment of software, dcmanager. Two writers are refused.

A Deployment Manager inside the site is seen by what it makes VIM do, and by `configure` of dcmanager that feeds it; where
it only sits there it holds nothing, and if it sets fields back, `fighting` says so (model.fight).
A host that somebody locked by hand is told under this name too (engine.verdicts).
"""

from __future__ import annotations

from reconciler.model.busy import Deployment
from reconciler.model.central import CentralStrategy
from reconciler.model.gate import Case, GateName, Hold
from reconciler.model.strategy_orders import DELETABLE
from reconciler.model.words import Service

SOFTWARE = "sw-upgrade"  # VIM's name of a strategy that deploys software


def judge(case: Case) -> Hold | None:
    at_work = case.surroundings.orchestration
    if at_work and not at_work.is_ended:
        return Hold(GateName.OTHER_WRITER, f"VIM's {at_work.name} strategy is {at_work.state}")
    deploy = case.surroundings.deployment
    if deploy and not _is_gone_on_with(case, deploy):
        way = f"from {deploy.from_release} to {deploy.to_release}"
        return Hold(GateName.OTHER_WRITER, f"the software deployment {way} is in state {deploy.state}, and not deleted")
    attention = case.surroundings.attention
    if attention and (told := attention.at_work(case.site)):
        return Hold(GateName.OTHER_WRITER, told)
    if attention and attention.strategy and any(errand.strategy for errand in case.plan.errands):
        return Hold(GateName.OTHER_WRITER, _taken(attention.strategy))
    return _unknown(case)


def _taken(there: CentralStrategy) -> str:
    """Why no strategy of ours can be made; one that has ended keeps its place."""
    end = ", and not deleted" if there.state in DELETABLE else ""
    return f"dcmanager has one strategy at a time: a {there.type} strategy is there, {there.state}{end}"


def _is_gone_on_with(case: Case, deploy: Deployment) -> bool:
    """Whether the plan has VIM end what a strategy of VIM began and did not end, and nobody is at it.

    That strategy is still there, ended; a deployment without one is somebody's own work, unless a strategy of dcmanager's
    that was ordered for the site has left it: dcmanager deletes what VIM had.
    """
    begun_by = case.surroundings.orchestration
    if begun_by is None and not deploy.is_moving and any(e.is_left for e in case.plan.errands):
        return any(e.release == deploy.to_release for e in case.plan.errands)
    if begun_by is None or begun_by.name != SOFTWARE or deploy.is_moving:
        return False
    ends = ((e, deploy.from_release if e.is_back else deploy.to_release) for e in case.plan.errands)
    return any(errand.release == end for errand, end in ends)


def _unknown(case: Case) -> Hold | None:
    """Who cannot be asked may be at work; what nobody there would notice goes on all the same."""
    asked = (Service.VIM, Service.USM, Service.DCMANAGER)
    silent = [case.surroundings.unread[s] for s in asked if s in case.surroundings.unread]
    if not silent or not case.is_disruptive:
        return None
    return Hold(GateName.OTHER_WRITER, f"whether somebody else is at work could not be read: {silent[0]}")
