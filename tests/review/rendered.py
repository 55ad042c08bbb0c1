"""A comment as a forge reads it: by a CommonMark parser, with raw HTML and tables as forges allow them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
BLOCKS = ("paragraph", "heading", "bullet_list", "list_item", "strong")
PLAIN = {f"{name}_{end}" for name in BLOCKS for end in ("open", "close")} | {"softbreak", "inline", "text"}
CODE = frozenset(("code_inline", "fence"))
HTML = re.compile(r"<details><summary>[^<>]*(<code>[^<>]*</code>)?</summary>|</details>|</?sub>|<!-- [\w /-]* -->")


def tokens(text: str) -> Iterator[Token]:
    """Every token, those within lines too."""
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def harmful(text: str, sign: str, link: str = "") -> Iterator[str]:
    """What is more than plain text, code and our own mark-up; and where a text with this sign stands outside of code."""
    for token in tokens(text):
        said = token.content
        if token.type in {"html_block", "html_inline"}:
            if not HTML.fullmatch(said.strip()):
                yield f"html: {said}"
        elif token.type == "link_open" and token.attrs.get("href") == link:
            continue
        elif token.type not in PLAIN | CODE | {"link_close"}:
            yield f"{token.type}: {said} {token.attrs}"
        elif sign in said and token.type not in CODE | {"inline"}:
            yield f"{token.type}: {said}"
