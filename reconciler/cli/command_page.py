"""The page of the commands, made of their own help. Pure: the same commands, the same text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

from reconciler.cli.kind_pages import table

FILE = "commands.md"
MADE = "<!-- Made by `stxr kinds --docs docs` of the commands' own help: edit that, not this page. -->"
WIDTH = 118
HEAD = ("word", "means", "without")
ABOUT = (
    "What `stxr COMMAND --help` says, of all of them. An option that has a variable may stand in the environment in its stead. "
    "Exit codes that several share are in the [README](../../README.md#a-site-config-repository)."
)


def command_page(app: typer.Typer) -> str:
    """Every command in the order of `stxr --help`, those of a group behind it."""
    found = tuple(_commands("stxr", typer.main.get_command(app)))
    index = ", ".join(f"[{name.removeprefix('stxr ')}](#{name.replace(' ', '-')})" for name, _ in found)
    top = (textwrap.fill(text, WIDTH, break_on_hyphens=False, break_long_words=False) for text in (ABOUT, index))
    return "\n\n".join((MADE, "# Commands", *top, *(_section(name, one) for name, one in found))) + "\n"


def _commands(path: str, group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        below = f"{path} {name}"
        if hasattr(command, "commands"):
            yield from _commands(below, command)
        else:
            yield below, command


def _section(name: str, command: Any) -> str:
    said = " ".join(command.help.split())
    rows = [_row(one) for one in command.params if one.name != "help" and not getattr(one, "hidden", False)]
    return "\n\n".join(filter(None, (f"## {name}", said, table(HEAD, rows) if rows else "")))


def _row(param: Any) -> tuple[str, ...]:
    """An argument by its place, an option by its names; the variable that stands for it."""
    if param.param_type_name == "argument":
        word = f"{(param.metavar or param.name).upper().rstrip('.')}{' …' if param.nargs == -1 else ''}"
    else:
        word = ", ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
    variable = f" (`{param.envvar}`)" if isinstance(param.envvar, str) else ""
    return word, f"{' '.join((param.help or '').split())}{_choices(param)}{variable}", _default(param)


def _choices(param: Any) -> str:
    """The words that it may be, where they are a set."""
    kind = param.type_descriptor.annotation
    is_set = isinstance(kind, type) and issubclass(kind, Enum)
    return f" One of {', '.join(str(one.value) for one in kind)}." if is_set else ""


def _default(param: Any) -> str:
    if param.required:
        return "an error"
    said = param.default.value if isinstance(param.default, Enum) else param.default
    return f"`{said}`" if isinstance(said, str | int | float) and not isinstance(said, bool) and said != "" else ""
