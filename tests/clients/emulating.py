"""sushy-tools' emulator with its FAKE driver, as a process on loopback: a Redfish service that others wrote."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bcrypt
import pytest

PASSWORD = "Emulated-7-hush"
UUID = "7d1b42a6-0001-4b1c-9d5e-0123456789ab"
MAC = "02:00:00:00:0e:01"
CONFIG = """
SUSHY_EMULATOR_LISTEN_IP = "127.0.0.1"
SUSHY_EMULATOR_LISTEN_PORT = {port}
SUSHY_EMULATOR_FAKE_DRIVER = True
SUSHY_EMULATOR_FEATURE_SET = "full"
SUSHY_EMULATOR_STATE_DIR = {state!r}
SUSHY_EMULATOR_AUTH_FILE = {auth!r}
SUSHY_EMULATOR_FAKE_SYSTEMS = [
    {{"uuid": "{uuid}", "name": "fake", "power_state": "Off", "nics": [{{"mac": "{mac}", "ip": "192.0.2.10"}}]}}
]
"""


@dataclass(frozen=True)
class Emulator:
    """Where it is, and its process."""

    url: str
    process: subprocess.Popen[bytes]

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """It is stopped: connections are still taken, and nothing comes of them."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def end(self) -> None:
        """It is gone. May be called again."""
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def emulating(folder: Path) -> Iterator[Emulator]:
    """Runs until the context ends. State lies in the folder: the emulator would remember the last run otherwise."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    auth = folder / "htpasswd"
    auth.write_text(f"root:{bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()}\n")
    config = folder / "emulator.conf"
    config.write_text(CONFIG.format(port=port, state=str(folder), auth=str(auth), uuid=UUID, mac=MAC))
    with (folder / "log").open("wb") as log:
        program = Path(sys.executable).with_name("sushy-emulator")
        process = subprocess.Popen([program, "--config", str(config)], stdout=log, stderr=log, cwd=folder)
    emulator = Emulator(f"http://127.0.0.1:{port}", process)
    try:
        _until_it_listens(port, process, folder / "log")
        yield emulator
    finally:
        emulator.end()


def _until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            return
    pytest.fail(f"the emulator ended: {log.read_text()}")
