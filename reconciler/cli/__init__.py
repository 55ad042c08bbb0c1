"""The command line: `stxr`. Each command is one module; what is slow to import is imported where it is used."""

from __future__ import annotations

import gc


def main() -> None:
    """Run `stxr`; errors of ours are one clear text and exit code 1, never a traceback."""
    gc.disable()  # what is imported stays: looking for garbage among it takes a sixth of the time
    from reconciler.cli.main import run  # noqa: PLC0415 - `python -c 'import reconciler.cli'` stays cheap

    gc.freeze()
    gc.enable()
    run()
