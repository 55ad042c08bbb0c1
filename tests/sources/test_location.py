"""Addresses that git may be given, and those that it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.sources.errors import RefusedRepositoryError
from reconciler.sources.location import location, masked


@pytest.mark.parametrize(
    ("text", "url", "protocol"),
    [
        ("https://git.example.com/fleet.git", "https://git.example.com/fleet.git", "https"),
        ("ssh://git@git.example.com:2222/fleet.git", "ssh://git@git.example.com:2222/fleet.git", "ssh"),
        ("git@git.example.com:ops/fleet.git", "git@git.example.com:ops/fleet.git", "ssh"),
    ],
)
def test_https_and_ssh_are_spoken(text, url, protocol):
    assert (location(text).url, location(text).protocol) == (url, protocol)


def test_a_local_folder_is_given_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fleet").mkdir()
    expected = str(tmp_path / "fleet")
    for text in ("fleet", "./fleet", Path("fleet"), f"file://{tmp_path}/fleet"):
        assert (location(text).url, location(text).is_local) == (expected, True)


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c 'touch /tmp/owned'", "fd::7", "EXT::sh -c true",
        "http://git.example.com/fleet.git", "git://git.example.com/fleet.git", "ftp://git.example.com/x",
        "--upload-pack=touch /tmp/owned", "-oProxyCommand=true:x", "ssh://-oProxyCommand=true/x", "https:///x",
        "https://git.example.com:port/x", "/nowhere/fleet", "", "https://git.example.com/x\n--upload-pack=true",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text):
    with pytest.raises(RefusedRepositoryError, match="give a path, https:// or ssh://"):
        location(text)


def test_a_token_in_the_address_is_taken_out_of_it():
    where = location("https://robot:t0p%2Fs3cret@git.example.com:8443/fleet.git")
    assert where.url == "https://git.example.com:8443/fleet.git"
    assert (where.username, where.password) == ("robot", "t0p/s3cret")
    assert "s3cret" not in f"{where} {where!r}"


def test_a_password_in_an_ssh_address_is_dropped():
    assert location("ssh://git:s3cret@git.example.com/x").url == "ssh://git@git.example.com/x"


@pytest.mark.parametrize(
    "text", ["https://robot:s3cret@h/x", "https://s3cret@h/x", "https://robot:a/s3cret@h/x", "https://robot:a@s3cret@h"]
)
def test_credentials_are_masked_however_they_are_written(text):
    assert "s3cret" not in masked(f"fatal: unable to access '{text}': timed out")
    assert masked(text).startswith("https://***@h")


def test_a_refusal_names_the_address_without_its_credentials():
    with pytest.raises(RefusedRepositoryError) as refused:
        location("http://robot:s3cret@git.example.com/x")
    assert "git.example.com" in str(refused.value)
    assert "s3cret" not in str(refused.value)
