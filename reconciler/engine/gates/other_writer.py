"""Somebody else writes at the site: an orchestration of VIM, or a deployment of software. Two writers are refused."""

from __future__ import annotations

from reconciler.model.gate import Case, GateName, Hold
from reconciler.model.words import Service


def judge(case: Case) -> Hold | None:
    at_work = case.surroundings.orchestration
    if at_work and not at_work.is_ended:
        return Hold(GateName.OTHER_WRITER, f"VIM's {at_work.name} strategy is {at_work.state}")
    deploy = case.surroundings.deployment
    if deploy:
        way = f"from {deploy.from_release} to {deploy.to_release}"
        return Hold(GateName.OTHER_WRITER, f"the software deployment {way} is in state {deploy.state}, and not deleted")
    return _unknown(case)


def _unknown(case: Case) -> Hold | None:
    """Who cannot be asked may be at work; what nobody there would notice goes on all the same."""
    silent = [case.surroundings.unread[s] for s in (Service.VIM, Service.USM) if s in case.surroundings.unread]
    if not silent or not case.is_disruptive:
        return None
    return Hold(GateName.OTHER_WRITER, f"whether somebody else is at work could not be read: {silent[0]}")
