"""The endpoints file: what it may say, and errors that name file, entry and what to do, never a password."""

from pathlib import Path
from textwrap import dedent

import pytest

from reconciler.clients.endpoints import load
from reconciler.model.board import BoardPlace
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.words import Service

WHOLE = """
endpoints:
  sc-0412:
    authUrl: https://[2001:db8::2]:5000/v3/
    services: {platform: "https://[2001:db8::2]:6385"}
    region: sc-0412
    caBundle: ca/sc-0412.pem
    credentials:
      username: reconciler
      password: {secretRef: "file:passwords/sc-0412"}
      projectName: services
      userDomainName: Users
      projectDomainName: Projects
control: {seed: 12}
"""

SHORT = """
endpoints:
  sc-1:
    authUrl: https://192.0.2.1:5000
    services: {platform: "https://192.0.2.1:6385"}
    credentials: {username: admin, password: {secretRef: "env:SC_1"}}
"""


@pytest.fixture
def file(tmp_path):
    def written(text):
        path = tmp_path / "endpoints.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return written


def test_an_entry_says_where_and_who(file):
    path = file(WHOLE)
    entry = load(path)["sc-0412"]
    assert entry.auth_url == "https://[2001:db8::2]:5000/v3"
    assert entry.url(Service.PLATFORM) == "https://[2001:db8::2]:6385"
    assert (entry.name, entry.region, entry.ca_file) == ("sc-0412", "sc-0412", path.parent / "ca/sc-0412.pem")
    who = entry.credentials
    assert (who.username, who.project_name, who.user_domain_name) == ("reconciler", "services", "Users")
    assert who.project_domain_name == "Projects"


def test_a_short_entry_means_starlingxs_own_administrator(file):
    entry = load(file(SHORT))["sc-1"]
    who = entry.credentials
    assert (who.project_name, who.user_domain_name, who.project_domain_name) == ("admin", "Default", "Default")
    assert entry.ca_file is None


def test_a_password_file_is_beside_the_endpoints_file(file, tmp_path):
    (tmp_path / "passwords").mkdir()
    secret = tmp_path / "passwords" / "sc-0412"
    secret.write_text("iron\n")
    secret.chmod(0o640)
    assert load(file(WHOLE))["sc-0412"].password().get_secret_value() == "iron"


def test_what_is_the_simulators_is_passed_over(file):
    entry = SHORT + "    control: {url: 'http://127.0.0.1:9'}\n"
    assert set(load(file(entry))) == {"sc-1"}


def test_entries_may_share_what_is_alike(file):
    text = """
    endpoints:
      sc-1: &like
        authUrl: https://192.0.2.1:5000
        services: {platform: "https://192.0.2.1:6385"}
        credentials: {username: admin, password: {secretRef: "env:SC"}}
      sc-2:
        <<: *like
        authUrl: https://192.0.2.2:5000
    """
    assert [e.auth_url for e in load(file(text)).values()] == ["https://192.0.2.1:5000", "https://192.0.2.2:5000"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("region: sc-0412", "regoin: x", "endpoints.sc-0412.regoin: is not known here"),
        ("region: sc-0412", "name: other", "endpoints.sc-0412.name: is not known here"),
        ("region: sc-0412", "folder: /", "endpoints.sc-0412.folder: is not known here"),
        ("authUrl: https://[2001:db8::2]:5000/v3/", "region2: x", "endpoints.sc-0412.authUrl: is missing"),
        ('{platform: "https://[2001:db8::2]:6385"}', "{}", "endpoints.sc-0412.services: "),
        ("{platform:", "{sysinv:", "endpoints.sc-0412.services.sysinv: must be 'platform'"),
        ("username: reconciler", "user: x", "endpoints.sc-0412.credentials.username: is missing"),
        (
            "file:passwords/sc-0412",
            "vault:x",
            "endpoints.sc-0412.credentials.password.secretRef: must be a reference: env",
        ),
        ("https://[2001:db8::2]:6385", "192.0.2.1:6385", "services.platform: must be a URL such as https://"),
        ("https://[2001:db8::2]:6385", "https://a:b@192.0.2.1", "services.platform: must hold no user, password"),
        (
            '{secretRef: "file:passwords/sc-0412"}',
            "{secretRef: iron}",
            "secretRef: must be a reference: env:NAME, file:PATH, sops:PATH#KEY or vault:MOUNT/PATH#KEY",
        ),
        ('{secretRef: "file:passwords/sc-0412"}', "iron", "password: must be a reference, as {secretRef: env:NAME}"),
    ],
)
def test_what_is_wrong_with_an_entry_is_named(file, old, new, complaint):
    assert old in WHOLE
    path = file(WHOLE.replace(old, new))
    with pytest.raises(ConfigErrors) as caught:
        load(path)
    said = str(caught.value)
    assert complaint in said
    assert said.startswith(f"{path}: endpoints.sc-0412")
    assert "iron" not in said


def test_credentials_in_the_place_of_a_mapping_are_not_repeated(file):
    text = SHORT.replace('{username: admin, password: {secretRef: "env:SC_1"}}', "admin:iron")
    with pytest.raises(ConfigErrors, match=r"endpoints\.sc-1\.credentials: must be a mapping$"):
        load(file(text))


def test_all_that_is_wrong_is_named_at_once(file):
    with pytest.raises(ConfigErrors) as caught:
        load(file("endpoints: {sc-1: {}, sc-2: null}"))
    assert [str(e).split("endpoints.")[-1].split(":")[0] for e in caught.value] == [
        "sc-1.authUrl",
        "sc-1.services",
        "sc-1.credentials",
        "sc-2",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "must hold `endpoints:`"),
        ("endpoints: [a]", "must hold `endpoints:`"),
        ("endpoint: {}", "must hold `endpoints:`"),
        ("{endpoints: {}, endpoint: {}}", "unknown key endpoint; known are endpoints, derived and systemController"),
        ("endpoints: {on: {}}", "endpoints.True: YAML reads this name as a bool; quote it"),
        ("endpoints: {12: {}}", "endpoints.12: YAML reads this name as a int; quote it"),
        ("endpoints:\n  sc-1: {}\n  sc-1: {}", "endpoints.yaml:3:3: sc-1 stands here twice"),
        ("endpoints:\n\t- x", "endpoints.yaml:2:1: found character that cannot start any token"),
        ("a: \x01", "not YAML"),
    ],
)
def test_what_is_no_endpoints_file_is_refused_with_its_place(file, text, complaint):
    path = file("")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert complaint in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_a_missing_file_is_named():
    with pytest.raises(ConfigError, match=r"^/nowhere/endpoints.yaml: .* cannot be read: No such file or directory"):
        load(Path("/nowhere/endpoints.yaml"))


def test_a_service_that_is_not_said_is_asked_for(file):
    with pytest.raises(ConfigError, match=r"endpoints.sc-1.services has no usm: add its URL"):
        load(file(SHORT))["sc-1"].url(Service.USM)


def test_a_password_for_a_host_s_controller_is_git_s_unless_this_file_says_another(file):
    said = BoardPlace("sc-1", "controller-0", "https://192.0.2.20", "root", "env:BOARD", in_git=True)
    whose = '\n    boards: {"*": {credentials: {username: reader, password: {secretRef: "file:reader"}}}}\n'
    ours = load(file(SHORT.rstrip() + whose))["sc-1"].reached(said)
    assert load(file(SHORT))["sc-1"].reached(said).in_git
    assert (ours.password, ours.in_git) == ("file:reader", False)
