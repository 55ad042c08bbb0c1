"""The first sentence says what is felt, in numbers that are right for one and for many."""

from __future__ import annotations

import pytest

from reconciler.model.gate import GateName
from reconciler.model.review import Cost, Finding, Held, Review
from reconciler.model.words import Disruption
from reconciler.review.headline import gist, headline
from tests.review.reviews import DUPLEX, LOCK, difference, group, named, review

SERVICE = Cost(disruption=Disruption.SERVICE)
STAYS = Cost(hosts=1, locks=1, left=1, disruption=Disruption.LOCK)
TWICE = Cost(hosts=1, locks=2, reboots=2, outages=1, disruption=Disruption.LOCK)
ANEW = Cost(reinstalls=1, losses=2, disruption=Disruption.DESTRUCTIVE)
STARTED = Cost(reboots=1, disruption=Disruption.NONE)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ((group(("a",)),), "1 of 5,000 sites changes. No host is locked and no service is interrupted."),
        ((group(named(2), cost=SERVICE),), "2 of 5,000 sites change. No host is locked; services are interrupted."),
        (
            (group(("a",), cost=LOCK),),
            (
                "1 of 5,000 sites changes. 1 host on 1 site is locked and reboots; the site has one controller and is out of "
                "service meanwhile."
            ),
        ),
        (
            (group(named(1200), cost=LOCK), group(("dx",), difference("dns"), cost=DUPLEX)),
            (
                "1,201 of 5,000 sites change. 1,202 hosts on 1,201 sites are locked and reboot; 1,200 of these sites have one "
                "controller and are out of service meanwhile. Activity moves to the other controller once."
            ),
        ),
        (
            (group(("a",), cost=TWICE), group(("dx",), difference("dns"), cost=DUPLEX)),
            (
                "2 of 5,000 sites change. 3 hosts on 2 sites are locked, 4 times in all, and reboot; 1 of these sites has one "
                "controller and is out of service meanwhile. Activity moves to the other controller once."
            ),
        ),
        ((group(("a",), cost=STAYS),), "1 of 5,000 sites changes. 1 host on 1 site is locked, and stays so."),
        (
            (group(named(2), cost=STAYS), group(("dx",), difference("dns"), cost=DUPLEX)),
            (
                "3 of 5,000 sites change. 4 hosts on 3 sites are locked, and 2 of them stay so. Hosts reboot 2 times. Activity "
                "moves to the other controller once."
            ),
        ),
        (
            (group(named(2), cost=ANEW),),
            (
                "2 of 5,000 sites change. No host is locked; services are interrupted. 2 hosts are installed anew. 4 resources "
                "are destroyed with what is on them, on 2 sites."
            ),
        ),
        (
            (group(("a",), cost=STARTED),),
            "1 of 5,000 sites changes. No host is locked and no service is interrupted. Hosts reboot once.",
        ),
    ],
)
def test_what_is_felt(groups, said):
    assert " ".join(gist(review(*groups))) == said


def test_errors_come_first():
    one = review(group(("a",)), errors=(Finding("no"),) * 2)
    assert headline(one).startswith("It cannot be merged as it is: 2 errors. 1 of 5,000 sites changes.")


def test_only_a_few_reasons_are_told_with_how_many_there_are():
    held = [Held(GateName.FREEZE, f"frozen: {name}", named(2)) for name in "abcde"]
    told = headline(review(group(named(2))).with_held(held))
    assert "frozen: a (2 sites); frozen: b (2 sites); frozen: c (2 sites); and 2 other reasons." in told


def test_what_holds_the_commit_as_a_whole_is_told_as_that():
    mass = Held(GateName.MASS, "it changes 2 of 2 sites (the limit is 1)")
    one = review(group(named(2))).with_held([mass])
    assert "It needs approval: as a whole, for it changes 2 of 2 sites (the limit is 1)." in headline(one)


def test_where_git_is_wrong_nobody_is_told_that_nothing_changes():
    found = Review("c1", "c2", errors=(Finding("mtu must be a whole number", "fleet.yaml", 3),))
    assert headline(found) == (
        "It cannot be merged as it is: 1 error. What it would change can be told once that is mended."
    )


NEW = group(("new",), cost=Cost(reinstalls=1, disruption=Disruption.REINSTALL), is_exact=True)
READ = group(("old",), is_exact=True, read_at=1_795_000_000.0)


def test_a_site_that_is_to_be_deployed_interrupts_nothing_and_rests_on_no_reading():
    assert headline(review(NEW)) == (
        "1 site is to be deployed. No site that is there already notices it. 1 host is installed anew. What the documents of "
        "new sites take is planned once these are deployed."
    )


def test_beside_it_the_others_are_told_as_ever():
    told = headline(review(READ, NEW))
    assert told.startswith(
        "1 of 5,000 sites changes and 1 site is to be deployed. No host is locked and no service is interrupted. 1 host is "
        "installed anew. The oldest reading that it rests on is of "
    )
    assert told.endswith("What the documents of new sites take is planned once these are deployed.")
