"""The command line: `stxr`. Each command is one module; what is slow to import is imported where it is used."""

from __future__ import annotations


def main() -> None:
    """Run `stxr`; errors of ours are one clear text and exit code 1, never a traceback."""
    from reconciler.cli.main import run  # noqa: PLC0415 - `python -c 'import reconciler.cli'` stays cheap

    run()
