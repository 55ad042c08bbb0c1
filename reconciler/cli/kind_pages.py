"""The reference pages of the resource kinds, made of the kinds themselves. Pure: the same kinds, the same text."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from typing import Any

from reconciler.cli.kind_words import attribute_words, value_words
from reconciler.kinds import registry
from reconciler.model.kind import ResourceKind
from reconciler.model.rows import COLLECTIONS
from reconciler.model.rule import as_is
from reconciler.model.words import Ownership, Scope

MADE = "<!-- Made by `stxr kinds --docs docs`: edit the kind, not this page. -->"
DEPENDS = "depends on the change"
INDEX = "README.md"


def pages() -> Mapping[str, str]:
    """File name -> text: one page a kind, and the index."""
    kinds = [kind for _, kind in sorted(registry().items())]
    return {INDEX: _index(kinds)} | {f"{kind.name}.md": _page(kind) for kind in kinds}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    cells = [list(head), *(list(row) for row in rows)]
    lines = ["| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * len(cells[0]), *lines[1:]])


def _index(kinds: Iterable[ResourceKind[Any]]) -> str:
    text = (
        "Each kind is one file in `reconciler/kinds/`, and these pages are made of those files. "
        "What every attribute of a deployment-config comes to is told in [attributes.md](../attributes.md)."
    )
    rows = (
        (
            f"[{kind.name}]({kind.name}.md)",
            kind.area,
            _documents(kind),
            "" if kind.is_inventory else kind.ownership,
            "" if kind.is_inventory else _word(kind.needs),
            "" if kind.is_inventory else _word(kind.disruption),
            "" if kind.is_inventory else is_deleted(kind),
        )
        for kind in kinds
    )
    head = ("kind", "area", "Git says it in", "list owned", "needs the host", "costs", "deleted")
    return _joined(MADE, "# Resource kinds", text, table(head, rows))


def _page(kind: ResourceKind[Any]) -> str:
    sections = (
        (_places, _attributes) if kind.is_inventory else (_places, _attributes, _compared, _cost, _deleting, _calls)
    )
    parts = (part for section in (*sections, _sources) for part in section(kind))
    return _joined(MADE, f"# {kind.name}", _told(kind), *parts)


def _told(kind: ResourceKind[Any]) -> str:
    module = cleandoc(sys.modules[kind.spec.__module__].__doc__ or "")
    own = cleandoc(kind.spec.__dict__.get("__doc__") or "")
    return "\n\n".join(filter(None, (module, own)))


def _places(kind: ResourceKind[Any]) -> Iterator[str]:
    owned = {
        Ownership.WHOLE: "whole: a member that Git does not name is drift",
        Ownership.BY_KEY: "by key: a member that Git does not name is left alone",
    }
    keys = [f"`{name}`" for name, attribute in kind.attributes.items() if attribute.key]
    rows = {
        "Git says it in": _documents(kind),
        "Area": kind.area,
        "Belongs to": "a host" if kind.scope is Scope.HOST else "the system",
        "Known by": ", ".join(keys) or "there is one",
        "List owned": "" if kind.is_inventory or not keys else owned[kind.ownership],
        "Severity of drift": "" if kind.is_inventory else kind.severity,
        "Read from": ", ".join(f"`GET {COLLECTIONS[name].path}`" for name in kind.collections),
        "Comes after": ", ".join(map(_link, sorted({*kind.references, *kind.after}))),
    }
    yield table(("", ""), ((name, said) for name, said in rows.items() if said))


def _attributes(kind: ResourceKind[Any]) -> Iterator[str]:
    yield "## Attributes"
    if not kind.is_inventory:
        yield "An attribute that Git does not say is not managed: it is neither compared nor written."
    schema = kind.spec.model_json_schema()
    rows = (
        (
            f"`{name}`",
            attribute_words(kind, name),
            value_words(schema, name),
            ", ".join(f"`{path}`" for path in kind.places(name)),
            ", ".join(facts(kind, name)),
        )
        for name in kind.attributes
    )
    yield table(("attribute", "what it is", "value", "in Git", "facts"), rows)


def facts(kind: ResourceKind[Any], name: str) -> list[str]:
    """What is declared of an attribute, in words."""
    fact = kind.attributes[name]
    said = {
        "key": fact.key,
        "another value replaces the resource": fact.replaces,
        "secret": fact.secret,
        f"names a {fact.refers_to}": bool(fact.refers_to),
        "not compared": fact.send_only,
        "written by lock and unlock": fact.lock_state,
        f"severity {fact.severity}": fact.severity is not None,
        f"unless set: {_plain(kind.usual.get(name))}": name in kind.usual,
    }
    return [word for word, holds in said.items() if holds]


def _compared(kind: ResourceKind[Any]) -> Iterator[str]:
    yield "## How it is compared"
    said = [(name, rule) for name, a in kind.attributes.items() for rule in (a.canonical, a.spelled)]
    rules = [(name, rule) for name, rule in said if rule is not None and rule is not as_is]
    lines = [f"- `{name}` by the rule `{rule.name}`: {rule.why}" for name, rule in rules]
    whole = [f"- By the rule `{rule.name}`: {rule.why}" for rule in kind.rules]
    yield "\n".join([*lines, "- Everything else exactly." if lines else "Every attribute exactly."])
    if whole:
        yield "Of whole resources:"
        yield "\n".join(whole)
    if kind.is_stored_first:
        yield (
            "The API stores the value before it is applied: the hosts' configuration state is looked at as well. What was "
            "stored without an answer and reached no host is `unverified`, and mended by setting it back and setting it again."
        )


def _cost(kind: ResourceKind[Any]) -> Iterator[str]:
    yield "## What a change needs and costs"
    yield table(("needs the host", "costs"), [(_word(kind.needs), _word(kind.disruption))])
    told = (kind.about.costs, *_docs(kind.needs, kind.disruption, kind.settles, kind.waits_for))
    if lines := list(dict.fromkeys(filter(None, told))):
        yield "\n".join(f"- {line}" for line in lines)


def _deleting(kind: ResourceKind[Any]) -> Iterator[str]:
    yield "## Deleting"
    deletion = kind.deletion
    if deletion.never:
        yield f"Never: {deletion.never}."
        return
    yield "Where a commit removed it, and the site's `prune` policy for the kind lets it."
    facts_ = {
        "It is destructive: it always waits for an approval.": deletion.is_destructive,
        f"With it goes: {deletion.effect}.": bool(deletion.effect),
        f"The platform takes with it: {', '.join(map(_link, deletion.takes))}.": bool(deletion.takes),
    }
    if lines := [f"- {line}" for line, holds in facts_.items() if holds]:
        yield "\n".join(lines)


def _calls(kind: ResourceKind[Any]) -> Iterator[str]:
    yield "## Calls"
    yield "\n".join(f"- `{call}`" for call in kind.about.calls) or "None."


def _sources(kind: ResourceKind[Any]) -> Iterator[str]:
    if kind.about.sources:
        yield "## Where this was learned"
        yield "\n".join(f"- {_source(source)}" for source in kind.about.sources)


def _source(text: str) -> str:
    if text == "recorded":
        return "recordings of the API of a real system"
    return re.sub(r"^(\S+) (\S+\.py)", r"\1 `\2`", text)


def _docs(*functions: Any) -> Iterator[str]:
    """What the functions say of themselves."""
    for function in functions:
        if callable(function) and function.__name__ != "<lambda>" and function.__doc__:
            yield re.sub(r"\s+", " ", cleandoc(function.__doc__))


def _documents(kind: ResourceKind[Any]) -> str:
    return ", ".join(f"`{place}`" for place in kind.documents) or "(only read)"


def _word(fact: Any) -> str:
    return DEPENDS if callable(fact) else str(fact)


def is_deleted(kind: ResourceKind[Any]) -> str:
    """Whether a member that Git said is deleted, in a few words."""
    if kind.deletion.never:
        return "never"
    return "with an approval" if kind.deletion.is_destructive else "by policy"


def _link(name: str) -> str:
    return f"[{name}]({name}.md)"


def _plain(value: Any) -> str:
    return f"`{value}`"


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts)) + "\n"
