"""`make bench`: every short benchmark in turn, each figure with its limit; exit 1 when one is over it.

Those that take minutes (`long_*.py`) run only when they are named: `python -m benchmarks pace`.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> int:
    """Run the benchmarks named on the command line, or all short ones."""
    known = {p.stem.partition("_")[2]: p.stem for p in sorted(Path(__file__).parent.glob("*.py")) if "_" in p.stem}
    short = [name for name, module in known.items() if module.startswith("bench_")]
    over = 0
    for name in sys.argv[1:] or short:
        for result in importlib.import_module(f"benchmarks.{known[name]}").run():
            limit = "" if result.limit is None else f"   (at most {result.limit:g})"
            print(f"{result}{limit}{'' if result.is_within else '   OVER'}", flush=True)
            over += not result.is_within
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
