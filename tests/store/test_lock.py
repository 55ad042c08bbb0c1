"""A state folder has one owner, who is named to everybody else, and whose end frees it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from reconciler.model.errors import ConfigError, Held
from reconciler.store import Holder, StateLock


def test_who_comes_second_is_told_who_was_first(tmp_path):
    first = StateLock(tmp_path, Holder.here("run", 1_000.0))
    with pytest.raises(Held) as refused:
        StateLock(tmp_path, Holder.here("apply", 2_000.0))
    first.release()
    assert str(refused.value) == (
        f"the state folder {tmp_path} is in use by `stxr run`, process {os.getpid()} on {socket.gethostname()} "
        "since 1970-01-01 00:16 UTC: "
        "wait until it ends or stop it, or give another folder (--state)"
    )


def test_a_released_folder_is_taken_by_the_next(tmp_path):
    lock = StateLock(tmp_path, Holder.here("run", 1_000.0))
    lock.release()
    lock.release()
    StateLock(tmp_path, Holder.here("apply", 2_000.0)).release()


def test_a_shorter_name_leaves_nothing_of_the_one_before(tmp_path):
    StateLock(tmp_path, Holder("a-command-with-a-long-name", 4_194_304, "edge-controller.example.com", 1.0)).release()
    holder = StateLock(tmp_path, Holder("run", 1, "a", 2.0))
    with pytest.raises(Held, match="`stxr run`, process 1 on a since 1970-01-01 00:00 UTC:"):
        StateLock(tmp_path, Holder.here("apply", 3.0))
    holder.release()


HOLD = """
import sys, time
from pathlib import Path
from reconciler.store import Holder, StateLock
lock = StateLock(Path(sys.argv[1]), Holder.here("run", 1.0))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_killed_owner_leaves_the_folder_free(tmp_path):
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with owner:
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(Held, match=f"process {owner.pid} on"):
            StateLock(tmp_path, Holder.here("apply", 2.0))
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    StateLock(tmp_path, Holder.here("apply", 3.0)).release()


def test_an_owner_that_has_not_written_its_name_is_another_process(tmp_path):
    lock = StateLock(tmp_path, Holder.here("run", 1.0))
    (tmp_path / "lock").write_text("")
    with pytest.raises(Held, match="in use by another process"):
        StateLock(tmp_path, Holder.here("apply", 2.0))
    lock.release()


def test_a_state_folder_that_is_a_file_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "state").write_text("")
    with pytest.raises(ConfigError) as refused:
        StateLock(tmp_path / "state", Holder.here("run", 1.0))
    assert str(refused.value) == (
        f"the state folder {tmp_path}/state cannot be used (File exists): give a folder that can be written (--state)"
    )
