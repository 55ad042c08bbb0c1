"""Documents as many authors would write them: other indentations, quotes and line ends, flow style, comments."""

from __future__ import annotations

from hypothesis import strategies as st

from reconciler.adopt.edit_scalars import spelled


@st.composite
def writings(draw, documents):
    """(document, text). The comment `#@path` stands behind a value, `# above path` on a line of its own."""
    document = draw(documents)
    hand = draw(st.sampled_from([1, 2, 4])), draw(st.sampled_from([0, 2]))  # columns of a mapping, of a list
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    choose = lambda *of: draw(st.sampled_from(of))  # noqa: E731
    lines = draw(st.sampled_from([[], ["---"], ["# head", ""]]))
    lines = [*lines, *_block(document, 0, (), hand, choose)]
    return document, newline.join(lines) + draw(st.sampled_from(["", newline, newline * 2]))


def _block(value, column, path, hand, choose):
    pad = " " * column
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in items:
        inner = (*path, key)
        mark = f"  #@{'/'.join(map(str, inner))}"
        if choose(True, False, False):
            yield f"{pad}# above {'/'.join(map(str, inner))}"
        if choose(True, False, False, False):
            yield ""
        head = f"{pad}{spelled(key)}:" if isinstance(value, dict) else f"{pad}-"
        if not isinstance(member, dict | list) or not member or choose(True, False, False):
            yield f"{head} {_inline(member, choose, in_flow=False)}{mark}"
        elif isinstance(value, dict):
            yield head + mark
            step, dash = hand
            below = column + (dash if isinstance(member, list) else step)
            yield from _block(member, below, inner, hand, choose)
        else:
            first, *rest = _compact(member, column + 2, inner, hand, choose)
            yield f"{pad}- {first.lstrip()}"
            yield from rest


def _compact(member, column, path, hand, choose):
    """The lines of an element, without comments ahead of the first."""
    lines = list(_block(member, column, path, hand, choose))
    while lines[0].lstrip().startswith("# above") or not lines[0]:
        lines.pop(0)
    return lines


def _inline(value, choose, *, in_flow):
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{spelled(k, '', in_flow=True)}: {_inline(v, choose, in_flow=True)}" for k, v in value.items())
            + "}"
        )
    if isinstance(value, list):
        space = choose("", " ")
        return "[" + space + f"{space}, ".join(_inline(v, choose, in_flow=True) for v in value) + space + "]"
    return spelled(value, choose("", "'", '"') if isinstance(value, str) else "", in_flow=in_flow)
