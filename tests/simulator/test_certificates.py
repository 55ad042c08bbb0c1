"""Certificates and the licence on a simulated system: what it shows, stores, and refuses under a 200."""

from __future__ import annotations

import pytest

from reconciler.simulator.exchange import Request
from reconciler.simulator.sysinv.certificates import ABANDONED
from reconciler.simulator.sysinv.licence import VERIFIER_SAYS
from tests.authorities import authority, made

ROOT, OTHER = authority(), authority("another ca")
LEAF = made("platform", ROOT)
SERVED = LEAF.pem + LEAF.key
NOTHING = "00000000-0000-4000-8000-000000000000"


def upload(api, path, text, name="upload", **fields):
    """The answer to a form with one file, as requests and our client send it."""
    parts = [f'name="{field}"\r\n\r\n{value}' for field, value in fields.items()]
    parts.append(f'name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n{text}')
    body = "".join(f"--mark\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--mark--\r\n"
    headers = {"User-Agent": "tests", "Content-Type": "multipart/form-data; boundary=mark"}
    return api.system.handle(Request("POST", f"/v1{path}", {}, headers, body.encode())).body


def install(api, text, **fields):
    return upload(api, "/certificate/certificate_install", text, **fields)


def listed(api):
    return api.get("/certificate")["certificates"]


def signatures(api):
    return sorted(row["signature"] for row in listed(api))


@pytest.fixture
def unmanaged(running):
    """A system whose ssl certificate is nobody else's."""
    running.system.marks.add(f"{ABANDONED}ssl")
    return running


def test_a_system_shows_none_at_first(running):
    assert listed(running) == []


def test_an_authority_is_shown_by_its_serial_number_and_its_times(running):
    assert install(running, ROOT.pem, mode="ssl_ca")["error"] == ""
    (row,) = listed(running)
    assert (row["certtype"], row["signature"]) == ("ssl_ca", f"ssl_ca_{ROOT.serial}")
    assert (row["start_date"], row["subject"]) == (
        "2025-01-01T00:00:00",
        ROOT.certificate.subject.rfc4514_string(),
    )
    assert running.get(f"/certificate/{row['uuid']}")["signature"] == row["signature"]


def test_a_bundle_of_authorities_is_a_row_each(running):
    assert len(install(running, ROOT.pem + OTHER.pem, mode="ssl_ca")["certificates"]) == 2
    assert signatures(running) == sorted(f"ssl_ca_{one.serial}" for one in (ROOT, OTHER))


def test_an_authority_of_the_same_subject_takes_the_place_of_the_older_one(running):
    install(running, ROOT.pem, mode="ssl_ca")
    renewed = authority()
    install(running, renewed.pem, mode="ssl_ca")
    assert signatures(running) == [f"ssl_ca_{renewed.serial}"]


def test_a_certificate_of_a_service_is_one_row_without_its_authorities(unmanaged):
    install(unmanaged, SERVED + ROOT.pem)
    assert signatures(unmanaged) == [f"ssl_{LEAF.serial}"]
    other = made("another", ROOT)
    install(unmanaged, other.pem + other.key, mode="ssl")
    assert signatures(unmanaged) == [f"ssl_{other.serial}"]


@pytest.mark.parametrize(
    ("mode", "text", "told"),
    [
        ("tpm_mode", ROOT.pem, "Invalid mode: tpm_mode"),
        ("ssl_ca", "nothing", "No certificates have been added, no valid certificates found in file."),
        ("ssl_ca", ROOT.pem.replace("MII", "AAA"), "No certificates have been added, Failed to load pem x509 certificate"),
        ("ssl_ca", LEAF.pem, "Cannot install non-CA type certificate as SSL CA certificate"),
        ("ssl_ca", authority(days=3).pem, "certificate is not valid before 2025-01-01 00:00:00 nor after 2025-01-04 00:00:00"),
        ("ssl", ROOT.pem + ROOT.key, "The first cert in the file should not be a CA cert"),
        ("ssl", LEAF.pem + SERVED, "Number 2 cert in the file should be a CA cert"),
        ("ssl", SERVED + OTHER.pem, "Number 2 cert in the file is not signing cert of the preceding one. Check certs order in the file."),
        ("ssl", LEAF.pem, "Error loading private key from PEM data: Could not deserialize key data."),
        ("openstack", SERVED, "Service parameter for openstack, helm, endpoint_domain is not provisioned"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_under_a_200_and_nothing_is_stored(unmanaged, mode, text, told):
    assert install(unmanaged, text, mode=mode) == {"success": "", "error": told}
    assert listed(unmanaged) == []


@pytest.mark.parametrize("mode", ["ssl", "docker_registry", "openldap"])
def test_what_cert_manager_keeps_is_left_to_it_unless_it_is_forced(running, mode):
    assert install(running, SERVED, mode=mode)["error"].startswith(
        "Certificate is currently being managed by cert-manager"
    )
    assert install(running, SERVED, mode=mode, force="true")["error"] == ""


def test_of_a_bundle_what_is_too_old_is_left_out_and_told(running):
    old = authority("old ca", days=3)
    answer = install(running, ROOT.pem + old.pem, mode="ssl_ca")
    assert answer["error"].startswith("Error with cert number 2 in the file: certificate is not valid before")
    assert signatures(running) == [f"ssl_ca_{ROOT.serial}"]


def test_without_a_file_nothing_is_done(running):
    assert install(running, "", name="", mode="ssl_ca") == {"success": "", "error": "Error: No file uploaded"}
    assert upload(running, "/license/install_license", "", name="")["error"] == "Error: No file uploaded"


def test_an_authority_reaches_every_host_and_deleting_it_too(running):
    before = running.host("controller-0")["config_target"]
    install(running, ROOT.pem, mode="ssl_ca")
    between = running.host("controller-0")["config_target"]
    running.ok("DELETE", f"/certificate/{listed(running)[0]['uuid']}")
    assert len({before, between, running.host("controller-0")["config_target"]}) == 3
    assert listed(running) == []


def test_only_an_authority_can_be_deleted(unmanaged):
    install(unmanaged, SERVED)
    status, told = unmanaged.refusal("DELETE", f"/certificate/{listed(unmanaged)[0]['uuid']}")
    assert (status, told.splitlines()[0]) == (400, "Unsupported mode: ssl")
    assert unmanaged.refusal("DELETE", f"/certificate/{NOTHING}") == (400, f"No certificate found for {NOTHING}")


def test_a_licence_is_shown_as_it_was_sent(running):
    none = running.get("/license/get_license_file")
    assert none == {"content": "", "error": "License file not found. A license may not have been installed."}
    for text in ("FEATURE ran\n", "FEATURE ran 2030\n"):
        assert upload(running, "/license/install_license", text) == {
            "success": "Success: new license installed",
            "error": "",
        }
        assert running.get("/license/get_license_file") == {"content": text, "error": ""}


def test_a_verifier_may_refuse_a_licence(running):
    running.system.marks.add(f"{VERIFIER_SAYS}License is expired.")
    assert upload(running, "/license/install_license", "old") == {"success": "", "error": "License is expired."}
    assert running.get("/license/get_license_file")["content"] == ""


def test_what_was_sent_is_remembered_without_the_files(unmanaged):
    install(unmanaged, SERVED, mode="ssl")
    body = unmanaged.system.journal.writes[-1].body
    assert '"mode": "ssl"' in body
    assert LEAF.key.splitlines()[1] not in body
