"""Certificates that end: the first of each type, soon and over told apart."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reconciler.model.expiry import CertificatePolicy, Expiry, ExpiryState, earliest
from reconciler.model.words import Severity

DAY = 86_400.0
END = 100 * DAY
SSL = Expiry("ssl", "ssl_17", END, END - 30 * DAY)


@pytest.mark.parametrize(
    ("now", "state", "severity", "text"),
    [
        (END - 31 * DAY, ExpiryState.FINE, Severity.INFO, "certificate ssl (ssl_17) ends in 31d"),
        (END - 30 * DAY, ExpiryState.SOON, Severity.SERVICE, "certificate ssl (ssl_17) ends in 30d"),
        (END - 3_600, ExpiryState.SOON, Severity.SERVICE, "certificate ssl (ssl_17) ends in 1h"),
        (END, ExpiryState.EXPIRED, Severity.OUTAGE, "certificate ssl (ssl_17) expired 0s ago"),
        (END + 3 * DAY, ExpiryState.EXPIRED, Severity.OUTAGE, "certificate ssl (ssl_17) expired 3d ago"),
    ],
)
def test_what_has_expired_reads_unlike_what_ends_soon(now, state, severity, text):
    assert (SSL.state(now), SSL.state(now).severity, SSL.in_words(now)) == (state, severity, text)


def test_of_each_type_the_first_to_end_is_told_from_the_policys_time_on():
    found = [Expiry("ssl_ca", "b", 9 * DAY), Expiry("ssl", "x", 90 * DAY), Expiry("ssl_ca", "a", 8 * DAY)]
    assert earliest(found, CertificatePolicy(warn_before="7d")) == (
        Expiry("ssl", "x", 90 * DAY, 83 * DAY),
        Expiry("ssl_ca", "a", 8 * DAY, 1 * DAY),
    )


def test_a_hundred_authorities_are_one_line():
    found = [Expiry("ssl_ca", str(n), n * DAY) for n in range(1, 101)]
    assert [one.name for one in earliest(found, CertificatePolicy())] == ["1"]


def test_a_policy_without_time_is_none():
    with pytest.raises(ValidationError):
        CertificatePolicy.model_validate({"warnBefore": "0d"})
