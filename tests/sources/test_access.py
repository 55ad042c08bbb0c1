"""Being let in: a token over https against a real server, a key over ssh."""

from __future__ import annotations

import base64
import http.server
import shutil
import ssl
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import trustme

from reconciler.model.errors import ConfigError
from reconciler.sources.access import Access, access_of_folder, access_settings, access_variables
from reconciler.sources.errors import RefusedRepositoryError, UnreachableRepositoryError
from reconciler.sources.location import location
from tests.sources.conftest import NOW, OpenMirror
from tests.sources.history import History

TOKEN = "t0p/s3cret"


class Guarded(http.server.SimpleHTTPRequestHandler):
    """Serves a repository's files to whoever brings the token (git's dumb http protocol: git-update-server-info(1))."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") == f"Basic {base64.b64encode(f'robot:{TOKEN}'.encode()).decode()}":
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Type", "text/plain")  # which git shows, as what the remote says
        self.end_headers()
        given = self.headers.get("Authorization", "")
        self.wfile.write(f"{given} {base64.b64decode(given.removeprefix('Basic ')).decode()} is nobody\n".encode())

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def address(history: History, tmp_path: Path, authority: trustme.CA) -> Iterator[str]:
    """host:port of an https server that has fleet.git."""
    shutil.copytree(history.folder / ".git", tmp_path / "served" / "fleet.git")
    history.git("--git-dir", str(tmp_path / "served" / "fleet.git"), "update-server-info")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Guarded, directory=str(tmp_path / "served")))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return tmp_path / "ca.pem"


def test_a_token_of_the_settings_lets_us_in(open_mirror: OpenMirror, history: History, address, ca_file: Path):
    access = Access(username="robot", password=TOKEN, ca_file=ca_file)
    mirror = open_mirror(f"https://{address}/fleet.git", access=lambda: access)
    assert mirror.fetch(NOW).commit == history.head()


def test_a_token_in_the_address_lets_us_in(open_mirror: OpenMirror, history: History, address, ca_file: Path):
    repository = f"https://robot:t0p%2Fs3cret@{address}/fleet.git"
    assert open_mirror(repository, access=lambda: Access(ca_file=ca_file)).fetch(NOW).commit == history.head()


@pytest.mark.parametrize("password", ["", "wr0ng"])
def test_without_the_right_token_we_are_told_so_and_nothing_asks(open_mirror: OpenMirror, address, ca_file, password):
    mirror = open_mirror(f"https://{address}/fleet.git", access=lambda: Access("robot", password, ca_file=ca_file))
    with pytest.raises(UnreachableRepositoryError, match=r"Authentication failed|could not read Username") as refused:
        mirror.fetch(NOW)
    said = str(refused.value)
    assert ("is nobody" in said) is bool(password)
    assert "wr0ng" not in said
    assert base64.b64encode(b"robot:wr0ng").decode() not in said


def test_a_token_that_is_renewed_is_used_at_the_next_fetch(
    open_mirror: OpenMirror, history: History, address, ca_file: Path, monkeypatch
):
    given = ca_file.parent / "given"
    given.mkdir()
    ca_file.rename(given / "ca.crt")
    for name, said in {"username": "robot\n", "password": "of yesterday\n"}.items():
        (given / name).write_text(said)
        (given / name).chmod(0o640)
    monkeypatch.setenv("STXR_GIT_CREDENTIALS", str(given))
    mirror = open_mirror(f"https://{address}/fleet.git")
    with pytest.raises(UnreachableRepositoryError, match="Authentication failed"):
        mirror.fetch(NOW)
    (given / "password").write_text(TOKEN)
    assert mirror.fetch(NOW).commit == history.head()
    assert TOKEN not in str(mirror.git.environment())


def test_a_folder_of_credentials_that_is_not_there_is_told_by_its_setting(open_mirror: OpenMirror, monkeypatch):
    monkeypatch.setenv("STXR_GIT_CREDENTIALS", "/nowhere/git")
    with pytest.raises(RefusedRepositoryError, match="STXR_GIT_CREDENTIALS=/nowhere/git: no such folder; mount"):
        open_mirror("https://git.example.com/fleet.git")


def test_a_token_that_everybody_may_read_is_refused(tmp_path: Path):
    (tmp_path / "password").write_text(TOKEN)
    (tmp_path / "password").chmod(0o644)
    with pytest.raises(ConfigError, match="everybody on this machine may read or write") as refused:
        access_of_folder(tmp_path)
    assert TOKEN not in str(refused.value)


def test_a_key_is_used_where_it_lies(tmp_path: Path):
    (tmp_path / "identity").touch()
    assert access_of_folder(tmp_path) == Access(ssh_key=tmp_path / "identity")


def test_a_server_that_nobody_vouches_for_gets_no_token(open_mirror: OpenMirror, address):
    mirror = open_mirror(f"https://{address}/fleet.git", access=lambda: Access("robot", TOKEN))
    with pytest.raises(UnreachableRepositoryError, match="certificate"):
        mirror.fetch(NOW)


def test_a_token_is_offered_to_the_host_of_the_address_only():
    settings = dict(access_settings(location("https://git.example.com:8443/x"), Access("robot", TOKEN)))
    assert list(settings) == ["credential.https://git.example.com:8443.helper"]
    assert TOKEN not in repr((settings, Access("robot", TOKEN)))


def test_ssh_asks_nobody_and_trusts_no_unknown_host():
    access = Access(ssh_key=Path("/keys/deploy key"), known_hosts=Path("/keys/known_hosts"))
    command = access_variables(location("git@git.example.com:fleet.git"), access)["GIT_SSH_COMMAND"]
    for words in ("BatchMode=yes", "StrictHostKeyChecking=yes", "UserKnownHostsFile=/keys/known_hosts",
                  "IdentitiesOnly=yes", "-i '/keys/deploy key'", "-F /dev/null"):  # fmt: skip
        assert words in command


@pytest.mark.skipif(shutil.which("ssh") is None, reason="ssh is not installed")
def test_an_ssh_server_that_is_not_there_is_unreachable(open_mirror: OpenMirror):
    mirror = open_mirror("ssh://git:s3cret@127.0.0.1:1/fleet.git", branch="main")
    with pytest.raises(UnreachableRepositoryError, match="Connection refused") as refused:
        mirror.fetch(NOW)
    assert "s3cret" not in str(refused.value)
