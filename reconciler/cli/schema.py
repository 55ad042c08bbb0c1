"""`stxr schema`: JSON Schemas of the files, for editors and checks; `schemas/` is written by it."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from reconciler.cli.kind_words import attribute_words
from reconciler.cli.options import Exit
from reconciler.desired import described, dialect, schemas
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.model.kind import ResourceKind


def schema(
    name: Annotated[str, typer.Argument(help="One schema; all names without.", metavar="[NAME]")] = "",
    write: Annotated[Path | None, typer.Option("--write", help="Write all of them into this folder.")] = None,
    check: Annotated[Path | None, typer.Option("--check", help="Fail if this folder's are not fresh.")] = None,
) -> None:
    """Print, write or check the JSON Schemas of fleet.yaml, site.yaml, the deployment-config and every kind."""
    texts = schema_texts()
    if write:
        write.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            (write / file).write_text(text)
    elif check:
        sys.exit(_checked(texts, check))
    elif name:
        typer.echo(_named(texts, name), nl=False)
    else:
        for file in texts:
            typer.echo(file)


def _named(texts: dict[str, str], name: str) -> str:
    file = name if name in texts else f"{name}.schema.json"
    if file not in texts:
        near = get_close_matches(file, texts, 3) or texts
        raise ConfigError(f"no schema {name}; there is {', '.join(n.removesuffix('.schema.json') for n in near)}")
    return texts[file]


def of_kind(kind: ResourceKind[Any]) -> dict[str, Any]:
    """The schema of a kind's attributes, as plans and the API show them."""
    found = kind.spec.model_json_schema()
    described(found, {name: attribute_words(kind, name) for name in kind.attributes}, absent="")
    return dialect(found)


def schema_texts() -> dict[str, str]:
    """File name -> JSON Schema text, deterministic."""
    of_kinds = {f"kinds/{name}": of_kind(kind) for name, kind in sorted(registry().items())}
    found = {**schemas(), **of_kinds}
    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return {
        f"{name.replace('/', '-')}.schema.json": orjson.dumps(s, option=option).decode() for name, s in found.items()
    }


def _checked(texts: dict[str, str], folder: Path) -> Exit:
    stale = [f for f, text in texts.items() if not (folder / f).is_file() or (folder / f).read_text() != text]
    stale += [p.name for p in folder.glob("*.json") if p.name not in texts]
    for file in stale:
        typer.echo(f"{folder / file} is not fresh: run `make schemas`", err=True)
    return Exit.ERROR if stale else Exit.DONE
