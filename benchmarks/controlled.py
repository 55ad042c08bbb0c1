"""The controller as an operator runs it, `stxr run` in a process of its own, and what it costs by the kernel's account."""

from __future__ import annotations

import hmac
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

TOKEN = SECRET = "benchmark"
TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1
PUSH = b'{"ref": "refs/heads/main"}'
READS = re.compile(rb'^stxr_reconcile_duration_seconds_count\{stage="observe"\} (\S+)$', re.MULTILINE)


def cpu_s(pid: int) -> float:
    """CPU seconds of a process, all its threads, so far. proc_pid_stat(5): utime, stime."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def machine() -> tuple[int, int]:
    """(ticks that any core was at work, ticks in all) so far. proc_stat(5): user .. steal, of these idle and iowait."""
    ticks = [int(number) for number in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def busy_since(before: tuple[int, int]) -> float:
    """The share of all cores that was used since then, by whomever."""
    (busy, whole), (was_busy, was_whole) = machine(), before
    return (busy - was_busy) / max(1, whole - was_whole)


@dataclass(frozen=True, slots=True)
class Running:
    """A controller at work."""

    process: subprocess.Popen[str]
    url: str

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the process itself, all its threads, so far."""
        return cpu_s(self.process.pid)

    @property
    def children_cpu_s(self) -> float:
        """The same of the git processes that it started and that have ended: cutime, cstime."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / TICKS

    @property
    def peak_rss_mb(self) -> float:
        """The most memory that it ever had resident: VmHWM."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def metrics(self) -> bytes:
        """A scrape."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=60) as answer:
            return bytes(answer.read())

    def reads(self) -> int:
        """Full reads of sites so far."""
        found = READS.search(self.metrics())
        return int(float(found[1])) if found else 0

    def push(self, delivery: int) -> None:
        """Tell it, as GitHub does, that the branch has moved."""
        body = PUSH + b" " * delivery  # a delivery seen before is ignored
        signature = hmac.new(SECRET.encode(), body, sha256).hexdigest()
        headers = {"X-GitHub-Event": "push", "X-Hub-Signature-256": f"sha256={signature}"}
        request = urllib.request.Request(f"{self.url}/api/v1/webhooks/git", body, headers)
        urllib.request.urlopen(request, timeout=60).close()


@contextmanager
def controller(repo: Path, endpoints: Path, state: Path, *options: str) -> Iterator[Running]:
    """A controller that follows the main branch of a repository, until the context ends."""
    command = [sys.executable, "-c", "from reconciler.cli import main; main()", "run", "--repo", str(repo)]
    options = ("--branch", "main", "--listen", "127.0.0.1:0", *options)
    where = ("--endpoints", str(endpoints), "--state", str(state))
    told = state.with_name(f"{state.name}.log")
    environment = {**os.environ, "STXR_API_TOKEN": TOKEN, "STXR_WEBHOOK_SECRETS": SECRET}
    with told.open("w") as log:
        process = subprocess.Popen([*command, *options, *where], stdout=log, stderr=log, text=True, env=environment)
    try:
        yield Running(process, _url(process, told))
    finally:
        process.terminate()
        process.wait(timeout=60)


def _url(process: subprocess.Popen[str], told: Path) -> str:
    """Where it listens, once it says so."""
    while process.poll() is None:
        if found := re.search(r"API at (http://\S+)", told.read_text()):
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"the controller ended: {told.read_text()}")
