"""Values that people give a Helm chart: a tree, whose secrets are known by their names and stand there as digests.

In Git a secret is a mapping of one member, `{secretRef: env:NAME}`, under a name that tells one. What a site shows has the
secret itself under that name: both become its digest before anything is compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from reconciler.model.secret import digest, is_named

REFERENCE = "secretRef"
Values = Mapping[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML as Helm writes it: numbers like `1e+06` are numbers, and days are text (sigs.k8s.io/yaml, over JSON)."""


_FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$")
_LOST = frozenset({"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:float"})
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in known if tag not in _LOST]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))


def parsed(text: str) -> Values:
    """The tree of a text. Raises ValueError for what is no mapping."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a SafeLoader
    except yaml.YAMLError:
        raise ValueError("it is no YAML") from None
    if found is not None and not isinstance(found, dict):
        raise ValueError("it is no mapping")
    return found or {}


def hidden(values: Any) -> Any:
    """The tree with a digest for each secret. An empty one stays empty."""
    if isinstance(values, Mapping):
        return {name: _told(member) if is_secret(name, member) else hidden(member) for name, member in values.items()}
    return [hidden(member) for member in values] if isinstance(values, list | tuple) else values


def is_secret(name: Any, member: Any) -> bool:
    """Whether a member of a tree is a secret in clear."""
    return is_named(str(name)) and not isinstance(member, Mapping | list | tuple) and member not in (None, "")


def references(values: Any) -> Iterator[str]:
    """Where the secrets of a tree are, in its order."""
    if is_reference(values):
        yield values[REFERENCE]
    elif isinstance(values, Mapping):
        for member in values.values():
            yield from references(member)
    elif isinstance(values, list | tuple):
        for member in values:
            yield from references(member)


def filled(values: Any, secret: Callable[[str], Any]) -> Any:
    """The tree with what `secret` gives for each reference."""
    if is_reference(values):
        return secret(values[REFERENCE])
    if isinstance(values, Mapping):
        return {name: filled(member, secret) for name, member in values.items()}
    return [filled(member, secret) for member in values] if isinstance(values, list | tuple) else values


def is_reference(value: Any) -> bool:
    return isinstance(value, Mapping) and list(value) == [REFERENCE] and isinstance(value[REFERENCE], str)


def has_digest(values: Any) -> bool:
    """Whether a secret was in it: then it cannot be said again."""
    if isinstance(values, Mapping):
        return any(is_secret(name, member) or has_digest(member) for name, member in values.items())
    return isinstance(values, list | tuple) and any(map(has_digest, values))


def _told(member: Any) -> str:
    return digest(member if isinstance(member, str) else str(member))
