"""One replica of `stxr run`, in a process of its own, with shorter times: `python -m tests.e2e.replica_process JSON`."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from reconciler.app import Listen, Running
from reconciler.apply import Pace
from reconciler.cli.serve import _until_stopped
from reconciler.engine.due import Schedule
from reconciler.engine.replicas import Times

QUICK = Times(lasts_s=6.0, beat_s=0.5, margin_s=1.5, takeover_s=9.0)


def main(said: dict[str, str]) -> None:
    options = Running(
        repo=said["repo"],
        root="",
        endpoints=Path(said["endpoints"]),
        state=Path(said["state"]),
        listen=Listen("127.0.0.1", 0, "token"),
        schedule=Schedule(observe_s=60.0, workers=2),  # so that neither takes all
        pace=Pace(first_poll_s=0.3, last_poll_s=1.0),
        database=said["database"],
        replica=said["replica"],
        replicas=2,
        workflow_poll_s=0.2,
        gather_s=2.0,
        times=replace(QUICK, takeover_s=float(said.get("takeover_s", QUICK.takeover_s))),
    )
    asyncio.run(_until_stopped(options))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
