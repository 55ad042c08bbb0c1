"""What a change costs, in words. An unlock boots the host anew; a site whose only controller is locked is out of service."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.review import Cost, Review
from reconciler.model.words import Disruption
from reconciler.review.words import does, plural


def fleet_cost(review: Review) -> Iterator[str]:
    """What the fleet feels, in sentences; the first is the one to read."""
    cost = review.cost
    yield _locked(review)
    restarts = cost.reboots if cost.left else cost.reboots - cost.locks
    if restarts > 0:
        yield f"Hosts reboot {_times(restarts)}{' more' if cost.locks and not cost.left else ''}."
    if cost.swacts:
        yield f"Activity moves to the other controller {_times(cost.swacts)}."
    if cost.reinstalls:
        yield f"{does(cost.reinstalls, 'host', 'is', 'are')} installed anew."
    if cost.losses:
        lost = does(cost.losses, "resource", "is", "are")
        yield f"{lost} destroyed with what is on {'it' if cost.losses == 1 else 'them'}, on {plural(_on(review, 'losses'), 'site')}."


def _locked(review: Review) -> str:
    cost, sites = review.cost, _on(review, "locks")
    there = [group for group in review.groups if group.is_deployed]
    if not there:
        return "No site that is there already notices it."
    if not cost.locks:
        is_quiet = all(group.cost.disruption is Disruption.NONE for group in there)
        return f"No host is locked{' and no service is' if is_quiet else '; services are'} interrupted."
    often = f", {cost.locks:,} times in all," if cost.locks > cost.hosts else ""
    verb, and_then = ("is", " and reboots") if cost.hosts == 1 else ("are", " and reboot")
    if cost.left:
        and_then = ", and stays so" if cost.hosts == 1 else f", and {cost.left:,} of them stay so"
    told = f"{plural(cost.hosts, 'host')} on {plural(sites, 'site')} {verb} locked{often}{and_then}"
    return f"{told}{_out(cost.outages, sites)}."


def _out(outages: int, sites: int) -> str:
    """Whose only controller it is."""
    if not outages:
        return ""
    if sites == 1:
        return "; the site has one controller and is out of service meanwhile"
    if outages == sites:
        return "; each of these sites has one controller and is out of service meanwhile"
    which = (
        "1 of these sites has one controller and is"
        if outages == 1
        else (f"{outages:,} of these sites have one controller and are")
    )
    return f"; {which} out of service meanwhile"


def _times(number: int) -> str:
    return "once" if number == 1 else plural(number, "time")


def _on(review: Review, member: str) -> int:
    """On how many sites something is not nothing."""
    return sum(len(group.sites) for group in review.groups if getattr(group.cost, member))


def site_cost(cost: Cost) -> str:
    """Of each site of a group, in short."""
    parts = list(_of_site(cost))
    if not parts and cost.disruption is Disruption.SERVICE:
        return "services are interrupted"
    return ", ".join(parts) or "no disruption"


def _of_site(cost: Cost) -> Iterator[str]:
    if cost.locks:
        often = f" {cost.locks:,} times in all" if cost.locks > cost.hosts else ""
        yield f"{plural(cost.hosts, 'host')} locked{often}"
    if cost.left:
        yield f"{cost.left:,} of them for as long as Git says so" if cost.hosts > 1 else "for as long as Git says so"
    if cost.outages:
        yield "the site is out of service meanwhile"
    if cost.reboots:
        yield plural(cost.reboots, "reboot")
    if cost.swacts:
        yield plural(cost.swacts, "swact")
    if cost.reinstalls:
        yield f"{plural(cost.reinstalls, 'host')} installed anew"
    if cost.losses:
        yield f"{plural(cost.losses, 'resource')} destroyed"
