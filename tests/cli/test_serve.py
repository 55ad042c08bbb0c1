"""`stxr run` before it runs: what it refuses to start without."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no endpoints file: give --endpoints"),
        (("--endpoints", "e.yaml", "--verify", "ssh"), "--verify ssh needs --signers"),
        (("--endpoints", "e.yaml", "--verify", "gpg"), "--verify gpg needs --keyring"),
        (("--endpoints", "e.yaml", "--listen", "8086:x"), "--listen 8086:x: give HOST:PORT"),
    ],
)
def test_it_does_not_start_without_what_it_needs(stxr, monkeypatch, words, said):
    monkeypatch.setenv("STXR_API_TOKEN", "secret")
    ended = stxr("run", *words)
    assert ended.code == 1
    assert said in ended.err
    assert "secret" not in ended.err
