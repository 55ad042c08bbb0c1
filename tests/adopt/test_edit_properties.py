"""Any document, written in many ways with comments, edited anywhere: the rest of the text is untouched."""

from __future__ import annotations

from copy import deepcopy
from difflib import SequenceMatcher

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adopt.edit import Edit, edited, rewritten, values
from reconciler.adopt.edit_pairing import is_same
from reconciler.model.errors import ConfigError
from tests.adopt.writing import writings

FILE = "deployment-config.yaml"
SCALARS = st.one_of(
    st.integers(-9, 9000),
    st.booleans(),
    st.sampled_from(
        ["oam0", "10.0.0.53", "24.09", "yes", "", "a: b", "x # y", "it's", 'say "so"', "- x", "Montréal", "a, b"]
    ),
    st.text(max_size=8).filter(lambda t: t.isprintable()),
)
KEYS = st.sampled_from(["name", "class", "mtu", "spec", "labels", "kube-cpu/x", "no", "12"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


def every_path(value, path=()):
    """The path of every value below a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield (*path, step)
        yield from every_path(inner, (*path, step))


def kept_lines(before: str, after: str) -> list[str]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [line for block in matcher.get_matching_blocks() for line in old[block.a : block.a + block.size]]


def rewritten_or_refused(text, wish):
    """The text that says the wish; None where a comment would be lost, which is refused at its line."""
    try:
        return rewritten(FILE, text, [wish])
    except ConfigError as refusal:
        if "a comment stands between what goes and what stays" not in str(refusal):
            raise
        return None


@given(writings(DOCUMENTS))
def test_the_text_says_the_document_and_wishing_it_changes_nothing(written):
    document, text = written
    assert is_same(values(FILE, text), [document])
    assert rewritten(FILE, text, [document]) == text


@settings(max_examples=300, deadline=None)
@given(writings(DOCUMENTS), SCALARS, st.data())
def test_setting_a_scalar_changes_one_line(written, new, data):
    document, text = written
    scalars = [p for p in every_path(document) if not isinstance(at(document, p), dict | list)]
    if not scalars:
        return
    path = data.draw(st.sampled_from(scalars))
    after = edited(FILE, text, [Edit(0, path, new)])
    assert at(values(FILE, after)[0], path) == new
    lines, others = text.splitlines(), after.splitlines()
    assert len(lines) == len(others)
    assert sum(one != other for one, other in zip(lines, others, strict=True)) <= 1


@settings(max_examples=300, deadline=None)
@given(writings(DOCUMENTS), DOCUMENTS)
def test_any_document_becomes_any_other(written, wish):
    _, text = written
    after = rewritten_or_refused(text, wish)
    assert after is None or is_same(values(FILE, after), [wish])


@settings(max_examples=300, deadline=None)
@given(writings(DOCUMENTS), VALUES, st.data())
def test_what_does_not_differ_keeps_its_lines(written, new, data):
    document, text = written
    path = data.draw(st.sampled_from(list(every_path(document))))
    wish = deepcopy(document)
    at(wish, path[:-1])[path[-1]] = new
    after = rewritten_or_refused(text, wish)
    if after is None:
        return
    assert is_same(values(FILE, after), [wish])
    kept = kept_lines(text, after)
    for line in text.splitlines(keepends=True):
        mark = line.partition(" #")[2].strip() if " #" in line else ""
        if mark.startswith("@") and not is_near(mark[1:], path):
            assert line in kept


def at(value, path):
    for step in path:
        value = value[step]
    return value


def is_near(mark: str, path) -> bool:
    """Whether a comment belongs to the path, something below or above it."""
    shown = "/".join(map(str, path))
    return mark == shown or mark.startswith(f"{shown}/") or shown.startswith(f"{mark}/")
