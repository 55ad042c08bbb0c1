"""`make bench`: every benchmark in turn, each figure with its limit; exit 1 when one is over it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> int:
    """Run the benchmarks named on the command line, or all."""
    found = sorted(p.stem for p in Path(__file__).parent.glob("bench_*.py"))
    names = [n for n in found if not sys.argv[1:] or n.removeprefix("bench_") in sys.argv[1:]]
    over = 0
    for name in names:
        for result in importlib.import_module(f"benchmarks.{name}").run():
            limit = "" if result.limit is None else f"   (at most {result.limit:g})"
            print(f"{result}{limit}{'' if result.is_within else '   OVER'}", flush=True)
            over += not result.is_within
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
