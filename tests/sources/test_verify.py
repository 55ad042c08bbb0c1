"""Heads signed by real ssh-keygen and gpg keys, by strangers, and not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sources.errors import UnusableTrustError
from reconciler.sources.mirror import Mirror
from reconciler.sources.verify import Trust, Verify, verified
from tests.sources.conftest import NOW
from tests.sources.history import History, site
from tests.sources.test_mirror import children


def ssh_key(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / name


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, Path]:
    """Two ssh keys; the editor's is among the allowed signers."""
    return {name: ssh_key(tmp_path / "keys", name) for name in ("editor", "stranger")}


@pytest.fixture
def trust(keys: dict[str, Path], tmp_path: Path) -> Trust:
    signers = tmp_path / "signers"
    signers.write_text(f'editor@example.com namespaces="git" {keys["editor"].with_suffix(".pub").read_text()}')
    return Trust(Verify.SSH, allowed_signers=signers)


def signed(history: History, key: Path, text: str) -> str:
    history.git("config", "gpg.format", "ssh")
    history.git("config", "user.signingKey", str(key))
    return history.commit(site("sc-1", text=text), "--gpg-sign")


def test_without_verification_every_head_is_rendered(mirror: Mirror, history: History):
    verdict = verified(mirror, mirror.fetch(NOW), Trust())
    assert (verdict.commit, verdict.said) == (history.head(), "")


def test_a_head_signed_by_an_allowed_signer_is_rendered(mirror: Mirror, history: History, keys, trust: Trust):
    head = signed(history, keys["editor"], "a: 1\n")
    verdict = verified(mirror, mirror.fetch(NOW), trust)
    assert (verdict.commit, verdict.said) == (head, "")
    assert verdict.signature is not None
    assert (verdict.signature.is_good, verdict.signature.signer) == (True, "editor@example.com")
    assert verdict.signature.key.startswith("SHA256:")


def test_before_any_head_was_verified_nothing_is_rendered(mirror: Mirror, history: History, trust: Trust):
    verdict = verified(mirror, mirror.fetch(NOW), trust)
    assert verdict.commit is None
    assert (
        "it is not signed, or with the other kind of key; nothing is rendered, no head was verified yet" in verdict.said
    )


@pytest.mark.parametrize("by", ["stranger", "nobody"])
def test_the_last_verified_head_stays_and_that_is_said(mirror: Mirror, history: History, keys, trust: Trust, by):
    good = signed(history, keys["editor"], "a: 1\n")
    verified(mirror, mirror.fetch(NOW), trust)
    bad = signed(history, keys[by], "a: 2\n") if by in keys else history.commit(site("sc-1", text="a: 2\n"))
    verdict = verified(mirror, mirror.fetch(NOW), trust)
    why = "its key is not among the trusted ones" if by in keys else "it is not signed"
    assert (verdict.commit, verdict.offered) == (good, bad)
    assert f"main: {bad[:12]} is not verified: {why}" in verdict.said
    assert verdict.said.endswith(f"{good[:12]} stays, the last verified one")
    better = signed(history, keys["editor"], "a: 3\n")
    assert verified(mirror, mirror.fetch(NOW), trust).commit == better


def test_the_last_verified_head_survives_a_rewritten_history(mirror: Mirror, history: History, keys, trust: Trust):
    good = signed(history, keys["editor"], "a: 1\n")
    verified(mirror, mirror.fetch(NOW), trust)
    history.git("switch", "--quiet", "--orphan", "other")
    history.commit({"fleet.yaml": "name: other\n"})
    history.git("branch", "--force", "main", "other")
    head = mirror.fetch(NOW)
    mirror.git.run("gc", "--quiet", "--prune=now")
    assert verified(mirror, head, trust).commit == good == mirror.resolve(good)


def test_a_content_that_was_changed_after_signing_is_not_verified(mirror: Mirror, history: History, keys, trust: Trust):
    signed(history, keys["editor"], "a: 1\n")
    raw = history.git("cat-file", "commit", "HEAD") + "\n"
    forged = raw.replace(history.git("rev-parse", "HEAD^{tree}"), history.git("rev-parse", "HEAD~1^{tree}"))
    history.git("update-ref", "refs/heads/main", history.git("hash-object", "-t", "commit", "-w", "--stdin",
                given=forged.encode()))  # fmt: skip
    verdict = verified(mirror, mirror.fetch(NOW), trust)
    assert verdict.commit is None
    assert "its signature does not fit its content" in verdict.said


def test_a_key_that_is_allowed_for_other_things_does_not_count(mirror: Mirror, history: History, keys, trust: Trust):
    assert trust.allowed_signers is not None
    trust.allowed_signers.write_text(trust.allowed_signers.read_text().replace('"git"', '"file"'))
    signed(history, keys["editor"], "a: 1\n")
    assert verified(mirror, mirror.fetch(NOW), trust).commit is None


def test_who_pushes_does_not_choose_who_may_push(mirror: Mirror, history: History, keys):
    """Neither a signers file in the repository nor settings of the repository count."""
    signers = history.folder / "signers"
    signers.write_text(f"stranger@example.com {keys['stranger'].with_suffix('.pub').read_text()}")
    history.git("config", "gpg.ssh.allowedSignersFile", str(signers))
    signed(history, keys["stranger"], "a: 1\n")
    with pytest.raises(UnusableTrustError, match="lies in the repository that it judges; move it out of it"):
        verified(mirror, mirror.fetch(NOW), Trust(Verify.SSH, allowed_signers=signers))


@pytest.mark.parametrize("trust", [Trust(Verify.SSH), Trust(Verify.GPG), Trust(Verify.SSH, Path("/nowhere/signers"))])
def test_verification_without_anybody_to_trust_is_an_error_of_the_settings(mirror: Mirror, trust):
    with pytest.raises(UnusableTrustError, match=r"git.verify: no .* at .*; give its path"):
        verified(mirror, mirror.fetch(NOW), trust)


class Gpg:
    """A keyring of one person, in a short folder (its agent's socket has a path limit)."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="gpg"))
        self.run("--quick-generate-key", "Site Editor <editor@example.com>", "ed25519", "sign", "never")

    def run(self, *arguments: str, given: bytes | None = None, home: Path | None = None) -> bytes:
        command = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", *arguments]
        environment = {"PATH": os.environ["PATH"], "GNUPGHOME": str(home or self.home)}
        return subprocess.run(command, env=environment, input=given, capture_output=True, check=True).stdout

    def sign(self, history: History, text: str) -> str:
        program = self.home / "gpg"
        program.write_text(f'#!/bin/sh\nGNUPGHOME={self.home} exec gpg --batch --pinentry-mode loopback "$@"\n')
        program.chmod(0o700)
        history.git("config", "gpg.format", "openpgp")
        history.git("config", "gpg.program", str(program))
        history.git("config", "user.signingKey", "editor@example.com")
        return history.commit(site("sc-1", text=text), "--gpg-sign")

    def close(self) -> None:
        environment = {"PATH": os.environ["PATH"], "GNUPGHOME": str(self.home)}
        subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=True, capture_output=True)
        shutil.rmtree(self.home)


@pytest.fixture
def gpg() -> Iterator[Gpg]:
    made = Gpg()
    yield made
    made.close()


@pytest.fixture
def keyring(gpg: Gpg, tmp_path: Path) -> Path:
    """A folder with the editor's public key only, as an operator would prepare it."""
    folder = tmp_path / "ring"
    folder.mkdir(mode=0o700)
    gpg.run("--no-autostart", "--import", given=gpg.run("--export", "editor@example.com"), home=folder)
    return folder


@pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")
def test_gpg_judges_by_the_operators_keyring(mirror: Mirror, history: History, gpg: Gpg, keyring: Path, keys):
    head = gpg.sign(history, "a: 1\n")
    before = children()
    verdict = verified(mirror, mirror.fetch(NOW), Trust(Verify.GPG, keyring=keyring))
    assert (verdict.commit, verdict.said) == (head, "")
    assert verdict.signature is not None
    assert verdict.signature.signer == "Site Editor <editor@example.com>"
    signed(history, keys["editor"], "a: 2\n")
    assert verified(mirror, mirror.fetch(NOW), Trust(Verify.GPG, keyring=keyring)).commit == head
    assert children() == before


@pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")
def test_a_signature_of_the_other_kind_does_not_count(mirror: Mirror, history: History, gpg: Gpg, trust, tmp_path):
    gpg.sign(history, "a: 1\n")
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o700)
    reasons = {"with the other kind of key": trust, "its key is unknown": Trust(Verify.GPG, keyring=empty)}
    for reason, strange in reasons.items():
        verdict = verified(mirror, mirror.fetch(NOW), strange)
        assert (verdict.commit, reason in verdict.said) == (None, True)
