"""Sites without an entry: their URLs by rule, and what an editor of Git cannot make of it."""

from dataclasses import replace
from textwrap import dedent

import pytest

from reconciler.clients.central import Declared
from reconciler.clients.derived import load_derived
from reconciler.clients.endpoints import Credentials, Endpoint, Password, load
from reconciler.model.board import BoardPlace
from reconciler.model.central import Addresses, Subcloud
from reconciler.model.errors import ConfigError, ConfigErrors, Nowhere
from reconciler.model.words import Reach, Service

CENTRE = Endpoint(
    name="systemController",
    auth_url="https://centre:5000/v3",
    credentials=Credentials(username="admin", password=Password(secret_ref="env:CENTRE")),
)
ADMIN = "derived: {admin: {caBundle: ca/root.pem}}"
BOTH = "derived: {admin: {caBundle: ca/root.pem}, oam: {caBundle: ca/public.pem}}"


@pytest.fixture
def derived(tmp_path):
    def written(text):
        path = tmp_path / "endpoints.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return load_derived(path)

    return written


def row(start="10.128.0.2", name="ottawa-2"):
    return Subcloud(name, "4f", 1, "managed", "online", "complete", "26.03", addresses=Addresses(start=start))


def test_the_centres_way_is_by_the_admin_ports_at_the_address_of_the_row(derived, tmp_path):
    found = derived(ADMIN).endpoint(Reach.ADMIN, row(), "10.128.0.2", CENTRE)
    assert (found.name, found.region, found.auth_url) == ("ottawa-2", "4f", "https://10.128.0.2:5001/v3")
    assert found.services == {
        Service.PLATFORM: "https://10.128.0.2:6386",
        Service.FAULT: "https://10.128.0.2:18003",
        Service.VIM: "https://10.128.0.2:4546",
        Service.USM: "https://10.128.0.2:5498",
    }
    assert found.ca_file == tmp_path / "ca/root.pem"


def test_the_peoples_way_is_by_the_public_ports(derived):
    found = derived(BOTH).endpoint(Reach.OAM, row(), "2001:db8::2", CENTRE)
    assert found.auth_url == "https://[2001:db8::2]:5000/v3"
    assert found.services == {
        Service.PLATFORM: "https://[2001:db8::2]:6385",
        Service.FAULT: "https://[2001:db8::2]:18002",
        Service.VIM: "https://[2001:db8::2]:4545",
        Service.USM: "https://[2001:db8::2]:15497",
    }


def test_urls_may_be_the_operators_own(derived):
    said = """
    derived:
      oam:
        authUrl: http://127.0.0.1:8080/{name}/identity/v3/
        services:
          platform: http://127.0.0.1:8080/{name}/platform
          faultmanagement: https://{name}.sites.example.com
          nfv: http://127.0.0.1:8080/{address}/nfv
          usm: http://127.0.0.1:8080/{name}/usm
    """
    found = derived(said).endpoint(Reach.OAM, row(), "192.0.2.7", CENTRE)
    assert found.auth_url == "http://127.0.0.1:8080/ottawa-2/identity/v3"
    assert found.services == {
        Service.PLATFORM: "http://127.0.0.1:8080/ottawa-2/platform",
        Service.FAULT: "https://ottawa-2.sites.example.com",
        Service.VIM: "http://127.0.0.1:8080/192.0.2.7/nfv",
        Service.USM: "http://127.0.0.1:8080/ottawa-2/usm",
    }


def test_what_a_url_does_not_need_is_not_asked_for(derived):
    said = """
    derived:
      admin:
        authUrl: http://lab/{name}/identity
        services: {platform: http://lab/a, faultmanagement: http://lab/b, nfv: http://lab/c, usm: http://lab/d}
    """
    assert derived(said).endpoint(Reach.ADMIN, row(), "", CENTRE).auth_url == "http://lab/ottawa-2/identity"


@pytest.mark.parametrize("address", ["", "evil.example.com", "192.0.2.1/24"])
def test_what_is_no_address_is_not_gone_to(derived, address):
    with pytest.raises(Nowhere, match="ottawa-2: dcmanager should say its address, and says"):
        derived(ADMIN).endpoint(Reach.ADMIN, row(), address, CENTRE)


def test_sites_know_us_as_the_centre_does_unless_it_is_said(derived, monkeypatch):
    assert derived(ADMIN).endpoint(Reach.ADMIN, row(), "10.0.0.2", CENTRE).credentials == CENTRE.credentials
    said = ADMIN.replace("}}", "}, credentials: {username: reader, password: {secretRef: env:SITES}}}")
    monkeypatch.setenv("SITES", "of the sites")
    own = derived(said).endpoint(Reach.ADMIN, row(), "10.0.0.2", CENTRE)
    assert (own.credentials.username, own.password().get_secret_value()) == ("reader", "of the sites")


def test_credentials_of_git_cannot_name_the_programs_own_variables_for_sites_either(derived, monkeypatch):
    monkeypatch.setenv("STXR_TOKEN", "hush")
    who = Credentials(username="admin", password=Password(secret_ref="env:STXR_TOKEN"))
    declared = Declared(name="systemController", auth_url="https://centre", credentials=who)
    found = derived(ADMIN).endpoint(Reach.ADMIN, row(), "10.0.0.2", declared)
    with pytest.raises(ConfigError, match="this program's own"):
        found.password()


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("{}", "derived: must say a way to the sites: admin, oam, or both"),
        ("{admin: {}}", "derived: admin needs caBundle: the distributed cloud's root CA"),
        ("{oam: {}}", "derived: oam needs caBundle: that of the sites' certificates"),
        (
            "{admin: {caBundle: a, authUrl: 'http://{address}:5000'}}",
            "admin.authUrl: a URL with {address} must be https",
        ),
        (
            "{admin: {caBundle: a, authUrl: 'https://{name}:5000'}}",
            "admin.authUrl: {name} needs a domain of yours behind",
        ),
        ("{admin: {caBundle: a, authUrl: 'https://x-{name}'}}", "admin.authUrl: {name} needs a domain of yours behind"),
        ("{admin: {caBundle: a, authUrl: 'https://{host}'}}", "admin.authUrl: {host} stands for nothing"),
        ("{admin: {caBundle: a, authUrl: 'https://{address'}}", "admin.authUrl: {address stands for nothing"),
        ("{admin: {caBundle: a, authUrl: 'https://a:b@{address}'}}", "admin.authUrl: must hold no user, password"),
        (
            "{admin: {caBundle: a, services: {sysinv: 'https://{address}'}}}",
            "admin.services.sysinv: must be 'platform'",
        ),
        (
            "{admin: {caBundle: a}, boards: {'*': {credentials: {username: a, password: {secretRef: env:B}}}}}",
            "boards.* needs caBundle or fingerprint: Git says the address that these credentials go to",
        ),
        ("{mgmt: {caBundle: a}}", "derived.mgmt: is not known here"),
        ("{admin: {caBundle: a}, credentials: {username: a, password: iron}}", "password: must be a reference"),
    ],
)
def test_what_is_wrong_with_the_section_is_named(derived, said, complaint):
    with pytest.raises(ConfigErrors) as caught:
        derived(f"derived: {said}")
    assert complaint in str(caught.value)
    assert "iron" not in str(caught.value)


def test_a_way_that_the_operator_does_not_allow_is_not_taken(derived):
    with pytest.raises(ConfigError, match=r"ottawa-2: Git says `reach: oam`, and `derived` .* allows admin"):
        derived(ADMIN).way("ottawa-2", Reach.OAM)


def test_where_git_says_no_way_it_is_the_centres_or_the_only_one(derived):
    assert derived(BOTH).way("ottawa-2", None) is Reach.ADMIN
    assert derived("derived: {oam: {caBundle: a}}").way("ottawa-2", None) is Reach.OAM


def test_a_file_without_entries_has_none(derived, tmp_path):
    assert derived(ADMIN) is not None
    assert load(tmp_path / "endpoints.yaml") == {}


def test_a_file_of_entries_alone_derives_nothing(derived):
    assert derived("endpoints: {}") is None


def test_the_controllers_of_all_these_sites_hosts_are_reached_alike(derived):
    said = """
    derived:
      admin: {caBundle: root.pem}
      boards:
        "*":
          url: https://{name}.boards.example.com/{host}
          caBundle: boards.pem
          credentials: {username: reader, password: {secretRef: env:BOARDS}}
        controller-1: {url: "https://{address}:8443"}
    """
    place = BoardPlace("ottawa-2", "controller-0", "https://[2001:db8::5]", "root", "env:B")
    found = derived(said).reached(place)
    assert (found.url, found.username, found.password) == (
        "https://ottawa-2.boards.example.com/controller-0",
        "reader",
        "env:BOARDS",
    )
    assert found.ca_bundle == "boards.pem"
    assert derived(said).reached(replace(place, host="controller-1")).url == "https://[2001:db8::5]:8443"
