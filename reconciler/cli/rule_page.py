"""docs/reference/rules.md: every rule by which values written unlike are one, made of the kinds that follow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.cli.kind_pages import MADE, table
from reconciler.kinds import registry
from reconciler.model.rule import EMPTY, Rule, as_is

RULES = "rules.md"
_TEXT = (
    "Values are compared exactly, but for these rules. How they are followed, and how to ask which one made two texts "
    "the same, is told in [comparing.md](../comparing.md)."
)


def rule_page() -> str:
    rows = ((f"`{rule.name}`", rule.why, ", ".join(where)) for rule, where in sorted(followed().items(), key=_by_name))
    return "\n\n".join([MADE, "# Rules of comparison", _TEXT, table(("rule", "why", "followed by"), rows)]) + "\n"


def followed() -> Mapping[Rule, list[str]]:
    """Rule -> what follows it: a kind's attribute, a whole kind, or every document."""
    found: dict[Rule, list[str]] = {EMPTY: ["every document"]}
    for rule, where in _followed():
        found.setdefault(rule, []).append(where)
    return found


def _followed() -> Iterator[tuple[Rule, str]]:
    for name, kind in sorted(registry().items()):
        link = f"[{name}]({name}.md)"
        yield from ((rule, link) for rule in kind.rules)
        for attribute, fact in kind.attributes.items():
            rules = {rule: None for rule in (fact.canonical, fact.spelled) if rule is not None and rule is not as_is}
            yield from ((rule, f"{link} `{attribute}`") for rule in rules)


def _by_name(pair: tuple[Rule, list[str]]) -> str:
    return pair[0].name
