"""Whether a head is signed by somebody whom the operator trusts; who is trusted stands outside the repository.

Git judges (`verify-commit`), for ssh with an allowed-signers file, for gpg with a keyring folder of the operator's:
being in it is being trusted. An unverified head is not rendered; the last verified one stays, and the verdict says so.
A signature covers the whole tree, not its place in history: an older signed commit pushed again is a verified head.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from reconciler.sources import refs
from reconciler.sources.errors import UnusableTrustError
from reconciler.sources.git import Git
from reconciler.sources.mirror import Head, Mirror

JUDGE_TIMEOUT_S = 30.0
NOBODY = "/bin/false"  # stands for the programs of signature kinds that are not asked for


class Verify(StrEnum):
    """git.verify: what a head must be signed with."""

    NONE = "none"
    SSH = "ssh"
    GPG = "gpg"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom we trust. Both paths lie outside of the repository: who can push must not choose who may push."""

    verify: Verify = Verify.NONE
    allowed_signers: Path | None = None  # ssh-keygen(1), ALLOWED SIGNERS
    keyring: Path | None = None  # a GNUPGHOME with the public keys


@dataclass(frozen=True, slots=True)
class Signature:
    """What the check of one commit found. `why` is empty where it is good."""

    commit: str
    is_good: bool
    signer: str = ""
    key: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The commit to render after a fetch; None where no head was ever verified. `said` is empty where all is well."""

    commit: str | None
    offered: str
    signature: Signature | None = None
    said: str = ""


# git-log(1), %G?
WHY = {
    "N": "it is not signed, or with the other kind of key",
    "B": "its signature does not fit its content",
    "U": "its key is not among the trusted ones",
    "X": "its signature has expired",
    "Y": "its key has expired",
    "R": "its key is revoked",
    "E": "its key is unknown",
}


def verified(mirror: Mirror, head: Head, trust: Trust) -> Verdict:
    """Which commit to render, given a fetched head; a good one is remembered in the mirror. Raises UnusableTrustError."""
    if trust.verify is Verify.NONE:
        return Verdict(head.commit, head.commit)
    judge = _judge(mirror, trust)
    last = refs.read(mirror.git, refs.VERIFIED).get(refs.VERIFIED)
    if last == head.commit:
        return Verdict(last, head.commit)
    found = signature(judge, head.commit)
    if found.is_good:
        refs.write(mirror.git, {refs.VERIFIED: head.commit})
        return Verdict(head.commit, head.commit, found)
    return Verdict(last, head.commit, found, _said(mirror, head, found, last))


def signature(judge: Git, commit: str) -> Signature:
    """What a git that knows whom to trust says of one commit."""
    is_good = judge.run("verify-commit", commit, codes=(0, 1, 128), timeout_s=JUDGE_TIMEOUT_S).code == 0
    shown = judge.run("log", "-1", "--format=%G?%x00%GS%x00%GF", commit, timeout_s=JUDGE_TIMEOUT_S).text
    letter, signer, key = shown.split("\0")
    return Signature(commit, is_good, signer, key, "" if is_good else WHY.get(letter, "it cannot be checked"))


def _judge(mirror: Mirror, trust: Trust) -> Git:
    if trust.verify is Verify.SSH:
        signers = _outside(trust.allowed_signers, "allowed signers file", mirror)
        settings = (("gpg.ssh.allowedSignersFile", str(signers)), ("gpg.program", NOBODY), ("gpg.x509.program", NOBODY))
        return replace(mirror.git, settings=(*mirror.git.settings, *settings))
    keyring = _outside(trust.keyring, "keyring folder", mirror)
    settings = (("gpg.ssh.program", NOBODY), ("gpg.x509.program", NOBODY), ("gpg.minTrustLevel", "undefined"))
    variables = {**mirror.git.variables, "GNUPGHOME": str(keyring)}
    return replace(mirror.git, settings=(*mirror.git.settings, *settings), variables=variables)


def _outside(path: Path | None, what: str, mirror: Mirror) -> Path:
    if path is None or not path.exists():
        raise UnusableTrustError(
            f"git.verify: no {what} at {path or '(not set)'}; give its path, or set git.verify to none"
        )
    found = path.resolve()
    if mirror.location.is_local and found.is_relative_to(mirror.location.url):
        raise UnusableTrustError(
            f"git.verify: the {what} {found} lies in the repository that it judges; move it out of it"
        )
    return found


def _said(mirror: Mirror, head: Head, found: Signature, last: str | None) -> str:
    who = f" ({found.signer or found.key})" if found.signer or found.key else ""
    then = f"{last[:12]} stays, the last verified one" if last else "nothing is rendered, no head was verified yet"
    return f"{mirror.location} {head.branch}: {head.commit[:12]} is not verified: {found.why}{who}; {then}"
