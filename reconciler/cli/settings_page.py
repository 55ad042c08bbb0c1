"""The page of all that fleet.yaml and site.yaml may say of how sites are treated, made of their schemas. Pure."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.cli.kind_pages import table
from reconciler.desired.json_schemas import schemas

FILE = "settings.md"
MADE = (
    "<!-- Made by `stxr kinds --docs docs` of the schemas of fleet.yaml and site.yaml: edit these, not this page. -->"
)
HEAD = ("key", "means", "without")
TOLD = "What a site is stands in [attributes](../attributes.md), and is left out here: `system`, `hosts`, `secrets`, `values`."
LEFT_OUT = frozenset(("system", "hosts", "secrets", "values"))
WIDTH = 118
ABOUT = (
    "Each key by its way from the root of its file; `*` stands for a name of your own, `[]` for each of a list. What "
    "`defaults`, a group and a site may say alike is told once, as of the site: the nearest counts."
)
Schema = Mapping[str, Any]


def settings_page() -> str:
    """Both files, key by key."""
    files = schemas()
    site = tuple(_rows(files["site"]))
    alike = {f"`{place}{row[0].strip('`')}`" for row in site for place in ("defaults.", "groups.*.")}
    fleet = (row for row in _rows(files["fleet"]) if row[0] not in alike)
    top = (textwrap.fill(text, WIDTH, break_on_hyphens=False) for text in (ABOUT, TOLD))
    parts = (MADE, "# What fleet.yaml and site.yaml may say", *top)
    return "\n\n".join((*parts, "## fleet.yaml", table(HEAD, fleet), "## site.yaml", table(HEAD, site))) + "\n"


def _rows(schema: Schema) -> Iterator[tuple[str, str, str]]:
    yield from _below(schema, schema.get("$defs", {}), "", ())


def _below(part: Schema, defined: Schema, path: str, inside: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    for form in _forms(part, defined, inside):
        schema, seen = form
        for key, said in schema.get("properties", {}).items():
            if not path and key in LEFT_OUT:
                continue
            yield f"`{path}{key}`", " ".join(str(said.get("description", "")).split()), _default(said)
            yield from _below(said, defined, f"{path}{key}.", seen)
        if isinstance(every := schema.get("additionalProperties"), Mapping):
            yield from _below(every, defined, f"{path}*.", seen)
        if isinstance(items := schema.get("items"), Mapping):
            yield from _below(items, defined, f"{path.rstrip('.')}[].", seen)


def _forms(part: Schema, defined: Schema, inside: tuple[str, ...]) -> Iterator[tuple[Schema, tuple[str, ...]]]:
    """A schema as it is, or what it refers to; of several each. One that refers to itself is told once."""
    name = str(part.get("$ref", "")).rpartition("/")[2]
    if name:
        if name not in inside:
            yield from _forms(defined[name], defined, (*inside, name))
        return
    several = [one for word in ("anyOf", "oneOf", "allOf") for one in part.get(word, ())]
    several += [part["then"]] if "then" in part else []  # how the schemas say what may be null
    for one in several:
        yield from _forms(one, defined, inside)
    yield part, inside


def _default(said: Schema) -> str:
    given = said.get("default")
    if given is None or given == "" or isinstance(given, dict | list):
        return ""
    return f"`{given if isinstance(given, str) else json.dumps(given)}`"
