"""One scalar to its YAML text: plain where both versions of YAML read it back, in the quotes of its surroundings else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, TypeAlias

import yaml

Scalar: TypeAlias = str | int | float | bool | None

_RESOLVER = yaml.resolver.Resolver()
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_ENDLESS = 1 << 30
# What a YAML 1.2 reader takes for something else than text (10.3.2, core schema), though a 1.1 reader does not.
_MODERN = re.compile(
    r"~|null|Null|NULL|true|True|TRUE|false|False|FALSE|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?[0-9]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


def read_plain(text: str) -> Scalar:
    """What a plain scalar means, read as Ansible reads it (YAML 1.1); a date stays text."""
    tag = _tag(text)
    try:
        value = _CONSTRUCTOR.construct_object(yaml.ScalarNode(tag, text))
    except (ValueError, OverflowError, yaml.constructor.ConstructorError):
        return text
    return value if value is None or isinstance(value, str | int | float) else text


def spelled(value: Scalar, quote: str = "", *, in_flow: bool = False) -> str:
    """The YAML text of a scalar. quote: the quotes that its surroundings have, for text; "" where they are plain."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return _dumped(value, None)
    if not quote and not is_doubtful(value) and _stands_plain(value, in_flow=in_flow):
        return value
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return _dumped(value, '"')


def is_doubtful(text: str) -> bool:
    """Whether some reader takes the plain text for something else than text."""
    return _tag(text) != "tag:yaml.org,2002:str" or _MODERN.fullmatch(text) is not None


def _tag(text: str) -> str:
    return str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))  # type: ignore[no-untyped-call]


@lru_cache(maxsize=16_384)
def _stands_plain(text: str, *, in_flow: bool) -> bool:
    """Whether YAML's own emitter would write it without quotes there."""
    if in_flow:
        return _written([text], flow=True) == f"[{text}]"
    return _written({"k": text}, flow=False) == f"k: {text}"


def _dumped(value: Scalar, style: str | None) -> str:
    return _written(value, style=style).removesuffix("\n...")


def _written(value: Any, *, flow: bool = True, style: str | None = None) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=flow, default_style=style, width=_ENDLESS, allow_unicode=True)
    return text.rstrip("\n")
