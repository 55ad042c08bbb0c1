"""Whatever somebody writes into a value, a host name, a label or a message, a comment shows it and does nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.gate import GateName
from reconciler.model.proof import Objection, Proof, ProofResult, Refusal
from reconciler.model.review import Finding, Held
from reconciler.review.foreign import block, code, html_code, visible
from reconciler.review.markdown import comment
from reconciler.review.plain import lines
from tests.review.rendered import PARSER, harmful
from tests.review.reviews import LOCK, difference, group, review

SIGN = "☠"  # stands in every foreign text
ATTACKS = (
    "`", "``", "```", "~~~", "|", "a | b", "</details>", "</code>", "<script>alert(1)</script>", "<!-- x -->", "-->",
    "![x](http://evil/x.png)", "[x](javascript:x)", "@root", "@org/team", "#123", "fixes #1", "GH-1", "!42", "$x$",
    "\n# head\n", "\r\n- [ ] task", "\n\n```\n", "/approve", "/stxr approve", "\n/close\n", "&lt;b&gt;", "&#64;root",
    "\\", "\\`", "**", "__", "~~", "    code", "\t", "> quote", "<https://evil>", "https://evil", "\u202e", "\u200b",
    "\x00", "\x1b[31m", "::error::x", "##[error]x", ":tada:", "{+ a +}", "%0A", "<details>", "<sub>", "\u2028", "",
)  # fmt: skip
foreign = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=8), max_size=6).map(
    lambda parts: SIGN.join((*parts, ""))
)


def full(text):
    """A review that says this wherever somebody else writes."""
    values = [
        difference(text, text, text, text, kind=text, origin=text),
        difference(f"{text}1", "", "", text, action="create", kind=text),
        difference(f"{text}2", "", text, "", action="delete", kind=text),
    ]
    wide = tuple(f"{text}{n}" for n in range(30))
    told = {
        "stages": (f"1. {text}",),
        "felt": (f"{text}: locked",),
        "blocked": {text: text},
        "unjudged": (text,),
        "before": values,
    }
    refusal = Refusal("PATCH", text, 400, text, host=text)
    proofs = (
        Proof("f", f"{text}0", (f"{text}0",), ProofResult.REFUSED, refusal=refusal),
        Proof("f", f"{text}1", (f"{text}1",), ProofResult.NOT_CONVERGED, left=(text,)),
        Proof("f", f"{text}2", wide[2:9], ProofResult.NOT_PROVED, reason=text),
        Proof("f", f"{text}9", wide[9:12], ProofResult.PROVED, objections=(Objection(text, text, refusal),)),
    )
    return review(
        group(wide, *values, cost=LOCK, differing=wide, **told),
        group((f"{text}odd",), difference(text, text, text, f"{text}3"), edit=f"{text}.{text}", **told),
        new=(text,),
        gone=(text,),
        broken=(text,),
        errors=(Finding(text, text, 2, 6), Finding(text)),
        held=(
            Held(GateName.FREEZE, text, (text,), 1e9),
            Held(GateName.APPROVAL, f"waits for approval: {text}", (text,)),
        ),
        proofs=proofs,
        head=text,
    )


@given(foreign)
def test_nothing_that_others_write_is_more_than_text_in_a_comment(text):
    assert list(harmful(comment(full(text), "https://stxr.example/r/1"), SIGN, "https://stxr.example/r/1")) == []


@given(foreign, st.integers(200, 6000))
def test_that_holds_for_a_comment_that_was_cut_too(text, most):
    told = comment(full(text), most=most)
    assert list(harmful(told, SIGN)) == []
    assert len(told.encode()) <= most


@given(foreign)
def test_no_line_of_a_comment_or_of_a_log_begins_as_a_command(text):
    """GitLab reads a line that begins with / as a quick action; a runner reads :: at a line's begin, and ##[ anywhere."""
    one = full(text)
    assert not [line for line in comment(one).split("\n") if line.startswith("/")]
    told = list(lines(one))
    assert not [line for line in told if line.lstrip().startswith("::") or "##[" in line or "\n" in line]


@given(st.text())
def test_code_shows_the_very_text(text):
    shown = visible(text)
    [inline] = PARSER.parseInline(code(text, 1_000_000))
    [inside] = inline.children
    if shown.strip():
        assert (inside.type, inside.content) == ("code_inline", shown)
    else:
        assert (inside.type, inside.content) == ("text", "(blank)" if shown else "(empty)")


@given(st.lists(st.text()))
def test_a_block_ends_where_its_last_line_ends(texts):
    [fence] = PARSER.parse("\n".join(block(texts, "diff")))
    assert fence.content == "".join(f"{visible(text)}\n" for text in texts)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\nb", "a\\nb"), ("\u202eevil", "\\u202eevil"), ("\x1b[0m", "\\x1b[0m"), ("\ud800", "\\ud800"), ("ü €", "ü €")],
)
def test_what_cannot_be_seen_is_spelled_out(text, shown):
    assert visible(text) == shown


def test_a_long_text_says_how_long_it_is():
    assert code("x" * 300, 5) == "`xxxxx… (300 characters)`"
    assert html_code("<" * 300, 2) == "<code>&lt;&lt;… (300 characters)</code>"
