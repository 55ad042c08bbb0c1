"""Certificates read without a library of cryptography, held to what such a library says of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import der, x509
from tests.authorities import authority, made

ROOT = authority()


@pytest.mark.parametrize("serial", [1, 127, 128, 255, 2**63, 2**158 + 1])
def test_the_serial_number_is_the_one_that_the_library_reads(serial):
    (found,) = x509.certificates(authority(serial=serial).pem)
    assert found.serial == serial


@pytest.mark.parametrize("begin", [datetime(1970, 3, 1, tzinfo=UTC), datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_times_of_either_form_are_read(begin):
    one = authority(begin=begin, days=2)
    (found,) = x509.certificates(one.pem)
    assert (found.not_before, found.not_after) == (
        one.certificate.not_valid_before_utc,
        one.certificate.not_valid_after_utc,
    )


def test_names_are_their_encodings():
    leaf = made("leaf", ROOT)
    (found,) = x509.certificates(leaf.pem)
    assert found.subject == leaf.certificate.subject.public_bytes()
    assert found.issuer == ROOT.certificate.subject.public_bytes()


def test_an_authority_is_told_from_others():
    bundle = made("leaf", ROOT).pem + ROOT.pem
    assert [one.is_authority for one in x509.certificates(bundle)] == [False, True]


def test_a_bundle_is_read_in_its_order_and_keys_are_passed_over():
    leaf = made("leaf", ROOT)
    text = f"some words\n{leaf.key}{leaf.pem}more words\n{ROOT.pem}"
    assert [one.serial for one in x509.certificates(text)] == [leaf.serial, ROOT.serial]


def test_a_private_key_is_noticed():
    assert x509.has_private_key(ROOT.pem + ROOT.key)
    assert not x509.has_private_key(ROOT.pem)


def test_a_text_without_certificates_has_none():
    assert x509.certificates("no pem at all") == ()


def test_what_cannot_be_read_is_told_by_its_number_and_nothing_of_it_is_shown():
    broken = ROOT.pem.replace(ROOT.pem.splitlines()[2], "AAAA")
    with pytest.raises(ValueError, match=r"^certificate 2 of it cannot be read$"):
        x509.certificates(ROOT.pem + broken)


@given(st.integers(0, len(ROOT.pem) - 1), st.text("ABCxyz+/=\n", max_size=4))
def test_a_damaged_certificate_is_read_or_refused_and_nothing_else(at, piece):
    try:
        x509.certificates(ROOT.pem[:at] + piece + ROOT.pem[at + len(piece) :])
    except ValueError as error:
        assert str(error) == "certificate 1 of it cannot be read"  # noqa: PT017 - most damages are no error at all


@given(st.binary(max_size=64))
def test_any_bytes_are_elements_or_refused(content):
    try:
        found = tuple(der.elements(content))
    except ValueError:
        return
    assert b"".join(element.whole for element in found) == content
