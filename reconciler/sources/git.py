"""Git as a child process under our settings only: no hook, no prompt, no helper, no filter, no setting of the machine.

Each child leads a process group of its own, so that a time-out also ends what git started (ssh, git-remote-https,
index-pack); it is asked to stop first, because git removes its lock files then.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from reconciler.clients.secrets import masked as hidden
from reconciler.sources.access import PASSWORD, USERNAME
from reconciler.sources.errors import GitError
from reconciler.sources.location import masked

LOCAL_TIMEOUT_S = 60.0
GRACE_S = 5.0
FULL_ID = re.compile(r"[0-9a-f]{40}")
INHERITED = frozenset({
    "PATH", "TMPDIR", "SSH_AUTH_SOCK", "LD_LIBRARY_PATH",
    "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
})  # fmt: skip
# Given through the environment, they outrank every configuration file (git-config(1), GIT_CONFIG_COUNT).
SETTINGS: tuple[tuple[str, str], ...] = (
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),  # names a program to run
    ("core.attributesFile", "/dev/null"),
    ("transfer.fsckObjects", "true"),
    ("fetch.recurseSubmodules", "false"),
    ("submodule.recurse", "false"),
    ("filter.lfs.process", ""),
    ("filter.lfs.smudge", ""),
    ("filter.lfs.clean", ""),
    ("filter.lfs.required", "false"),
    ("credential.helper", ""),
    ("gc.autoDetach", "false"),  # nothing outlives the call that started it
    ("http.lowSpeedLimit", "1000"),  # bytes a second ...
    ("http.lowSpeedTime", "30"),  # ... for so many seconds: given up
    ("protocol.allow", "never"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What git said."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        """Standard output, decoded, without the last line end."""
        return self.out.decode(errors="backslashreplace").rstrip("\n")

    @property
    def complaint(self) -> str:
        """Standard error on one line, without credentials."""
        lines = self.err.decode(errors="backslashreplace").splitlines()
        return masked("; ".join(line.strip() for line in lines if line.strip()))


@dataclass(frozen=True, slots=True)
class Git:
    """Git on one repository. `settings` and `variables` come on top of the hardened ones."""

    directory: Path
    home: Path
    shown: str  # the repository as errors name it
    protocol: str = ""  # the only transport that this git may use; none if empty
    settings: tuple[tuple[str, str], ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a credential

    def run(
        self, *arguments: str, given: bytes = b"", codes: tuple[int, ...] = (0,), timeout_s: float = LOCAL_TIMEOUT_S
    ) -> Answer:
        """One git command to its end. Raises GitError for a code that is not among `codes`, and after the time-out."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(given, timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            message = f"{self.shown}: git {arguments[0]} gave no answer in {timeout_s:g} s"
            raise GitError(message) from error
        finally:
            stop(process)
        answer = Answer(process.returncode, out, err)
        if answer.code not in codes:
            words = hidden(answer.complaint, self._secrets())
            raise GitError(f"{self.shown}: git {arguments[0]}: {words or f'ended with {answer.code}'}")
        return answer

    def _secrets(self) -> tuple[SecretStr, ...]:
        """What a server may repeat of what lets us in: the password, and how it goes over the line (RFC 7617)."""
        user, password = self.variables.get(USERNAME, ""), self.variables.get(PASSWORD, "")
        basic = b64encode(f"{user}:{password}".encode()).decode()
        return (SecretStr(password), SecretStr(basic)) if password else ()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A git process with pipes; whoever starts it stops it (`stop`)."""
        try:
            return subprocess.Popen(  # noqa: S603 - a list, no shell; values from outside stand after `--`
                ["git", *arguments],  # noqa: S607 - found on the operator's PATH
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.directory,
                env=self.environment(),
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise GitError(f"{self.shown}: git or {self.directory} is missing; install git 2.34 or newer") from error

    def environment(self) -> dict[str, str]:
        """All that a git process sees of the world: a GIT_DIR or a `git -c` around us does not reach it."""
        kept = {name: value for name, value in os.environ.items() if name in INHERITED}
        return {
            **kept,
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            **self._counted(),
            **self.variables,
        }

    def _counted(self) -> dict[str, str]:
        settings = (*SETTINGS, *self.settings)
        if self.protocol:
            settings = (*settings, (f"protocol.{self.protocol}.allow", "always"))
        keys = {f"GIT_CONFIG_KEY_{n}": key for n, (key, _) in enumerate(settings)}
        values = {f"GIT_CONFIG_VALUE_{n}": value for n, (_, value) in enumerate(settings)}
        return {"GIT_CONFIG_COUNT": str(len(settings)), **keys, **values}


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a child and all that it started, and reap it. Harmless where it has ended."""
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
        _signal(process, signal.SIGKILL)  # whoever of the group did not listen
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(BrokenPipeError):  # bytes that a dead child will not read
                pipe.close()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)  # the child leads its group
