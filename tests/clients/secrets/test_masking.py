"""A service repeats what it was sent in its own way: quoted, coded, broken into lines, or cut off."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from pydantic import SecretStr

from reconciler.clients.faults import error_of
from reconciler.clients.message import Answer, Request
from reconciler.clients.secrets import masked

CORES = ("wrought8iron", "pig8iron8too")
SECRET = CORES[0] + '"/+ &é\\' + CORES[1]
KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----"

WAYS = {
    "plain": SECRET,
    "json": json.dumps(SECRET),
    "json as it is": json.dumps(SECRET, ensure_ascii=False),
    "json in json": json.dumps(json.dumps(SECRET)),
    "repr": repr(SECRET),
    "repr of bytes": repr(SECRET.encode()),
    "repr in json": json.dumps(repr(SECRET)),
    "repr of bytes in json": json.dumps(str({"body": SECRET.encode()})),
    "url": quote(SECRET, safe=""),
    "path": quote(SECRET),
    "form": quote_plus(SECRET),
    "html": html.escape(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "basic": base64.b64encode(f"admin:{SECRET}".encode()).decode(),
    "in a text in base64": base64.urlsafe_b64encode(f"ab{SECRET} and more".encode()).decode(),
    "hex": SECRET.encode().hex(),
}


def traces(text: str) -> list[str]:
    """What is left of the secret, read as somebody would who looks for it."""
    seen = [text, *(text.replace(" ", ""),)]
    for word in text.replace("***", " ").split():
        for cut in range(4):
            padded = word[cut:] + "=" * (-len(word[cut:]) % 4)
            try:
                seen.append(base64.urlsafe_b64decode(padded.replace("+", "-").replace("/", "_")).decode("latin-1"))
            except ValueError:
                continue
        try:
            seen.append(bytes.fromhex(word).decode("latin-1"))
        except ValueError:
            continue
    return [core for core in CORES for text in seen if core in text]


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_masked_however_it_is_written(way):
    text = masked(f"bad request: {WAYS[way]} is refused", [SecretStr(SECRET)])
    assert traces(WAYS[way])
    assert not traces(text)
    assert text.startswith("bad request: ")
    assert text.endswith(" is refused")


def test_a_secret_of_several_lines_is_masked_where_they_became_one():
    assert masked(" ".join(KEY.split()), [SecretStr(KEY)]) == "***"
    assert masked(json.dumps(KEY), [SecretStr(KEY)]) == '"***"'


def test_blanks_that_were_put_together_hide_no_secret():
    assert masked("not iron ore", [SecretStr("iron  ore")]) == "not ***"


def test_a_short_secret_does_not_take_coded_words_with_it():
    assert masked("Zm9v and 66 stay", [SecretStr("f")]) == "Zm9v and 66 stay"


@pytest.mark.parametrize("before", range(470, 500, 3))
def test_a_secret_on_the_edge_of_what_is_shown_is_not_told_by_its_half(before):
    request = Request("platform", "POST", "http://x/v1/y", "/v1/y", 1.0, False, secrets=(SecretStr(SECRET),))
    body = json.dumps({"faultstring": "x" * before + SECRET}).encode()
    assert not traces(str(error_of(Answer(400, body), request, "site")).replace("x" * before, " "))


def test_a_redirect_that_repeats_a_token_does_not_tell_it():
    request = Request("platform", "GET", "http://x/v1/y", "/v1/y", 1.0, True, secrets=(SecretStr(SECRET),))
    answer = Answer(302, b"", {"Location": f"http://x/login?token={quote(SECRET, safe='')}"})
    assert not traces(str(error_of(answer, request, "site")).replace("=", " "))
