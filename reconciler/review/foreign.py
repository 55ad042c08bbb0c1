"""Text that others wrote (values, host names, labels, messages with either) inside a comment, as nothing but text.

Inside code no forge reads Markdown, HTML, mentions, references, images or closing words: everything foreign goes there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape

from reconciler.review.words import shortened

MOST = 200  # characters of one foreign text in a line
_TICKS = re.compile("`+")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))  # controls, bidirectional marks, half characters, line ends


def visible(text: str) -> str:
    """In one line, with what cannot be seen spelled out: a text must not be read otherwise than it is."""
    return "".join(_spelled(c) if unicodedata.category(c) in _UNSEEN else c for c in text)


def _spelled(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def logged(line: str) -> str:
    """A line of a log that no runner takes for a command: `::` at its begin, `##[` anywhere.

    Both are read from what a step prints (actions/runner src/Runner.Common/ActionCommand.cs, TryParseV2 and TryParse).
    """
    shown = visible(line).replace("##[", "##\\[")
    return shown.replace("::", "\\::", 1) if shown.lstrip().startswith("::") else shown


def code(text: str, most: int = MOST) -> str:
    """Inline code (CommonMark 6.1): fenced by more backticks than the text has in a row."""
    shown = shortened(visible(text), most)
    if not shown.strip():
        return "(empty)" if not shown else "(blank)"
    fence = "`" * (_longest(shown) + 1)
    # one space on each side is taken away again where both are there
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def block(lines: Iterable[str], language: str = "") -> Iterator[str]:
    """A fenced code block (CommonMark 4.5), a line each."""
    shown = [visible(line) for line in lines]
    fence = "`" * max(3, _longest("\n".join(shown)) + 1)
    yield fence + language
    yield from shown
    yield fence


def html_code(text: str, most: int = MOST) -> str:
    """Inline code where only HTML is read, as in a summary."""
    return f"<code>{escape(shortened(visible(text), most))}</code>"


def _longest(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
