"""A simulator in a process of its own, so that the client's CPU is the client's alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

READY_S = 30.0
SITES = Path(__file__).parents[1] / "sites"


@contextmanager
def simulator(repo: Path = SITES) -> Iterator[Path]:
    """A running simulator of a repository's sites on loopback; yields its endpoints file, ends the process."""
    with tempfile.TemporaryDirectory(prefix="bench-simulator-") as folder:
        endpoints = Path(folder) / "endpoints.yaml"
        command = [sys.executable, "-c", "from reconciler.cli import main; main()", "simulate", "--repo", str(repo)]
        options = ["--endpoints-out", str(endpoints), "--port", "0", "--speed", "1"]
        process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        try:
            _await(process, endpoints)
            yield endpoints
        finally:
            process.terminate()
            process.wait(timeout=10)


def _await(process: subprocess.Popen[str], endpoints: Path) -> None:
    """Its first line says that it listens."""
    assert process.stdout is not None
    began = time.monotonic()
    if not process.stdout.readline() or not endpoints.is_file():
        raise RuntimeError(f"the simulator ended after {time.monotonic() - began:.1f} s: {process.wait()}")
