"""`make bench`: every short benchmark in turn, each figure with its limit; exit 1 when one is over it.

Each has a process of its own, so that none is measured in what another has left. Those that take minutes (`long_*.py`) run
only when they are named: `python -m benchmarks pace`.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run the benchmarks named on the command line, or all short ones."""
    known = {p.stem.partition("_")[2]: p.stem for p in sorted(Path(__file__).parent.glob("*.py")) if "_" in p.stem}
    names = sys.argv[1:] or [name for name, module in known.items() if module.startswith("bench_")]
    if len(names) == 1:
        return _run(known[names[0]])
    return max(subprocess.call([sys.executable, "-m", "benchmarks", name]) for name in names)


def _run(module: str) -> int:
    over = 0
    for result in importlib.import_module(f"benchmarks.{module}").run():
        limit = "" if result.limit is None else f"   (at most {result.limit:g})"
        print(f"{result}{limit}{'' if result.is_within else '   OVER'}", flush=True)
        over += not result.is_within
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
