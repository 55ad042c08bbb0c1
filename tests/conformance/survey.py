# ruff: noqa: T201
"""Print what differs now: ``python -m tests.conformance.survey [recording ...]``."""

from __future__ import annotations

import sys
from pathlib import Path

from .recordings import SCENARIOS, WHOLE, recording
from .renaming import renamed
from .replay import final_differences, replay

SHARED = Path(__file__).parents[3] / "shared"


def main(names: list[str]) -> None:
    again = "renamed" in names
    for name in [item for item in names if item != "renamed"] or [WHOLE, *SCENARIOS]:
        chosen = recording(SHARED, name)
        chosen = renamed(chosen) if again else chosen
        run = replay(chosen)
        for item in run.outcomes:
            if item.difference:
                print(f"{item.seq:4} {item.name} {item.method} {item.path[:90]}\n       {item.difference}")
        for path, told in final_differences(run, chosen).items():
            print(f"  final {path}\n       {told}")
        print(f"== {chosen.name}: {len(run.outcomes) - len(run.different)} of {len(run.outcomes)} equal")


if __name__ == "__main__":
    main(sys.argv[1:])
